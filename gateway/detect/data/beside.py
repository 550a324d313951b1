"""Whether a person's data stand beside a value: what makes a few numbers without a label people's rather than chance."""

from __future__ import annotations

import re

from gateway.detect.data.layout import Grid
from gateway.detect.data.tokens import Token
from gateway.identifiers import contact
from gateway.identifiers.date import DATE
from gateway.identifiers.registry import TYPES
from gateway.identifiers.terms import NONE

OF_A_PERSON = frozenset({"id", "name", "address", "birthdate", "email", "phone"})
"""Labels that speak of a person, but not of the number's type: the address that stands in one sentence before the next number."""
EXPIRY = re.compile(r"(?<![0-9/])(?:0[1-9]|1[0-2])/(?:2[4-9]|3[0-9])(?![0-9/])")
"""Month and year of a card."""
BETWEEN = re.compile(r"[\t,;=、。，；:：0-9()（）\[\]「」『』【】<>《》\"'/|@#~→]+")
ADDRESSED = re.compile(
    r"^(?:另外|另|及|與|和|なお|また|及び|또한|및)?(?:客戶|客户|顧客|會員|会员|고객)?\s?"
    r"(?P<name>\S{1,4}?(?:[ \u3000]\S{1,3}?)?)\s?(?:(?P<title>先生|女士|小姐|君|様|さん|氏|님|씨|고객)\S{0,4}(?:\s\S{1,6})?)?"
    r"(?:的\S{0,4})?$")
"""A name as sentences have it: `客戶陳志明`, `林 拓也様`."""
BESIDE = 600
"""Characters of a row in which a person is looked for beside a value."""
MOST_PIECES = 16


def person(grid: Grid, row: int, token: Token) -> bool:
    """True where the rest of the row has a name, a birth date, a phone number, a mail address or a card's expiry."""
    start = grid.starts[row]
    whole = grid.line(row, BESIDE + token.end - token.start)
    line = f"{whole[:token.start - start]}\t{whole[max(0, token.end - start):]}"[:BESIDE]
    if row and not line.strip(" \t>"):                    # alone on its line, as in a chat: who wrote it stands above
        line = grid.line(row - 1, BESIDE)
    if contact.email(line) or DATE.search(line) or contact.phone(line) or EXPIRY.search(line):
        return True
    pieces = [piece for piece in BETWEEN.split(line) if piece][:MOST_PIECES]
    return any(map(contact.person_name, pieces)) or any(map(_addressed, pieces))


def _addressed(piece: str) -> bool:
    found = ADDRESSED.match(piece.strip()) if len(piece) <= 20 else None
    return found is not None and contact.person_name(found["name"], headed=found["title"] is not None)


TAXPAYER = re.compile(r"(?<![A-Za-z])(?:(?:I?TIN|[Tt]axpayer|[Tt]ax ID)(?![a-z])|[Ss]ocial[ :#]{1,3}\Z)")
"""A word that the number of a firm has before it as well; but nobody writes that 3-2-4."""
ACCOUNT = re.compile(r"(?<![A-Za-z])account[:#]? \Z", re.I)
ACCOUNTS = frozenset({"D10", "D11", "D12", "D13", "D14", "D16"})
"""Shapes of accounts that the bare word announces, which speaks of computers' and firms' customers as well."""
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
    """3-2-4 with hyphens in a row about a person, or behind such a word."""
    start, end = token.start, token.end
    if end - start != 11 or not grid.text[start + 3] == grid.text[start + 6] == "-":
        return False
    return person(grid, row, token) or TAXPAYER.search(grid.text, max(grid.starts[row], start - 32), start) is not None


NEXT = re.compile(r"[)\]」』】]?\s?[,、;/|]?\s?([^\d\n\t,、;/|()「『【\[]{2,28}?)(?:\s?[(:「『【\[-]\s?|\s?)")
"""What a list of one line has between two values, the next person's name."""


def next_one(between: str) -> bool:
    """Whether a person is named between two values and no more: `旅券番号：山田（TR1234567）、佐藤（TR1234568）`."""
    found = NEXT.fullmatch(between)
    return found is not None and (contact.person_name(found[1]) or contact.passport_name(found[1]))
