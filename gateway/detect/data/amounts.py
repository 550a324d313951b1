"""Accounts or amounts: what an account is called (活期存款, 普通預金, Bank account) stands before its balance as well."""

from __future__ import annotations

import re

from gateway.detect.data.contacts import naming
from gateway.detect.data.numbers.tokens import Token
from gateway.detect.data.table.layout import Grid
from gateway.identifiers import contact
from gateway.identifiers.registry import IDENTIFYING
from gateway.identifiers.terms import Labels

AMOUNT = re.compile(r"-?[1-9][0-9]{3,15}(?:\.[0-9]{1,2})?")
"""An amount without commas; none begins with 0, as many accounts do."""
NEXT = re.compile(rf"[ \t]{{1,24}}{AMOUNT.pattern}(?![^ \t\n])")
PRICED = re.compile(r"[$¥€£] ?\Z")
NUMBERED = re.compile(r"(?:[號号][碼码]?|番号|번호|(?<![a-z])(?:no|nos|nbr|num|numbers?)\.?|[#№])\W{0,4}\Z", re.I)
"""The end of a label that speaks of a number, which no amount has."""
BANKED = re.compile(r"[銀银]行(?!存款)|支店|分行|支行|金庫|(?<![a-z])bank(?! (?:accounts?|deposits?)(?![a-z]))", re.I)
"""Where an account is kept, which nobody says of an amount."""
ITEM = re.compile(
    rf" {{0,8}}([^\W\d][^\d\t\n:]{{1,30}}?)[ \t:]{{1,60}}{AMOUNT.pattern}(?:[ \t]{{1,24}}{AMOUNT.pattern}){{0,12}}[ \t]*")
"""A line of a statement: what it is of, and amounts."""
LINE, AROUND, ITEMS = 400, 8, 3
"""Characters of a row that are looked at; rows up and down; items of a statement there that are called otherwise."""


def amount(grid: Grid, labels: Labels, row: int, token: Token) -> bool:
    """Whether a number behind the name of an account is an amount: beside another one, or among the items of a statement, where
    nothing in its row says whose or which bank's account it is."""
    start = grid.starts[row]
    if token.value.startswith("0") or token.grouped or token.start - start > LINE:
        return False
    before = grid.text[start:token.start]
    pieces = before.replace("\t", " ").split()
    while pieces and AMOUNT.fullmatch(pieces[-1]):
        pieces.pop()
    said = " ".join(pieces)
    if NUMBERED.search(said) or BANKED.search(said) or naming.name_in(grid, row):
        return False
    beside = bool(before.split()[len(pieces):]) or NEXT.match(grid.text, token.end) is not None
    return beside or PRICED.search(before) is not None or _in_a_statement(grid, labels, row)


def _in_a_statement(grid: Grid, labels: Labels, row: int) -> bool:
    """Whether the lines around are items with amounts, most of which are no accounts: 現金, 放款, 應付費用."""
    found = 0
    for at in range(max(0, row - AROUND), min(len(grid.starts), row + AROUND + 1)):
        item = ITEM.fullmatch(grid.line(at, LINE)) if at != row else None
        called = item[1].strip() if item is not None else ""
        found += bool(called) and labels.heading(called).isdisjoint(IDENTIFYING) and not contact.person_name(called)
    return found >= ITEMS
