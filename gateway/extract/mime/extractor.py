"""MIME messages as children of the walk: message/rfc822, MHT, and everything stored as .eml."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from gateway.extract import passwords
from gateway.extract.base import Context, Node, Problem, Yield
from gateway.extract.mime import union
from gateway.extract.mime.headers import Header, decoded, parse_headers
from gateway.extract.mime.views import span_of_header
from gateway.model.content import Text
from gateway.model.filename import extensions
from gateway.model.finding import IncidentCode

FIELD = re.compile(rb"^[!-9;-~]{1,100}:", re.M)
NOT_TEXT = frozenset({
    "received", "dkim-signature", "arc-seal", "arc-message-signature", "arc-authentication-results", "authentication-results",
    "received-spf", "return-path", "message-id", "in-reply-to", "references", "date", "mime-version", "content-type",
    "content-transfer-encoding", "content-disposition", "content-id", "to", "cc", "bcc", "from", "sender", "reply-to",
    "delivered-to", "x-google-dkim-signature", "x-gm-message-state", "x-received", "autocrypt", "list-unsubscribe", "list-id",
})
"""Fields that machines write: no place where people put words. All others are searched like text."""
ADDRESSEES = frozenset({"to", "cc", "bcc", "reply-to"})
ADDRESS = re.compile(rb"<[^<>\s]{0,320}>")
SHOWN = re.compile(rb"[0-9]{4}|=\?")
"""What is left of them where a name has more than letters, or may have."""

SAVED = frozenset({"mht", "mhtml"})
"""Names of pages saved as a message (RFC 2557)."""
MAX_HEADER_TEXTS = 200
FIELDS = 2_000                           # of one message; a hundred hops with their signatures leave 600
NEAR = 16 << 10                          # octets in which date and people are looked for
LINES = 20_000                           # of one header block; three thousand recipients, one a line, have 3,000


class MimeExtractor:
    name = "mime"

    def claims(self, node: Node) -> bool:
        return node.type in ("message/rfc822", "multipart/related")

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        head, _ = span_of_header(node.data, 0, len(node.data))
        if len(head) > context.limits.header_bytes:
            yield Problem(IncidentCode.SIZE, f"header of more than {context.limits.header_bytes} octets")
        elif head.count(b"\n") > FIELDS and (head.count(b"\n") > LINES or len(FIELD.findall(head)) > FIELDS):
            yield Problem(IncidentCode.COUNT, f"more than {FIELDS} header fields or {LINES} lines of them")
        if not node.artifact.depth:
            passwords.remember_fields(context, *(_first(head[:NEAR], name) for name in (b"date", b"from", b"to")))
        if extensions(node.artifact.names) & SAVED:
            context.saved.add(node.artifact.id)
        fields = parse_headers(head[:context.limits.header_bytes])
        yield from header_texts(fields)
        if context.outbound:
            yield from addressees(fields)
        yield from union.header_files(head[:context.limits.header_bytes])
        yield from union.read(node.data, context, union.RETURNED in node.artifact.anomalies)


def _first(head: bytes, name: bytes) -> str:
    """The value of the first field of that name, "" where there is none; folded ones too."""
    found = re.search(rb"(?:^|\n)" + name + rb"[ \t]*:([^\r\n]{0,1000}(?:\r?\n[ \t][^\r\n]{0,1000}){0,4})", head, re.I)
    return found[1].decode("latin-1").strip() if found else ""


def header_texts(fields: Iterable[Header]) -> Iterator[Text]:
    """What people or programs wrote into fields that readers mostly do not show; the subject they do."""
    for header in [h for h in fields if h.name not in NOT_TEXT and h.raw][:MAX_HEADER_TEXTS]:
        yield Text(decoded(header.raw), f"header {header.name.title()}", hidden=header.name not in ("subject", "comments"))


def addressees(fields: Iterable[Header]) -> Iterator[Text]:
    """What those are called whom a message is addressed to, where numbers may stand among their names: books of addresses have
    what people type into them."""
    for header in [h for h in fields if h.name in ADDRESSEES and h.raw][:MAX_HEADER_TEXTS]:
        names = ADDRESS.sub(b"", header.raw)
        if SHOWN.search(names) is not None:
            yield Text(decoded(names), f"header {header.name.title()}", hidden=True)


MIME = MimeExtractor()
