"""Texts that a workbook keeps once and shows in many cells: its reader writes each of them out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from gateway.extract.office.sheets import biff12

MOST = 64 << 20
"""Octets of texts in all cells of a workbook: half a million rows with a sentence each have 30 MB."""
ITEM_END = re.compile(rb"</(?:[\w.-]{1,20}:)?si\s?>")
TEXTS = re.compile(rb"<(?:[\w.-]{1,20}:)?sst[\s>]")
SHOWN = re.compile(rb"\st\s?=\s?[\"']s[\"'][^<>]{0,200}>\s{0,9}<(?:[\w.-]{1,20}:)?v[^<>]{0,99}>\s{0,9}(\d{1,9})")
"""A cell that shows a shared text, and which (ISO/IEC 29500-1, 18.3.1.4)."""
CELL_SHARED, ITEM = 7, 19
"""BrtCellIsst and BrtSSTItem ([MS-XLSB] 2.4)."""
HEAD = 2_000                             # octets in which the first element of a part stands
LEAST, WRITTEN = 6, 20                   # octets of a cell that shows a shared text; of one in markup: <c t="s"><v>1</v></c>
END = b"</si>"


@dataclass(slots=True)
class Shared:
    """The texts of one workbook, and its sheets by name and how many cells they have at most."""

    texts: bytes = b""
    sheets: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, content: bytes, sheet: bool) -> None:
        """A part, by its name in the package."""
        if sheet:
            self.sheets[name] = len(content) // (WRITTEN if b"<" in content[:HEAD] else LEAST)
        elif TEXTS.search(content, 0, HEAD) or name.lower().endswith("sharedstrings.bin"):
            self.texts = max(self.texts, content, key=len)

    def too_many(self, read: Callable[[str], bytes]) -> bool:
        """Whether the cells show more than MOST octets of shared texts. `read` gives a part once more."""
        cells = sum(self.sheets.values())
        if cells * len(self.texts) <= MOST or self._below(MOST // cells):
            return False
        lengths = np.array(self._lengths(), np.int64)
        longest = int(lengths.max(initial=0))
        total = 0
        for name, most in self.sheets.items():
            if most * longest <= MOST // len(self.sheets):
                continue
            content = read(name)
            if _cells(content) * longest > MOST // len(self.sheets):
                shown = np.array(_numbers(content), np.int64)
                total += int(lengths[shown[shown < len(lengths)]].sum())
        return total > MOST

    def _below(self, most: int) -> bool:
        """Whether no text is as long, told in jumps from end to end; False also where that is not told at once."""
        at = 0
        while len(self.texts) - at > most:
            end = self.texts.rfind(END, at, at + most)
            if end < 0:
                return False
            at = end + len(END)
        return True

    def _lengths(self) -> list[int]:
        if TEXTS.search(self.texts, 0, HEAD):
            return list(map(len, ITEM_END.split(self.texts)))
        return [len(body) for kind, body in biff12.records(self.texts) if kind == ITEM]


def _cells(content: bytes) -> int:
    """No fewer cells than show a shared text."""
    if b"<" not in content[:HEAD]:
        return len(content) // LEAST
    return content.count(b"s\"") + content.count(b"s'")


def _numbers(content: bytes) -> list[int]:
    """Which texts the cells of a sheet show."""
    if b"<" in content[:HEAD]:
        return list(map(int, SHOWN.findall(content)))
    cells = (body for kind, body in biff12.records(content) if kind == CELL_SHARED and len(body) >= 12)
    return [int.from_bytes(body[8:12], "little") for body in cells]
