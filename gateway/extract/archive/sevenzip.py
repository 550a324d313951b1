"""7z archives: unpacked by libarchive; encrypted ones (with hidden names too) are opened here first."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import replace

from gateway.extract.archive.libarchive_reader import Member, members
from gateway.extract.archive.member_names import escapes
from gateway.extract.archive.members import children
from gateway.extract.archive.sevenzip_crypto import Work, keys, one_folder, packed_streams, without_aes
from gateway.extract.archive.sevenzip_header import (
    AES,
    ENCODED,
    HEADER,
    Cursor,
    Folder,
    Header,
    Malformed,
    header,
    start,
    streams_info,
    write,
)
from gateway.extract.archive.sevenzip_tool import rescued
from gateway.extract.base import Child, Context, Node, Problem, Yield
from gateway.extract.bounded import Budget, Damaged
from gateway.extract.passwords import candidates
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation
from gateway.model.finding import IncidentCode


class Locked(Exception):
    """No candidate opens it."""


class SevenZip:
    name = "7z"

    def claims(self, node: Node) -> bool:
        return node.type == "application/x-7z-compressed"

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        yield from rescued(self.read(node, context), node, context)

    def read(self, node: Node, context: Context) -> Iterator[Yield]:
        data = node.data
        budget = Budget.of(context)
        words: list[str] = []
        work = Work(effort=context.effort)
        try:
            at, size, crc = start(data)
            if zlib.crc32(data[12:32]) != int.from_bytes(data[8:12], "little"):
                yield Problem(IncidentCode.MALFORMED, "7z start header checksum")
            if zlib.crc32(data[at:at + size]) != crc:
                yield Problem(IncidentCode.MALFORMED, "7z header checksum")
            if data[at + size:].strip(b"\0\r\n "):
                yield Observation("ARCHIVE-STRAY-DATA", "after the archive")
                yield Child(data[at + size:], ArtifactKind.OBJECT, label="after")
            if not size:
                return
            if AES in data[at:at + size]:                            # most are not locked, and need no words
                words = list(candidates(context))
            found = end_header(data, data[at:at + size], budget, words, work)
        except Locked:
            yield Observation("ENCRYPTED-NAMES")
            yield Problem(IncidentCode.ENCRYPTED, "names and content")
            return
        except Malformed as error:
            yield Problem(IncidentCode.MALFORMED, str(error))
            return
        if any(f.encrypted for f in found.streams.folders):
            yield from _encrypted(data, found, budget, words or list(candidates(context)), work, context)
            return
        listed = members(data, ("7zip",), budget, packed=1 if _dense(found, context) else len(data))
        yield from children(checked(listed, found), utf8, context.limits.artifacts)


def _dense(found: Header, context: Context) -> bool:
    """Whether a folder says that it unpacks to more than the ratio allows; no more than that comes out of it."""
    sizes = iter(found.streams.pack_sizes)
    return any(max(folder.sizes, default=0) > context.limits.ratio * sum(next(sizes, 0) for _ in folder.packed)
               for folder in found.streams.folders)


def utf8(raw: bytes) -> tuple[str, ...]:
    """7z names are UTF-16; libarchive hands them out as UTF-8."""
    return (raw.decode("utf-8", "replace"),)


def end_header(data: bytes, octets: bytes, budget: Budget, words: list[str], work: Work) -> Header:
    """The end header, unpacked and decrypted as often as it is wrapped. Raises Locked, Malformed."""
    for _ in range(4):
        if octets[:1] == bytes([HEADER]):
            return header(octets)
        if octets[:1] != bytes([ENCODED]):
            raise Malformed("no 7z header")
        streams = streams_info(Cursor(octets, 1))
        if not streams.folders:
            raise Malformed("empty 7z header")
        octets = _content(streams.folders[0], packed_streams(data, streams)[0], budget, words, work)
    raise Malformed("7z header wrapped too often")


def _content(folder: Folder, packed: list[bytes], budget: Budget, words: list[str], work: Work) -> bytes:
    """What one folder unpacks to. Raises Locked where no word opens it, Malformed where it is broken."""
    if not folder.encrypted:
        content = _unpack(one_folder(folder, packed, b""), folder, budget)
        if content is None:
            raise Malformed("7z header cannot be unpacked")
        return content
    for word, key in keys(folder, packed, words, work):
        content = _unpack(one_folder(folder, packed, key), folder, budget)
        if content is not None:
            _first(words, word)
            return content
    raise Locked


def _unpack(archive: bytes, folder: Folder, budget: Budget) -> bytes | None:
    try:
        for member in members(archive, ("7zip",), budget):
            right = not member.fault and (folder.crc is None or zlib.crc32(member.data) == folder.crc)
            return member.data if right else None
    except Damaged:
        pass
    return None


def _first(words: list[str], word: str) -> None:
    words.remove(word)
    words.insert(0, word)


def _encrypted(data: bytes, found: Header, budget: Budget, words: list[str], work: Work, context: Context) -> Iterator[Yield]:
    """Opens all folders with one password, as 7-Zip writes them; else the names are shown without content."""
    packed = packed_streams(data, found.streams)
    locked = next(n for n, f in enumerate(found.streams.folders) if f.encrypted)
    folder = found.streams.folders[locked]
    for word, key in keys(folder, packed[locked], words, work):
        archive = _plain(found, packed, key)
        listed = list(_try(archive, found, budget))
        if listed and not any(m.fault for m in listed):
            context.fits(word)
            yield Observation("ENCRYPTED-OPENED")
            yield from children(iter(listed), utf8, context.limits.artifacts)
            return
        budget.made = 0
    yield Problem(IncidentCode.ENCRYPTED, "no password fits")
    for index, name in enumerate(found.names[:context.limits.artifacts]):
        if index not in found.directories:
            yield Child(b"", ArtifactKind.MEMBER, (name,), anomalies=("ENCRYPTED",), observations=tuple(escapes((name,))))


def checked(listed: Iterator[Member], found: Header) -> Iterator[Member]:
    """The members, with a fault where the checksum is not the header's: libarchive does not compare all of them."""
    digests = iter(found.streams.digests)
    unsupported = False
    for member in listed:
        unsupported = unsupported or member.fault == "unsupported"
        if unsupported and member.fault == "damaged":      # libarchive names the method once, then only fails
            member = replace(member, fault="unsupported")
        if member.data and not member.fault:
            wanted = next(digests, None)
            if wanted is not None and zlib.crc32(member.data) != wanted:
                member = replace(member, fault="damaged", detail="wrong checksum")
        yield member


def _try(archive: bytes, found: Header, budget: Budget) -> Iterator[Member]:
    """Members up to the first that is wrong."""
    try:
        for member in checked(members(archive, ("7zip",), budget), found):
            yield member
            if member.fault:
                return
    except Damaged:
        return


def _plain(found: Header, packed: list[list[bytes]], key: bytes) -> bytes:
    folders, blobs = [], []
    for folder, streams in zip(found.streams.folders, packed, strict=True):
        plain, decrypted = without_aes(folder, streams, key) if folder.encrypted else (folder, streams)
        folders.append(plain)
        blobs += decrypted
    return write(replace(found.streams, folders=folders), blobs, found.files)


SEVENZIP = SevenZip()
