"""tar in its dialects (v7, ustar, GNU, pax, sparse), cpio, ar and deb, rpm, xar, warc: streams of members, read by libarchive."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.extract.archive.libarchive_reader import members
from gateway.extract.archive.members import children
from gateway.extract.archive.tar_extensions import beside, size_of
from gateway.extract.base import Child, Context, Node, Yield
from gateway.extract.bounded import Budget
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation

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
