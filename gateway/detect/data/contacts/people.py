"""Contact records: who can be reached how, over the rows of the whole message."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, zip_longest

import numpy as np

from gateway.detect.data.contacts import contact_rows, naming
from gateway.detect.data.contacts.contact_rows import MINIMUM_ROWS, NAMEISH, NEAR
from gateway.detect.data.table import layout
from gateway.detect.data.table.layout import Grid
from gateway.identifiers import characters, contact, date
from gateway.identifiers.characters import MARGIN, Characters, matches
from gateway.identifiers.terms import Labels
from gateway.model.content import Table


@dataclass(slots=True)
class Contacts:
    """Contact records and what they are made of, distinct over the message."""

    records: set[tuple[str, str]] = field(default_factory=set)
    values: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    ours: tuple[str, ...] = ()           # domains of our own: who has a mailbox there is staff
    staffed: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.staffed = tuple(mark + domain for domain in self.ours for mark in "@.")

    def add(self, kind: str, value: str) -> None:
        if value:
            self.values[kind].add(value)

    def staff(self, mail: str) -> bool:
        return mail.endswith(self.staffed)

    def some_staff(self, mails: str) -> bool:
        """Whether one of several, a line each, may be."""
        return any(end in mails for end in self.staffed)

    def people(self) -> int:
        """Records but for those whose number is the switchboard of many."""
        shared = Counter(number for _, number in self.records)
        return sum(shared[number] < SWITCHBOARD for _, number in self.records)


SWITCHBOARD = 8
"""People with one and the same number, from which on it is a firm's."""
MOST_RECORDS = 1100
"""Contact records that are counted; the count is then a lower bound, twenty times the threshold."""
DETAILED = 100                           # rows of a text whose addresses and birth dates are counted too


def read_contacts(grid: Grid, contacts: Contacts) -> int:
    """Adds the grid's contact records, a name with phone, e-mail or address; how many rows had one; none behind MOST_RECORDS."""
    if len(contacts.records) >= MOST_RECORDS:
        return 0
    records = _addressees(grid, contacts) if grid.text.count("@") >= ADDRESSEES else 0
    if len(grid.starts) <= FEW_ROWS and len(grid.tabs) >= max(WIDE, (FEW_ROWS + 1) * len(grid.starts)):
        records += read_contacts(_turned(grid), contacts)
    if len(grid.starts) < MINIMUM_ROWS * 2:
        records += _crowded(grid, contacts)
    if len(grid.starts) < MINIMUM_ROWS:
        return records
    seen: set[str] = set()
    if grid.headings:
        records += _headed(grid, contacts, seen)
        if records and len(contacts.records) >= MOST_RECORDS:
            return records
    looked, several = 0, False
    block = -NEAR                                         # row of the last name that stood for the lines below it
    found = _reached(grid, contacts, seen)
    while some := list(islice(found, AT_ONCE)):
        lines = "\n".join(one[1] for one, *_ in some)
        clues = naming.Clues.of(lines, characters.of(lines))
        plain = not (clues.labels or clues.firms)
        for (row, line, _, _, name), number, mail, place in some:
            if len(contacts.records) >= MOST_RECORDS:
                return records
            if not name or not plain or "\t" in line:
                name = naming.name(grid, row, line, clues) if NAMEISH.search(line) else ""
            if not name:
                block, name = naming.above(grid, row, block)
            if not (name := name or (naming.below(grid, row) if place else "")):
                continue
            looked += 1                                   # a list has several people in each of its lines or in none
            if (looked < DETAILED or several) and (more := _several(grid, row, line, clues)):
                several = True
                contacts.records.update(more)
                records += len(more)
                continue
            records += 1
            contacts.records.add((name, number or mail or line[-24:]))
            contacts.values["name"].add(name)
            if number:
                contacts.values["phone"].add(number)
            if mail:
                contacts.values["email"].add(mail)
            if records <= DETAILED:
                contacts.add("address", line[-24:] if place or contact.address(line) else "")
                contacts.add("birthdate", date.parse(line))
    return records or _hong_kong(grid, contacts)


def _several(grid: Grid, row: int, line: str, clues: naming.Clues) -> list[tuple[str, str]]:
    """Names and telephone numbers of a line that has two people or more, each name before its number; else none."""
    found = list(islice(contact.PHONE.finditer(line), IN_A_LINE)) if len(line) >= SHORTEST_OF_TWO else []
    if len(found) < 2:
        return []
    begins = [0, *(match.end() for match in found[:-1])]
    named = [naming.name(grid, row, line[begin:match.start()].strip(), clues) for begin, match in zip(begins, found, strict=False)]
    return [] if not all(named) else [(name, contact.phone(match[0])) for name, match in zip(named, found, strict=True)]


def _crowded(grid: Grid, contacts: Contacts) -> int:
    """People one after the other in a long line, each name before its number: `王小明(0912345678)、李大華(...)`."""
    found = end = 0
    for match in islice(contact.PHONE.finditer(grid.text), CROWD):
        before, end = grid.text[max(end, match.start() - BEFORE_NUMBER):match.start()], match.end()
        piece = next((piece for piece in reversed(APART.split(before)) if piece.strip()), "").strip()
        if contact.person_name(piece := naming.spoken(piece)) and (number := contact.phone(match[0])):
            contacts.records.add((piece, number))
            found += 1
    return found


APART = re.compile(r"[,、。;|/()<>:→⇒➔➜\t\n0-9]+| {2,}")
CROWD = 20_000
"""Telephone numbers before which names are looked for."""
BEFORE_NUMBER = 24
"""Characters before a number in which its name is looked for."""
IN_A_LINE, SHORTEST_OF_TWO = 8, 22
"""People in one line at the most, and characters of a line with two."""
FEW_ROWS, WIDE, MOST_COLUMNS = 12, 40, 2000
"""Rows of a table whose records may be its columns, its cells, and columns that are looked at."""


def _turned(grid: Grid) -> Grid:
    """The same table with its columns as rows."""
    rows = [grid.line(row).split("\t")[:MOST_COLUMNS] for row in range(len(grid.starts))]
    return layout.from_table(grid.id, Table(grid.source, tuple(zip_longest(*rows, fillvalue=""))), Labels())


EIGHT = re.compile(r"(?<![0-9A-Za-z+./\-])[0-9]{8}(?![0-9A-Za-z./\-])")
HONG_KONG = 45
"""Numbers of eight digits beside names, from which on they may be telephone numbers of Hong Kong."""
LINES = frozenset("45679")
"""First digits of its mobile telephones (OFCA, Numbering Plan): random numbers begin with others as well."""


def _eight(found: Characters) -> np.ndarray:
    """Where eight digits stand together."""
    first, end = found.digits()
    return np.asarray(first[end - first == 8] - MARGIN)


def _hong_kong(grid: Grid, contacts: Contacts) -> int:
    """Rows of a list with names in which every number of eight digits may be a mobile telephone of Hong Kong."""
    starts = None if grid.characters is None else grid.characters.gathered(_eight)
    found = [(m.start(), m[0]) for m in islice(matches(EIGHT, grid.text, starts), MOST_RECORDS)]
    first = {number[0] for _, number in found}
    if len(found) < HONG_KONG or not first <= LINES or len(first) == 1:
        return 0
    records = 0
    for start, number in found:
        row = grid.row(start)
        name = naming.name_in(grid, row)
        if name:
            records += 1
            contacts.records.add((name, number))
            contacts.add("name", name)
            contacts.add("phone", number)
    return records


AT_ONCE = 256                            # rows whose clues are looked for together


def _reached(grid: Grid, contacts: Contacts, seen: set[str]) -> Iterator[tuple[contact_rows.Row, str, str, bool]]:
    """Rows near names with a phone number, a mail address or a street that is not our own staff's; each line once."""
    for one in contact_rows.rows(grid):
        _, line, named, phone, _ = one
        if len(line) < 6 or len(line) > 4000 or line in seen:
            continue
        seen.add(line)
        if not named:
            continue
        number, mail = contact.phone(line) if phone is None else phone, contact.email(line) if "@" in line else ""
        place = not (number or mail) and contact.address(line)
        if (number or mail or place) and not (mail and contacts.staff(mail)):
            yield one, number, mail, place


HEADED_ROWS = 5000
"""Rows under headings that are read so; the thresholds are far below."""
NUMBER = re.compile(r"[0-9+()\- .]{7,20}")
FIELDS = ("phone", "email", "address")
PARTS = ("name", "given", "third")
"""Columns of one name, side by side."""
INITIAL = 2


def _headed(grid: Grid, contacts: Contacts, seen: set[str]) -> int:
    """Records of a table that says which column has names and which numbers, mail or streets: then these may look as they like."""
    found = 0
    ends = [*(row - 1 for row, _ in grid.headings[1:]), len(grid.starts)]
    for (first, kinds), last in zip(grid.headings, ends, strict=True):
        for columns, marks in _side_by_side(kinds, seen):
            end = min(last, first + HEADED_ROWS)
            for row in (first, *range(first + DETAILED, end, AT_ONCE)) if first < end else ():
                some = DETAILED if row == first else AT_ONCE
                lines = _lines(grid, row, min(end, row + some))
                found += _of_rows(contacts, columns, lines, marks, DETAILED - found)
                if len(contacts.records) >= MOST_RECORDS:
                    return found
    return found


def _lines(grid: Grid, first: int, end: int) -> list[str]:
    """Lines of a grid, so many characters of each."""
    begin, stop = grid.starts[first], grid.end(end - 1)
    if stop - begin > MOST_OF_A_LINE * 10:
        return [grid.line(row, MOST_OF_A_LINE) for row in range(first, end)]
    return [line[:MOST_OF_A_LINE] for line in grid.text[begin:stop].split("\n")]


MOST_OF_A_LINE = 4000


def _side_by_side(kinds: Sequence[frozenset[str]], seen: set[str]) -> Iterator[tuple[dict[str, int], set[str]]]:
    """Columns of one person each, of a table that may have several people side by side, and the lines that are read already."""
    named = [i for i, found in enumerate(kinds) if "name" in found]
    parts = sum(column == named[0] + i for i, column in enumerate(named))                  # surname, given name, middle name
    again = parts == 1 < len(named) and kinds[named[0]:named[1]] == kinds[named[1]:2 * named[1] - named[0]]
    begins = [0, *named[1:]] if again else [0]
    before = set(seen) if len(begins) > 1 else seen
    for begin, end in zip(begins, [*begins[1:], len(kinds)], strict=True):
        columns = {kind: i for i in range(begin, end) for kind in kinds[i] if kind in (*FIELDS, "name", "company")}
        if parts > 1:
            columns |= {part: named[0] + i for i, part in enumerate(PARTS[:parts])}
        if "name" in columns and not columns.keys().isdisjoint(FIELDS) and columns["name"] != columns.get("company"):
            yield columns, seen if begin == 0 else set(before)


def _of_rows(contacts: Contacts, columns: Mapping[str, int], lines: Sequence[str], seen: set[str], detailed: int) -> int:
    """Adds the records of some rows; so many of them with address and birth date."""
    found, none = 0, [""] * len(lines)
    each_column = list(zip_longest(*(line.split("\t", max(columns.values()) + 1) for line in lines), fillvalue=""))
    cells = {kind: list(map(str.strip, each_column[i])) if i < len(each_column) else none for kind, i in columns.items()}
    if "email" in cells:
        cells["email"] = _mails(cells["email"])
    if "given" in cells:
        cells["name"] = list(map(_whole, cells["name"], cells["given"], cells.get("third", none)))
    firms = contact.companies("\n".join(cells["name"]))
    room = MOST_RECORDS - len(contacts.records)
    if detailed <= 0 and _of_people(contacts, cells, lines[:room], seen, firms):
        return min(room, len(lines))
    each = zip(lines, cells["name"], cells.get("company", none), *(cells.get(kind, none) for kind in FIELDS), strict=True)
    for line, name, company, phone, mail, street in each:
        if len(contacts.records) >= MOST_RECORDS:
            break
        if not company and line not in seen and contact.person_name(name, headed=True, firms=firms):
            found += _record(contacts, (name, phone, mail, street), line, seen, found < detailed)
    return found


def _of_people(contacts: Contacts, cells: Mapping[str, list[str]], lines: Sequence[str], seen: set[str], firms: bool) -> bool:
    """Adds the records of all rows at once where each is a new one with a name and a telephone number in digits; else none."""
    count = len(lines)
    names, numbers = cells["name"][:count], cells.get("phone", [])[:count]
    if not numbers or any(cells.get("company", ())[:count]) or not seen.isdisjoint(lines) or len(set(lines)) < count:
        return False
    joined, mails = "\n".join(numbers), cells.get("email", [])[:count]
    if not joined.isascii() or _NUMBERS.fullmatch(joined) is None or contacts.some_staff("\n".join(mails)):
        return False
    if not all(contact.person_name(name, headed=True, firms=firms) for name in set(names)):
        return False
    seen.update(lines)
    contacts.records.update(zip(names, numbers, strict=True))
    for kind, values in (("name", names), ("phone", numbers), ("email", mails)):
        contacts.values[kind].update(filter(None, values))
    return True


_NUMBERS = re.compile(r"[0-9]{7,20}(?:\n[0-9]{7,20})*+")


def _whole(one: str, other: str, third: str) -> str:
    """A name from its columns; the third one counts where nothing or an initial stands in the second, that of middle names."""
    parts = filter(None, (one, other, third if len(other) <= INITIAL else ""))
    return (" " if one.isascii() else "").join(parts)


def _mails(cells: list[str]) -> list[str]:
    """What contact.email says of each cell."""
    joined = "\n".join(cells)
    return joined.lower().split("\n") if contact.EMAIL.findall(joined) == cells else list(map(contact.email, cells))


def _record(contacts: Contacts, cells: tuple[str, str, str, str], line: str, seen: set[str], detailed: bool) -> bool:
    """Adds one row's record where its cells have what their headings say; `detailed` with address and birth date."""
    name, written, mail, street = cells
    number = written if 7 <= len(written) <= 20 and written.isascii() and written.isdigit() else _digits(written)
    place = street[-24:] if len(street) >= 6 and any(map(str.isdigit, street)) else ""
    if not (len(number) >= 7 or mail or place) or (mail and contacts.staff(mail)):
        return False
    seen.add(line)
    contacts.records.add((name, number or mail or place))
    values = contacts.values
    values["name"].add(name)
    if number:
        values["phone"].add(number)
    if mail:
        values["email"].add(mail)
    if detailed:
        contacts.add("address", place)
        contacts.add("birthdate", date.parse(line))
    return True


def _digits(written: str) -> str:
    """Those of a telephone number that is no toll-free one."""
    return "".join(filter(str.isdigit, written)) if NUMBER.fullmatch(written) and not contact.TOLL_FREE.match(written) else ""


ADDRESSEES = 20
"""Mail addresses in one text, from which on lists of `Name <mail>` are read."""
ADDRESSEE = re.compile(r"[<(\[](?:mailto:)?([0-9A-Za-z._%+\-]{1,64}@[0-9A-Za-z.\-]{3,80})[>)\]]")
BEFORE = re.compile(r"([^\"'“”<>@,;:()\t\n]{2,40})[\"'”]?[ ]{0,2}\Z")
"""The name before an address in brackets."""


def _addressees(grid: Grid, contacts: Contacts) -> int:
    """`Name <mail>`, however many stand in a line."""
    text, found = grid.text, 0
    brackets = None if grid.characters is None else grid.characters.gathered(lambda piece: piece.places(piece.among("<([")))
    for match in matches(ADDRESSEE, text, brackets):
        if len(contacts.records) >= MOST_RECORDS:
            break
        mail = match[1].lower()
        before = BEFORE.search(text[max(0, match.start() - 44):match.start()])
        name = before[1].strip() if before else ""
        if name and not contacts.staff(mail) and (contact.person_name(name) or contact.passport_name(name)):
            contacts.records.add((name, mail))
            contacts.add("name", name)
            contacts.add("email", mail)
            found += 1
    return found
