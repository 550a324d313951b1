"""Compiles the .po catalogues beside them: `python tests/builders/messages.py`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polib

ROOT = Path(__file__).parents[2]


def catalogues() -> Iterator[Path]:
    for package in ("gateway", "quarantine"):
        yield from sorted((ROOT / package).glob("**/locale/*/LC_MESSAGES/*.po"))


def compiled(po: Path) -> bytes:
    return bytes(polib.pofile(str(po), encoding="utf-8").to_binary())


if __name__ == "__main__":
    for path in catalogues():
        path.with_suffix(".mo").write_bytes(compiled(path))
        print(path.relative_to(ROOT))
