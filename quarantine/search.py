"""The index that held mail is found by: keyed terms, so that neither its file nor a copy of it can be read.

What mail says is sealed, so an ordinary full-text index would give away what the seals keep. Each message has a set of terms
instead: a code of 25 bits, by BLAKE2b under a key of the index' own, for every fact a list can ask for and for every piece of
its text. A piece is two characters where one of them is Chinese, Japanese or Korean (those scripts have no spaces between
words, and most of their words have two characters), else three. Whoever has the file and not the key learns which messages
share pieces, but not which: see docs/decisions. What the index finds is a candidate only: the caller opens it and looks.
"""

from __future__ import annotations

import base64
import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from gateway.model.custody import Status

BITS = 25                                # of a term: five letters of base32
LONGEST_TEXT = 4000                      # characters of one message that are indexed
MOST_HASHES = 300
MOST_RECIPIENTS = 1000
ASKED = 24                               # pieces of one question that the index is asked for; the look decides
WIDE = "\u2e80"                          # from here on: Chinese, Japanese, Korean
TABLE = "quarantine_search"
CLEAR = "0"                              # how the one term begins that is in clear

Groups = Sequence[frozenset[str]]        # of each group at least one term


@dataclass(frozen=True, slots=True)
class Facts:
    """What of a message can be asked for. Addresses are Mailbox.key."""

    kind: str
    direction: str
    rule: str
    sender: str
    recipients: tuple[str, ...]
    texts: tuple[str, ...] = ()
    hashes: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()


def fold(text: str) -> str:
    """Width, case and compatibility variants do not matter in a search: ＡＢＣ finds abc, ｶﾅ finds カナ."""
    return unicodedata.normalize("NFKC", text).casefold()


def pieces(text: str) -> Iterator[str]:
    """Of a folded text. A word that is shorter than a piece has none."""
    for word in text.split():
        for at in range(len(word) - 1):
            pair, three = word[at:at + 2], word[at:at + 3]
            if max(pair) >= WIDE:
                yield pair
            elif len(three) == 3 and max(three) < WIDE:
                yield three


def domain(key: str) -> str:
    return key.rpartition("@")[2]


def status_term(status: str) -> str:
    """In clear, as in the row beside it; base32 has no 0, so no keyed term is like it."""
    return CLEAR + status.replace("_", "")


def status_terms(status: str) -> frozenset[str]:
    """What a message is found by. PENDING becomes HELD for each mail: it is found as both from the beginning, and the row says
    which it is."""
    also = {status_term(Status.HELD)} if status == Status.PENDING else set()
    return frozenset({status_term(status), *also})


class Terms:
    """Makes terms under one key."""

    def __init__(self, key: bytes) -> None:
        self._hash = hashlib.blake2b(key=key, digest_size=4, person=b"sekisho-search")

    def one(self, field: str, value: str) -> str:
        made = self._hash.copy()
        made.update(f"{field}\0{value}".encode(errors="surrogatepass"))
        return base64.b32encode(made.digest()).decode()[:BITS // 5].lower()

    def many(self, field: str, values: Iterable[str]) -> Iterator[str]:
        return (self.one(field, value) for value in values)

    def envelope(self, facts: Facts) -> set[str]:
        """What the row says in clear: it stays findable after the content is destroyed."""
        recipients = facts.recipients[:MOST_RECIPIENTS]
        return {
            self.one("kind", facts.kind), self.one("direction", facts.direction), self.one("rule", facts.rule),
            self.one("sender", facts.sender), self.one("sender-domain", domain(facts.sender)),
            *self.many("recipient", recipients), *self.many("recipient-domain", {domain(r) for r in recipients}),
            *self.many("sender-part", pieces(facts.sender)), *self.many("recipient-part", set(pieces(" ".join(recipients)))),
        }

    def message(self, facts: Facts) -> set[str]:
        text = fold(" ".join(facts.texts)[:LONGEST_TEXT])
        return self.envelope(facts) | {
            *self.many("text", set(pieces(text))), *self.many("hash", facts.hashes[:MOST_HASHES]),
            *self.many("class", facts.classes)}

    def asked(self, field: str, text: str) -> list[frozenset[str]]:
        """One group for each piece of what somebody looks for; none where it is too short for the index."""
        return [frozenset({self.one(field, piece)}) for piece in sorted(set(pieces(text)), key=rarity)[:ASKED]]


def rarity(piece: str) -> tuple[bool, str]:
    """Pieces of wide characters first: they say most."""
    return max(piece) < WIDE, piece


def facts_of(detail: Mapping[str, Any], recipients: Sequence[str], sender: str) -> Facts:
    """Of the sealed detail (an admission as JSON), with the keys of its addresses."""
    inspection = detail.get("inspection") or {}
    artifacts = [a for a in inspection.get("artifacts") or () if isinstance(a, Mapping)]
    persons = ("persons",) if detail.get("persons") else ()
    return Facts(
        kind=detail["kind"], direction=detail["direction"], rule=detail["reason"], sender=sender, recipients=tuple(recipients),
        texts=searched(detail), hashes=tuple(dict.fromkeys(str(a["sha256"]) for a in artifacts if a.get("sha256"))),
        classes=(*sorted(detail.get("identifiers") or {}), *persons))


def searched(detail: Mapping[str, Any]) -> tuple[str, ...]:
    """The texts a search looks through: subject, the author's name and address, the names of files."""
    inspection = detail.get("inspection") or {}
    names = (str(a.get("name") or "") for a in inspection.get("artifacts") or () if isinstance(a, Mapping))
    return (str(detail.get("subject", "")), str(detail.get("header_from", "")), *filter(None, names))


def contains(detail: Mapping[str, Any], wanted: str) -> bool:
    """Every word of what is wanted stands in a text of the message."""
    text = fold(" ".join(searched(detail)))
    return all(word in text for word in fold(wanted).split())


# The table: FTS5 of SQLite, an array with an inverted index on PostgreSQL

def insert(terms: Iterable[str], number: int | None = None) -> int:
    """Numbers grow; the newest has the highest. One that is given takes its place below them."""
    said = " ".join(sorted(terms))
    sqlite = connection.vendor == "sqlite"
    column, values = ("rowid" if sqlite else "number"), [said if sqlite else said.split()]
    names, marks = "terms", "%s"
    if number is not None:
        names, marks, values = f"{column}, terms", "%s, %s", [number, *values]
    with connection.cursor() as cursor:
        ask = "" if sqlite else " RETURNING number"
        cursor.execute(f"INSERT INTO {TABLE} ({names}) VALUES ({marks}){ask}", values)  # noqa: S608 - a name of ours, here and below
        return int(cursor.lastrowid if sqlite else cursor.fetchone()[0])


def replace(number: int, terms: Iterable[str]) -> None:
    said = " ".join(sorted(terms))
    sqlite = connection.vendor == "sqlite"
    column, value = ("rowid", said) if sqlite else ("number", said.split())
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {TABLE} SET terms = %s WHERE {column} = %s", [value, number])  # noqa: S608


def remove(number: int) -> None:
    column = "rowid" if connection.vendor == "sqlite" else "number"
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {TABLE} WHERE {column} = %s", [number])  # noqa: S608


def restate(number: int, status: str) -> None:
    """The status of a message changed; all else it is found by stays."""
    sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT terms FROM {TABLE} WHERE {'rowid' if sqlite else 'number'} = %s", [number])  # noqa: S608
        found = cursor.fetchone()
    if found is not None:
        terms = str(found[0]).split() if sqlite else found[0]
        replace(number, [*(term for term in terms if not term.startswith(CLEAR)), *status_terms(status)])


def search(groups: Groups, before: int | None, limit: int, lowest: int | None = None) -> list[int]:
    """Numbers that have a term of each group, highest first, all below `before` and none below `lowest`."""
    sqlite = connection.vendor == "sqlite"
    conditions, values = _conditions(groups, sqlite)
    column = "rowid" if sqlite else "number"
    for sign, bound in (("<", before), (">=", lowest)):
        if bound is not None:
            conditions.append(f"{column} {sign} %s")
            values.append(bound)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {TABLE} WHERE {' AND '.join(conditions)} ORDER BY {column} DESC LIMIT %s",  # noqa: S608
                       [*values, limit])
        return [int(number) for number, in cursor.fetchall()]


def _conditions(groups: Groups, sqlite: bool) -> tuple[list[str], list[Any]]:
    if sqlite:
        question = " AND ".join("(" + " OR ".join(f'"{term}"' for term in sorted(group)) + ")" for group in groups)
        return [f"{TABLE} MATCH %s"], [question]
    return ["terms && %s::text[]"] * len(groups), [sorted(group) for group in groups]


def bounds() -> tuple[int, int]:
    """The lowest and the highest number there is; (0, 0) where nothing is held."""
    column = "rowid" if connection.vendor == "sqlite" else "number"
    with connection.cursor() as cursor:
        found = []
        for end in ("min", "max"):       # each by itself: together they would be looked for in every row
            cursor.execute(f"SELECT {end}({column}) FROM {TABLE}")  # noqa: S608
            found.append(int(cursor.fetchone()[0] or 0))
    return found[0], found[1]


def state_all(_apps: Any, schema_editor: Any) -> None:
    """For the migration that brought the status into the index."""
    sqlite = schema_editor.connection.vendor == "sqlite"
    more, column = ("terms || ' ' || %s", "rowid") if sqlite else ("array_cat(terms, %s::text[])", "number")
    with schema_editor.connection.cursor() as cursor:
        for status in Status:
            said = sorted(status_terms(status))
            cursor.execute(f"UPDATE {TABLE} SET terms = {more} WHERE {column} IN"  # noqa: S608
                           " (SELECT place FROM quarantine_quarantinedmessage WHERE status = %s AND place IS NOT NULL)",
                           [" ".join(said) if sqlite else said, status.value])


def create(_apps: Any, schema_editor: Any) -> None:
    """For the migration."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(
            f"CREATE VIRTUAL TABLE {TABLE} USING fts5(terms, detail=none, columnsize=0, tokenize='ascii')")
    else:
        schema_editor.execute(f"CREATE TABLE {TABLE} (number BIGSERIAL PRIMARY KEY, terms TEXT[] NOT NULL)")
        schema_editor.execute(f"CREATE INDEX {TABLE}_terms ON {TABLE} USING GIN (terms)")


def drop(_apps: Any, schema_editor: Any) -> None:
    schema_editor.execute(f"DROP TABLE {TABLE}")
