"""tar in its dialects (v7, ustar, GNU, pax, sparse), cpio, ar and deb, rpm, xar, warc: streams of members, read by libarchive."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.extract.archive.libarchive_reader import members
from gateway.extract.archive.members import children
from gateway.extract.archive.tar_extensions import beside, size_of
from gateway.extract.base import Child, Context, Node, Problem, Yield
from gateway.extract.bounded import Budget
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation
from gateway.model.finding import IncidentCode

FORMATS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "application/x-tar": (("tar",), ("none",)),
    "application/x-cpio": (("cpio",), ("none",)),
    "application/x-archive": (("ar",), ("none",)),
    "application/x-rpm": (("cpio",), ("rpm", "gzip", "bzip2", "xz", "lzma", "zstd")),
    "application/x-xar": (("xar",), ("none",)),
    "application/x-warc": (("warc",), ("none",)),
}
"""Detected type -> libarchive formats, filters."""

BLOCK = 512
TRAILER = b"TRAILER!!!\0"
DIGITS = re.compile(rb"(070707)[ 0-7]{53}([ 0-7]{6})([ 0-7]{11})|"
                    rb"07070[12][\da-fA-F]{48}([\da-fA-F]{8})[\da-fA-F]{32}([\da-fA-F]{8})[\da-fA-F]{8}")
"""A header: of odc the lengths of name and content, of newc the lengths of content and name."""
GLOBAL = 1 << 20
"""Octets from the beginning in which global headers are looked for: writers put theirs in front."""


class Tar:
    name = "tar"

    def claims(self, node: Node) -> bool:
        return node.type in FORMATS

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        formats, filters = FORMATS[node.type]
        found = members(node.data, formats, Budget.of(context), filters=filters)
        yield from children(found, limit=context.limits.artifacts)
        if node.type == "application/x-tar":
            if renamed(node.data):
                yield Observation("ARCHIVE-NAMES-DIFFER", "a global header that names members")
            yield from beside(node.data)
            yield from _behind_the_end(node.data)
        if node.type == "application/x-cpio":
            if torn(node.data):
                yield Problem(IncidentCode.MALFORMED, "cpio: a header that is none")
            yield from _behind_the_trailer(node.data)


def _behind_the_end(data: bytes) -> Iterator[Yield]:
    """Members after the end mark: GNU tar -i, and unpackers that resynchronise, go on there."""
    end = end_mark(data)
    rest = data[end:].lstrip(b"\0")
    if end and rest:
        yield Observation("ARCHIVE-HIDDEN-MEMBERS" if rest[257:262] == b"ustar" else "ARCHIVE-STRAY-DATA", "after the end mark")
        yield Child(rest, ArtifactKind.OBJECT, label="after")


def _behind_the_trailer(data: bytes) -> Iterator[Yield]:
    """cpio(5): the member that ends an archive. Some readers go on behind it, as kernels do with what they start from."""
    at = data.find(TRAILER)
    rest = data[at + len(TRAILER):].lstrip(b"\0") if at > 0 else b""
    if rest:
        yield Child(rest, ArtifactKind.OBJECT, label="after")


def torn(data: bytes) -> bool:
    """True where a header in digits (cpio(5), odc and newc) is not where the member before it ends, or not one: libarchive looks
    for the next one it can read and says nothing, GNU cpio reads what digits there are."""
    at = 0
    while found := DIGITS.match(data, at):
        old = found[1] is not None
        name, size = (int(found[2], 8), int(found[3], 8)) if old else (int(found[5], 16), int(found[4], 16))
        begin = found.end() + name
        if data[found.end():begin] == TRAILER:
            return False
        at = begin + size if old else (begin + 3 & ~3) + (size + 3 & ~3)
    return data[:6] in (b"070707", b"070701", b"070702")


def renamed(data: bytes) -> bool:
    """True where a global extended header (POSIX.1, pax) gives a path: some unpackers call each member so, some none."""
    at = data.find(b"ustar", 257)
    while at >= 0:
        start = at - 257
        if start % BLOCK == 0 and data[start + 156:start + 157] == b"g":
            size = max(0, min(size_of(data[start + 124:start + 136]), 1 << 20))
            if re.search(rb"(?:^|\n)\d{1,9} (?:link)?path=", data[start + BLOCK:start + BLOCK + size]):
                return True
        at = data.find(b"ustar", at + 5) if start < GLOBAL else -1
    return False


def end_mark(data: bytes) -> int:
    """Where the first two zero blocks end by following sizes; 0 where the archive just stops."""
    at = 0
    while at + BLOCK <= len(data):
        block = data[at:at + BLOCK]
        if not block.strip(b"\0"):
            return at + BLOCK
        size = size_of(block[124:136])
        if size < 0:
            return 0
        at += BLOCK + (size + BLOCK - 1) // BLOCK * BLOCK
    return 0


TAR = Tar()
