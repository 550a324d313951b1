"""What a PDF says beside its pages: document information, form fields, notes, bookmarks, descriptions (ISO 32000-2).

Outbound mail, where customer data is looked for there too; inbound what notes and fields say of commands (`shown`).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from urllib.parse import unquote

import pikepdf

from gateway.extract.base import Yield
from gateway.model.content import Text

KEYS = frozenset({"/Title", "/Subject", "/Keywords", "/Author", "/Contents", "/RC", "/RV", "/V", "/DV", "/TU", "/T", "/Alt",
                  "/ActualText", "/E", "/Desc", "/Label", "/Opt", "/CA"})
"""Entries whose strings people read: of information, annotations, fields, outlines, structure elements, file descriptions."""
STAMPS = {"Confidential": "Confidential", "TopSecret": "Top Secret", "NotForPublicRelease": "Not for public release"}
"""Rubber stamps that say who may read a page, by their names (ISO 32000-2, table 184); the reader draws them."""
RICH = frozenset({"/RC", "/RV"})
"""Entries in XHTML (ISO 32000-2, 12.7.4.4)."""
TAG = re.compile(r"<(?:(/(?:p|div|li|tr)|br)(?![a-z])|[^<>])[^<>]{0,2000}>", re.I)
LONG = re.compile("[0-9]{6}")
"""What an address has that may carry a number of a person."""
DIGITS = 6
"""Of what a program keeps, from which on it may be one."""
SAYS = re.compile(rb"\(|<[0-9a-f]|/Stamp")
"""What an object has that says anything, as qpdf writes it: strings, or the name of a stamp."""
OBJECTS = 100_000
DEPTH = 5
MOST_LINES = 50_000
XML = 1 << 20
"""Octets of one metadata or form stream that are read."""
ERRORS = (pikepdf.PdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, RuntimeError, OverflowError)


def words(document: pikepdf.Pdf) -> Iterator[Yield]:
    """The strings of all objects, a line each, and metadata and XFA as they are written."""
    lines: dict[str, None] = {}
    for item in islice(document.objects, OBJECTS):
        try:
            if isinstance(item, pikepdf.Stream):
                if str(item.get("/Type", "")) == "/Metadata":
                    yield Text(item.read_bytes()[:XML].decode("utf-8", "replace"), "property", hidden=True)
                item = item.stream_dict
            if isinstance(item, pikepdf.Dictionary) and SAYS.search(item.unparse(resolved=True)):
                lines.update(dict.fromkeys(_strings(item, 0)))
        except ERRORS:
            continue                                      # the structure's reader says what is broken
        if len(lines) > MOST_LINES:
            break
    with suppress(*ERRORS):
        lines.update(dict.fromkeys(_information(document)))
    if lines:
        yield Text("\n".join(lines), "property", hidden=True)


def shown(item: pikepdf.Object, lines: dict[str, None]) -> None:
    """What notes and fields in one object say, added to `lines`."""
    with suppress(*ERRORS):
        if isinstance(item, pikepdf.Dictionary) and len(lines) < MOST_LINES:
            lines.update(dict.fromkeys(_strings(item, 0)))


def _information(document: pikepdf.Pdf) -> Iterator[str]:
    information = document.trailer.get("/Info")
    if isinstance(information, pikepdf.Dictionary):
        for key, value in information.items():
            if isinstance(value, pikepdf.String):
                yield f"{key[1:]}: {value}"


def _strings(item: pikepdf.Dictionary, depth: int) -> Iterator[str]:
    if "/ByteRange" in item:
        return                                            # a signature: its contents are octets
    if item.get("/Subtype") == pikepdf.Name.Stamp and (stamp := STAMPS.get(str(item.get("/Name", ""))[1:].removeprefix("SB"))):
        yield stamp
    value, label = item.get("/V"), item.get("/TU", item.get("/T"))
    if isinstance(value, pikepdf.String) and isinstance(label, pikepdf.String):
        yield f"{label}: {value}"                         # a filled field: many have the same name, and lines are told once
    if isinstance(label, pikepdf.String) and isinstance(item.get("/Opt"), pikepdf.Array):
        yield from (f"{label}: {_choice(choice)}" for choice in item["/Opt"])
    for key, value in item.items():
        if isinstance(value, pikepdf.String):
            if key in KEYS and str(value).strip():
                yield _plain(str(value)) if key in RICH else str(value)
            elif key == "/URI" and LONG.search(str(value)):
                yield unquote(str(value))
        elif key == "/PieceInfo" and isinstance(value, pikepdf.Dictionary):
            yield from (said for kept in value.values() for said in _kept(kept, 0) if sum(map(str.isdigit, said)) >= DIGITS)
        elif isinstance(value, (pikepdf.Array, pikepdf.Dictionary)) and depth < DEPTH:
            yield from _inside(key, value, depth)


def _plain(rich: str) -> str:
    """What a text with tags says, a line for each paragraph."""
    return html.unescape(TAG.sub(lambda tag: "\n" if tag[1] else "", rich)).strip()


def _choice(choice: pikepdf.Object) -> str:
    """What a list offers: as it is shown, and what is sent for it in front (ISO 32000-2, 12.7.5.4)."""
    said = list(choice) if isinstance(choice, pikepdf.Array) else [choice]
    return " ".join(str(part) for part in said if isinstance(part, pikepdf.String))


def _kept(value: pikepdf.Object, depth: int) -> Iterator[str]:
    """What a program keeps of its own with a page (ISO 32000-2, 14.5)."""
    if isinstance(value, pikepdf.String):
        yield str(value)
    elif isinstance(value, (pikepdf.Array, pikepdf.Dictionary)) and depth < DEPTH and not isinstance(value, pikepdf.Stream):
        for part in value.values() if isinstance(value, pikepdf.Dictionary) else value:
            yield from _kept(part, depth + 1)


def _inside(key: str, value: pikepdf.Object, depth: int) -> Iterator[str]:
    """Direct objects only: the others come by themselves."""
    if isinstance(value, pikepdf.Dictionary):
        if not value.is_indirect:
            yield from _strings(value, depth + 1)
        return
    for part in value:
        if isinstance(part, pikepdf.String) and key in KEYS:
            yield str(part)
        elif isinstance(part, pikepdf.Dictionary) and not part.is_indirect:
            yield from _strings(part, depth + 1)
