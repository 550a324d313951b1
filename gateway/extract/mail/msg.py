"""Outlook messages ([MS-OXMSG]): bodies, headers, attachments, messages within messages. The OLE reader sees the same node."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from gateway.extract.base import Context, Node, Problem, Yield
from gateway.extract.identify import outlook
from gateway.extract.office.binary import mapi
from gateway.extract.office.binary.compound import MAGIC, Compound, Damaged
from gateway.model.finding import IncidentCode

SUBSTG = "__substg1.0_"
STRING8, UNICODE, BINARY, OBJECT = 0x001E, 0x001F, 0x0102, 0x000D
CODEPAGE_IDS = (0x3FDE, 0x3FFD)          # internet and message code page
PROPERTIES = 1 << 14                     # octets of the list of fixed properties: a thousand of them
DEPTH = 20                               # messages in messages that one file holds


class Msg:
    name = "msg"

    def claims(self, node: Node) -> bool:
        return node.data[:8] == MAGIC and (node.type == "application/vnd.ms-outlook" or outlook(node.data))

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        try:
            compound = Compound(node.data, context.allowance(len(node.data)))
        except Damaged:
            return                       # the OLE reader has told it
        groups: dict[tuple[str, ...], dict[str, tuple[str, ...]]] = {}
        for path in compound.paths:
            groups.setdefault(path[:-1], {})[path[-1].lower()] = path
        for prefix in sorted(groups):
            if len(prefix) > DEPTH:
                yield Problem(IncidentCode.DEPTH, "messages in messages")
                return
            yield from _storage(compound, prefix, groups[prefix])
        yield from compound.problems


def _storage(compound: Compound, prefix: tuple[str, ...], streams: dict[str, tuple[str, ...]]) -> Iterator[Yield]:
    last = prefix[-1].lower() if prefix else ""
    if last.startswith(("__nameid", "__recip")):
        return
    made = _read(compound, streams, header=24 if not prefix else 8)
    if last.startswith("__attach"):
        number = last.rpartition("#")[2].lstrip("0") or "0"
        label = f"attachment {int(number, 16) + 1}" if all(c in "0123456789abcdef" for c in number) else "attachment"
        yield from mapi.attachment(made, label)
        yield from mapi.referred(made)
        return
    if not prefix or last == f"{SUBSTG}3701000d":
        yield from mapi.message(made)
        yield from mapi.named(made)


def _read(compound: Compound, streams: dict[str, tuple[str, ...]], header: int) -> mapi.Properties:
    made = mapi.Properties()
    codepage = _codepage(compound, streams, header)
    for name, path in streams.items():
        if not name.startswith(SUBSTG) or len(name) < len(SUBSTG) + 8:
            continue
        try:
            number, kind = int(name[len(SUBSTG):len(SUBSTG) + 4], 16), int(name[len(SUBSTG) + 4:len(SUBSTG) + 8], 16)
        except ValueError:
            continue
        if kind not in (STRING8, UNICODE, BINARY):
            continue
        octets = compound.read(path)
        if kind == UNICODE:
            made.strings[number] = octets.decode("utf-16-le", "replace").rstrip("\0")
        elif kind == STRING8:
            made.strings.setdefault(number, mapi.text8(octets, codepage))
        else:
            made.octets[number] = octets
    return made


def _codepage(compound: Compound, streams: dict[str, tuple[str, ...]], header: int) -> int:
    """PidTagMessageCodepage or PidTagInternetCodepage from the fixed properties, 0 where neither stands there."""
    path = streams.get("__properties_version1.0")
    if not path:
        return 0
    data = compound.read(path, PROPERTIES)
    for start in dict.fromkeys((32, header, 24, 8)):
        for at in range(start, len(data) - 15, 16):
            kind, number = struct.unpack_from("<HH", data, at)
            if number in CODEPAGE_IDS and kind == 3:
                return int(struct.unpack_from("<I", data, at + 8)[0])
    return 0


MSG = Msg()
