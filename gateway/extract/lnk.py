"""Windows shortcuts ([MS-SHLLINK]): where they point, with which arguments, and what is hidden behind them."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from gateway.extract.base import Child, Context, Node, Yield
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation, Text

HEADER = bytes.fromhex("4c0000000114020000000000c000000000000046")
STRINGS = ((0x04, "description"), (0x08, "relative path"), (0x10, "working directory"), (0x20, "arguments"), (0x40, "icon"))
HAS_IDS, HAS_INFO, UNICODE = 0x01, 0x02, 0x80
LARGEST = 1 << 16                        # octets of the link information: a few paths
BLOCKS = 64                              # extra data blocks; eleven kinds are defined
OVERLAY = 64                             # octets behind the last block that are more than padding


class Lnk:
    name = "lnk"

    def claims(self, node: Node) -> bool:
        return node.data[:20] == HEADER

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        data = node.data
        flags = int(struct.unpack_from("<I", data, 20)[0])
        at = 76
        ids = info = b""
        if flags & HAS_IDS and at + 2 <= len(data):
            size = int.from_bytes(data[at:at + 2], "little")
            ids = data[at + 2:at + 2 + size]
            at += 2 + size
        if flags & HAS_INFO and at + 4 <= len(data):
            size = int.from_bytes(data[at:at + 4], "little")
            info = data[at:at + min(size, LARGEST)]
            at += max(4, size)
        texts: list[tuple[str, str]] = [("target", t) for t in _readable(ids)] + [("target", t) for t in _readable(info)]
        for bit, name in STRINGS:
            if flags & bit and at + 2 <= len(data):
                count = int.from_bytes(data[at:at + 2], "little")
                width = 2 if flags & UNICODE else 1
                raw = data[at + 2:at + 2 + count * width]
                texts.append((name, raw.decode("utf-16-le", "replace") if width == 2 else raw.decode("latin-1")))
                at += 2 + count * width
        yield Observation("LNK-COMMAND", " ".join(t.strip() for n, t in texts if n in ("relative path", "arguments",
                                                                                       "target"))[:2000])
        yield Text("\n".join(f"{n}: {t}" for n, t in texts), "shortcut")
        yield from _behind(data, at)


def _readable(block: bytes) -> list[str]:
    """File names in an item list or link information: runs in UTF-16 and in octets."""
    wide = [r.rstrip("\0") for r in block.decode("utf-16-le", "replace").split("\0") if len(r) > 3 and r.isprintable()
            and r.isascii()]
    narrow = [r.decode("latin-1") for r in block.split(b"\0") if len(r) > 3 and all(32 <= o < 127 for o in r)]
    return (wide + narrow)[:20]


def _behind(data: bytes, at: int) -> Iterator[Yield]:
    """Extra data blocks end with a size below four; what follows is no shortcut."""
    for _ in range(BLOCKS):
        if at + 4 > len(data):
            break
        size = int.from_bytes(data[at:at + 4], "little")
        if size < 4 or at + size > len(data):
            at += 4
            break
        at += size
    if len(data) - at > OVERLAY:
        yield Observation("LNK-OVERLAY", f"{len(data) - at} octets")
        yield Child(data[at:], ArtifactKind.OBJECT, label="behind the shortcut")


LNK = Lnk()
