"""Embedded objects: OLE 1.0 streams ([MS-OLEDS] 2.2), packages (Ole10Native) and link monikers."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.extract.base import Child, Yield
from gateway.extract.bounded import counted
from gateway.extract.office.targets import PROGRAM, Place, judge, place, program
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation
from gateway.model.filename import extensions

COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
EQUATION_ID = bytes.fromhex("02ce020000000000c000000000000046")
SCRIPT_IDS = {
    # class ids as they stand in octets
    bytes.fromhex("d3bd0629aa48d2118432006008c3fbfc"): "OLE-SCRIPT",     # script moniker
    bytes.fromhex("c6afabec197fd211978e0000f8757e2a"): "OLE-SCRIPT",     # new moniker
    bytes.fromhex("d8f45030b598cf11bb8200aa00bdce0b"): "OLE-SCRIPT",     # HTA
    bytes.fromhex("e0c9ea79f9bace118c8200aa004ba90b"): "OLE-LINK",       # URL moniker
}
CLASS_CODES = (
    (re.compile(r"(?<!mathtype )(?<!mathtype \d\.\d )equation(?!\.dsmt)", re.I), "OLE-EQUATION"),
    (re.compile(r"ole2?link|stdolelink|htmlfile|scriptlet|urlmon", re.I), "OLE-LINK"),
    (re.compile(r"^package", re.I), "OLE-PACKAGE"),
    (re.compile(r"shockwave|shell\.explorer|forms\.html|otkloadr|mscomctl|comctllib|msxml|wscript|shell\.|^owc\d|tdcctl|hhctrl|"
                r"internetexplorer|^scripting\.|msscriptcontrol|scriptbridge|wmplayer|mediaplayer|directanimation|snpvw|"
                r"snapshot viewer|^adodb\.|^mshtml|"
                r"^msrdp|^mstsc|agcontrol|quicktime\.|rmocx|^outlctl|webviewfolder|^inetctls|^mswinsock", re.I),
     "OLE-CONTROL"),
)


@dataclass(frozen=True, slots=True)
class Ole1:
    """An OLE 1.0 embedded or linked object."""

    linked: bool
    class_name: str
    topic: str
    item: str
    data: bytes


def ole1(data: bytes) -> Ole1 | None:
    """Parses ObjectHeader and EmbeddedObject; None where it does not fit. A wrong size takes what is there."""
    if len(data) < 12:
        return None
    _, form = struct.unpack_from("<II", data)
    if form & 0xFFFF not in (1, 2, 5):
        return None
    texts: list[str] = []
    at = 8
    for _ in range(3):
        if at + 4 > len(data):
            return None
        size = struct.unpack_from("<I", data, at)[0]
        if size > 4096 or at + 4 + size > len(data):
            return None
        texts.append(data[at + 4:at + 4 + size].rstrip(b"\0").decode("latin-1"))
        at += 4 + size
    if form & 0xFFFF == 1:
        return Ole1(True, *texts, data[at:])
    size = struct.unpack_from("<I", data, at)[0] if at + 4 <= len(data) else 0
    return Ole1(False, *texts, data[at + 4:at + 4 + size] if 0 < size <= len(data) else data[at + 4:])


def by_name(class_name: str) -> Observation | None:
    """What an object's class name means; None for ordinary office classes."""
    for pattern, code in CLASS_CODES:
        if pattern.search(class_name):
            return Observation(code, class_name[:80])
    return None


def native(data: bytes) -> Child | None:
    """The file in a package: an Ole10Native stream with or without its leading size. None where it is not one."""
    for start in (4, 0):
        made = _package(data[start:])
        if made is not None:
            return made
    return None


def _package(data: bytes) -> Child | None:
    if len(data) < 12 or data[:2] not in (b"\x02\0", b"\x03\0"):
        return None
    at = 2
    names: list[str] = []
    for _ in range(2):
        end = data.find(b"\0", at, at + 2048)
        if end < 0:
            return None
        names.append(_text(data[at:end]))
        at = end + 1
    if at + 8 > len(data):
        return None
    linked = data[at + 2:at + 4] == b"\1\0"     # 3 for a file that stands here
    at += 4
    size = struct.unpack_from("<I", data, at)[0]
    if size > 4096 or at + 4 + size > len(data):
        return None
    names.append(_text(data[at + 4:at + 4 + size].rstrip(b"\0")))
    at += 4 + size
    size = struct.unpack_from("<I", data, at)[0] if at + 4 <= len(data) else 0
    body = data[at + 4:at + 4 + size]
    wide = _wide_names(data[at + 4 + size:])
    bases = dict.fromkeys(re.split(r"[\\/]", n)[-1] for n in (*wide, *names) if n)
    starts = extensions(bases) & OPENED or (linked and any(map(STARTED.search, names)))
    code = "OLE-PACKAGE-ACTIVE" if starts else "OLE-PACKAGE"
    return Child(body, ArtifactKind.OBJECT, tuple(b for b in bases if b), observations=(Observation(code, names[0]),))


def _wide_names(rest: bytes) -> list[str]:
    """The Unicode copies of the three names that newer versions append."""
    found: list[str] = []
    at = 0
    for _ in range(3):
        if at + 4 > len(rest):
            break
        size = struct.unpack_from("<I", rest, at)[0]
        if size > 2048 or at + 4 + 2 * size > len(rest):
            break
        found.append(rest[at + 4:at + 4 + 2 * size].decode("utf-16-le", "replace"))
        at += 4 + 2 * size
    return found


def _text(raw: bytes) -> str:
    """A name in the sender's code page: the first that fits, CJK ones before Latin."""
    for charset in ("ascii", "utf-8", "cp950", "cp932", "gb18030"):
        try:
            return raw.decode(charset)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


OPENED = frozenset({"htm", "html", "xhtml", "mht", "mhtml", "svg", "iso", "img", "vhd", "vhdx", "one", "onepkg", "xll", "xlam",
                    "docm", "xlsm"})
"""Kinds of files in a package that do something when they are opened, though mail may bring them on their own."""
STARTED = re.compile(PROGRAM.pattern +
                     r"|://|^\\\\|^\s{0,9}(?:cmd|powershell|pwsh|mshta|rundll32|regsvr32|[cw]script|msiexec)\s", re.I)
"""What a package that is a link names: a command, or a file elsewhere."""
URL8 = re.compile(rb"(?:https?|ftp|file|mhtml|script|soap):[^\x00-\x20\"<>]{3,400}|\\\\[\w.@-]{2,100}\\[^\x00-\x1f\"<>]{1,300}",
                  re.I)
URL16 = re.compile(rb"(?:(?:h\0t\0t\0p\0(?:s\0)?|f\0t\0p\0|f\0i\0l\0e\0|m\0h\0t\0m\0l\0|s\0c\0r\0i\0p\0t\0|s\0o\0a\0p\0):\0|"
                   rb"\\\0\\\0)"
                   rb"(?:[\x21-\x7e]\0){3,400}", re.I)


RUN8, RUN16 = re.compile(rb"[\x20-\x7e]{4,400}"), re.compile(rb"(?:[\x20-\x7e]\0){4,400}")


SHARE16, OFFICE16 = b"\\\0\\\0", b"m\0s\0-\0"
COMMANDED = re.compile(r"(?:cmd|powershell|pwsh|mshta|rundll32|regsvr32|[cw]script|msiexec)(?:\.exe)?\s{1,9}"
                       r"(?:[/-][A-Za-z]|\"?[a-z]{4,5}://|\"?[A-Z]:\\|\\\\)", re.I)
"""A program of Windows with what it is told; a shape that is called like it has no more to say."""
ADDRESSES = 2_000                        # that one link names: it has one or two
MOST = 500_000                           # strings of one stream that are looked at


def hyperlink(data: bytes) -> Iterator[Yield]:
    """The target of a serialized hyperlink ([MS-OSHARED] 2.3.7), in whichever of its strings it stands."""
    found = [m[::2].decode("ascii") for m in RUN16.findall(data)] + [m.decode("ascii") for m in RUN8.findall(data)]
    for text in counted(dict.fromkeys(found), ADDRESSES, "addresses of one link"):
        judged = judge("hyperlink", text.strip()) if "\\" in text or "/" in text or ":" in text else None
        if judged is not None:
            yield judged


def programs(data: bytes, commands: bool = False) -> Iterator[Yield]:
    """Programs on shares, and files with macros for an office program, that a string of a stream of no known kind names, and
    `commands` that are one: whole strings in UTF-16, as links and events of drawings and printed matter have them."""
    wanted = SHARE16 in data or OFFICE16 in data or commands
    for found in counted(RUN16.finditer(data), MOST, "strings of one stream") if wanted else ():
        text = found[0][::2].decode("ascii")
        if text.startswith(("\\\\", "ms-")) and program(text):
            yield Observation("DOC-LINK-PROGRAM", text)
        elif commands and COMMANDED.match(text):
            yield Observation("DOC-RUN-PROGRAM", text)


def moniker(data: bytes) -> Iterator[Yield]:
    """The targets that an OLE link stream names ([MS-OLEDS] 2.3.3), and script class ids."""
    found = [m.decode("latin-1") for m in URL8.findall(data)] + [m[::2].decode("latin-1") for m in URL16.findall(data)]
    for url in counted(dict.fromkeys(found), ADDRESSES, "addresses of one link"):
        if place(url) in (Place.WEB, Place.SHARE, Place.SCRIPT):
            yield Observation("DOC-REMOTE-OLE", url[:300])
    for octets, code in SCRIPT_IDS.items():
        if octets in data:
            yield Observation(code, "moniker")
