"""7-Zip's own program as the last reader: what nothing in the cell unpacks goes to the tool lane, if there is one.

Two questions: the list with sizes and checksums, then all members after one another, cut apart by the list. Without the tool,
where its answer does not fit its own list, or where it opened something else that lies within, the node stays UNSUPPORTED.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.extract.archive.libarchive_reader import Member
from gateway.extract.archive.members import children
from gateway.extract.base import Context, Node, Problem, ToolFailed, Yield
from gateway.extract.bounded import Budget
from gateway.extract.identify import identify, needs_reader
from gateway.model.finding import IncidentCode

TYPES = frozenset({
    "application/vnd.ms-htmlhelp", "application/x-ms-wim", "application/x-apple-diskimage", "application/x-vmdk",
    "application/x-vdi", "application/x-qcow", "application/x-squashfs", "application/x-ms-compress", "application/x-xar",
    "application/x-hfs-plus", "application/x-volume",
})
"""Types that have no other reader here."""
DISKS = frozenset({
    "application/x-vhd", "application/x-vhdx", "application/x-raw-disk-image", "application/x-vmdk", "application/x-vdi",
    "application/x-qcow", "application/x-hfs-plus", "application/x-volume", "application/x-apple-diskimage",
})
VOLUMES = frozenset({
    "VHD", "VHDX", "VMDK", "VDI", "QCOW", "Dmg", "Sparse", "MBR", "GPT", "APM", "LVM", "NTFS", "FAT", "HFS", "APFS", "Ext", "Iso",
    "Udf", "SquashFS", "CramFS",
})
"""What 7-Zip may call a disk and what is on it. In a volume it cannot read it finds the archives that lie there as files."""
TABLES = frozenset({"MBR", "GPT", "APM", "LVM"})
OF_NTFS = {"1": "$MFTMirr", "2": "$LogFile", "6": "$Bitmap", "7": "$Boot", "10": "$UpCase"}
"""Records of NTFS that are the volume's own and no file to anybody, by their numbers and names ($LogFile keeps no content)."""


@dataclass(slots=True)
class Listed:
    name: str
    size: int = 0
    folder: bool = False
    crc: int | None = None
    record: str = ""                     # number of a file in NTFS

    @property
    def own(self) -> bool:
        """What a volume keeps for itself."""
        return self.record in OF_NTFS and self.name == f"[SYSTEM]/{OF_NTFS[self.record]}"


class SevenZipTool:
    name = "7zz"

    def claims(self, node: Node) -> bool:
        return node.type in TYPES

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        yield from rescued(iter((Problem(IncidentCode.UNSUPPORTED, f"no reader for {node.type}"),)), node, context)


def rescued(items: Iterator[Yield], node: Node, context: Context) -> Iterator[Yield]:
    """Passes an extractor's yields on; where it met something UNSUPPORTED, lets the tool try the whole node first."""
    missed: list[Problem] = []
    for item in items:
        if isinstance(item, Problem) and item.code is IncidentCode.UNSUPPORTED:
            missed.append(item)
        else:
            yield item
    found = members(node.data, context, disk=node.type in DISKS) if missed else None
    if found is None:
        yield from missed
        return
    yield from children(iter(found), utf8, context.limits.artifacts)


def utf8(raw: bytes) -> tuple[str, ...]:
    return (raw.decode("utf-8", "replace"),)


def members(data: bytes, context: Context, *, disk: bool = False) -> list[Member] | None:
    """All members as 7-Zip sees them; None without the tool, or where it did not open everything, or not this. Raises LimitReached
    where what its list announces is too much for what it is packed in."""
    if context.tools is None:
        return None
    try:
        head, _, entries = context.tools.run("7zz-list", data, password="").partition(RULE)
        layers = opened(head, disk)
        if not layers:
            return None
        listed = listing(entries)
        files = [entry for entry in listed if not entry.folder]
        total = sum(entry.size for entry in files)
        budget = Budget.of(context)
        if not files or total > budget.size or len(files) > context.limits.artifacts:
            return None
        budget.announced(total, len(data), b"")
        output = context.tools.run("7zz-extract", data, password="")
    except ToolFailed:
        return None
    if len(output) != total:
        return None
    found, at = [], 0
    for entry in files:
        piece = output[at:at + entry.size]
        at += entry.size
        if entry.crc is not None and zlib.crc32(piece) != entry.crc:
            return None
        if layers[-1] in TABLES and not needs_reader(identify(piece)) and piece.strip(b"\0"):
            return None                                  # a volume of a kind that nobody here knows
        if not entry.own:
            found.append(Member(entry.name.replace("\\", "/").encode("utf-8", "replace"), piece))
    return found


RULE = b"\n----------\n"                   # between what was opened and what is in it


def opened(head: bytes, disk: bool) -> list[str]:
    """What was opened, layer by layer; nothing where one is damaged, begins elsewhere than the data, or is no disk as they are."""
    kinds: list[str] = []
    layer = False
    for line in head.decode("utf-8", "replace").splitlines():
        key, _, value = line.partition(" = ")
        if line.startswith("--"):
            layer = line == "--"
        elif layer and key == "Type":
            kinds.append(value)
        elif layer and ((key == "Offset" and value != "0") or line == "ERRORS:"):
            return []
    return [] if disk and not VOLUMES.issuperset(kinds) else kinds


def listing(octets: bytes) -> list[Listed]:
    """Entries of `7zz l -slt`: blocks of `Key = value`, each begun by Path."""
    found: list[Listed] = []
    for line in octets.decode("utf-8", "replace").splitlines():
        key, equals, value = line.partition(" = ")
        if key == "Path" and equals:
            found.append(Listed(value))
        elif not found or not equals:
            continue
        elif key == "Size" and value.isdigit():
            found[-1].size = int(value)
        elif key == "Folder":
            found[-1].folder = value == "+"
        elif key == "Attributes" and value.startswith("D"):
            found[-1].folder = True
        elif key == "iNode":
            found[-1].record = value
        elif key == "CRC" and len(value) == 8:
            found[-1].crc = int(value, 16)
    return found


SEVENZIP_TOOL = SevenZipTool()
