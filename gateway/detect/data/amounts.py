"""Accounts or amounts: what an account is called (活期存款, 普通預金, Bank account) stands before its balance as well."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from gateway.detect.data.contacts import naming
from gateway.detect.data.numbers.bulk import LABEL_ONLY, Batch
from gateway.detect.data.numbers.tokens import Token
from gateway.detect.data.table.layout import Grid
from gateway.identifiers import contact
from gateway.identifiers.registry import ACCOUNTS, IDENTIFYING
from gateway.identifiers.terms import Labels

AMOUNT = re.compile(r"-?[1-9][0-9]{3,15}(?:\.[0-9]{1,2})?")
"""An amount without commas; none begins with 0, as many accounts do."""
RATE = re.compile(r"-?[0-9]{1,3}\.[0-9]{1,4}%")
NEXT = re.compile(rf"[ \t]{{1,24}}(?:{AMOUNT.pattern}|{RATE.pattern})(?![^ \t\n])")
PRICED = re.compile(r"[$¥€£] ?\Z")
NUMBERED = re.compile(r"(?:[號号][碼码]?|番号|번호|(?<![a-z])(?:no|nos|nbr|num|numbers?)\.?|[#№])\W{0,4}\Z", re.I)
"""The end of a label that speaks of a number, which no amount has."""
BANKED = re.compile(r"[銀银]行(?!存款)|支店|分行|支行|金庫|(?<![a-z])bank(?![ _-]?(?:accounts?|deposits?)(?![a-z]))", re.I)
"""Where an account is kept, which nobody says of an amount."""
ITEM = re.compile(
    rf" {{0,8}}([^\W\d][^\d\t\n:]{{1,30}}?)[ \t:]{{1,60}}{AMOUNT.pattern}(?:[ \t]{{1,24}}{AMOUNT.pattern}){{0,12}}[ \t]*")
"""A line of a statement: what it is of, and amounts."""
LINE, AROUND, NEAR, ITEMS, HEAD, ROWS = 400, 8, 4, 3, 60, 8
"""Characters of a row that are looked at; rows up and down, many and few; items of a statement there that are called otherwise;
rows up to the first one of a table; rows of a column that say whether it is one of statistics."""
OF_PROGRAMS = re.compile("[_0-9]")
OF_A_TABLE = re.compile(r"\s*([A-Za-z][\w.$#]{1,60})[ \t]{1,40}([0-9]{1,16})[ \t]{1,40}([0-9]{1,16})(?![^ \t\n])", re.A)
"""A row of what databases say of their tables: the name of one, its rows, its bytes."""
OF_PEOPLE = frozenset({"name", "phone", "email", "address", "birthdate"})
OF_THINGS = re.compile("(?:table|tab|tbl|object|segment|index|column|file|host|schema|db)_?name", re.I)
"""Words that name people, and one of them that does not."""
COUNT = re.compile(r"(?<![0-9,])[0-9][0-9,]{3,} ?(?:[戶户]|口座|accounts)(?![\u3041-\u9fffa-z])")
"""So many accounts as only a bank has, which a report says and no list of customers."""
CASH = re.compile(r"小口現金|零用金|[備备]用金|[庫库]存[現现]金|petty cash", re.I)
"""What stands beside an account in a firm's own position of cash."""
DAY = re.compile("(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
TOTAL = re.compile(r"(?<![a-z])(?:total|sum)(?![a-z])|合[計计]|[總总][額额計计]", re.I)
BALANCE = re.compile(r"(?:存款|[預预]金|(?<![a-z])deposits|(?<![a-z])passports)\W{0,3}\Z", re.I)
"""How headings of balances and counts end."""
ACCOUNT = re.compile(r"(?:口座|[帳账][戶户])\Z")
WHOSE = re.compile(
    r"(?<![ァ-ヶーｦ-ﾟ])[ァ-ヶーｦ-ﾟ]{2,10} [ァ-ヶーｦ-ﾟ]{2,10} |[\u3400-\u9fff][O○〇*]{1,2}(?![A-Z])|"
    r"(?<![A-Z])[A-Z]{2,12},? [A-Z]{2,6}-[A-Z]{2,6}(?![A-Z])|株式会社|[有合][限同資]会社|有限公司|\([株有]\)")
"""A name in kana, one with a letter hidden, one as passports write it; a firm."""
DIGITS = re.compile("[0-9]+")
PERIOD = re.compile(
    r"(?:民國|FY|CY|令和|平成)? ?(?:19[5-9][0-9]|20[0-4][0-9]|[0-9]{1,3}(?=年))(?:年度?)?"
    r"(?:[ -]?(?:0?[1-9]|1[0-2])月?|[ -]?Q[1-4])?|(?:[1-9]|1[0-2])月份?|"
    r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)")
"""A year, a quarter or a month, which a row of statistics begins with."""


def counted(grid: Grid, labels: Labels, row: int, token: Token, kinds: frozenset[str], headed: bool) -> bool:
    """Whether a value of a label without a check digit is an amount, a count or a day: under a heading the rows tell."""
    if headed:
        return _unchecked(token.shape, token.value, kinds) and (
            of_statistics(grid, grid.column(row, token.start), (row,)) if grid.tabbed(row) else _under_balance(grid, row, token))
    if not kinds.isdisjoint(IDENTIFYING) and of_a_program(grid, labels, row):
        return True
    return not kinds.isdisjoint(ACCOUNTS) and _amount(grid, labels, row, token)


def of_a_program(grid: Grid, labels: Labels, row: int) -> bool:
    """Whether a row is one of a table about tables, whose name is no label of the numbers behind: `PASSPORT_IMG 6334265 91204`.
    Rows around have names that say nothing, and none is a record of a person set on its side."""
    found = OF_A_TABLE.match(grid.line(row, LINE))
    if found is None:
        return False
    around = [line for at in range(max(0, row - AROUND), min(len(grid.starts), row + AROUND + 1))
              if at != row and (line := grid.line(at, LINE).strip())]
    first = [line.split(None, 1)[0] for line in around]
    if any(not labels.heading(word).isdisjoint(OF_PEOPLE) and OF_THINGS.match(word) is None for word in first):
        return False
    others = {other[1] for line in around if (other := OF_A_TABLE.match(line)) is not None}
    said = [labels.heading(other) for other in others]
    whole = labels.one_word(found[1]) or labels.one_word(found[1].replace("_", " "))
    if whole and len(found[2]) == len(found[3]):
        return False
    return sum(kinds.isdisjoint(IDENTIFYING) for kinds in said) >= (ITEMS if whole else ITEMS - 1)


def side_by_side(grid: Grid, token: Token, columns: tuple[int, int], kinds: frozenset[str]) -> bool:
    """Whether cells that would make one number are numbers by themselves: balances, a version and a day. A column of numbers cut in
    pieces is cut alike in every row, but for the last piece."""
    row = grid.row(token.start)
    if not _unchecked(token.shape, token.value, kinds):
        return False
    cells = _pieces(grid, row, columns)
    if len(cells) == 2 and len(cells[0]) <= 2 and DAY.fullmatch(cells[1]):
        return True
    sizes = [*map(len, cells[:-1])]
    around = [[*map(len, other[:-1])] for at in range(max(0, row - NEAR), min(len(grid.starts), row + NEAR + 1))
              if at != row and (other := _pieces(grid, at, columns)) and "".join(other).isdigit()]
    return sum(other == sizes for other in around) * 3 < len(around) * 2 or of_statistics(grid, columns[0], (row,))


def _pieces(grid: Grid, row: int, columns: tuple[int, int]) -> list[str]:
    return [cell.strip() for cell in grid.line(row, LINE).split("\t")[columns[0]:columns[1]]]


def _under_balance(grid: Grid, row: int, token: Token) -> bool:
    """The same as of_statistics where blanks part the columns, as in the text of a page: a balance by its heading, in a row that
    has as many words as the heading."""
    at = bisect_right(grid.spaced, row, key=lambda head: head[0]) - 1
    head = grid.line(grid.spaced[at][0] - 1, LINE).split() if at >= 0 else []
    words = len(grid.line(row, LINE).split())
    place = len(grid.text[grid.starts[row]:token.start].split())
    return (place < len(head) == words and BALANCE.search(head[place]) is not None and NUMBERED.search(head[place]) is None
            and not _named(grid, row))


def _amount(grid: Grid, labels: Labels, row: int, token: Token) -> bool:
    """Whether a number behind the name of an account is an amount: beside another one, or among the items of a statement, where
    nothing in its row says whose or which bank's account it is."""
    if DAY.fullmatch(token.value):
        return True
    start = grid.starts[row]
    if token.grouped or token.start - start > LINE:
        return False
    if COUNT.search(grid.line(row, LINE)) is not None:
        return True
    before = grid.text[start:token.start]
    pieces = before.replace("\t", " ").split()
    while pieces and (AMOUNT.fullmatch(pieces[-1]) or RATE.fullmatch(pieces[-1])):
        pieces.pop()
    said = " ".join(pieces)
    if any(pattern.search(said) for pattern in (NUMBERED, BANKED, WHOSE)) or _named(grid, row):
        return False
    if over := _over(grid, row, grid.column(row, token.start)):
        return labels.heading(over).isdisjoint(IDENTIFYING)     # what is to the left is a product, no label
    if token.value.startswith("0") or _under_numbers(grid, labels, row) or _listed(grid, row, said):
        return False
    beside = bool(before.split()[len(pieces):]) or NEXT.match(grid.text, token.end) is not None
    return (beside or PRICED.search(before) is not None or TOTAL.search(DIGITS.split(said)[-1]) is not None
            or CASH.search(grid.line(row, LINE)) is not None or _in_a_statement(grid, labels, row, before))


def of_amounts(grid: Grid, batch: Batch) -> bool:
    """Whether a column of many is one of amounts or counts."""
    return (batch.column > 0 and not batch.labelled and _unchecked(batch.shape, batch.values[0], batch.kinds)
            and of_statistics(grid, batch.column, batch.rows[:ROWS].tolist()))


def _unchecked(shape: str, value: str, kinds: frozenset[str]) -> bool:
    """Whether digits have nothing but their heading to speak for them."""
    return value.isdigit() and (shape in LABEL_ONLY or not kinds.isdisjoint(ACCOUNTS))


def of_statistics(grid: Grid, column: int, rows: Sequence[int]) -> bool:
    """Whether a column has balances, as its heading says (活期存款, Deposits), or counts of years or months, one a row, which are
    of no person: 護照, Passports. What is headed as numbers is neither."""
    over = _over(grid, rows[0], column)
    if NUMBERED.search(over):
        return False
    return BALANCE.search(over) is not None or all(
        PERIOD.fullmatch(first := _first(grid, row)) and first not in (_first(grid, row - 1), _first(grid, row + 1))
        and not _named(grid, row) for row in rows)


def _first(grid: Grid, row: int) -> str:
    return grid.line(row, LINE).partition("\t")[0].strip() if 0 <= row < len(grid.starts) else ""


def _named(grid: Grid, row: int) -> bool:
    """Whether the row has the name of a person, as none of a program's table is."""
    return OF_PROGRAMS.search(name := naming.name_in(grid, row)) is None and bool(name)


def _over(grid: Grid, row: int, column: int) -> str:
    """What the first row of the table, which has no digits, calls a column but the first."""
    first = row
    while column and first and row - first < HEAD and grid.tabbed(first - 1):
        first -= 1
    cells = grid.line(first, LINE).split("\t") if first < row else []
    return cells[column].strip() if column < len(cells) and not any(map(str.isdigit, "".join(cells))) else ""


def _under_numbers(grid: Grid, labels: Labels, row: int) -> bool:
    """Whether the first of the lines above without a gap has a column of numbers of accounts: 帳號, 口座番号."""
    first = row
    while first and row - first < HEAD and grid.line(first - 1, 1):
        first -= 1
    cells = grid.line(first, LINE).split() if first < row else []
    return any(NUMBERED.search(cell) and not labels.heading(cell).isdisjoint(ACCOUNTS) for cell in cells)


def _listed(grid: Grid, row: int, said: str) -> bool:
    """Whether the next line or the one before calls its number an account in the same words."""
    label = DIGITS.split(said)[-1].strip(" -/.:")
    return ACCOUNT.search(label) is not None and any(
        label in grid.line(at, LINE) for at in (row - 1, row + 1) if 0 <= at < len(grid.starts))


def _in_a_statement(grid: Grid, labels: Labels, row: int, before: str) -> bool:
    """Whether the lines around are items with amounts, most of which are no accounts: 現金, 放款, 應付費用. A statement has each
    item once; where the same words or a name stand in other lines too, they are records of several people."""
    items = set()
    for at in range(max(0, row - AROUND), min(len(grid.starts), row + AROUND + 1)):
        if at == row:
            continue
        line = grid.line(at, LINE)
        if line.startswith(before) or naming.LABELLED.search(line):
            return False
        item = ITEM.fullmatch(line)
        called = item[1].strip() if item is not None else ""
        if called and labels.heading(called).isdisjoint(IDENTIFYING) and not contact.person_name(called):
            items.add(called)
    return len(items) >= ITEMS
