"""The directory of who answers for whom, from a CSV file with a header line: refused as a whole, with line and column.

| column | holds |
| --- | --- |
| mailbox | the person's address, in one of our domains; each once |
| supervisor | the address of who decides about this person's held mail; empty for the head |
| deputies | who stands in while this person is away, with days: `lin@bank.example 2026-12-01..2026-12-10; …` |
| name, department | for people; may be left out |
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from gateway.model.address import Mailbox
from gateway.model.errors import ConfigError

COLUMNS = ("mailbox", "supervisor", "deputies", "name", "department")
NEEDED = ("mailbox", "supervisor")
MOST = 200_000                           # people
LONGEST = 1 << 26                        # octets of the file
LONGEST_FIELD = 131_072                 # characters
DEPUTY = re.compile(r"(\S+)\s+([0-9]{4}-[0-9]{2}-[0-9]{2})\s*\.\.\s*([0-9]{4}-[0-9]{2}-[0-9]{2})", re.ASCII)

TOLD = 10                                # faults that the message of the error says
# What can be wrong: English, and the key of each translation in the console's catalogues. %(named)s is of the file.
TEXTS: Mapping[str, str] = {
    "TOO-LARGE": "larger than %(most)s MiB",
    "TOO-MANY": "more than %(most)s people",
    "NOT-UTF-8": 'is not UTF-8 text: save it as "CSV UTF-8"',
    "COLUMN-UNKNOWN": '"%(column)s" is no column: the first line names %(columns)s',
    "COLUMN-MISSING": '"%(column)s" is missing: the first line names %(columns)s',
    "COLUMN-TWICE": '"%(column)s" stands twice: the first line names %(columns)s',
    "FIELDS": "%(fields)s fields where the first line has %(wanted)s",
    "QUOTE-OPEN": "no CSV: unexpected end of data",
    "QUOTE-INSIDE": "no CSV: ',' expected after '\"'",
    "FIELD-LONG": "no CSV: field larger than field limit (131072)",
    "NO-CSV": "no CSV: %(error)s",
    "EMPTY": "nobody is in it",
    "TWICE": "%(who)s stands in line %(line)s already",
    "CIRCLE": "%(who)s answers for himself: %(circle)s",
    "OWN-SUPERIOR": "%(who)s cannot answer for himself",
    "OWN-DEPUTY": "%(who)s cannot stand in for himself",
    "DEPUTY": '"%(text)s" is not written as "lin@bank.example 2026-12-01..2026-12-10"',
    "NO-DAYS": "%(first)s..%(last)s are no two days",
    "DAYS-TURNED": "%(first)s is later than %(last)s",
    "NO-ADDRESS": '"%(text)s" is no address',
    "NUL": "contains a NUL character",
    "OUTSIDE": "%(text)s is none of our_domains",
}
CSV = {TEXTS[code].partition(": ")[2]: code for code in ("QUOTE-OPEN", "QUOTE-INSIDE", "FIELD-LONG")}    # as the module csv says it

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. `line` 0 is the file as a whole, `column` "" the line."""

    line: int
    column: str
    code: str                            # of TEXTS
    said: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return TEXTS[self.code] % self.said

    def at(self, file: str) -> str:
        return ": ".join(filter(None, (f"{file}:{self.line}" if self.line else file, self.column, self.text)))


class DirectoryFaults(ConfigError):
    """The file cannot be used: the message says the first faults, `faults` has all of them in the order of the file."""

    def __init__(self, file: str, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: (fault.line, fault.column, fault.text)))
        told = [fault.at(file) for fault in self.faults[:TOLD]]
        more = [f"and {len(self.faults) - TOLD} more"] if len(self.faults) > TOLD else []
        super().__init__("; ".join([*told, *more]) + "; nothing was imported")


def read(octets: bytes, file: str, our_domains: Collection[str]) -> list[Row]:
    """The people, checked. Raises DirectoryFaults."""
    rows = list(_records(_text(octets, file), file))
    people: list[Row] = []
    faults: list[Fault] = []
    lines: dict[str, int] = {}
    for line, record in rows:
        person, wrong = _person(record, line, our_domains)
        faults += wrong
        if person is None:
            continue
        if person["mailbox"] in lines:
            faults.append(Fault(line, "mailbox", "TWICE", {"who": person["mailbox"], "line": lines[person["mailbox"]]}))
        lines.setdefault(person["mailbox"], line)
        people.append(person)
    checked(people, lines, faults)
    if not people and not faults:
        faults.append(Fault(1, "mailbox", "EMPTY"))
    if faults:
        raise DirectoryFaults(file, faults)
    return people


def checked(people: Sequence[Row], lines: Mapping[str, int], faults: list[Fault]) -> None:
    """Adds circles: somebody who answers for himself by way of others."""
    above = {p["mailbox"]: p["supervisor"] for p in people}
    done: set[str] = set()
    for start in above:
        walked: dict[str, None] = {}
        at = start
        while at in above and at not in done and at not in walked:
            walked[at] = None
            at = above[at]
        if at in walked:
            circle = list(walked)[list(walked).index(at):]
            faults.append(Fault(lines[at], "supervisor", "CIRCLE", {"who": at, "circle": " > ".join([*circle, at])}))
        done.update(walked)


def _text(octets: bytes, file: str) -> str:
    if len(octets) > LONGEST:
        raise DirectoryFaults(file, [Fault(0, "", "TOO-LARGE", {"most": LONGEST >> 20})])
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = octets.count(b"\n", 0, error.start) + 1
        raise DirectoryFaults(file, [Fault(line, "", "NOT-UTF-8")]) from error


def _records(text: str, file: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and fields of each row that is not empty. Raises DirectoryFaults for what cannot be split."""
    csv.field_size_limit(LONGEST_FIELD)                   # one for the whole process: who read another file may have changed it
    table = csv.reader(text.splitlines(keepends=True), strict=True)
    try:
        header = [cell.strip().lower() for cell in next(table, [])]
        if wrong := list(_header(header)):
            raise DirectoryFaults(file, wrong)
        for number, cells in enumerate(table):
            line = table.line_num
            if number >= MOST:
                raise DirectoryFaults(file, [Fault(line, "", "TOO-MANY", {"most": MOST})])
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise DirectoryFaults(file, [Fault(line, "", "FIELDS", {"fields": len(cells), "wanted": len(header)})])
            yield line, dict(zip(header, (cell.strip() for cell in cells), strict=True))
    except csv.Error as error:
        fault = Fault(table.line_num, "", CSV.get(str(error), "NO-CSV"), {"error": str(error)})
        raise DirectoryFaults(file, [fault]) from error


def _header(header: Sequence[str]) -> Iterator[Fault]:
    """Columns that there are not, that are missing, that stand twice."""
    kinds = {"COLUMN-UNKNOWN": [cell for cell in header if cell not in COLUMNS],
             "COLUMN-MISSING": [name for name in NEEDED if name not in header],
             "COLUMN-TWICE": [name for name in COLUMNS if header.count(name) > 1]}
    for code, names in kinds.items():
        for name in names:
            yield Fault(1, "", code, {"column": name[:60], "columns": ", ".join(COLUMNS)})


def _person(record: Mapping[str, str], line: int, our_domains: Collection[str]) -> tuple[Row | None, list[Fault]]:
    faults: list[Fault] = []

    def address(column: str, text: str) -> str:
        key, wrong = _address(text, our_domains)
        if wrong:
            faults.append(Fault(line, column, *wrong))
        return key

    mailbox = address("mailbox", record["mailbox"])
    supervisor = address("supervisor", record["supervisor"]) if record["supervisor"] else ""
    if mailbox and mailbox == supervisor:
        faults.append(Fault(line, "supervisor", "OWN-SUPERIOR", {"who": mailbox}))
    deputies = list(_deputies(record.get("deputies", ""), line, faults, our_domains))
    if mailbox in (who for who, _, _ in deputies):
        faults.append(Fault(line, "deputies", "OWN-DEPUTY", {"who": mailbox}))
    # no database takes a NUL; in an address it is a fault already
    faults += [Fault(line, column, "NUL") for column in ("name", "department") if "\x00" in record.get(column, "")]
    if faults:
        return None, faults
    return {"mailbox": mailbox, "supervisor": supervisor, "deputies": deputies, "name": record.get("name", "")[:200],
            "department": record.get("department", "")[:200]}, []


def _deputies(text: str, line: int, faults: list[Fault], our_domains: Collection[str]) -> Iterable[list[str]]:
    for piece in filter(None, (one.strip() for one in text.split(";"))):
        found = DEPUTY.fullmatch(piece)
        if found is None:
            faults.append(Fault(line, "deputies", "DEPUTY", {"text": piece[:60]}))
            continue
        key, wrong = _address(found[1], our_domains)
        try:
            first, last = date.fromisoformat(found[2]), date.fromisoformat(found[3])
        except ValueError:
            wrong = wrong or ("NO-DAYS", {"first": found[2], "last": found[3]})
        else:
            wrong = wrong or (("DAYS-TURNED", {"first": str(first), "last": str(last)}) if first > last else None)
        if wrong:
            faults.append(Fault(line, "deputies", *wrong))
        else:
            yield [key, found[2], found[3]]


def _address(text: str, our_domains: Collection[str]) -> tuple[str, tuple[str, dict[str, str]] | None]:
    """Mailbox.key and None, or "" and what is wrong: nobody outside ever decides about our mail."""
    local, at, _ = text.rpartition("@")
    if not at or not local or any(c <= " " or c in "<>,;\x7f" for c in text):
        return "", ("NO-ADDRESS", {"text": text[:60]})
    mailbox = Mailbox.parse(text)
    if our_domains and mailbox.domain not in our_domains:
        return "", ("OUTSIDE", {"text": text[:60]})
    return mailbox.key, None
