"""Texts of workbooks that speak of commands: a sheet may ask its reader to paste one (ATT&CK T1204.004).

Cells are looked through only where their octets say such a word: workbooks are long, and nothing else asks for their texts inbound.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterable, Iterator

from gateway.extract.needles import Words
from gateway.extract.office.sheets import biff12, xlstext
from gateway.model.content import Text

COMMANDS = ("powershell", "mshta", "msiexec", "pwsh", "cmd", "curl", "rundll32", "regsvr32", "wscript", "cscript", "certutil",
            "bitsadmin", "finger", "pushd", "nslookup", "explorer", "python", "syncappv", "ssh ")
NARROW, WIDE = Words(COMMANDS), Words(COMMANDS, wide=True)
INLINE, PROMPT = b"inlineStr", b" prompt="
P = rb"(?:[\w.-]{1,20}:)?"
RUNS = re.compile(rb"</" + P + rb"t>\s*</" + P + rb"r>\s*<" + P + rb"r>(?:\s*(?!</" + P + rb"r>)<[^<>]{0,400}>){0,60}")
"""Between two pieces of one text in other type (ECMA-376-1, 18.4.4)."""
TAG = re.compile(rb"<[^<>]*+>")
PROMPTS = re.compile(rb'\sprompt="([^"<]{1,1000})"')
"""What Excel shows beside a cell that is clicked (18.3.1.32)."""
SHARED, CELL = 19, 6                     # BrtSSTItem, BrtCellSt ([MS-XLSB] 2.4.726, 2.4.315)
SST, CONTINUE, LABEL = 0xFC, 0x3C, 0x204
RICH, PHONETIC, BROAD = 8, 4, 1
"""Flags of a string of [MS-XLS] 2.5.293."""


def of_markup(data: bytes, shared: bool, unescape: Callable[[str], str]) -> Iterator[Text]:
    """Of shared strings, or of a sheet: cells that bring their text, and what is shown beside one."""
    inline, prompts = shared or INLINE in data, not shared and PROMPT in data
    if not (inline or prompts):
        return
    whole = RUNS.sub(b"", data) if inline and (b"</r>" in data or b":r>" in data) else data
    if not NARROW.within(whole):
        return
    found = [TAG.sub(b"\n", whole)] if inline else []
    found += PROMPTS.findall(data) if prompts else []
    yield Text(unescape(b"\n".join(found).decode("utf-8", "replace")), "cells")


def of_binary(data: bytes) -> Iterator[Text]:
    """Of a part of an xlsb workbook."""
    if WIDE.within(data):
        yield from _told(_items(data))


def _items(data: bytes) -> Iterator[str]:
    for kind, body in biff12.records(data):
        if kind in (SHARED, CELL):
            at = 1 if kind == SHARED else 8
            yield body[at + 4:at + 4 + 2 * int.from_bytes(body[at:at + 4], "little")].decode("utf-16-le", "replace")


def of_stream(data: bytes, records: Callable[[bytes], Iterable[tuple[int, bytes]]]) -> Iterator[Text]:
    """Of a workbook stream of Excel 97 to 2003: shared strings, labels and what stands beside the cells."""
    if NARROW.within(data) or WIDE.within(data):
        yield from _told(_shared(records(data)))
        yield from _told(xlstext.words(records(data)))


def _told(lines: Iterable[str]) -> Iterator[Text]:
    text = "\n".join(lines)
    if text:
        yield Text(text, "cells")


def _shared(records: Iterable[tuple[int, bytes]]) -> Iterator[str]:
    pieces: list[bytes] = []
    for kind, body in records:
        if kind == SST:
            pieces = [body[8:]]
        elif kind == CONTINUE and pieces:
            pieces.append(body)
        else:
            yield from _strings(pieces)
            pieces = []
            if kind == LABEL and len(body) > 9:
                yield body[9:].decode("utf-16-le" if body[8] & BROAD else "latin-1", "replace")
    yield from _strings(pieces)


def _strings(pieces: list[bytes]) -> Iterator[str]:
    """Strings one after the other; where a record ends within one, the next begins with its flag anew (2.5.293)."""
    number = at = 0
    while number < len(pieces):
        piece = pieces[number]
        if len(piece) - at < 3:
            number, at = number + 1, 0
            continue
        left, flags = struct.unpack_from("<HB", piece, at)
        after = 0
        at += 3
        if flags & RICH:
            after += 4 * int.from_bytes(piece[at:at + 2], "little")
            at += 2
        if flags & PHONETIC:
            after += int.from_bytes(piece[at:at + 4], "little")
            at += 4
        text = ""
        while left > 0 and number < len(pieces):
            wide = 1 + (flags & BROAD)
            took = pieces[number][at:at + left * wide]
            text += took.decode("utf-16-le" if wide > 1 else "latin-1", "replace")
            left -= max(len(took) // wide, 0)
            at += len(took)
            if left > 0:
                number, at = number + 1, 1
                flags = pieces[number][0] if number < len(pieces) and pieces[number] else 0
        yield text
        at += after
        while number < len(pieces) and at > len(pieces[number]):
            at -= len(pieces[number])
            number += 1
