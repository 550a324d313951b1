from __future__ import annotations

import stat
from pathlib import Path

import pytest

from quarantine import keys
from quarantine.keys import KeyProblem, KeyRing
from tests.builders.custody import START


@pytest.fixture
def path(tmp_path: Path) -> Path:
    keys.create_key_file(tmp_path / "q.key", START)
    return tmp_path / "q.key"


def test_a_new_file_is_for_its_owner_only_and_never_replaced(path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    before = path.read_bytes()
    with pytest.raises(KeyProblem, match="File exists"):
        keys.create_key_file(path, START)
    assert path.read_bytes() == before


def rewrite(path: Path, text: str) -> None:
    path.chmod(0o600)
    path.write_text(text)
    path.chmod(0o400)


@pytest.mark.parametrize(("text", "problem"), [
    ("", "empty"), ("# nothing\n", "empty"), ("hello\n", ":1: not a line"),
    ("# c\nsekisho-key-1 aa 2026 !!!!\n", ":2: the key is damaged"),
    ("sekisho-key-1 0011223344556677 2026 " + "A" * 43 + "=\n", ":1: the key is damaged"),
])
def test_a_broken_file_is_one_clear_line(path: Path, text: str, problem: str) -> None:
    rewrite(path, text)
    with pytest.raises(KeyProblem) as caught:
        keys.load(path)
    assert problem in str(caught.value) and str(path) in str(caught.value) and "\n" not in str(caught.value)


def test_other_problems_of_the_file(path: Path, tmp_path: Path) -> None:
    with pytest.raises(KeyProblem, match="there is no key file"):
        keys.load(tmp_path / "none")
    with pytest.raises(KeyProblem, match="Is a directory"):
        keys.load(tmp_path)
    path.chmod(0o440)
    with pytest.raises(KeyProblem, match="others may read"):
        keys.load(path)
    path.chmod(0o600)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(KeyProblem, match="no key file"):
        keys.load(path)


def test_every_flipped_letter_of_a_key_is_noticed(path: Path) -> None:
    _, line = path.read_text().splitlines()
    start = line.rindex(" ") + 1
    for at in range(start, len(line) - 1):
        rewrite(path, line[:at] + ("A" if line[at] != "A" else "B") + line[at + 1:] + "\n")
        with pytest.raises(KeyProblem):
            keys.load(path)


def test_wrapping_binds_key_and_context(path: Path) -> None:
    ring = keys.load(path)
    wrapped = ring.wrap(b"k" * 32, b"one")
    assert ring.unwrap(wrapped, b"one") == b"k" * 32
    assert keys.wrapped_under(wrapped) == ring.current.id
    for bad, context in ((wrapped, b"two"), (wrapped[:-1] + bytes([wrapped[-1] ^ 1]), b"one"), (wrapped[:-1], b"one"), (b"", b"one")):
        with pytest.raises(KeyProblem):
            ring.unwrap(bad, context)
    with pytest.raises(KeyProblem, match="is not in the key file"):
        KeyRing((keys.new_key(START),)).unwrap(wrapped, b"one")


def test_subkeys_differ_by_purpose_and_key(path: Path) -> None:
    first = keys.load(path)
    second = keys.add_key(path, START)
    seen = {ring.subkey(p) for ring in (first, second) for p in keys.PURPOSES}
    assert len(seen) == 2 * len(keys.PURPOSES)
    assert second.subkey("mark", first.current.id) == first.subkey("mark")
    with pytest.raises(ValueError):
        first.subkey("something else")


def test_rotation_and_forgetting(path: Path) -> None:
    old = keys.load(path).current.id
    new = keys.add_key(path, START)
    assert new.current.id != old and old in new
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    assert keys.forget_keys(path, frozenset({old})) == ()
    assert keys.forget_keys(path, frozenset()) == (old,)
    assert list(keys.load(path).keys) == [new.current.id]
    assert [p.name for p in path.parent.iterdir()] == [path.name], "nothing is left beside it"
