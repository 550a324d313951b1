"""TNEF, Outlook's winmail.dat ([MS-OXTNEF]): attributes one after another, MAPI properties inside some of them."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from gateway.extract.base import Child, Context, Node, Problem, Yield
from gateway.extract.office.binary import mapi
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Text
from gateway.model.finding import IncidentCode

MAGIC = b"\x78\x9f\x3e\x22"
SUBJECT, BODY, PROPERTIES, CODEPAGE = 0x8004, 0x800C, 0x9003, 0x9007
RENDER, TITLE, DATA, ATTACHMENT = 0x9002, 0x8010, 0x800F, 0x9005
TRANSPORT = 0x9001
FIXED = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 4, 20: 8, 64: 8, 72: 16}
VARIABLE = (0x0D, 0x1E, 0x1F, 0x0102)
VALUES = 1_000                           # of one multi-value property
LISTED = 10_000                          # properties of one list
MOST_PROPERTIES = 100_000               # of all lists of one file: a hundred for each attachment
MOST = 20_000                            # attributes of one file: thirty and eight for each attachment


@dataclass(slots=True)
class _Attachment:
    """What lies between two attRenddata; of what is repeated there some readers take the first, some the last."""

    names: list[str] = field(default_factory=list)
    data: list[bytes] = field(default_factory=list)
    properties: list[mapi.Properties] = field(default_factory=list)


class Tnef:
    name = "tnef"

    def claims(self, node: Node) -> bool:
        return node.data[:4] == MAGIC

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        codepage = 0
        current: _Attachment | None = None
        count = listed = 0
        for total, (number, body) in enumerate(attributes(node.data)):
            listed += int.from_bytes(body[:4], "little") if number in (PROPERTIES, ATTACHMENT) else 0
            if total >= MOST or listed > MOST_PROPERTIES:
                yield Problem(IncidentCode.COUNT, f"more than {MOST} attributes or {MOST_PROPERTIES} properties")
                return
            if number == CODEPAGE and len(body) >= 4:
                codepage = int(struct.unpack_from("<I", body)[0])
            elif number in (SUBJECT, BODY):
                yield Text(mapi.text8(body, codepage), "header Subject" if number == SUBJECT else "body")
            elif number == PROPERTIES:
                made = read(body, codepage)
                yield from mapi.message(made)
                yield from mapi.named(made)
            elif number == RENDER:
                yield from _close(current, count)
                current, count = _Attachment(), count + 1
            elif number in (TITLE, DATA, ATTACHMENT, TRANSPORT):
                if current is None:
                    current, count = _Attachment(), count + 1
                _attach(current, number, body, codepage)
        yield from _close(current, count)
        if not _whole(node.data):
            yield Problem(IncidentCode.MALFORMED, "TNEF ends early")


def attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(attribute id, content): level, id, type, length, content, checksum."""
    at = 6
    while at + 9 <= len(data):
        _, number, _, size = struct.unpack_from("<BHHI", data, at)
        yield number, data[at + 9:at + 9 + size]
        at += 9 + size + 2


def _whole(data: bytes) -> bool:
    at = 6
    while at + 9 <= len(data):
        at += 11 + int(struct.unpack_from("<I", data, at + 5)[0])
    return at - len(data) <= 2


def _attach(current: _Attachment, number: int, body: bytes, codepage: int) -> None:
    if number in (TITLE, TRANSPORT):
        current.names.append(mapi.text8(body.rstrip(b"\0"), codepage))
    elif number == DATA:
        current.data.append(body)
    else:
        current.properties.append(read(body, codepage))


def _close(current: _Attachment | None, count: int) -> Iterator[Yield]:
    if current is None:
        return
    names = tuple(dict.fromkeys([*(name for made in current.properties for name in made.names()), *current.names]))
    kind = next((said.lower() for made in current.properties if (said := made.strings.get(mapi.ATTACH_TYPE))), "")
    inner = [octets for made in current.properties if (octets := made.octets.get(mapi.ATTACH_DATA)) is not None]
    for content in dict.fromkeys([*map(_without_class, inner), *current.data]):
        yield Child(content, ArtifactKind.PART, names, kind, f"attachment {count}")
    for made in current.properties:
        yield from mapi.referred(made)


def _without_class(inner: bytes) -> bytes:
    """An object begins with the class id of its interface; what follows is the message or storage itself."""
    return inner[16:] if inner[16:20] in (MAGIC, b"\xd0\xcf\x11\xe0") else inner


def read(data: bytes, codepage: int) -> mapi.Properties:
    """A list of MAPI properties (2.1.3.4); stops at what it does not know."""
    made = mapi.Properties()
    if len(data) < 4:
        return made
    at = 4
    for _ in range(min(int(struct.unpack_from("<I", data)[0]), LISTED)):
        if at + 4 > len(data):
            break
        kind, number = struct.unpack_from("<HH", data, at)
        at += 4
        if number >= 0x8000:
            at = _skip_name(data, at)
        many, kind = bool(kind & 0x1000), kind & 0x0FFF
        if kind in FIXED:
            values = int(struct.unpack_from("<I", data, at)[0]) if many else 1
            at += (4 if many else 0) + values * FIXED[kind]
        elif kind in VARIABLE:
            values = int(struct.unpack_from("<I", data, at)[0])
            at += 4
            if values > VALUES:
                raise ValueError("values of one property")
            for _ in range(values):
                size = int(struct.unpack_from("<I", data, at)[0])
                _store(made, number, kind, data[at + 4:at + 4 + size], codepage)
                at += 4 + (size + 3 & ~3)
        else:
            break
    return made


def _store(made: mapi.Properties, number: int, kind: int, octets: bytes, codepage: int) -> None:
    if kind == 0x1F:
        made.strings[number] = octets.decode("utf-16-le", "replace").rstrip("\0")
    elif kind == 0x1E:
        made.strings.setdefault(number, mapi.text8(octets.rstrip(b"\0"), codepage))
    else:
        made.octets[number] = octets


def _skip_name(data: bytes, at: int) -> int:
    """A named property: GUID, then a number or a padded string."""
    if int(struct.unpack_from("<I", data, at + 16)[0]) == 0:
        return at + 24
    size = int(struct.unpack_from("<I", data, at + 20)[0])
    return at + 24 + (size + 3 & ~3)


TNEF = Tnef()
