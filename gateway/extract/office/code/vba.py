"""VBA projects ([MS-OVBA]): decompression, the directory stream, module sources, and whether they are what runs.

Source and compiled cache stand side by side in a module stream; Office runs the cache where versions match. A project whose
cache knows what its source does not say is stomped; one without a cache at all is purged. Both are tools' work.
"""

from __future__ import annotations

import codecs
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

MODULE_BYTES = 8 << 20                   # octets of one module's source; VBA itself stops at 64 kB a procedure
MODULES = 1000
CHARSETS = {932: "cp932", 936: "gb18030", 949: "cp949", 950: "cp950", 1250: "cp1250", 1251: "cp1251", 1252: "cp1252",
            1253: "cp1253", 1254: "cp1254", 1255: "cp1255", 1256: "cp1256", 1257: "cp1257", 1258: "cp1258", 874: "cp874",
            65001: "utf-8", 10000: "mac-roman", 10001: "cp932", 10002: "cp950", 10008: "gb18030", 20127: "cp1252", 1361: "johab"}
for _name in (*CHARSETS.values(),):
    codecs.lookup(_name)                 # nothing can be imported once the cell is locked
SOURCE_MARK = b"\0Attribut"              # how a compressed module source begins, after its first flag octet
PCODE_MAGIC = b"\xfe\xca"                # begins the table of compiled lines in a module's cache
MARKERS = (
    "Shell", "CreateObject", "URLDownloadToFile", "WScript", "ShellExecute", "XMLHTTP", "ADODB", "Environ", "CallByName",
    "GetObject",
    "SaveToFile", "WinHttp", "VirtualAlloc", "RtlMoveMemory", "CreateThread", "AutoOpen", "Auto_Open", "Document_Open",
    "Workbook_Open",
    "AutoExec", "powershell", "ExecuteExcel4Macro", "MacScript", "WinExec",
)
"""Names in a compiled cache that ask for the same name in the source."""
STRINGS = re.compile(rb"[\x20-\x7e]{4,200}")


@dataclass(frozen=True, slots=True)
class Module:
    name: str
    stream: str
    source: str
    octets: bytes                        # source as it stood, in the project's code page
    cached: int = 0                      # octets of compiled cache before it
    listed: bool = True                  # named by the directory stream
    damaged: bool = False


@dataclass(slots=True)
class Project:
    codepage: int = 1252
    modules: list[Module] = field(default_factory=list)
    stomped: list[str] = field(default_factory=list)        # reasons
    purged: bool = False
    damaged: list[str] = field(default_factory=list)


class NotCompressed(ValueError):
    """The octets do not start a compressed container."""


def decompress(data: bytes, limit: int = MODULE_BYTES) -> bytes:
    """One CompressedContainer ([MS-OVBA] 2.4.1). Stops at damage or at `limit`; raises NotCompressed at a wrong start."""
    if len(data) < 3 or data[0] != 1:
        raise NotCompressed("signature")
    out = bytearray()
    at = 1
    while at + 2 <= len(data) and len(out) < limit:
        header = int.from_bytes(data[at:at + 2], "little")
        if (header >> 12) & 7 != 3:
            break
        end = min(len(data), at + (header & 0x0FFF) + 3)
        if header & 0x8000:
            _chunk(data, at + 2, end, out)
        else:
            out += data[at + 2:at + 2 + 4096]
            end = at + 2 + 4096
        at = end
    return bytes(out)


def _chunk(data: bytes, at: int, end: int, out: bytearray) -> None:
    start = len(out)
    while at < end:
        flags = data[at]
        at += 1
        if not flags:                                     # eight octets as they are
            out += data[at:min(at + 8, end)]
            at += 8
            continue
        for bit in range(8):
            if at >= end:
                return
            if not flags >> bit & 1:
                out.append(data[at])
                at += 1
                continue
            if at + 2 > end:
                return
            token = data[at] | data[at + 1] << 8
            at += 2
            done = len(out) - start
            bits = max(4, (done - 1).bit_length()) if done > 0 else 4
            offset = (token >> (16 - bits)) + 1
            length = (token & (0xFFFF >> bits)) + 3
            source = len(out) - offset
            if source < start:
                return
            piece = out[source:source + length]
            out += piece if len(piece) == length else (piece * (length // offset + 1))[:length]


def decode(octets: bytes, codepage: int) -> str:
    """Text of the project's code page; what is not legal there is replaced, never lost."""
    return octets.decode(CHARSETS.get(codepage, "cp1252"), "replace")


@dataclass(slots=True)
class _Entry:
    name: str = ""
    stream: str = ""
    offset: int = 0


def directory(data: bytes) -> tuple[int, list[_Entry]]:
    """Code page and modules of a decompressed dir stream ([MS-OVBA] 2.3.4.2); lenient about records it does not know."""
    codepage = 1252
    found: list[_Entry] = []
    entry = _Entry()
    at = 0
    while at + 6 <= len(data) and len(found) < MODULES:
        kind, size = struct.unpack_from("<HI", data, at)
        if kind == 0x09:                 # PROJECTVERSION says 4 and holds 6
            size = 6
        body = data[at + 6:at + 6 + size]
        at += 6 + size
        if kind == 0x03 and len(body) >= 2:
            codepage = int.from_bytes(body[:2], "little")
        elif kind == 0x19:
            entry = _Entry(name=decode(body, codepage))
            found.append(entry)
        elif kind == 0x47:
            entry.name = body.decode("utf-16-le", "replace") or entry.name
        elif kind == 0x1A:
            entry.stream = decode(body, codepage)
        elif kind == 0x32 and body:
            entry.stream = body.decode("utf-16-le", "replace")
        elif kind == 0x31 and len(body) >= 4:
            entry.offset = int.from_bytes(body[:4], "little")
    return codepage, found


def carve(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(offset, source) of every compressed module source in any octets."""
    at = data.find(SOURCE_MARK)
    count = 0
    while at >= 0 and count < MODULES:
        if at >= 3 and data[at - 3] == 1:
            try:
                yield at - 3, decompress(data[at - 3:])
                count += 1
            except NotCompressed:
                pass
        at = data.find(SOURCE_MARK, at + 1)


def project(streams: dict[str, bytes]) -> Project:
    """The project in one VBA storage. `streams` maps names in lower case to octets (dir, _vba_project, modules)."""
    made = Project()
    entries: list[_Entry] = []
    if "dir" in streams:
        try:
            made.codepage, entries = directory(decompress(streams["dir"]))
        except NotCompressed:
            made.damaged.append("dir stream")
    cache = streams.get("_vba_project", b"")
    taken: set[str] = set()
    for entry in entries:
        key = (entry.stream or entry.name).lower()
        if key not in streams:
            made.damaged.append(f"no stream for module {entry.name}")
            continue
        taken.add(key)
        made.modules.append(_module(entry, streams[key], made.codepage))
    for key, octets in streams.items():
        if key in taken or key in ("dir", "_vba_project") or key.startswith("__srp_"):
            continue
        made.modules += [Module(key, key, decode(source, made.codepage), source, offset, listed=False)
                         for offset, source in carve(octets)]
    _compare(made, streams, cache)
    return made


def _module(entry: _Entry, octets: bytes, codepage: int) -> Module:
    try:
        source = decompress(octets[entry.offset:])
        return Module(entry.name, entry.stream, decode(source, codepage), source, entry.offset)
    except NotCompressed:
        pass
    for offset, source in carve(octets):
        return Module(entry.name, entry.stream, decode(source, codepage), source, offset, damaged=True)
    return Module(entry.name, entry.stream, "", b"", len(octets), damaged=True)


def code_lines(source: str) -> list[str]:
    """Lines that are neither attributes nor empty."""
    return [line for line in source.splitlines() if line.strip() and not line.lstrip().lower().startswith("attribute ")]


def compiled_lines(octets: bytes, end: int) -> int:
    """How many lines the compiled cache of a module has; -1 where there is no line table."""
    at = octets.rfind(PCODE_MAGIC, 0, end)
    while at >= 0:
        if at + 6 <= end and octets[at + 2:at + 4] in (b"\x01\x00", b"\x00\x00", b"\x02\x00", b"\x01\x01"):
            return int.from_bytes(octets[at + 4:at + 6], "little")
        at = octets.rfind(PCODE_MAGIC, 0, at)
    return -1


def _compare(made: Project, streams: dict[str, bytes], cache: bytes) -> None:
    """Source against cache: names that only the cache knows, lines that only the cache has, sources that are gone."""
    everything = "\n".join(m.source for m in made.modules).lower()
    known = _names(cache) if len(cache) > 64 else ""
    for module in made.modules:
        octets = streams.get(module.stream.lower(), b"")
        cached = octets[:module.cached]
        known += " " + _names(cached)
        written = sum(1 for line in module.source.splitlines() if not line.lstrip().lower().startswith("attribute "))
        compiled = compiled_lines(octets, module.cached)
        if module.cached and not module.source.strip():
            made.stomped.append(f"{module.name}: no source beside {module.cached} octets of compiled code")
        elif compiled > written + 2:
            made.stomped.append(f"{module.name}: {compiled} compiled lines, {written} in the source")
        if not module.listed:
            made.damaged.append(f"{module.name}: source that the directory does not name")
    missing = [m for m in MARKERS if m.lower() in known and m.lower() not in everything]
    if missing:
        made.stomped.append("only in the compiled code: " + ", ".join(missing[:6]))
    made.purged = bool(made.modules) and len(cache) <= 64 and all(m.cached == 0 for m in made.modules)


def _names(octets: bytes) -> str:
    """Words in compiled octets, 8-bit and UTF-16, in lower case; the type libraries' own paths are left out."""
    narrow = [s for s in STRINGS.findall(octets) if b"*\\" not in s[:3] and b".dll" not in s.lower() and b"#" not in s]
    wide = re.findall(rb"(?:[\x20-\x7e]\0){4,200}", octets)
    text = b" ".join(narrow) + b" " + b" ".join(w[::2] for w in wide if b"*\0\\\0" not in w[:6] and b"#\0" not in w)
    return text.decode("latin-1").lower()
