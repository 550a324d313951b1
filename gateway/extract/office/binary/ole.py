"""Compound files: binary Word, Excel and PowerPoint, VBA projects, embedded objects, encrypted packages.

Each storage is judged by the streams it has, at any depth and in any case, so that an embedded document in a document in a
message is read like one on its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.extract.base import Child, Context, Node, Problem, Yield
from gateway.extract.office import encryption as officecrypto
from gateway.extract.office import objects, properties
from gateway.extract.office.binary import blips, escher, ppt, visio, worddoc
from gateway.extract.office.binary.compound import MAGIC, Compound, Damaged, Storage, inside
from gateway.extract.office.code import addins, macros, vba
from gateway.extract.office.code.activex import by_class, control
from gateway.extract.office.hangul import hwp
from gateway.extract.office.sheets import asked, xlstext
from gateway.extract.office.targets import abroad
from gateway.extract.workbook import xlm
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation, Text
from gateway.model.finding import IncidentCode

OLD_MAGIC = b"\x0e\x11\xfc\x0d\xd0\xcf\x11\x0e"
FILE_HEADS = (b"MZ", b"PK\x03\x04", MAGIC, b"%PDF", b"{\\rt", b"\x7fELF", b"MSCF", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"ITSF",
              b"L\0\0\0\x01\x14\x02\0", b"<html", b"<HTML", b"<?xml", b"<script", b"\x89PNG", b"\xff\xd8\xff", b"CWS", b"FWS")
KNOWN = frozenset({"worddocument", "0table", "1table", "data", "workbook", "book", "powerpoint document", "dir", "_vba_project",
                   "project", "projectwm", "\x01compobj", "\x01ole", "current user", "pictures", "\x01ole10native"})
MATHTYPE = "0002ce03-0000-0000-c000-000000000046"     # its formulas share the stream's name with the equation editor
CONTROL = frozenset({"\x03ocxname", "\x03ocxdata"})
"""Streams of an ActiveX control in a Word document ([MS-DOC] 2.1.10)."""
PROPERTIES = ("\x05summaryinformation", "\x05documentsummaryinformation")
MOST_TEXT = 8 << 20
"""Octets of a stream of no known kind in which text is looked for."""
LOCATED = re.compile(rb"\\\\[^\x00-\x1f]{3,400}\0{0,4}")
"""A stream that is nothing but the place of a file on a share: the packager fetches and starts it (CVE-2014-4114)."""
NUMBERED = 6
PRINTABLE16 = re.compile("(?:[\\x20-\\x7e\\u3000-\\u30ff\\u3400-\\u9fff\\uac00-\\ud7af\\uff00-\\uffef]){2,400}")


class Ole:
    name = "ole"

    def claims(self, node: Node) -> bool:
        return node.data[:8] in (MAGIC, OLD_MAGIC)

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        try:
            compound = Compound(node.data, context.allowance(len(node.data)))
        except Damaged as error:
            yield Problem(IncidentCode.MALFORMED, f"compound file: {error}")
            yield from macros.carved(node.data)
            return
        found = by_class(compound.root_id)
        if found is not None:
            yield found
        for storage in compound.storages():
            yield from _storage(storage, node, context)
        yield from compound.problems


def _storage(storage: Storage, node: Node, context: Context) -> Iterator[Yield]:
    yield from _encrypted(storage, node, context)
    if storage.path:
        found = by_class(storage.class_id)
        if found is not None:
            yield found
    if CONTROL & storage.streams.keys() and by_class(storage.class_id) is None:
        yield control(storage.class_id)
    if "dir" in storage or "_vba_project" in storage or storage.name.lower() == "vba":
        yield from macros.extract({name: storage.read(name) for name in storage.streams})
        return
    if "worddocument" in storage:
        yield from _word(storage, node, context)
    for name in ("workbook", "book"):
        if name in storage:
            yield from _workbook(storage, name, node, context)
    if "powerpoint document" in storage:
        yield from ppt.extract(storage.read("powerpoint document"), context.allowance(len(node.data)))
    if "pictures" in storage and context.outbound:
        yield from blips.pictures(storage.read("pictures"), context.allowance(len(node.data)))
    if "fileheader" in storage:
        head = storage.read("fileheader", 256)
        yield from hwp.header(head)
        if hwp.DOCUMENT in storage:
            yield from hwp.linked_pictures(storage.read(hwp.DOCUMENT), head, context.allowance(len(node.data)))
    if storage.name.lower() in hwp.STORAGES:
        yield from hwp.extract(storage, context.allowance(len(node.data)))
    if storage.name.lower() == hwp.OPTIONS and hwp.LINKED in storage:
        yield from hwp.linked(storage)
    for name in escher.STREAMS:
        if name in storage:
            yield from escher.linked(storage.read(name))
    yield from _objects(storage)
    yield from _others(storage, context.allowance(len(node.data)), context.outbound)


def _decrypted(storage: Storage, node: Node, context: Context) -> Iterator[Yield]:
    if storage.compound.honest():
        yield from officecrypto.extract(node.data, context, node.artifact.names)
    else:
        yield Problem(IncidentCode.ENCRYPTED, "damaged office document")


def _encrypted(storage: Storage, node: Node, context: Context) -> Iterator[Yield]:
    if "encryptedpackage" in storage and "encryptioninfo" in storage:
        yield from _decrypted(storage, node, context)
    elif "encryptedsummary" in storage or "encryptedpackage" in storage:
        yield Problem(IncidentCode.ENCRYPTED, "office document")


def _word(storage: Storage, node: Node, context: Context) -> Iterator[Yield]:
    document = storage.read("worddocument")
    head = worddoc.fib(document)
    if head is not None and head.encrypted:
        yield from _decrypted(storage, node, context)
        return
    tables = {n: storage.read(n) for n in ("0table", "1table") if n in storage}
    yield from worddoc.extract(
        document, tables, lambda: (line for n in PROPERTIES if n in storage for line in _strings(storage.read(n, 1 << 20))))
    if "data" in storage:
        yield from worddoc.linked_pictures(storage.read("data"))
    if context.outbound and "data" in storage:
        yield from blips.of_word(storage.read("data"), context.allowance(len(node.data)))


def _workbook(storage: Storage, name: str, node: Node, context: Context) -> Iterator[Yield]:
    data = storage.read(name)
    if xlm.is_encrypted(data):
        yield from _decrypted(storage, node, context)
        return
    yield from xlm.extract(data)
    if context.outbound:
        yield from blips.of_workbook(data, context.allowance(len(node.data)))
        text = "\n".join(xlstext.words(xlm.records(data)))
        if text:
            yield Text(text, "beside the cells")
    else:
        yield from asked.of_stream(data, xlm.records)


def _objects(storage: Storage) -> Iterator[Yield]:
    """Packages, link monikers, class names, the equation editor's stream."""
    if "\x01ole10native" in storage:
        data = storage.read("\x01ole10native")
        child = objects.native(data)
        if child is not None:
            yield from child.observations
            yield child
        else:
            yield from _odd_native(data)
    if "equation native" in storage:
        own = storage.class_id == MATHTYPE
        yield Observation("OLE-NATIVE" if own else "OLE-EQUATION", "Equation Native")
    for name in ("\x01ole", "\x03link", "\x03linkinfo", "\x01olelink"):
        if name in storage:
            data = storage.read(name)
            if name != "\x01ole" or len(data) < 8 or data[4] & 1:
                yield from objects.moniker(data)
    if "\x01compobj" in storage:
        for text in re.findall(rb"[\x20-\x7e]{4,80}", storage.read("\x01compobj")):
            found = objects.by_name(text.decode("ascii"))
            if found is not None and storage.class_id != MATHTYPE:
                yield found
                break


def _odd_native(data: bytes) -> Iterator[Yield]:
    """A native stream that is no package: the data of an OLE 1 server, such as the equation editor."""
    yield Observation("OLE-NATIVE", "")
    if len(data) > 4:
        yield Child(data[4:], ArtifactKind.OBJECT, ("native data",))


def _others(storage: Storage, room: int, outbound: bool) -> Iterator[Yield]:
    """Properties as text; every other stream that is or holds a file, or macro source, goes on. Outbound, where customer data is
    looked for, the lines with numbers of any other stream: documents of Ichitaro, Project, Publisher and many more."""
    for name, path in storage.streams.items():
        if name in PROPERTIES:
            data = storage.read(name, 1 << 20)
            yield Text("\n".join(_strings(data)), "property", hidden=True)
            yield from properties.of_stream(data)
            continue
        if name in KNOWN or name.startswith(("__substg", "__prop", "__name", "encrypt")):
            continue
        pieces = [storage.read(name)]
        if name == visio.NAME:
            found = list(visio.streams(pieces[0], room))
            yield from (problem for problem in found if isinstance(problem, Problem))
            pieces = [piece for piece in found if isinstance(piece, bytes)]
        data = b"\0\0".join(pieces)
        if outbound and not data.startswith(FILE_HEADS) and storage.name.lower() not in hwp.STORAGES:
            text = "\n".join(_numbered(data[:MOST_TEXT]))
            if text:
                yield Text(text, f"stream {path[-1]}", hidden=True)
        if addins.is_wps_macro(name):
            yield from addins.wps_macro(path[-1], data)
        for piece in pieces:
            yield from objects.programs(piece, commands=name == visio.NAME)
            yield from _files(name, path[-1], piece)


def _files(name: str, label: str, data: bytes) -> Iterator[Yield]:
    """What a stream is, or holds."""
    if LOCATED.fullmatch(data) and abroad(place := data.rstrip(b"\0").decode("latin-1")):
        yield Observation("DOC-REMOTE-OLE", place)
    if name in ("package", "contents", "content") or data.startswith(FILE_HEADS):
        yield Child(data, ArtifactKind.OBJECT, (label,))
    compounds = data.startswith(MAGIC)
    for found in inside(data):
        compounds = True
        yield Child(found, ArtifactKind.OBJECT, (label,)) if isinstance(found, bytes) else found
    if vba.SOURCE_MARK in data and not compounds:         # of those their own reader carves
        yield from macros.carved(data)


def _strings(data: bytes) -> list[str]:
    """Readable runs of a property stream, in UTF-16 and in the octets' likeliest code page."""
    wide = PRINTABLE16.findall(data.decode("utf-16-le", "replace"))
    narrow = [_legacy(run) for run in re.findall(rb"[\x20-\x7e\x80-\xfe]{4,400}", data)]
    return list(dict.fromkeys([*wide, *narrow]))[:500]


def _numbered(data: bytes) -> Iterator[str]:
    """Readable runs with six digits: UTF-16 in either order at even and odd places, and octets."""
    seen: set[str] = set()
    for charset in ("utf-16-le", "utf-16-be"):
        for start in (0, 1):
            for run in PRINTABLE16.finditer(data[start:].decode(charset, "replace")):
                for line in re.split("[\r\n]", run[0]):
                    if sum("0" <= c <= "9" for c in line) >= NUMBERED and line not in seen:
                        seen.add(line)
                        yield line
    for found in re.finditer(rb"[\x20-\x7e\x80-\xfe]{8,2000}", data):
        if sum(48 <= c < 58 for c in found[0]) >= NUMBERED:
            line = _legacy(found[0])
            if line not in seen:
                seen.add(line)
                yield line


def _legacy(run: bytes) -> str:
    for charset in ("ascii", "utf-8", "cp950", "gb18030", "cp932", "cp949"):
        try:
            return run.decode(charset)
        except UnicodeDecodeError:
            continue
    return run.decode("latin-1")


OLE = Ole()
