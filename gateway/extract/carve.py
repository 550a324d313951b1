"""Files inside files: archives, programs and scripts before, behind or within something that passes for another type.

Structured formats say where they end; what stands behind is data of somebody else's. Ordinary media carry thumbnails, colour
profiles and trailers, so a magic alone is not enough: each candidate is checked for the structure behind it.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

import yara

from gateway.extract.archive.zip_structure import directories, local_header
from gateway.extract.base import Child, Context, Node, Yield
from gateway.extract.bounded import counted
from gateway.extract.identify import EXTENSIONS_OF_HTML, framed
from gateway.extract.needles import loaded
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation
from gateway.model.filename import extensions

CONTAINERS = frozenset({
    "application/zip", "application/vnd.openxmlformats", "application/vnd.oasis.opendocument", "application/x-7z-compressed",
    "application/vnd.rar", "application/x-tar", "application/gzip", "application/x-bzip2", "application/x-xz", "application/zstd",
    "application/x-lzma", "application/x-lzip", "application/vnd.ms-cab-compressed", "application/x-iso9660-image",
    "application/x-vhd",
    "application/x-vhdx", "application/x-raw-disk-image", "application/x-udf-image", "application/x-arj", "application/x-ace",
    "application/x-lzh", "application/x-cpio", "application/x-archive", "application/x-rpm", "message/rfc822", "multipart/related",
    "text/html", "application/vnd.ms-tnef", "application/x-ole-storage", "application/x-msi", "application/vnd.ms-outlook",
})
"""Types whose own readers look at every octet, or in which members lie uncompressed by right."""

SIGNED = "application/pkcs7-mime"
"""Its content is taken out whole by its own reader: archives in it are members of that, perhaps in pieces."""
IMAGES = frozenset({
    "application/x-ms-wim", "application/x-squashfs", "application/x-xar", "application/x-vmdk", "application/x-vdi",
    "application/x-qcow", "application/x-hfs-plus", "application/x-volume", "application/x-apple-diskimage",
})
"""Volumes and disks whose files are taken out by name: archives in them are members, perhaps in pieces, behind which others lie."""
STARTED = frozenset({"program", "shortcut", "help"})

COMPOUND = frozenset({
    "application/x-ole-storage", "application/x-msi", "application/vnd.ms-outlook", "application/x-iso9660-image",
})
"""Of these the types in which files lie in one piece by right, so that only what ends with the whole is appended."""


def _zip(data: bytes, at: int) -> bool:
    header = local_header(data, at)
    return header is not None and 0 < len(header.name) < 1024 and header.method < 100


def _portable_executable(data: bytes, at: int) -> bool:
    offset = struct.unpack_from("<L", data, at + 60)[0] if at + 64 <= len(data) else 0
    return 0 < offset < 1 << 16 and data[at + offset:at + offset + 4] == b"PE\0\0"


def _mach(data: bytes, at: int) -> bool:
    """A header for 64 bits (mach-o/loader.h): a processor of Intel or ARM, a kind of file, load commands that fill their size."""
    if at + 32 > len(data):
        return False
    processor, _, kind, count, size = struct.unpack_from("<5L", data, at + 4)
    return processor in (0x1000007, 0x100000C) and 1 <= kind <= 12 and 8 * count <= size < len(data)


def _cabinet(data: bytes, at: int) -> bool:
    return at + 36 <= len(data) and data[at + 24:at + 26] in (b"\3\1", b"\2\1") and struct.unpack_from("<H", data, at + 28)[0] > 0


def _ole(data: bytes, at: int) -> bool:
    return at + 512 <= len(data) and data[at + 28:at + 30] == b"\xfe\xff"


def _disc(data: bytes, at: int) -> bool:
    """A volume of ISO 9660 whose root stands where its descriptor says, counted from the volume's begin."""
    place, size = struct.unpack_from("<L4xL", data, at + 32768 + 158) if at + 32768 + 190 <= len(data) else (0, 0)
    root = data[at + place * 2048:at + place * 2048 + 34]
    return place > 16 and size > 0 and root[2:6] == place.to_bytes(4, "little") and root[32:] == b"\1\0"


MAGICS: tuple[tuple[bytes, int, Callable[[bytes, int], bool], str], ...] = (
    (b"PK\x03\x04", 0, _zip, "zip"),
    (b"MZ", 0, _portable_executable, "program"),
    (b"MSCF\0\0\0\0", 0, _cabinet, "cabinet"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0, _ole, "OLE"),
    (b"7z\xbc\xaf\x27\x1c\0", 0, lambda data, at: True, "7z"),
    (b"Rar!\x1a\x07", 0, lambda data, at: data[at + 6:at + 7] in (b"\0", b"\1"), "RAR"),
    (b"**ACE**", 7, lambda data, at: data[at + 14:at + 15] < b"\x20", "ACE"),
    (b"\x7fELF", 0, lambda data, at: data[at + 4:at + 5] in (b"\1", b"\2") and data[at + 6:at + 7] == b"\1", "program"),
    (b"\xcf\xfa\xed\xfe", 0, _mach, "program"),
    (b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0", 0, lambda data, at: True, "shortcut"),
    (b"ITSF\x03\0\0\0", 0, lambda data, at: True, "help"),
    (b"\1CD001\1\0", 32768, _disc, "disc"),
    (b"\x78\x9f\x3e\x22", 0, lambda data, at: data[at + 6:at + 7] in (b"\1", b"\2") and data[at + 10:at + 11] == b"\0", "TNEF"),
)
"""Octets, how far they stand from the file's begin, what must hold there, what to call it."""

SHOWN = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"%PDF")
BLANK = 16
"""How pictures and PDF files begin, and blank octets before one that stands behind another file, at the most."""

MARK = {b"MZ": b"PE\0\0"}
"""Magic -> octets that must stand in what its check accepts, where the magic itself stands everywhere."""

ONE_BY_ONE = 1 << 14
"""Octets up to which magics are looked for one by one; above, one pass says which of them are there at all."""


def _finder() -> yara.Rules:
    """One rule for each magic, by its index."""
    return loaded("\n".join(f"rule m{number} {{ strings: $a = {{ {MARK.get(magic, magic).hex(' ')} }} condition: $a }}"
                            for number, (magic, *_) in enumerate(MAGICS)))


FINDER = _finder()

MAX_TRIES = 20_000                       # false hits of one magic that are checked in one node
MAX_EMBEDDED = 100                       # archives that are each an unpacked stream of one PDF
MAX_ENDS = 64                            # places that may be an archive's end

PAGES = frozenset({"text/html", "image/svg+xml", "text/xml", "text/plain", "message/rfc822", "multipart/related"})
"""Types that are read as pages and messages anyway."""
MARKUP = re.compile(rb"<\s{0,8}(?:script[\s>]|hta:application|html[\s>]|iframe\s|!doctype html|job[\s>]|package>)", re.IGNORECASE)


class Carve:
    name = "carve"

    def claims(self, node: Node) -> bool:
        if len(node.data) <= 24:
            return False
        whole = node.type not in CONTAINERS and not framed(node.type, node.artifact.names)
        return whole or node.type in COMPOUND or (node.type == "text/html" and b"\0" in node.data)

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        data = node.data
        if node.type in COMPOUND:
            yield from _at_the_end(data)
            if node.type == "application/x-ole-storage":
                yield from _in_compound(data)
            return
        if node.type in IMAGES:
            yield from _at_the_end(data)
            yield from started(data)
            return
        end = END_OF[node.type](data) if node.type in END_OF else 0
        found = sorted(hits(data))
        if node.type == SIGNED:
            behind = {(end - 1 + at, what) for at, what in hits(data[end - 1:])} if end < len(data) else set()
            found = sorted(behind | {(at, what) for at, what in found if what in STARTED})
        places = _in_streams(data, found) if node.type == "application/pdf" else [(at, len(data), what) for at, what in found]
        for at, stop, what in places:
            if node.type == "application/x-dosexec":
                yield Observation("APPENDED-ARCHIVE", what)
            elif end and at >= end:
                yield Observation("POLYGLOT", what)
            yield Child(data[at:stop], ArtifactKind.OBJECT, label=f"at {at}")
        if not found and node.type != SIGNED and b"PK\x05\x06" in data[-70_000:] and directories(data, 1):
            yield Observation("POLYGLOT", "zip")
            yield Child(data, ArtifactKind.OBJECT, label="as zip", detected_type="application/zip")
        if context.outbound and 0 < end < len(data):
            yield from _shown(data, end)
        yield from _markup(node)


def _shown(data: bytes, end: int) -> Iterator[Child]:
    """A picture or a PDF file right behind the end of what leaves. Not what a multi-picture file (CIPA DC-007) has there: its
    reader turns to that as to pages."""
    tail = data[end:end + BLANK + len(b"\x89PNG")].lstrip(b"\0\r\n ")
    if tail.startswith(SHOWN) and b"MPF\0" not in data[:end]:
        at = data.index(tail, end)
        yield Child(data[at:], ArtifactKind.OBJECT, label=f"at {at}")


def started(data: bytes) -> Iterator[Child]:
    """Programs and the like, which start by themselves wherever they lie."""
    for at, what in sorted(hits(data)):
        if what in STARTED:
            yield Child(data[at:], ArtifactKind.OBJECT, label=f"at {at}")


def _in_streams(data: bytes, found: Sequence[tuple[int, str]]) -> Iterator[tuple[int, int, str]]:
    """Where files in a PDF begin and end: with the file as a rule; a ZIP that is one stream with that, and the next ZIP then begins
    behind it. Raises LimitReached where more than MAX_EMBEDDED are."""
    for first, what in found:
        zips = _zips(data, first) if what == "zip" else iter([(first, len(data))])
        for at, stop in counted(zips, MAX_EMBEDDED, "archives in the streams of a document"):
            if not in_pieces(data, at):
                yield at, stop, what


def _zips(data: bytes, at: int) -> Iterator[tuple[int, int]]:
    while at >= 0:
        stop = _end_in_stream(data, at)
        yield at, stop or len(data)
        at = next((place for place in _places(data, b"PK\x03\x04", stop) if _zip(data, place)), -1) if stop else -1


def _end_in_stream(data: bytes, at: int) -> int:
    """Behind a ZIP that an unpacked stream of a PDF holds and no more; 0 for others."""
    if not data[max(0, at - 8):at].endswith((b"stream\n", b"stream\r\n")):
        return 0
    for end in islice(_places(data, b"PK\x05\x06", at), MAX_ENDS):
        stop = end + 22 + int.from_bytes(data[end + 20:end + 22], "little")
        if data[stop:stop + 11].lstrip(b"\r\n").startswith(b"endstream") and any(
                found.shift == 0 and found.stop == stop - at for found in directories(data[at:stop], 1)[:1]):
            return stop
    return 0


def in_pieces(data: bytes, at: int) -> bool:
    """A file in a Flate stream of a PDF that was not worth packing: five octets stand between its pieces (RFC 1951, 3.2.4), so
    that no other program reads it in place. The reader of PDF unpacks it. A ZIP that can be followed in place is none of those."""
    if at < 7 or data[at - 7] & 15 != 8 or int.from_bytes(data[at - 7:at - 5], "big") % 31 or data[at - 5] != 0:
        return False
    size, inverse = struct.unpack_from("<HH", data, at - 4)
    if size ^ inverse != 0xFFFF:
        return False
    return not any(local_header(data, found.entries[0].local + found.shift) for found in directories(data, 1) if found.entries)


def _at_the_end(data: bytes) -> Iterator[Yield]:
    """A ZIP that ends where the file ends: unpackers open it, whatever program opens the rest."""
    for directory in directories(data[-(1 << 24):], 1)[:1] if b"PK\x05\x06" in data[-70_000:] else ():
        behind = max(0, len(data) - (1 << 24))
        start = behind + (directory.entries[0].local + directory.shift if directory.entries else directory.start)
        if behind + directory.stop >= len(data) - 16 and start > 0 and local_header(data, start):
            yield Observation("POLYGLOT", "zip")
            yield Child(data[start:], ArtifactKind.OBJECT, label=f"at {start}", detected_type="application/zip")


def _in_compound(data: bytes) -> Iterator[Yield]:
    """Programs anywhere; other files only behind the last sector that the compound file has: within, they are its streams."""
    found = list(hits(data))
    end = compound_end(data) if found else 0
    for at, what in found:
        if what == "program":
            yield Child(data[at:], ArtifactKind.OBJECT, label=f"at {at}")
        elif what != "zip" and 0 < end <= at:
            yield Observation("POLYGLOT", what)
            yield Child(data[at:], ArtifactKind.OBJECT, label=f"at {at}")


def hits(data: bytes) -> Iterator[tuple[int, str]]:
    """Where checked magics stand, the first of each kind; not at the very beginning, which is the node itself. Raises LimitReached
    where MAX_TRIES of one are false."""
    for magic, back, check, what in present(data):
        for at in counted(_places(data, magic, back + 1), MAX_TRIES, f"places that a {what} may begin at"):
            if check(data, at - back):
                yield at - back, what
                break


def _places(data: bytes, magic: bytes, at: int) -> Iterator[int]:
    while (at := data.find(magic, at)) >= 0:
        yield at
        at += 1


def present(data: bytes) -> list[tuple[bytes, int, Callable[[bytes, int], bool], str]]:
    """The rows of MAGICS that may stand anywhere in the data. A third of the cost of looking for each."""
    if len(data) <= ONE_BY_ONE:
        return list(MAGICS)
    try:
        found = FINDER.match(data=data, fast=True)
    except yara.Error:
        return list(MAGICS)
    return [MAGICS[int(match.rule[1:])] for match in found]


def _markup(node: Node) -> Iterator[Yield]:
    """Markup with script in a picture: browsers and mshta start reading wherever a tag stands. And in whatever is called a page:
    browsers go by the name."""
    if node.type in PAGES:
        return
    called = extensions(node.artifact.names) & EXTENSIONS_OF_HTML
    match = MARKUP.search(node.data) if called or node.type.startswith("image/") else None
    if match:
        yield Observation("POLYGLOT", "markup")
        names = node.artifact.names if called else ()
        yield Child(node.data[match.start():], ArtifactKind.OBJECT, names, label=f"at {match.start()}", detected_type="text/html")


def pdf_end(data: bytes) -> int:
    at = data.rfind(b"%%EOF")
    return at + 5 if at > 0 else 0


def png_end(data: bytes) -> int:
    at = data.find(b"IEND\xae\x42\x60\x82")
    return at + 8 if at > 0 else 0


def jpeg_end(data: bytes) -> int:
    """Behind the first end-of-image mark after the first scan; thumbnails stand in segments before it. 0 where there is none."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        at += 2 + struct.unpack_from(">H", data, at + 2)[0]
    end = data.find(b"\xff\xd9", at)
    return end + 2 if end > 0 else 0


def gif_end(data: bytes) -> int:
    """Walks the blocks (GIF89a specification, appendix A); 0 where they do not lead to a trailer."""
    if len(data) < 14:
        return 0
    at = 13 + (3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0)
    for _ in range(100_000):
        kind = data[at:at + 1]
        if kind == b";":
            return at + 1
        if kind == b"!":
            at += 2
        elif kind == b"," and at + 10 <= len(data):
            flags = data[at + 9]
            at += 11 + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
        else:
            return 0
        while at < len(data) and data[at]:
            at += data[at] + 1
        at += 1
    return 0


def bmp_end(data: bytes) -> int:
    size = struct.unpack_from("<L", data, 2)[0] if len(data) >= 6 else 0
    return size if 54 <= size < len(data) else 0


def _fat_sectors(data: bytes, shift: int) -> Iterator[int]:
    """Places of the FAT: 109 in the header, the others in a chain of sectors that each end with the next."""
    yield from struct.unpack_from("<109L", data, 76)
    following, count = struct.unpack_from("<LL", data, 68)
    for _ in range(min(count, len(data) >> shift)):
        sector = data[(following + 1) << shift:(following + 2) << shift] if following < len(data) >> shift else b""
        if len(sector) < 1 << shift:
            return
        *places, following = struct.unpack(f"<{(1 << shift) // 4}L", sector)
        yield from places


def compound_end(data: bytes) -> int:
    """Behind the last sector that the FAT gives to anything ([MS-CFB] 2.3, 2.5); 0 where there is none."""
    shift = struct.unpack_from("<H", data, 30)[0] if len(data) >= 512 else 0
    if shift not in (9, 12):
        return 0
    last = -1
    most = 109 + (len(data) >> shift) // ((1 << shift) // 4) + 1          # no file has more, whatever its chain says
    for number, sector in enumerate(islice(_fat_sectors(data, shift), most)):
        table = data[(sector + 1) << shift:(sector + 2) << shift] if sector < len(data) >> shift else b""
        used = len(table.rstrip(b"\xff"))
        if used:
            last = number * ((1 << shift) // 4) + (used - 1) // 4
    return (last + 2) << shift if last >= 0 else 0


def signed_end(data: bytes) -> int:
    """Behind the outermost element (X.690 8.1.3); the file's end where its length is indefinite."""
    if len(data) < 2 or data[1] == 0x80:
        return len(data)
    octets = data[1] & 0x7F if data[1] & 0x80 else 0
    return 2 + octets + (int.from_bytes(data[2:2 + octets], "big") if octets else data[1])


END_OF: dict[str, Callable[[bytes], int]] = {
    "image/png": png_end, "image/jpeg": jpeg_end, "image/gif": gif_end, "image/bmp": bmp_end,
    "application/pdf": pdf_end, SIGNED: signed_end,
}

CARVE = Carve()
