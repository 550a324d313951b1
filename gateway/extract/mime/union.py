"""The union of the readings of one message: every leaf some reader could see, once.

Well-formed mail is read once. Only where that reading met something readers disagree about, the repaired, the flat and
Python's own reading are added; what they see beyond the first is marked.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message

from gateway.extract.base import Child, Context, Problem, Yield
from gateway.extract.charset import guess
from gateway.extract.identify import identify
from gateway.extract.looks import text_like, written
from gateway.extract.mime import slices
from gateway.extract.mime.decode import Decoded, by_look, decode, uncoded
from gateway.extract.mime.fields import LONGEST
from gateway.extract.mime.flat import Flood, flat, repaired
from gateway.extract.mime.headers import decoded, parse_headers
from gateway.extract.mime.views import ENCODINGS, INNER_HEADER, Leaf, View, describe
from gateway.extract.text import codings
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation, Text
from gateway.model.finding import IncidentCode

MORE_READINGS_UP_TO = 64 << 20
"""Octets of an irregular message up to which other readings are made; each costs a pass and a copy of what it sees."""
PYTHON_UP_TO = 4 << 20
"""Octets up to which Python's own parser is asked as well: it takes 0.1 s a megabyte, and the flat reading sees more."""

SAME_TAIL = 64
"""Octets by which two readings of one part may differ at its end and still mean the same: a delimiter taken as content."""

DECODED = re.compile(r"[^\x00-\x7f\udc80-\udcff]")
"""A character that the parser decoded by the sender's charset; others stand for octets."""
RETURNED = "MIME-RETURNED"
UNKNOWN = frozenset({"application/octet-stream", "text/plain", "application/x-empty"})


@dataclass(slots=True)
class Found:
    """One distinct content with all its names."""

    data: bytes
    leaf: Leaf
    names: dict[str, None]
    reading: str
    codes: dict[str, None] = field(default_factory=dict)


def read(blob: bytes, context: Context, returned: bool = False) -> Iterator[Yield]:
    """Children, texts of the margins, observations and problems of one message.

    `returned`: it is the copy in a report about a delivery, which may break off anywhere.
    """
    view = View(context.limits.parts)
    leaves = list(view.read(blob))
    found: list[Found] = []
    index: dict[bytes, Found] = {}
    for leaf in leaves:
        _file(leaf, "", found, index, view)
    if view.irregular and not view.too_many and not view.too_deep:
        yield from _more(blob, context, found, index, view)
    _mark(found, view, returned)
    parts = [item.data for item in found if not item.reading]
    context.slices |= slices.found(parts) if context.outbound else slices.halves(parts) | slices.found(parts)
    for item in found:
        yield _whole(blob) if item.data == blob else _child(item)
    for head in view.heads:
        yield from header_files(head)
    for said in view.said:
        yield Text(decoded(said), "part header", hidden=True)
    for place, text in view.margins:
        if f"MIME-{place.upper()}-CONTENT" in view.codes:
            yield Child(text, ArtifactKind.TEXT, label=place, detected_type="text/plain" if text_like(text[:4096]) else "")
        else:
            yield Text(guess(text)[0], place, hidden=True)
    for code, detail in view.codes.items():
        yield Observation(code, detail)
    if "MIME-FIELD-LONG" in view.codes:
        yield Problem(IncidentCode.SIZE, f"structured field of more than {LONGEST} octets")
    if view.too_many:
        yield Problem(IncidentCode.COUNT, f"more than {context.limits.parts} MIME parts")
    if view.too_deep:
        yield Problem(IncidentCode.DEPTH, "multiparts nested too deep")


def _mark(found: list[Found], view: View, returned: bool) -> None:
    """The copy of the mail in a bounce (RFC 3462), and the part at which such a copy breaks off."""
    if any(item.leaf.media == "message/delivery-status" for item in found):
        for item in found:
            if item.leaf.media in ("message/rfc822", "text/rfc822", "text/rfc822-headers", "message/global"):
                item.codes[RETURNED] = None
    if returned and found and ("MIME-NO-CLOSE" in view.codes or len(found) == 1):
        last = max(found, key=lambda item: item.leaf.start)
        last.codes["MIME-CUT"] = None


def header_files(head: bytes) -> Iterator[Child]:
    """Files written into header fields as base64. Signatures and trace fields decode to noise, which is nothing."""
    if not codings.has_token(head):
        return
    for header in parse_headers(head):
        if len(header.raw) >= codings.SAMPLE:
            for payload in codings.tokens(header.raw):
                yield Child(payload, ArtifactKind.OBJECT, label="header")


def _more(blob: bytes, context: Context, found: list[Found], index: dict[bytes, Found], view: View) -> Iterator[Yield]:
    """The other readings. Found parts are added; contradictions between decoders become codes."""
    if len(blob) > MORE_READINGS_UP_TO:
        yield Problem(IncidentCode.AMBIGUOUS, "irregular and too large to be read in every way")
        return
    mended = repaired(blob)
    if mended != blob:
        again = View(context.limits.parts)
        for leaf in again.read(mended):
            _file(leaf, "repaired", found, index, view)
        view.codes.update({c: d for c, d in again.codes.items() if c.endswith("CONTRADICT")})
    try:
        for leaf in flat(mended):
            _file(leaf, "flat", found, index, view)
    except Flood:
        yield Problem(IncidentCode.COUNT, "more places that could be parts than any mail has")
    if len(blob) <= PYTHON_UP_TO and "MIME-FIELD-LONG" not in view.codes:    # quadratic in the length of a field
        try:
            for leaf in _python(blob):
                _file(leaf, "python", found, index, view)
        except RecursionError:
            yield Problem(IncidentCode.DEPTH, "multiparts nested too deep")
    for item in list(found):
        if item.leaf.media == "multipart/encoded":
            try:
                for leaf in flat(item.data):
                    _file(leaf, "encoded", found, index, view)
            except Flood:
                yield Problem(IncidentCode.COUNT, "more places that could be parts than any mail has")


def _python(blob: bytes) -> Iterator[Leaf]:
    """Python's own parser, as an independent opinion about where parts begin and end."""
    message = email.message_from_bytes(blob, policy=email.policy.compat32)
    for number, part in enumerate((p for p in message.walk() if not p.is_multipart()), 1):
        payload = part._payload                        # get_payload() would decode by the sender's charset
        if not isinstance(payload, str):
            continue
        raw = payload.encode("ascii", "surrogateescape") if _escaped(payload) else payload.encode("utf-8", "replace")
        entity = describe(_head(part), "text/plain")
        yield Leaf(raw, 0, len(raw), entity.medias[0], entity.charset, tuple(entity.encodings), tuple(entity.names), f"~p{number}")


def _escaped(text: str) -> bool:
    return text.isascii() or DECODED.search(text) is None


def _head(part: Message) -> bytes:
    lines = [f"{name}: {value}" for name, value in part.raw_items() if name.lower().startswith("content-")]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n"


def _file(leaf: Leaf, reading: str, found: list[Found], index: dict[bytes, Found], view: View) -> None:
    """Decodes a leaf in every declared way; new content is added, known content only gains names."""
    raw = leaf.raw
    first: Found | None = None
    if leaf.media == "multipart/encoded" and INNER_HEADER.search(b"\n" + raw):
        _parts_in_clear(leaf, reading, found, index, view)
        return
    meanings: set[bytes] = set()
    for encoding in leaf.encodings:
        results = decode(raw, encoding)
        meanings.add(results[0].data.strip())
        if leaf.coding:
            results = [r for result in results for r in (result, *uncoded(result.data, leaf.coding))]
        if results[0].code and not reading:
            view.note(results[0].code, leaf.label)
            view.irregular = True
        if len(results) > 1 and not (reading and any(r.data in index for r in results)) and _contradict(results, raw):
            view.note("MIME-DECODERS-CONTRADICT", leaf.label)
        for result in results:
            if first is None:
                first = _add(result.data, leaf, reading, found, index, view)
            elif _worth(result.data, first.data):
                _add(result.data, leaf, reading, found, index, view)
    if "base64" not in leaf.encodings:
        seen = by_look(raw)
        if seen:
            _add(seen, leaf, reading, found, index, view)
    if first is not None:
        first.codes.update(dict.fromkeys(code for code in leaf.codes if code != ENCODINGS or len(meanings) > 1))
    if ENCODINGS in leaf.codes and len(meanings) > 1:
        view.note(ENCODINGS, leaf.label)


def _parts_in_clear(leaf: Leaf, reading: str, found: list[Found], index: dict[bytes, Found], view: View) -> None:
    """A multipart whose header names an encoding, though its parts stand there as they are (many programs write that): only what
    decodes to parts is something else."""
    for encoding in leaf.encodings:
        for result in decode(leaf.raw, encoding):
            if INNER_HEADER.search(b"\n" + result.data):
                _add(result.data, leaf, reading, found, index, view)


def _worth(data: bytes, first: bytes) -> bool:
    """A second result counts when it is something: neither a beginning of the first, nor noise, nor text beside other text."""
    if not data or first.startswith(data):
        return False
    kind = identify(data)
    return kind not in UNKNOWN or (kind == "text/plain" and written(data) and not written(first))


def _contradict(results: list[Decoded], raw: bytes) -> bool:
    """One decoder gets a file of a known type where another gets something else; one that knows no uuencode shows its text."""
    kinds = {identify(r.data) for r in results if r.data is not raw}
    return len(kinds) > 1 and bool(kinds - UNKNOWN)


def _add(data: bytes, leaf: Leaf, reading: str, found: list[Found], index: dict[bytes, Found], view: View) -> Found:
    known = index.get(data)
    if known is not None and (reading or known.leaf.start == leaf.start):
        known.names.update(dict.fromkeys(leaf.names))
        return known
    if reading:
        stripped = index.get(data.strip())
        if stripped is not None:
            stripped.names.update(dict.fromkeys(leaf.names))
            return stripped
        same = _same(data, index)
        if same is not None:
            same.names.update(dict.fromkeys(leaf.names))
            return same
        view.note("MIME-HIDDEN-PART", reading)
    item = Found(data, leaf, dict.fromkeys(leaf.names), reading)
    found.append(item)
    index.setdefault(data, item)
    if len(data) < 1 << 20:
        index.setdefault(data.strip(), item)
    return item


def _same(data: bytes, index: dict[bytes, Found]) -> Found | None:
    """What we have already where another reading only cut it differently: text within text, a delimiter at the end."""
    needle = data.strip()
    if not needle:
        return next(iter(index.values()), None)
    text = len(needle) <= 1 << 20 and identify(needle) in ("text/plain", "text/html")
    for known, found in index.items():
        longer, shorter = (data, known) if len(data) >= len(known) else (known, data)
        if shorter and len(longer) - len(shorter) <= SAME_TAIL and longer.startswith(shorter) and len(shorter) > SAME_TAIL:
            return found
        if text and needle in known:
            return found
    return None


def _whole(blob: bytes) -> Child:
    """A reading that takes the whole message for a body. A line break in front tells it from the message: nothing here
    may hold itself."""
    return Child(b"\n" + blob, ArtifactKind.TEXT, label="whole", detected_type="text/plain")


def _child(item: Found) -> Child:
    leaf = item.leaf
    kind = "message/rfc822" if leaf.media == "message/global" else ""
    media = "" if leaf.media == "multipart/encoded" else leaf.media
    anomalies = tuple(dict.fromkeys([*item.codes, *((f"MIME-ONLY-{item.reading.upper()}",) if item.reading else ())]))
    return Child(item.data, ArtifactKind.PART, tuple(item.names), media, leaf.label, anomalies,
                 detected_type=kind if kind and item.data else "", charset=leaf.charset)
