"""Accounts or amounts: what an account is called (活期存款, 普通預金, Bank account) stands before its balance as well."""

from __future__ import annotations

import re
from collections.abc import Iterable

from gateway.detect.data.contacts import naming
from gateway.detect.data.numbers.bulk import LABEL_ONLY
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
LINE, AROUND, ITEMS, HEAD = 400, 8, 3, 60
"""Characters of a row that are looked at; rows up and down; items of a statement there that are called otherwise; rows up to the
first one of a table."""
OF_PROGRAMS = re.compile("[_0-9]")
DAY = re.compile("(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
TOTAL = re.compile(r"(?<![a-z])(?:total|sum)(?![a-z])|合[計计]|[總总][額额計计]", re.I)
PERIOD = re.compile(
    r"(?:民國|FY|CY|令和|平成)? ?(?:19[5-9][0-9]|20[0-4][0-9]|[0-9]{1,3}(?=年))(?:年度?)?"
    r"(?:[ -]?(?:0?[1-9]|1[0-2])月?|[ -]?Q[1-4])?")
"""A year, a quarter or a month, which a row of statistics begins with."""


def counted(grid: Grid, labels: Labels, row: int, token: Token, kinds: frozenset[str], headed: bool) -> bool:
    """Whether a value of a label without a check digit is an amount, a count or a day: under a heading the rows tell."""
    if headed:
        return token.shape in LABEL_ONLY and grid.tabbed(row) and of_periods(grid, (row,))
    return not kinds.isdisjoint(ACCOUNTS) and _amount(grid, labels, row, token)


def _amount(grid: Grid, labels: Labels, row: int, token: Token) -> bool:
    """Whether a number behind the name of an account is an amount: beside another one, or among the items of a statement, where
    nothing in its row says whose or which bank's account it is."""
    if DAY.fullmatch(token.value):
        return True
    start = grid.starts[row]
    if token.value.startswith("0") or token.grouped or token.start - start > LINE:
        return False
    before = grid.text[start:token.start]
    pieces = before.replace("\t", " ").split()
    while pieces and (AMOUNT.fullmatch(pieces[-1]) or RATE.fullmatch(pieces[-1])):
        pieces.pop()
    said = " ".join(pieces)
    if NUMBERED.search(said) or BANKED.search(said) or _named(grid, row):
        return False
    beside = bool(before.split()[len(pieces):]) or NEXT.match(grid.text, token.end) is not None
    return (beside or PRICED.search(before) is not None or TOTAL.search(said) is not None
            or _headed_otherwise(grid, labels, row, token.start) or _in_a_statement(grid, labels, row))


def of_periods(grid: Grid, rows: Iterable[int]) -> bool:
    """Whether all of these rows are of a year or a month and of no person: counts under a heading such as 護照."""
    return all(PERIOD.fullmatch(grid.line(row, LINE).partition("\t")[0].strip()) and not _named(grid, row) for row in rows)


def _named(grid: Grid, row: int) -> bool:
    """Whether the row has the name of a person, as none of a program's table is."""
    return OF_PROGRAMS.search(name := naming.name_in(grid, row)) is None and bool(name)


def _headed_otherwise(grid: Grid, labels: Labels, row: int, start: int) -> bool:
    """Whether the first row of the table calls the column something else: what is to the left is a product, not a label."""
    column, first = grid.column(row, start), row
    while column and first and row - first < HEAD and grid.tabbed(first - 1):
        first -= 1
    cells = grid.line(first, LINE).split("\t") if first < row else []
    over = cells[column].strip() if column < len(cells) and not any(map(str.isdigit, "".join(cells))) else ""
    return bool(over) and labels.heading(over).isdisjoint(IDENTIFYING)


def _in_a_statement(grid: Grid, labels: Labels, row: int) -> bool:
    """Whether the lines around are items with amounts, most of which are no accounts: 現金, 放款, 應付費用."""
    found = 0
    for at in range(max(0, row - AROUND), min(len(grid.starts), row + AROUND + 1)):
        item = ITEM.fullmatch(grid.line(at, LINE)) if at != row else None
        called = item[1].strip() if item is not None else ""
        found += bool(called) and labels.heading(called).isdisjoint(IDENTIFYING) and not contact.person_name(called)
    return found >= ITEMS
