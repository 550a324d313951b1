"""Files that must not start a gateway, each with the exact answer an administrator gets, in the file's head.

`# Wanted:` is followed by one comment line a problem: line number, colon, text. Line numbers are of the file as it stands.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.config import ConfigProblems, load
from gateway.policy import check, load_policy

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.glob("*.toml"))


def wanted(path: Path) -> list[str]:
    head = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("# ")]
    return [line[2:] for line in head[head.index("# Wanted:") + 1:]]


def answered(path: Path) -> list[str]:
    return [str(p).replace(f"{path}:", "").replace(f"{path.parent}/", "") for p in check(path)]


@pytest.mark.parametrize("path", FILES, ids=[p.stem for p in FILES])
def test_the_answer_is_exact(path: Path) -> None:
    assert answered(path) == wanted(path)


@pytest.mark.parametrize("path", FILES, ids=[p.stem for p in FILES])
def test_it_does_not_load(path: Path) -> None:
    with pytest.raises(ConfigProblems):
        load_policy(load(path))


def test_there_are_files() -> None:
    assert len(FILES) >= 13
