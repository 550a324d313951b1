"""ZIP by three readings: the central directory, the local headers it points to, and whatever neither of them covers.

Where readings differ in name, method, size or flags, two programs show two different archives to two people: every reading is
unpacked, and the difference is observed. Octets before, between and after the entries are children of their own.
"""

from __future__ import annotations

import lzma
import re
import stat
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from gateway.extract.archive.libarchive_reader import members
from gateway.extract.archive.member_names import escapes, link_escapes, readings
from gateway.extract.archive.sevenzip_tool import rescued
from gateway.extract.archive.zip_crypto import AES_METHOD, Locksmith
from gateway.extract.archive.zip_structure import (
    MASKED,
    STREAMED,
    UTF8,
    Directory,
    Header,
    all_fields,
    descriptor_length,
    directories,
    extra_field,
    extra_fields,
    local_header,
    local_headers,
    unpacked,
)
from gateway.extract.base import Child, Context, Node, Problem, Yield
from gateway.extract.bounded import Budget, Damaged, LimitReached, bunzip2, inflate, unlzma, unzstd
from gateway.extract.identify import identify
from gateway.extract.office.hangul.hwpscript import NAMES, is_hwpx
from gateway.extract.passwords import candidates
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation, Text
from gateway.model.finding import IncidentCode

TYPES = frozenset({"application/zip", "application/vnd.openxmlformats", "application/vnd.oasis.opendocument"})
PACKAGES = TYPES - {"application/zip"}
XML_PARTS = (".xml", ".rels", ".vml", ".rdf")
LONG_COMMENT = 64                        # octets from which a comment is looked at as a file, too
COMMENTS = 20
"""Comments of entries that are looked at as files: people write text there, if anything."""
UNICODE_PATH = 0x7075                    # extra field with the name in UTF-8 (4.6.9)
INERT_FIELDS = frozenset({"application/octet-stream", "text/plain", "application/asn1", "application/zlib", "application/x-empty"})
"""What fields of programs look like: times, owners, rights, certificates."""
BLANK = bytes(range(33)) + b"\x7f"       # octets that pad; nothing else may stand between entries unseen


class Unsupported(Exception):
    """A compression method that nothing here unpacks."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One central entry with the local header it points to, and the span of octets both lay claim to."""

    central: Header
    local: Header | None
    start: int
    stop: int

    @property
    def names(self) -> tuple[str, ...]:
        found = entry_names(self.central)
        return tuple(dict.fromkeys(found + (entry_names(self.local) if self.local else ())))


class ZipExtractor:
    name = "zip"

    def claims(self, node: Node) -> bool:
        return node.type in TYPES

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        yield from rescued(self.read(node, context), node, context)

    def read(self, node: Node, context: Context) -> Iterator[Yield]:
        budget = Budget.of(context)
        found = directories(node.data, context.limits.artifacts)
        locksmith = Locksmith(candidates(context), effort=context.effort, fits=context.fits)
        if not found:
            yield from _without_directory(node, context, budget, locksmith)
            return
        main = found[0]
        if main.truncated:
            yield Problem(IncidentCode.COUNT, f"more than {context.limits.artifacts} entries")
        entries = [_entry(node.data, header, main.shift) for header in main.entries]
        claims = [(each.start, each.stop, each.central.size) for each in entries
                  if each.local is not None and each.local.size in (0, each.central.size)]
        if unpacked(claims) > max(context.limits.ratio_floor, context.limits.ratio * len(node.data)):
            yield Problem(IncidentCode.RATIO, f"a directory of more than {context.limits.ratio} to 1")
            budget = Budget.of(context)
        yield from _structure(node, main, entries)
        package = node.type in PACKAGES
        hangul = is_hwpx(node.data)
        reached = -1
        for entry in sorted(entries, key=lambda e: (e.start, e.stop)):
            if entry.start < reached:
                yield Observation("ZIP-OVERLAP")
                yield Child(b"", ArtifactKind.MEMBER, entry.names, anomalies=("OVERLAP",), observations=tuple(escapes(entry.names)))
                continue
            reached = entry.stop
            if (package and _is_plain_part(node.data, entry)) or (hangul and _is_script(entry)):
                continue
            yield from _member(node.data, entry, budget, locksmith)


def _is_script(entry: Entry) -> bool:
    """The script of a Hangul document, which the reader of documents judges."""
    return entry.local is not None and not entry.central.encrypted and all(name.lower() in NAMES for name in entry.names)


def entry_names(header: Header) -> tuple[str, ...]:
    """All readings of an entry's name, with that of the Unicode path extra field (4.6.9) where there is one."""
    found = readings(header.name, bool(header.flags & UTF8))
    found += tuple(path[5:].decode("utf-8", "replace") for path in extra_fields(header.extra, UNICODE_PATH) if len(path) > 5)
    return tuple(dict.fromkeys(n.replace("\\", "/") if "\\" in n and "/" not in n else n for n in found))


def _entry(data: bytes, central: Header, shift: int) -> Entry:
    start = central.local + shift
    local = local_header(data, start)
    if local is None:
        return Entry(central, None, min(max(start, 0), len(data)), min(max(start, 0), len(data)))
    stop = min(len(data), local.end + central.packed)
    if (local.flags | central.flags) & STREAMED:
        stop += descriptor_length(data, stop, central.crc)
    return Entry(central, local, start, stop)


def _structure(node: Node, main: Directory, entries: list[Entry]) -> Iterator[Yield]:
    """What is odd about the file as a whole, and the octets that no entry covers."""
    if not main.truncated and main.declared != len(main.entries) and main.declared & 0xFFFF != len(main.entries) & 0xFFFF:
        yield Observation("ZIP-COUNT-DIFFERS", f"{main.declared} and {len(main.entries)}")
    names: dict[bytes, int] = {}
    for entry in entries:
        if entry.local is None:
            yield Observation("ZIP-LOCAL-MISSING")
            continue
        for code in differences(entry.central, entry.local):
            yield Observation(code)
        for extra in dict.fromkeys((entry.central.extra, entry.local.extra)):
            yield from _filed(extra)
        if names.setdefault(entry.central.name.lower(), entry.central.crc) != entry.central.crc:
            yield Observation("ZIP-DUPLICATE-NAME")
    if b".iwpv2" in names:
        yield Problem(IncidentCode.ENCRYPTED, "iWork document")         # its verifier of the password
    if main.comment.strip(BLANK):
        for reading in readings(main.comment)[:2]:
            yield Text(reading, "comment")
    if main.truncated:
        return
    spans = [(e.start, e.stop) for e in entries] + [(main.start, main.stop)]
    places = [*_gaps(node.data, spans), (*main.slack, "between"), (main.stop - len(main.comment), main.stop, "comment")]
    for start, stop, place in places:
        yield from _stray(node.data[start:stop], place)
    comments = (e.central.comment for e in entries)
    packed = dict.fromkeys(c for c in comments if len(c) >= LONG_COMMENT and b"\0" in c)
    if len(packed) > COMMENTS:
        yield Problem(IncidentCode.COUNT, f"more than {COMMENTS} comments that are no text")
    for comment in dict.fromkeys([main.comment, *islice(packed, COMMENTS)]):
        if len(comment) >= LONG_COMMENT:
            yield Child(comment, ArtifactKind.OBJECT, label="comment")


def _filed(extra: bytes) -> Iterator[Yield]:
    """Files that stand in extra fields, where no program puts one."""
    if len(extra) < LONG_COMMENT:
        return
    for _, content in all_fields(extra):
        if len(content) >= LONG_COMMENT and identify(content) not in INERT_FIELDS:
            yield Observation("ZIP-DATA-BETWEEN", f"{len(content)} octets in an extra field")
            yield Child(content, ArtifactKind.OBJECT, label="extra field")


def _gaps(data: bytes, spans: list[tuple[int, int]]) -> Iterator[tuple[int, int, str]]:
    reached = 0
    for start, stop in sorted(spans):
        if start > reached:
            yield reached, start, "before" if reached == 0 else "between"
        reached = max(reached, stop)
    if reached < len(data):
        yield reached, len(data), "after"


def _stray(octets: bytes, place: str) -> Iterator[Yield]:
    """Octets outside of all entries: data that some other reader may see."""
    if not octets.strip(BLANK) or (place == "comment" and b"PK" not in octets and octets.isascii()):
        return
    if octets[-16:] == b"APK Sig Block 42" or octets[8:24] == b"APK Sig Block 42":
        yield Child(octets, ArtifactKind.OBJECT, label=place)        # every signed package has one; it may hold a program
        return
    hidden = b"PK\x03\x04" in octets or b"PK\x01\x02" in octets
    if place == "comment" and not hidden:
        return
    code = "ZIP-HIDDEN-ENTRIES" if hidden else f"ZIP-DATA-{place.upper()}"
    yield Observation(code, f"{len(octets)} octets {place}")
    yield Child(octets, ArtifactKind.OBJECT, label=place, anomalies=(code,))


REPLACED = re.compile(r"[?_]|#U[0-9A-Fa-f]{4}|#L[0-9A-Fa-f]{6}")
"""What writers put for letters they cannot encode; the last two are those of Info-ZIP."""


def differences(central: Header, local: Header) -> Iterator[str]:
    """Codes of what the two headers of one entry contradict each other about."""
    plain = central.name != local.name and not set(entry_names(central)) & set(entry_names(local))
    if plain or _unicode_path_differs(central) or _unicode_path_differs(local):
        yield "ZIP-NAMES-DIFFER"
    if central.method != local.method:
        yield "ZIP-METHODS-DIFFER"
    if (central.flags ^ local.flags) & 1:
        yield "ZIP-FLAGS-DIFFER"
    streamed = (central.flags | local.flags) & STREAMED
    masked = local.flags & MASKED
    for one, other in ((central.packed, local.packed), (central.size, local.size), (central.crc, local.crc)):
        if one != other and not masked and not (streamed and other in (0, 0xFFFFFFFF, one & 0xFFFFFFFF)):
            yield "ZIP-SIZES-DIFFER"
            return


def _unicode_path_differs(header: Header) -> bool:
    """True where the Unicode path is not what any reading of the plain name says, while its checksum says it is meant."""
    paths = [path for path in extra_fields(header.extra, UNICODE_PATH) if len(path) > 5]
    if not paths:
        return False
    if len(set(paths)) > 1:
        return True
    name = paths[0][5:].decode("utf-8", "replace")
    plain = readings(header.name, bool(header.flags & UTF8))
    if not header.name.isascii():
        return _ending(name) not in {_ending(p) for p in plain}
    return name != plain[0] and (not REPLACED.search(plain[0]) or _ending(name) != _ending(plain[0]))


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower()


def _member(data: bytes, entry: Entry, budget: Budget, locksmith: Locksmith) -> Iterator[Yield]:
    """The content of an entry in every reading of method and size that its headers give."""
    names = entry.names
    central, local = entry.central, entry.local
    if local is None:
        yield Child(b"", ArtifactKind.MEMBER, names, anomalies=("MISSING",), observations=tuple(escapes(names)))
        return
    if names[0].endswith("/") and not central.packed and not central.size:
        yield from escapes(names)
        return
    seen: set[tuple[int, int]] = set()
    for header in (central, local):
        packed = header.packed if header is central or header.packed else central.packed
        if (header.method, packed) in seen:
            continue
        seen.add((header.method, packed))
        if header is local and header.flags & STREAMED and header.method == central.method:
            continue
        yield from _unpacked(data[local.end:local.end + packed], header, central, names, budget, locksmith)


def _unpacked(packed: bytes, header: Header, central: Header, names: tuple[str, ...], budget: Budget,
              locksmith: Locksmith) -> Iterator[Yield]:
    odd: tuple[Observation, ...] = tuple(escapes(names))
    content, anomaly = b"", ""
    try:
        if header.encrypted or header.method == AES_METHOD:
            opened = locksmith.open(header, packed, budget, lambda clear: _checked(clear, header, budget))
            if opened is None:
                yield Problem(IncidentCode.ENCRYPTED, "no password fits")
                anomaly = "ENCRYPTED"
            else:
                content = opened
        else:
            content, rest = unpack(packed, header.method, header, budget)
            yield from _stray(rest, "between")
            yield from _check_content(content, header, central)
    except LimitReached as limit:
        yield limit.problem
        content, anomaly = limit.head, "TRUNCATED"
    except Damaged as damage:
        yield Problem(IncidentCode.MALFORMED, f"entry: {damage}")
        content, anomaly = damage.head, "DAMAGED"
    except Unsupported as method:
        yield Problem(IncidentCode.UNSUPPORTED, f"compression method {method}")
        anomaly = "UNSUPPORTED"
    mode = central.attributes >> 16 if central.system == 3 else 0
    is_link = stat.S_ISLNK(mode)
    if stat.S_ISCHR(mode) or stat.S_ISBLK(mode) or (stat.S_ISFIFO(mode) and not content):   # zip marks what it was piped
        odd += (Observation("MEMBER-DEVICE"),)
    if is_link and link_escapes(names[0], content[:4096].decode("utf-8", "replace")):
        odd += (Observation("MEMBER-LINK-OUTSIDE"),)
    yield Child(content, ArtifactKind.MEMBER, names, anomalies=(anomaly,) if anomaly else (), observations=odd)


def _check_content(content: bytes, header: Header, central: Header) -> Iterator[Yield]:
    if len(content) != central.size:
        yield Observation("ZIP-SIZES-DIFFER")
    elif zlib.crc32(content) != central.crc:
        yield Problem(IncidentCode.MALFORMED, "entry: wrong checksum")


def _checked(clear: bytes, header: Header, budget: Budget) -> bytes:
    """Content of decrypted octets; Damaged where size or checksum prove the password wrong."""
    method = header.method
    aes = extra_field(header.extra, 0x9901)
    if method == AES_METHOD:
        method = struct.unpack_from("<H", aes, 5)[0]
    before = budget.made
    content = unpack(clear, method, header, budget)[0]
    if (header.size and len(content) != header.size) or (aes[:1] != b"\x02" and header.crc and zlib.crc32(content) != header.crc):
        budget.made = before
        raise Damaged("wrong checksum")
    return content


def unpack(packed: bytes, method: int, header: Header, budget: Budget) -> tuple[bytes, bytes]:
    """(content, octets behind the end of the packed stream). Raises Damaged, LimitReached, Unsupported."""
    if method == 0:
        budget.check(packed, len(packed))
        budget.spend(len(packed))
        return packed, b""
    if method == 8:
        return inflate(budget, packed)
    if method == 12:
        return bunzip2(budget, packed)
    if method == 14:
        return _unlzma(packed, header, budget)
    if method in (20, 93):
        return unzstd(budget, packed)
    if method == 95:
        return unlzma(budget, packed, lzma.FORMAT_XZ)
    if method == 98:
        return _by_libarchive(packed, method, header, budget)
    raise Unsupported(str(method))


def _unlzma(packed: bytes, header: Header, budget: Budget) -> tuple[bytes, bytes]:
    """Method 14 (5.8.8): version, length of properties, properties, raw stream, with or without end mark."""
    if len(packed) < 9 or packed[2:4] != b"\x05\x00":
        raise Damaged("lzma header")
    size = 0xFFFFFFFFFFFFFFFF if header.flags & 2 else header.size
    return unlzma(budget, packed[4:9] + struct.pack("<Q", size) + packed[9:], lzma.FORMAT_ALONE)


def _by_libarchive(packed: bytes, method: int, header: Header, budget: Budget) -> tuple[bytes, bytes]:
    """A method that only libarchive unpacks, as the one entry of an archive of its own."""
    fields = struct.pack("<HHHHLLLHH", 0, method, 0, 0x21, header.crc, len(packed), header.size & 0xFFFFFFFF, 1, 0)
    central = b"PK\x01\x02\x3f\x00\x3f\x00" + fields + bytes(14) + b"m"
    end = struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, 1, 1, len(central), 31 + len(packed), 0)
    for member in members(b"PK\x03\x04\x3f\x00" + fields + b"m" + packed + central + end, ("zip",), budget):
        if member.fault == "unsupported":
            raise Unsupported(str(method))
        if member.fault and len(member.data) != header.size:
            raise Damaged(member.detail, member.data)
        return member.data, b""              # checksums are compared by the caller
    raise Damaged("no entry")


def _is_plain_part(data: bytes, entry: Entry) -> bool:
    """XML parts of an office package: their own reader goes through them; all else is unpacked here as well."""
    if entry.local is None or entry.central.encrypted or not entry.names[0].lower().endswith(XML_PARTS):
        return False
    packed = data[entry.local.end:entry.local.end + entry.central.packed]
    try:
        head = zlib.decompressobj(-15).decompress(packed, 64) if entry.central.method == 8 else packed[:64]
    except zlib.error:
        return False
    return entry.central.method in (0, 8) and head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0")[:1] == b"<"


def _without_directory(node: Node, context: Context, budget: Budget, locksmith: Locksmith) -> Iterator[Yield]:
    """Local headers alone, as stream readers and repair tools see them."""
    found = local_headers(node.data, context.limits.artifacts)
    if not found and node.data[:4] == b"PK\x05\x06" and len(node.data) >= 22 and not any(node.data[4:20]):
        return
    yield Observation("ZIP-NO-DIRECTORY")
    yield Problem(IncidentCode.MALFORMED, "no central directory")
    for position, header in enumerate(found):
        following = found[position + 1].at if position + 1 < len(found) else len(node.data)
        packed = node.data[header.end:header.end + header.packed] if header.packed else node.data[header.end:following]
        names = entry_names(header)
        if not names[0].endswith("/"):
            yield from _unpacked(packed, header, header, names, budget, locksmith)


ZIP = ZipExtractor()
