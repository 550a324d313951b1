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
from datetime import date
from typing import Any

from gateway.model.address import Mailbox
from gateway.model.errors import ConfigError

COLUMNS = ("mailbox", "supervisor", "deputies", "name", "department")
NEEDED = ("mailbox", "supervisor")
MOST = 200_000                           # people
LONGEST = 1 << 26                        # octets of the file
DEPUTY = re.compile(r"(\S+)\s+([0-9]{4}-[0-9]{2}-[0-9]{2})\s*\.\.\s*([0-9]{4}-[0-9]{2}-[0-9]{2})", re.ASCII)

Row = dict[str, Any]
Fault = tuple[int, str, str]             # line, column, what is wrong


def read(octets: bytes, file: str, our_domains: Collection[str]) -> list[Row]:
    """The people, checked. Raises ConfigError with every fault on a line of its own, the first ten of them."""
    rows = list(_records(_text(octets, file), file))
    people, faults = [], []
    lines: dict[str, int] = {}
    for line, record in rows:
        person, wrong = _person(record, line, our_domains)
        faults += wrong
        if person is None:
            continue
        if person["mailbox"] in lines:
            faults.append((line, "mailbox", f"{person['mailbox']} stands in line {lines[person['mailbox']]} already"))
        lines.setdefault(person["mailbox"], line)
        people.append(person)
    checked(people, lines, faults)
    if not people and not faults:
        faults.append((1, "mailbox", "nobody is in it"))
    if faults:
        told = [f"{file}:{line}: {column}: {what}" for line, column, what in sorted(faults)]
        more = [f"and {len(told) - 10} more"] if len(told) > 10 else []
        raise ConfigError("; ".join([*told[:10], *more]) + "; nothing was imported")
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
            faults.append((lines[at], "supervisor", f"{at} answers for himself: " + " > ".join([*circle, at])))
        done.update(walked)


def _text(octets: bytes, file: str) -> str:
    if len(octets) > LONGEST:
        raise ConfigError(f"{file}: larger than {LONGEST >> 20} MiB; nothing was imported")
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = octets.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{file}:{line}: is not UTF-8 text: save it as \"CSV UTF-8\"; nothing was imported") from error


def _records(text: str, file: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and fields of each row that is not empty. Raises ConfigError for a header that cannot be used."""
    table = csv.reader(text.splitlines(keepends=True), strict=True)
    try:
        header = [cell.strip().lower() for cell in next(table, [])]
        unknown = [cell for cell in header if cell not in COLUMNS]
        missing = [name for name in NEEDED if name not in header]
        twice = [name for name in header if header.count(name) > 1]
        if unknown or missing or twice:
            what = (f'"{unknown[0]}" is no column' if unknown else f'"{missing[0]}" is missing' if missing
                    else f'"{twice[0]}" stands twice')
            raise ConfigError(f"{file}:1: {what}: the first line names {', '.join(COLUMNS)}; nothing was imported")
        for number, cells in enumerate(table):
            line = table.line_num
            if number >= MOST:
                raise ConfigError(f"{file}:{line}: more than {MOST} people; nothing was imported")
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise ConfigError(f"{file}:{line}: {len(cells)} fields where the first line has {len(header)}; "
                                  "nothing was imported")
            yield line, dict(zip(header, (cell.strip() for cell in cells), strict=True))
    except csv.Error as error:
        raise ConfigError(f"{file}:{table.line_num}: no CSV: {error}; nothing was imported") from error


def _person(record: Mapping[str, str], line: int, our_domains: Collection[str]) -> tuple[Row | None, list[Fault]]:
    faults: list[Fault] = []

    def address(column: str, text: str) -> str:
        key, wrong = _address(text, our_domains)
        if wrong:
            faults.append((line, column, wrong))
        return key

    mailbox = address("mailbox", record["mailbox"])
    supervisor = address("supervisor", record["supervisor"]) if record["supervisor"] else ""
    if mailbox and mailbox == supervisor:
        faults.append((line, "supervisor", f"{mailbox} cannot answer for himself"))
    deputies = list(_deputies(record.get("deputies", ""), line, faults, our_domains))
    if mailbox in (who for who, _, _ in deputies):
        faults.append((line, "deputies", f"{mailbox} cannot stand in for himself"))
    if faults:
        return None, faults
    return {"mailbox": mailbox, "supervisor": supervisor, "deputies": deputies, "name": record.get("name", "")[:200],
            "department": record.get("department", "")[:200]}, []


def _deputies(text: str, line: int, faults: list[Fault], our_domains: Collection[str]) -> Iterable[list[str]]:
    for piece in filter(None, (one.strip() for one in text.split(";"))):
        found = DEPUTY.fullmatch(piece)
        if found is None:
            faults.append((line, "deputies", f'"{piece[:60]}" is not written as "lin@bank.example 2026-12-01..2026-12-10"'))
            continue
        key, wrong = _address(found[1], our_domains)
        try:
            first, last = date.fromisoformat(found[2]), date.fromisoformat(found[3])
        except ValueError:
            wrong = wrong or f"{found[2]}..{found[3]} are no two days"
        else:
            wrong = wrong or (f"{first} is later than {last}" if first > last else "")
        if wrong:
            faults.append((line, "deputies", wrong))
        else:
            yield [key, found[2], found[3]]


def _address(text: str, our_domains: Collection[str]) -> tuple[str, str]:
    """Mailbox.key and "", or "" and what is wrong: nobody outside ever decides about our mail."""
    local, at, _ = text.rpartition("@")
    if not at or not local or any(c <= " " or c in "<>,;\x7f" for c in text):
        return "", f'"{text[:60]}" is no address'
    mailbox = Mailbox.parse(text)
    if our_domains and mailbox.domain not in our_domains:
        return "", f"{text[:60]} is none of our_domains"
    return mailbox.key, ""
