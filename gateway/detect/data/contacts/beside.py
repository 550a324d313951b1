"""Whether a person's data stand beside a value: what makes a few numbers without a label people's rather than chance."""

from __future__ import annotations

import re

from gateway.detect.data.numbers.tokens import Token
from gateway.detect.data.table.layout import Grid
from gateway.identifiers import contact
from gateway.identifiers.date import DATE, readings
from gateway.identifiers.registry import TYPES
from gateway.identifiers.terms import NONE, Labels

OF_A_PERSON = frozenset({"id", "name", "address", "birthdate", "email", "phone"})
"""Labels that speak of a person, but not of the number's type: the address that stands in one sentence before the next number."""
LOOKED_FOR = OF_A_PERSON | {"serial"}
"""Labels beside which a person is looked for: logs call customers users, and batch numbers have no telephone."""
EXPIRY = re.compile(r"(?<![0-9/])(?:0[1-9]|1[0-2])/(?:2[4-9]|3[0-9])(?![0-9/])")
"""Month and year of a card."""
BETWEEN = re.compile(r"[\t,;=、。，；:：0-9()（）\[\]「」『』【】<>《》\"'/|@#~→]+")
ADDRESSED = re.compile(
    r"^(?:另外|另|及|與|和|なお|また|及び|또한|및)?(?:客戶|客户|顧客|會員|会员|고객)?\s?"
    r"(?P<name>\S{1,4}?(?:[ \u3000]\S{1,3}?)?)\s?"
    r"(?:(?P<title>先生|女士|小姐|君|様|さん|氏|님|씨|고객)(?:[のをにはも의은는이가的]\S{0,16}|\S{0,4}(?:\s\S{1,6})?))?"
    r"(?:的\S{0,4})?$")
"""A name as sentences have it: `客戶陳志明`, `林 拓也様`."""
BESIDE, ADDRESS = 600, 32
"""Characters of a row in which a person is looked for beside a value, and of words that begin with a name."""
MOST_PIECES = 16


def person(grid: Grid, row: int, token: Token) -> bool:
    """True where the rest of the row has a name, a birth date, a phone number, a mail address or a card's expiry."""
    line = _rest(grid, row, token)
    return bool(contact.email(line) or DATE.search(line) or contact.phone(line) or EXPIRY.search(line)) or _named(line)


def _rest(grid: Grid, row: int, token: Token) -> str:
    start = grid.starts[row]
    whole = grid.line(row, BESIDE + token.end - token.start)
    line = f"{whole[:token.start - start]}\t{whole[max(0, token.end - start):]}"[:BESIDE]
    alone = row and not line.strip(" \t>")                # as in a chat: who wrote it stands above
    return grid.line(row - 1, BESIDE) if alone else line


def _named(line: str) -> bool:
    pieces = [piece for piece in BETWEEN.split(line) if piece][:MOST_PIECES]
    return any(map(contact.person_name, pieces)) or any(map(_addressed, pieces))


def _addressed(piece: str) -> bool:
    found = ADDRESSED.match(piece.strip()) if len(piece) <= ADDRESS else None
    return found is not None and contact.person_name(found["name"], headed=found["title"] is not None)


TAXPAYER = re.compile(r"(?<![A-Za-z])(?:(?:I?TIN|[Tt]axpayer|[Tt]ax ID)(?![a-z])|[Ss]ocial[ :#]{1,3}\Z)")
"""A word that the number of a firm has before it as well; but nobody writes that 3-2-4."""
ACCOUNT = re.compile(r"(?<![A-Za-z])account[:#]? \Z", re.I)
ACCOUNTS = frozenset({"D10", "D11", "D12", "D13", "D14", "D16"})
"""Shapes of accounts that the bare word announces, which speaks of computers' and firms' customers as well."""
IN_THREE = re.compile(r"(?<![0-9\-])0?[0-9]{3}-[0-9]{2}-[0-9]{4}(?![0-9\-])")
"""Further numbers of the same row, which may look like a telephone number: 020-96-6344; an O before one is read as zero."""
BORN_BEFORE = "20160101"
COLUMNS = 8
"""Headings of a row that are looked at for one of firms."""
OF_GOODS = frozenset({"serial", "company"})
IN_A_SENTENCE = re.compile(r"(?<![A-Za-z])[A-Z][a-z'’\-]{1,20}(?: [A-Z]\.?)?(?: [A-Z][a-z'’\-]{1,20}){1,2}(?![A-Za-z])")
OF_FIRMS = re.compile(
    "Service|Support|Web|Team|Account|Cloud|Center|Payment|Online|Data|System|Azure|Amazon|Google|Manage|Please|Dear")


def spoken_for(grid: Grid, row: int, token: Token) -> frozenset[str]:
    """What a value without its own label is where its form and its row say enough: the kinds of its label, none as a rule."""
    if token.shape == "D9":
        return TYPES["us.ssn"].labels if token.grouped and taxpayer(grid, row, token) else NONE
    return TYPES["tw.bank_account"].labels if token.shape in ACCOUNTS and _account(grid, row, token) else NONE


def _account(grid: Grid, row: int, token: Token) -> bool:
    """Behind the bare word, in a sentence that names a person."""
    start = grid.starts[row]
    behind = grid.text.endswith(" ", start, token.start)
    if behind and ACCOUNT.search(grid.text, max(start, token.start - 12), token.start) is not None:
        line = grid.line(row, BESIDE)
        named = (match[0] for match in IN_A_SENTENCE.finditer(line))
        return any(OF_FIRMS.search(name) is None and not contact.company(name) for name in named)
    return False


def taxpayer(grid: Grid, row: int, token: Token) -> bool:
    """3-2-4 with hyphens in a row about a person, or behind such a word; under a heading of goods or firms only where the row has
    a name and a birth date."""
    start, end = token.start, token.end
    if end - start != 11 or not grid.text[start + 3] == grid.text[start + 6] == "-":
        return False
    if TAXPAYER.search(grid.text, max(grid.starts[row], start - 32), start) is not None:
        return True
    line = IN_THREE.sub("\t", _rest(grid, row, token))
    born, named = _born(line), _named(line)
    if not _over(grid, row, start).isdisjoint(OF_GOODS):
        return born and named
    return born or named or bool((contact.phone(line) or contact.email(line)) and not _of_a_firm(grid, row, line))


def _of_a_firm(grid: Grid, row: int, line: str) -> bool:
    """Whether a firm stands in a line, or a column of firms in its table."""
    return contact.company(line) or any("company" in grid.heading(row, column) for column in range(COLUMNS if grid.headings else 0))


def _born(line: str) -> bool:
    """Whether the line has a date on which somebody may be born who has dealings with a bank: orders have dates as well."""
    return any(day < BORN_BEFORE for match in DATE.finditer(line) for day in readings(match))


def _over(grid: Grid, row: int, start: int) -> frozenset[str]:
    """Kinds of the heading over a place, that of a first row whose other cells say nothing, too."""
    column = grid.column(row, start)
    if kinds := grid.heading(row, column):
        return kinds
    cells = grid.line(0, BESIDE).split("\t", column + 1) if row and grid.tabbed(row) else []
    return Labels().heading(cells[column].strip()) if len(cells) > column and not any(map(str.isdigit, cells[column])) else NONE


NEXT = re.compile(r"[)\]」』】]?\s?[,、;/|]?\s?([^\d\n\t,、;/|()「『【\[]{2,28}?)(?:\s?[(:「『【\[-]\s?|\s?)")
"""What a list of one line has between two values, the next person's name."""


def next_one(between: str) -> bool:
    """Whether a person is named between two values and no more: `旅券番号：山田（TR1234567）、佐藤（TR1234568）`."""
    found = NEXT.fullmatch(between)
    return found is not None and (contact.person_name(found[1]) or contact.passport_name(found[1]))
