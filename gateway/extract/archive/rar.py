"""RAR 4 and 5: headers read and decrypted here, members unpacked by libarchive under plain names.

What libarchive cannot unpack (solid RAR 4, RAR before 2.9, parts of volumes) is UNSUPPORTED, its names are shown. Volumes that
were joined stand one after another.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from gateway.extract.archive.libarchive_reader import members
from gateway.extract.archive.member_names import escapes, link_escapes
from gateway.extract.archive.rar_crypto import Keys, decrypt
from gateway.extract.archive.rar_headers import (
    RAR4,
    RAR5,
    Entry,
    Lock,
    Locked,
    TooMany,
    entries4,
    entries5,
    is_volume,
    rebuilt4,
    rebuilt5,
    vint,
)
from gateway.extract.archive.sevenzip_tool import rescued
from gateway.extract.base import Child, Context, Node, Problem, Yield
from gateway.extract.bounded import Budget, Damaged, LimitReached
from gateway.extract.passwords import candidates
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation
from gateway.model.finding import IncidentCode

VOLUMES = 2_000
"""Of one archive: as many as a message may have attachments."""


@dataclass(slots=True)
class Opener:
    """Tries the mail's words on headers and members; remembers what fitted."""

    source: Iterator[str]
    five: bool
    keys: Keys = field(default_factory=Keys)
    fitting: str | None = None
    hopeless: bool = False
    known: list[str] | None = None

    @property
    def words(self) -> list[str]:
        """Gathered where something is locked: most archives are not, and a set has one in each volume."""
        if self.known is None:
            self.known = list(self.source)
        return self.known

    def header(self, lock: Lock, vector: bytes, octets: bytes) -> bytes | None:
        """A decrypted header block, None where no word opens it."""
        for word in self.order():
            if not self.five:
                pair = self.keys.key4(word, lock)
                if pair is None:
                    return None
                plain = decrypt(octets[:1 << 16], pair[:16], pair[16:])
                good = len(plain) >= 7 and _header_crc(plain)
            else:
                if self.fitting is None and not self.keys.right(word, lock):
                    continue
                plain = decrypt(octets[:1 << 16], self.keys.key5(word, lock), vector)
                good = _header_crc5(plain)
            if good:
                self.fitting = word
                return plain
        return None

    def order(self) -> list[str]:
        return [self.fitting] if self.fitting is not None else self.words

    def member(self, entry: Entry, lock: Lock) -> Iterator[bytes]:
        """Candidate decryptions of a member's packed octets."""
        for word in [*([self.fitting] if self.fitting is not None else []), *([] if self.hopeless else self.words)]:
            if self.five:
                if not self.keys.right(word, lock):
                    continue
                packed = decrypt(entry.packed, self.keys.key5(word, lock), lock.vector)
            else:
                pair = self.keys.key4(word, lock)
                if pair is None:
                    break
                packed = decrypt(entry.packed, pair[:16], pair[16:])
            before, self.fitting = self.fitting, word
            yield packed[:entry.size] if entry.stored else without_padding(packed) if self.five else packed
            self.fitting = before
        self.hopeless = True


def _header_crc(plain: bytes) -> bool:
    crc, _, _, size = struct.unpack_from("<HBHH", plain)
    return bool(7 <= size <= len(plain) and zlib.crc32(plain[2:size]) & 0xFFFF == crc)


def _header_crc5(plain: bytes) -> bool:
    try:
        size, begin = vint(plain, 4)
    except ValueError:
        return False
    return begin + size <= len(plain) and zlib.crc32(plain[4:begin + size]) == struct.unpack_from("<L", plain)[0]


class Rar:
    name = "rar"

    def claims(self, node: Node) -> bool:
        return node.type == "application/vnd.rar"

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        found = self.read(node, context)
        lone = is_volume(node.data) and "JOINED" not in node.artifact.anomalies          # no program unpacks it without the others
        yield from found if lone else rescued(found, node, context)

    def read(self, node: Node, context: Context) -> Iterator[Yield]:
        data, budget = node.data, Budget.of(context)
        five = data.startswith(RAR5)
        if not five and not data.startswith(RAR4):
            yield Problem(IncidentCode.UNSUPPORTED, "RAR before 2.0 or after 5")
            return
        opener = Opener(candidates(context), five, Keys(effort=context.effort))
        found: list[Entry] = []
        silent = True
        try:
            for item in blocks(data, opener, "JOINED" in node.artifact.anomalies):
                silent = silent and isinstance(item, int)
                if isinstance(item, Locked):
                    yield Observation("ENCRYPTED-NAMES")
                    yield Problem(IncidentCode.ENCRYPTED, "names and content")
                elif isinstance(item, Entry):
                    found.append(item)
                elif data[item:].strip(b"\0\r\n "):
                    yield Observation("ARCHIVE-STRAY-DATA", "after the archive")
                    yield Child(data[item:], ArtifactKind.OBJECT, label="after")
                if len(found) > context.limits.artifacts:
                    yield Problem(IncidentCode.COUNT, f"more than {context.limits.artifacts} members")
                    break
        except TooMany as error:
            yield Problem(IncidentCode.COUNT, str(error))
            silent = False
        except (ValueError, struct.error, IndexError):
            yield Problem(IncidentCode.MALFORMED, "headers")
            silent = False
        if silent:
            yield Problem(IncidentCode.MALFORMED, "no members")
        yield from _members(merged(found), opener, budget)
        if opener.fitting is not None:
            context.fits(opener.fitting)


def blocks(data: bytes, opener: Opener, joined: bool) -> Iterator[Entry | Locked | int]:
    """What the headers tell, of joined volumes those of each; at the end the offset behind the last block."""
    read, mark = (entries5, RAR5) if opener.five else (entries4, RAR4)
    begin: int | None = 0
    count = 0
    while begin is not None:
        count += 1
        if count > VOLUMES:
            raise TooMany(f"more than {VOLUMES} volumes")
        following = None
        for item in read(data, opener.header, begin):
            if joined and isinstance(item, int) and item > begin and data.startswith(mark, item):
                following = item
            else:
                yield item
        begin = following


def merged(found: list[Entry]) -> list[Entry]:
    """The entries, those that go on from volume to volume in one: the last part's header tells size and checksum of the whole."""
    runs: list[list[Entry]] = []
    for entry in found:
        last = runs[-1][-1] if runs else None
        if last is not None and last.after and entry.before and last.names[:1] == entry.names[:1]:
            runs[-1].append(entry)
        else:
            runs.append([entry])
    return [run[0] if len(run) == 1 else replace(
        run[-1], packed=b"".join(e.packed for e in run), lock=run[0].lock, before=run[0].before, cut=any(e.cut for e in run))
        for run in runs]


def _members(found: list[Entry], opener: Opener, budget: Budget) -> Iterator[Yield]:
    """All files; those of a solid archive are unpacked together, the others one by one."""
    files = []
    for entry in found:
        odd = escapes(entry.names)
        if entry.directory and not entry.packed:
            yield from odd
        elif entry.names[:1] == ("CMT",):    # the comment is no part of a solid stream
            yield from _shown(entry, *_content(entry, opener, budget))
        else:
            files.append(entry)
    if any(e.solid for e in files):
        yield from _solid(files, opener, budget)
        return
    for entry in files:
        content, problem, anomaly = _content(entry, opener, budget)
        yield from _shown(entry, content, problem, anomaly)


def _shown(entry: Entry, content: bytes, problem: Problem | None, anomaly: str) -> Iterator[Yield]:
    odd = tuple(escapes(entry.names))
    if entry.link and link_escapes(entry.names[0], entry.link):
        odd += (Observation("MEMBER-LINK-OUTSIDE"),)
    if problem:
        yield problem
    yield Child(content, ArtifactKind.MEMBER, entry.names, anomalies=(anomaly,) if anomaly else (), observations=odd)


def _content(entry: Entry, opener: Opener, budget: Budget) -> tuple[bytes, Problem | None, str]:
    if entry.split:
        return b"", Problem(IncidentCode.UNSUPPORTED, "part of a volume"), "UNSUPPORTED"
    if entry.version and entry.version < 29 and not entry.stored:
        return b"", Problem(IncidentCode.UNSUPPORTED, "RAR before 2.9"), "UNSUPPORTED"
    if entry.link and not entry.packed:
        return b"", None, ""
    try:
        if entry.lock is None:
            return unpack([(entry, entry.packed)], opener.five, budget)[0], None, ""
        if opener.hopeless and opener.fitting is None:
            return b"", Problem(IncidentCode.ENCRYPTED, "no password fits"), "ENCRYPTED"
        for packed in opener.member(entry, entry.lock):
            before = budget.made
            try:
                content = unpack([(entry, packed)], opener.five, budget)[0]
            except Damaged:
                budget.made = before
                if entry.lock.check:
                    raise
                continue
            return content, None, ""
        return b"", Problem(IncidentCode.ENCRYPTED, "no password fits"), "ENCRYPTED"
    except LimitReached as limit:
        return limit.head, limit.problem, "TRUNCATED"
    except Damaged as damage:
        code = IncidentCode.UNSUPPORTED if str(damage) == "unsupported" else IncidentCode.MALFORMED
        return damage.head, Problem(code, str(damage)), "UNSUPPORTED" if code is IncidentCode.UNSUPPORTED else "DAMAGED"


def unpack(entries: list[tuple[Entry, bytes]], five: bool, budget: Budget) -> list[bytes]:
    """Contents of members from their decrypted packed octets. Raises Damaged ("unsupported" for methods), LimitReached."""
    entry, packed = entries[0]
    if len(entries) == 1 and entry.stored:
        budget.check(packed, len(packed))
        budget.spend(len(packed))
        return [_verified(entry, packed)]
    made: list[bytes] = []
    archive = (rebuilt5 if five else rebuilt4)(entries)
    try:
        for (entry, _), member in zip(entries, members(archive, ("rar5" if five else "rar",), budget), strict=False):
            if member.fault:
                raise Damaged(member.detail, member.data)
            made.append(_verified(entry, member.data))
    except Damaged as damage:
        words = str(damage).lower()
        raise Damaged("unsupported" if "unsupported" in words or "unavailable" in words else "damaged", damage.head) from damage
    if len(made) < len(entries):
        raise Damaged("unsupported")
    return made


def without_padding(packed: bytes) -> bytes:
    """RAR 5 compressed data up to the end of its last block: libarchive takes AES padding behind it for damage."""
    at = 0
    while at + 3 <= len(packed):
        flags, width = packed[at], (packed[at] >> 3 & 3) + 1
        at += 2 + width + int.from_bytes(packed[at + 2:at + 2 + width], "little")
        if flags & 0x40:
            return packed[:at]
    return packed


def _verified(entry: Entry, content: bytes) -> bytes:
    tweaked = entry.lock is not None and entry.lock.tweaked
    if len(content) != entry.size or (entry.crc is not None and not tweaked and zlib.crc32(content) != entry.crc):
        raise Damaged("wrong checksum", content)
    return content


def _solid(files: list[Entry], opener: Opener, budget: Budget) -> Iterator[Yield]:
    """One stream over all members: unpacked together or not at all."""
    try:
        pairs = [(e, next(opener.member(e, e.lock), None) if e.lock else e.packed) for e in files]
        if any(packed is None for _, packed in pairs):
            problem, anomaly = Problem(IncidentCode.ENCRYPTED, "no password fits"), "ENCRYPTED"
        else:
            contents = unpack([(e, p or b"") for e, p in pairs], opener.five, budget)
            for entry, content in zip(files, contents, strict=True):
                yield from _shown(entry, content, None, "")
            return
    except LimitReached as limit:
        problem, anomaly = limit.problem, "TRUNCATED"
    except Damaged as damage:
        unsupported = str(damage) == "unsupported"
        problem = Problem(IncidentCode.UNSUPPORTED if unsupported else IncidentCode.MALFORMED, f"solid archive: {damage}")
        anomaly = "UNSUPPORTED" if unsupported else "DAMAGED"
    yield problem
    for entry in files:
        yield from _shown(entry, b"", None, anomaly)


RAR = Rar()
