"""Binary PowerPoint ([MS-PPT]): text atoms, embedded storages (objects and the VBA project), actions that run programs."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from gateway.extract.base import Child, Problem, Yield
from gateway.extract.office import targets
from gateway.extract.office.code import activex
from gateway.extract.office.kinds import Kinds
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation, Text
from gateway.model.finding import IncidentCode

TEXT_CHARS, TEXT_BYTES, CSTRING = 0x0FA0, 0x0FA8, 0x0FBA
OLE_STORAGE, INTERACTIVE, HYPERLINK = 0x1011, 0x0FF3, 0x0FD7
CLASS = 2
TARGET = 1                               # instance of the string that says where a hyperlink leads; 0 is what is shown
MEDIA = frozenset({0x1005, 0x1006, 0x1007, 0x100D, 0x1010})
"""Containers of films and sounds that lie outside of the file, and play without a click (2.10)."""
SLIDE_LIBRARY = 0x3714
"""RoundTripSlideSyncInfo12: where a slide came from, and is looked for anew."""
CONTROL = 0x0FEE
"""A control; the string of instance 2 in it is the name of its class (2.10.9)."""
ACTIONS = {1: "DOC-CALLS-MACRO", 2: "DOC-RUN-PROGRAM", 5: "DOC-ACTION"}   # macro, program, object verb (2.8.7)
RECORDS = 2_000_000


def extract(data: bytes, allowance: int) -> Iterator[Yield]:
    """Children, text and observations of one `PowerPoint Document` stream."""
    lines: list[str] = []
    links = Kinds()
    within = played = synced = controlled = 0             # ends of the containers that are open
    controls = named = 0                 # how many there are, and how many say their class
    seen: set[str] = set()
    at = 0
    ends = [len(data)]                                    # of the containers that are open
    for _ in range(RECORDS):
        while len(ends) > 1 and at + 8 > ends[-1]:
            at = ends.pop()              # a record that is longer than what it stands in is followed by what follows that
        if at + 8 > len(data):
            break
        version, kind, size = struct.unpack_from("<HHI", data, at)
        at += 8
        if version & 0xF == 0xF:
            ends.append(min(at + size, ends[-1]))
            within = at + size if kind == HYPERLINK else within
            played = at + size if kind in MEDIA else played
            synced = at + size if kind == SLIDE_LIBRARY else synced
            if kind == CONTROL:
                controlled, controls = at + size, controls + 1
            continue
        body = data[at:at + size]
        if kind in (TEXT_CHARS, CSTRING):
            lines.append(body.decode("utf-16-le", "replace").replace("\r", "\n"))
            is_class = at < controlled and version >> 4 == CLASS
            named += is_class
            found = (targets.judge("media", lines[-1]) if at < played else
                     targets.judge("slideUpdateUrl", lines[-1]) if at < synced else
                     activex.named(lines[-1]) if is_class else
                     targets.judge("hyperlink", lines[-1]) if version >> 4 == TARGET and at < within else None)
            links.add(found)
        elif kind == TEXT_BYTES:
            lines.append(body.decode("latin-1").replace("\r", "\n"))
        elif kind == OLE_STORAGE:
            made = _storage(body, version >> 4, allowance)
            allowance -= len(made.data) if isinstance(made, Child) else 0
            yield made
        elif kind == INTERACTIVE and len(body) > 8 and body[8] in ACTIONS and ACTIONS[body[8]] not in seen:
            seen.add(ACTIONS[body[8]])
            yield Observation(ACTIONS[body[8]], f"action {body[8]}")
        at = min(at + size, ends[-1])
    if controls > named:
        links.add(activex.named(""))
    yield from links
    if lines:
        yield Text("\n".join(lines), "slides")


def _storage(body: bytes, instance: int, allowance: int) -> Child | Problem:
    """ExOleObjStg: instance 1 is deflated behind four octets of size."""
    if instance != 1:
        return Child(body, ArtifactKind.OBJECT, ("embedded object",))
    machine = zlib.decompressobj()
    try:
        made = machine.decompress(body[4:], max(1, allowance))
    except zlib.error:
        return Problem(IncidentCode.MALFORMED, "packed object")
    if machine.unconsumed_tail:
        return Problem(IncidentCode.RATIO, "packed object")
    return Child(made, ArtifactKind.OBJECT, ("embedded object",))
