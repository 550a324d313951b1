from __future__ import annotations

import hashlib
import io
import os
import random
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from quarantine import sealing
from quarantine.keys import KeyRing, new_key
from quarantine.sealing import CHUNK, TAG, MessageKeys, SealBroken
from tests.builders.custody import START, memory

KEYS = MessageKeys.new("a" * 24)


def sealed(data: bytes, keys: MessageKeys = KEYS) -> bytes:
    source, target = memory(data), memory(b"")
    plain = keys.seal_content(source, len(data), target)
    assert (plain.size, plain.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    out = os.pread(target, 1 << 30, 0)
    os.close(source)
    os.close(target)
    return out


def opened(data: bytes, keys: MessageKeys = KEYS) -> bytes:
    return b"".join(keys.open_content(io.BytesIO(data)))


NOISE = random.Random(1).randbytes(3 * CHUNK + 17)


@pytest.mark.parametrize("data", [b"", b"x", b"\x00" * 5_000_000, NOISE, NOISE[:CHUNK], NOISE[:CHUNK - 30], NOISE[:2 * CHUNK]],
                         ids=["empty", "one", "zeros", "noise", "chunk", "almost", "two"])
def test_there_and_back(data: bytes) -> None:
    assert opened(sealed(data)) == data


def test_what_was_sealed_is_unreadable_and_differs_each_time() -> None:
    text = b"secret words " * 1000
    first, second = sealed(text), sealed(text, MessageKeys.new("a" * 24))
    assert b"secret" not in first and first != second


@pytest.mark.parametrize("other", [MessageKeys.new("a" * 24), MessageKeys(KEYS.data_key, "b" * 24)], ids=["key", "id"])
def test_another_key_or_message_does_not_open_it(other: MessageKeys) -> None:
    with pytest.raises(SealBroken):
        opened(sealed(NOISE), other)
    with pytest.raises(SealBroken):
        other.open_detail(KEYS.seal_detail(b"x"))


def pieces(data: bytes) -> list[bytes]:
    body, step = data[8:], CHUNK + TAG
    return [body[at:at + step] for at in range(0, len(body), step)]


def test_chunks_cannot_be_cut_swapped_repeated_or_changed() -> None:
    good = sealed(NOISE)
    one, two, *rest = pieces(good)
    forged = {
        "cut": b"".join([one, two]), "cut to nothing": b"", "swapped": b"".join([two, one, *rest]),
        "repeated": b"".join([one, one, two, *rest]), "without the first": b"".join([two, *rest]),
        "grown": b"".join([one, two, *rest]) + b"x", "cut inside": b"".join([one, two[:-1]]),
    }
    for name, body in forged.items():
        with pytest.raises(SealBroken):
            opened(good[:8] + body)
            pytest.fail(name)
    with pytest.raises(SealBroken):
        opened(b"OTHER001" + good[8:])
    for at in (8, 100, len(good) - 1):
        with pytest.raises(SealBroken):
            opened(good[:at] + bytes([good[at] ^ 1]) + good[at + 1:])


def test_a_source_shorter_than_announced_is_an_error() -> None:
    fd = memory(b"short")
    with pytest.raises(SealBroken, match="ends after 5 of 10"):
        KEYS.seal_content(fd, 10, memory(b""))
    os.close(fd)


def test_details_of_one_message() -> None:
    assert KEYS.open_detail(KEYS.seal_detail("資料".encode())) == "資料".encode()
    for broken in (b"", b"x" * 5, KEYS.seal_detail(b"x")[:-1]):
        with pytest.raises(SealBroken):
            KEYS.open_detail(broken)
    ring = KeyRing((new_key(START),))
    assert MessageKeys.unwrap(ring, KEYS.wrap(ring), KEYS.id) == KEYS


def test_memory_is_bounded() -> None:
    """64 MiB of noise through a process whose own data may grow by 24 MiB."""
    script = """
import os, resource, sys, tempfile
from quarantine.sealing import MessageKeys
source, target = tempfile.TemporaryFile(), tempfile.TemporaryFile()
for _ in range(64): source.write(os.urandom(1 << 20))
source.flush()
keys = MessageKeys.new("a" * 24)
keys.seal_content(source.fileno(), 1 << 20, os.memfd_create("warm"))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
keys.seal_content(source.fileno(), 64 << 20, target.fileno())
target.seek(0)
assert sum(map(len, keys.open_content(target))) == 64 << 20
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 24 << 10, f"{done.stdout} KiB"
    assert resource.getpagesize() and sealing.READ <= 1 << 20
