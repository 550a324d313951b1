"""MAPI properties as Outlook messages and TNEF carry them: which are bodies, names, contents ([MS-OXPROPS])."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from gateway.extract.base import Child, Problem, Yield
from gateway.extract.office.richtext import lzfu
from gateway.extract.office.targets import Place, place
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation, Text
from gateway.model.finding import IncidentCode

TEXTS = {0x0037: "header Subject", 0x1000: "body", 0x0E04: "header To", 0x0E03: "header Cc", 0x0C1A: "header From",
         0x0C1F: "header From", 0x007D: "headers", 0x0042: "header From", 0x5D01: "header From"}
HTML, RTF = 0x1013, 0x1009
ATTACH_DATA, ATTACH_LONG, ATTACH_SHORT, ATTACH_DISPLAY = 0x3701, 0x3707, 0x3704, 0x3001
ATTACH_EXTENSION, ATTACH_TRANSPORT = 0x3703, 0x370C
ATTACH_TYPE, ATTACH_PATH, ATTACH_SHORT_PATH = 0x370E, 0x370D, 0x3708
CODEPAGES = {932: "cp932", 936: "gb18030", 949: "cp949", 950: "cp950", 54936: "gb18030", 65001: "utf-8", 1252: "cp1252",
             20127: "ascii",
             50220: "iso2022_jp", 50221: "iso2022_jp", 50222: "iso2022_jp", 51932: "euc_jp", 51949: "euc_kr", 1251: "cp1251",
             1250: "cp1250", 28591: "latin-1", 1200: "utf-16-le", 51936: "gb2312", 52936: "hz"}

for _name in (*CODEPAGES.values(),):
    codecs.lookup(_name)                 # nothing can be imported once the cell is locked


def text8(octets: bytes, codepage: int) -> str:
    """An 8-bit string: strict UTF-8 or ASCII, then the message's code page, then the CJK ones."""
    for charset in ("utf-8", CODEPAGES.get(codepage, "cp1252"), "cp950", "gb18030", "cp932"):
        if charset in ("cp1252", "latin-1") and any(o > 127 for o in octets) and codepage not in CODEPAGES:
            continue
        try:
            return octets.decode(charset).rstrip("\0")
        except UnicodeDecodeError:
            continue
    return octets.decode("cp1252", "replace").rstrip("\0")


@dataclass(slots=True)
class Properties:
    """Strings by property id, octets by property id."""

    strings: dict[int, str] = field(default_factory=dict)
    octets: dict[int, bytes] = field(default_factory=dict)

    def names(self) -> tuple[str, ...]:
        found = [self.strings.get(i, "") for i in (ATTACH_LONG, ATTACH_SHORT, ATTACH_DISPLAY, ATTACH_TRANSPORT)]
        found += [re.split(r"[\\/]", self.strings.get(i, ""))[-1] for i in (ATTACH_PATH, ATTACH_SHORT_PATH)]
        ending = self.strings.get(ATTACH_EXTENSION, "")
        if ending.startswith(".") and not any(n.lower().endswith(ending.lower()) for n in found):
            found.append(f"attachment{ending}")
        return tuple(dict.fromkeys(n for n in found if n))


def message(made: Properties) -> Iterator[Yield]:
    """Subject, bodies in all their forms and transport headers."""
    for number, source in TEXTS.items():
        text = made.strings.get(number, "")
        if text.strip():
            yield Text(text, source)
    html = made.octets.get(HTML) or made.strings.get(HTML, "").encode("utf-8", "replace")
    if html.strip():
        yield Child(html, ArtifactKind.TEXT, ("body.html",), "text/html", detected_type="text/html")
    packed = made.octets.get(RTF, b"")
    if packed:
        try:
            yield Child(lzfu.decompress(packed), ArtifactKind.TEXT, ("body.rtf",), "application/rtf")
        except ValueError as error:
            yield Problem(IncidentCode.MALFORMED, f"compressed RTF: {error}")


NAMED = 0x8000                           # numbers from here on differ from message to message; a table names them
SHARES = ("\\\\", "\\??\\", "file:")
LEAST_SCRIPT = 32                        # octets


def named(made: Properties) -> Iterator[Yield]:
    """What runs or fetches by itself from named properties, whose numbers say nothing.

    A reminder sound on a share sends the reader's credentials without a click (CVE-2023-23397): any string that is a bare share
    path counts. The script of a form within the message (PidLidScriptStream) is run when the message is opened.
    """
    for number, text in made.strings.items():
        if number >= NAMED and len(text) < 300 and text.lower().startswith(SHARES) and place(text) is Place.SHARE:
            yield Observation("DOC-EXTERNAL-SHARE", text)
    for number, octets in made.octets.items():
        if number >= NAMED and len(octets) >= LEAST_SCRIPT:
            plain = octets.replace(b"\0", b"").lower()
            if b"createobject" in plain and plain.isascii():
                yield Child(octets, ArtifactKind.OBJECT, ("form.vbs",), label="form")


def attachment(made: Properties, label: str) -> Iterator[Yield]:
    """The content of one attachment under all its names."""
    data = made.octets.get(ATTACH_DATA)
    if data is not None:
        yield Child(data, ArtifactKind.PART, made.names(), made.strings.get(ATTACH_TYPE, "").lower(), label)
    elif made.names():
        yield Text("\n".join(made.names()), f"attachment {label} name")


def referred(made: Properties) -> Iterator[Yield]:
    """An attachment that is only an address (PidTagAttachPathname)."""
    path = made.strings.get(ATTACH_PATH) or made.strings.get(ATTACH_SHORT_PATH, "")
    if path and place(path) in (Place.WEB, Place.SHARE):
        yield Observation("DOC-EXTERNAL-SHARE" if place(path) is Place.SHARE else "DOC-LINK", path)
