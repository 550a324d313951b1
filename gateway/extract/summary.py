"""The Summary of a message's headers: decoded, masked, bounded."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from gateway.extract.bodyhash import body_hashes
from gateway.extract.mime.headers import Header, decoded, parse_headers, split
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.finding import Summary

DIGITS = re.compile(r"[A-Za-z]{0,3}\d(?:[ \-./()（）－]{0,2}+\d){6,}+[A-Za-z]?")
"""Runs of seven or more digits, however grouped, with letters that stand before (a national id's): phone, card, account, id."""

ADDRESS = re.compile(r"[^\s@<>\"'，、]{1,64}@[^\s@<>\"'，、]{1,255}")
SHOWN = 200
READ = 10_000                            # characters of a value that are masked to show so many
NAMES = 50


def mask(text: str) -> str:
    """Digits of identifiers, and local parts of addresses, become asterisks; the rest of the first READ stays readable."""
    text = ADDRESS.sub(lambda m: "*@" + m.group().rpartition("@")[2], text[:READ])
    return DIGITS.sub(lambda m: re.sub(r"\w", "*", m.group()), text)


def line(text: str) -> str:
    """One printable line of at most 200 characters."""
    return "".join(c if c.isprintable() else " " for c in " ".join(text[:READ].split()))[:SHOWN]


def first(headers: Sequence[Header], name: str) -> str:
    return next((h.value for h in headers if h.name == name), "")


def summarise(data: bytes, artifacts: Sequence[Artifact] = (), body_hash: bool = False) -> Summary:
    """Reads the header block of a whole message; `artifacts` are what the walk found, for the names of attachments.

    `body_hash` asks for the hash that our own signature needs; those that the mail's signatures need are always made."""
    head, body_at = split(data)
    headers = parse_headers(head)
    body = memoryview(data)[body_at:]
    names = dict.fromkeys(line(mask(a.name)) for a in artifacts if a.name and a.kind is ArtifactKind.PART)
    return Summary(
        subject=line(mask(decoded(first(headers, "subject")))),
        header_from=line(decoded(first(headers, "from"))),
        header_message_id=line(first(headers, "message-id")),
        date=line(first(headers, "date")),
        body_sha256=hashlib.sha256(body).hexdigest(),
        attachments=tuple(names)[:NAMES],
        header_names=tuple(h.name for h in headers)[:1000],
        body_hashes=body_hashes(headers, body, body_hash),
    )
