"""One reading of a message that keeps every meaning its fields may have, as spans into the octets.

Well-formed mail has one meaning for each field and costs one pass. Where a field can mean several things (repeated,
commented, broken), all of them are followed, so that first-wins, last-wins and lenient readers are covered at once.
`View.irregular` tells the union whether readers can differ at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from gateway.extract.mime import fields
from gateway.extract.mime.headers import FIELD, Header, parse_headers
from gateway.extract.office.targets import Place, place

MAX_NESTING = 60
"""Multiparts in multiparts. Real mail has four or five; Python's own parser recurses until its stack ends."""

MOST_BOUNDARIES = 20
"""Delimiters one header may name: each costs a pass."""
LONG_HEAD = 500
"""Octets of a part's header that hold no file yet."""
PAGES = {"text/html": "ATT00001.htm", "application/xhtml+xml": "ATT00001.xhtml"}
"""What mail programs call an attached page that has no name: it is opened as a file."""
STRUCTURED = ("content-type", "content-transfer-encoding", "content-disposition")
INNER_HEADER = re.compile(rb"\n[ \t]*content-(?:type|transfer-encoding|disposition)[ \t]*:", re.I)
ODD_OCTETS = re.compile(rb"\0|\r(?!\n)")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A body as it stands, not decoded, with what its fields may mean."""

    blob: bytes
    start: int
    end: int
    media: str
    charset: str
    encodings: tuple[str, ...]
    names: tuple[str, ...]
    label: str
    codes: tuple[str, ...] = ()
    coding: str = ""                     # Content-Encoding, as HTTP has it

    @property
    def raw(self) -> bytes:
        return self.blob[self.start:self.end]


@dataclass(slots=True)
class Entity:
    """The fields of one header block by all readings."""

    medias: list[str]
    boundaries: list[bytes]
    charset: str
    encodings: list[str]
    names: list[str]
    codes: set[str]
    irregular: bool
    coding: str = ""
    elsewhere: bool = False              # the content is what an address leads to
    said: tuple[bytes, ...] = ()         # what people write about it


@dataclass(slots=True)
class View:
    """What a reading found beside its leaves."""

    max_parts: int
    codes: dict[str, str] = field(default_factory=dict)      # code -> detail
    margins: list[tuple[str, bytes]] = field(default_factory=list)   # preambles and epilogues that hold something
    heads: list[bytes] = field(default_factory=list)         # of parts, where they are longer than fields need
    said: list[bytes] = field(default_factory=list)          # fields of parts that have words of people, with numbers in them
    parts: int = 0
    too_many: bool = False
    too_deep: bool = False
    irregular: bool = False

    def note(self, code: str, detail: str = "") -> None:
        self.codes.setdefault(code, detail)

    def read(self, blob: bytes) -> Iterator[Leaf]:
        yield from self.entity(blob, 0, len(blob), "", "text/plain", 0)

    def entity(self, blob: bytes, start: int, end: int, label: str, default: str, depth: int) -> Iterator[Leaf]:
        self.parts += 1
        if self.parts > self.max_parts:
            self.too_many = True
            return
        if depth > MAX_NESTING:
            self.too_deep = True
            return
        head, body = span_of_header(blob, start, end)
        entity = describe(head, default)
        self.irregular |= entity.irregular
        if depth and len(head) > LONG_HEAD:
            self.heads.append(head)
        if depth:
            self.said += entity.said
        multiparts = [m for m in entity.medias if m.startswith("multipart/")]
        for code in entity.codes:
            if code != ENCODINGS or multiparts:          # of others the union says whether what they decode to differs
                self.note(code, label)
        if multiparts:
            found = False
            for leaf in self.multipart(blob, body, end, label, entity, multiparts[0], depth):
                found = True
                yield leaf
            others = [m for m in entity.medias if not m.startswith("multipart/")]
            if found and not others:
                return
            if not found:
                self.irregular = True
                self.note("MIME-NO-DELIMITER", label)
            yield self.leaf(blob, body, end, label, entity, others[0] if others else "text/plain")
            return
        yield self.leaf(blob, body, end, label, entity, entity.medias[0])

    def leaf(self, blob: bytes, start: int, end: int, label: str, entity: Entity, media: str) -> Leaf:
        clean = "base64" in entity.encodings and len(entity.encodings) == 1
        if not clean and media != "message/rfc822" and INNER_HEADER.search(blob, max(0, start - 1), end):
            self.irregular = True
            self.note("MIME-INNER-HEADER", label)
        if not clean and ODD_OCTETS.search(blob, start, end) and "binary" not in entity.encodings:
            self.irregular = True
            self.note("MIME-ODD-OCTETS", label)
        codes = [c for c in entity.codes if c in LEAF_CODES]
        if "message/partial" in entity.medias:
            self.note("MIME-PARTIAL", label)
        elif "message/external-body" in entity.medias or entity.elsewhere:
            self.note("MIME-EXTERNAL-BODY", label)
        return Leaf(blob, start, end, media, entity.charset, tuple(entity.encodings), tuple(entity.names), label or "1",
                    tuple(codes), entity.coding)

    def multipart(self, blob: bytes, start: int, end: int, label: str, entity: Entity, media: str,
                  depth: int) -> Iterator[Leaf]:
        default = "message/rfc822" if media == "multipart/digest" else "text/plain"
        if any(e not in fields.IDENTITY for e in entity.encodings):
            self.irregular = True
            self.note("MIME-ENCODED-MULTIPART", label)
            yield Leaf(blob, start, end, "multipart/encoded", "", tuple(entity.encodings), (), label or "1")
        working: set[bytes] = set()
        if len(entity.boundaries) > MOST_BOUNDARIES:
            self.too_many = True
        for boundary in entity.boundaries[:MOST_BOUNDARIES]:
            spans = list(self.split(blob, start, end, boundary, label))
            if spans:
                working.add(boundary.strip())
            for number, (at, to) in enumerate(spans, 1):
                yield from self.entity(blob, at, to, f"{label}.{number}" if label else str(number), default, depth + 1)
                if self.too_many or self.too_deep:
                    return
        if len(working) > 1:
            self.note("MIME-BOUNDARIES-BOTH-USED", label)

    def split(self, blob: bytes, start: int, end: int, boundary: bytes, label: str) -> Iterator[tuple[int, int]]:
        """Spans of the parts between delimiter lines (RFC 2046 section 5.1.1), and what stands around them."""
        marks = list(islice(delimiters(blob, start, end, boundary), self.max_parts + 2))
        if not marks:
            return
        self.margin("preamble", blob, start, marks[0][0], label)
        closed = False
        for number, (_, after, closing) in enumerate(marks):
            following = marks[number + 1][0] if number + 1 < len(marks) else end
            if closing:
                closed = True
                if number + 1 == len(marks):
                    self.margin("epilogue", blob, after, following, label)
                    break
                self.irregular = True
                self.note("MIME-PARTS-AFTER-CLOSE", label)
                if blob[after:following].isspace() or after >= following:
                    continue
            yield after, without_line_end(blob, after, following)
        if not closed:
            self.irregular = True
            self.note("MIME-NO-CLOSE", label)

    def margin(self, place: str, blob: bytes, start: int, end: int, label: str) -> None:
        """Preamble and epilogue: nobody shows them, some readers find parts there."""
        text = blob[start:end].strip()
        if not text:
            return
        self.margins.append((place, text))
        self.note(f"MIME-{place.upper()}", label)
        if INNER_HEADER.search(b"\n" + text) or re.search(rb"(?:^|\n)--\S|(?:^|\n)(?:begin|=ybegin) |[A-Za-z0-9+/=]{60}|\0", text):
            self.irregular = True
            self.note(f"MIME-{place.upper()}-CONTENT", label)


DETACHED = "x-mozilla-external-attachment-url"
"""Thunderbird shows such a part as an attachment and opens what stands at the address, where somebody detached it to a file."""
NAMING = ("content-description", "content-location")
SAYING = frozenset({"content-description", "comments", "keywords", "subject"})
"""Fields of a part that people write, or their programs for them."""
FIGURES = re.compile(rb"[0-9]{4}|=\?")
ENCODINGS = "MIME-ENCODINGS-CONTRADICT"
LEAF_CODES = frozenset({ENCODINGS, "MIME-TYPES-CONTRADICT", "MIME-ENCODING-TOKEN", "MIME-REPEATED-FIELD"})


def span_of_header(blob: bytes, start: int, end: int) -> tuple[bytes, int]:
    """The header block and the offset of the body. A block that begins with an empty line has no fields."""
    if blob.startswith(b"\r\n", start, end):
        return b"", start + 2
    if blob.startswith(b"\n", start, end):
        return b"", start + 1
    crlf = blob.find(b"\r\n\r\n", start, end)
    lf = blob.find(b"\n\n", start, end if crlf < 0 else crlf + 1)
    if lf >= 0:
        return blob[start:lf + 1], lf + 2
    if crlf >= 0:
        return blob[start:crlf + 2], crlf + 4
    return blob[start:end], end


def delimiters(blob: bytes, start: int, end: int, boundary: bytes) -> Iterator[tuple[int, int, bool]]:
    """(start of line, start of next line, closing) of every delimiter line. Lines that only begin like one count as
    delimiters too where what follows cannot belong to a longer boundary."""
    mark = b"--" + boundary
    at = blob.find(mark, start, end)
    while at >= 0:
        line_end = blob.find(b"\n", at, end)
        after = end if line_end < 0 else line_end + 1
        if at == start or blob[at - 1:at] in (b"\n", b"\r"):
            rest = blob[at + len(mark):after].strip(b" \t\r\n")
            if rest in (b"", b"--", b"-") or rest.startswith(b"--"):
                yield at, after, rest.startswith(b"--")
        at = blob.find(mark, after, end)


def without_line_end(blob: bytes, start: int, end: int) -> int:
    """The line end before a delimiter belongs to the delimiter."""
    if end - 2 >= start and blob[end - 2:end] == b"\r\n":
        return end - 2
    return end - 1 if end - 1 >= start and blob[end - 1:end] == b"\n" else end


def describe(head: bytes, default: str) -> Entity:
    """Everything the structured fields of one header block may mean."""
    headers = parse_headers(head)
    entity = Entity([], [], "", [], [], set(), False)
    if not _clean_block(head):
        entity.irregular = True
        entity.codes.add("MIME-HEADER-BLOCK")
    by_name: dict[str, list[Header]] = {}
    for header in headers:
        if header.name in STRUCTURED:
            by_name.setdefault(header.name, []).append(header)
    for name in by_name:
        if len(by_name[name]) > 1:
            entity.irregular = True
            entity.codes.add("MIME-REPEATED-FIELD")
    for header in by_name.get("content-disposition", ()):
        _names(entity, header.raw)
    for header in by_name.get("content-type", ()):
        _type(entity, header.raw)
    for header in by_name.get("content-transfer-encoding", ()):
        _encoding(entity, header.raw)
    entity.elsewhere = any(h.name == DETACHED and place(h.value) in (Place.WEB, Place.SHARE) for h in headers)
    entity.said = tuple(h.raw for h in headers if h.name in SAYING and FIGURES.search(h.raw) is not None)
    entity.coding = next((h.value.strip().lower()[:40] for h in headers if h.name == "content-encoding"), "")
    if not entity.names:
        entity.names += [n for h in headers if h.name in NAMING for n in _described(h)]
    entity.medias = list(dict.fromkeys(entity.medias)) or [default]
    pages = [] if entity.names else [PAGES[media] for media in entity.medias if media in PAGES]
    if pages and any(_set_apart(header.raw) for header in by_name.get("content-disposition", ())):
        entity.names += pages
    entity.boundaries = list(dict.fromkeys(entity.boundaries))
    entity.encodings = list(dict.fromkeys(entity.encodings)) or ["7bit"]
    entity.names = list(dict.fromkeys(entity.names))
    _contradictions(entity)
    return entity


def _clean_block(head: bytes) -> bool:
    """Every line is a field or a continuation with something in it, without NUL and lone CR."""
    if ODD_OCTETS.search(head):
        return False
    lines = head.split(b"\n")
    for number, line in enumerate(lines):
        if line[:1] in (b" ", b"\t"):
            if number == 0 or not line.strip():
                return False
        elif line.strip(b"\r") and FIELD.match(line) is None:
            return False
    return True


def _names(entity: Entity, raw: bytes) -> None:
    _measure(entity, raw)
    value, params, clean = fields.parameters(raw)
    entity.names += fields.file_names(params)
    if not clean:
        entity.irregular = True
        entity.codes.add("MIME-PARAMETERS")
        entity.names += fields.sloppy_names(raw)
    if not entity.names and fields.BARE_NAME.fullmatch(value):
        entity.names.append(value)


def _measure(entity: Entity, raw: bytes) -> None:
    if len(raw) > fields.LONGEST:
        entity.irregular = True
        entity.codes.add("MIME-FIELD-LONG")


def _type(entity: Entity, raw: bytes) -> None:
    _measure(entity, raw)
    media, params, clean = fields.parameters(raw)
    entity.names += fields.file_names(params)
    if not clean:
        entity.irregular = True
        entity.codes.add("MIME-PARAMETERS")
        entity.names += fields.sloppy_names(raw)
    if not re.fullmatch(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+", media):
        entity.irregular = True
        known = re.search(r"(multipart|message|text|application|image|audio|video)\s*/\s*([a-z0-9.+-]+)", media)
        media = f"{known[1]}/{known[2]}" if known else "text/plain"
    entity.medias.append(media)
    for name, value in params:
        base = name.partition("*")[0]
        if base == "charset" and not entity.charset:
            entity.charset = value.decode("ascii", "replace")
        if base == "boundary":
            entity.boundaries += _boundaries(value, name)
    pieces = sorted((n, v) for n, v in params if n.startswith("boundary*") and n[9:10].isdigit())
    if pieces:
        entity.boundaries.append(b"".join(v for _, v in pieces))


def _boundaries(value: bytes, name: str) -> Iterator[bytes]:
    """The delimiter some reader would look for: as it stands, without blanks at its end, decoded."""
    if "*" in name:
        yield fields.unquote_to_bytes(value.rpartition(b"'")[2])
    if value:
        yield value
    if value.strip() and value.strip() != value:
        yield value.strip()


def _encoding(entity: Entity, raw: bytes) -> None:
    found, clean = fields.encodings(raw)
    entity.encodings += found
    if not clean and raw:
        entity.irregular = True
        entity.codes.add("MIME-ENCODING-TOKEN")


def _set_apart(disposition: bytes) -> bool:
    """Not shown in the mail: an attachment, or whatever is not known (RFC 2183, 2.8)."""
    return fields.parameters(disposition)[0] not in ("", "inline")


def _described(header: Header) -> list[str]:
    """A description that is nothing but a file name; Outlook shows it where no name is given."""
    return [t for t in fields.file_names([("name", header.raw)]) if re.fullmatch(r"[^\s/:]{1,200}\.[A-Za-z0-9]{2,12}", t)]


def _contradictions(entity: Entity) -> None:
    """Several meanings that cannot all be true of one part."""
    kinds = {m.partition("/")[0] == "multipart" for m in entity.medias}
    if len(kinds) > 1:
        entity.codes.add("MIME-TYPES-CONTRADICT")
    if len(set(entity.boundaries)) > 1 and len({b.strip() for b in entity.boundaries}) > 1:
        entity.codes.add("MIME-BOUNDARIES-CONTRADICT")
    if len({e for e in entity.encodings if e not in fields.IDENTITY} | {"" for e in entity.encodings if e in fields.IDENTITY}) > 1:
        entity.codes.add("MIME-ENCODINGS-CONTRADICT")
