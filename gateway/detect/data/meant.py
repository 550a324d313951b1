"""What the words near a value mean for it: what it looks like, and what stands beside it, may say more or something else."""

from __future__ import annotations

import re

from gateway.detect.data import amounts
from gateway.detect.data.contacts import beside
from gateway.detect.data.numbers.bulk import LABEL_ONLY
from gateway.detect.data.numbers.tokens import Token
from gateway.detect.data.table.layout import Grid
from gateway.identifiers import contact
from gateway.identifiers.registry import IDENTIFYING, TYPES
from gateway.identifiers.terms import NONE, Labels

PHONE = frozenset({"phone"})
MOBILE = re.compile("09[0-9]{2}-[0-9]{3}-[0-9]{3}")
"""A mobile telephone of Taiwan as people write it; no account is grouped so."""
LONGER, WITHIN = re.compile(r"(?<![0-9])[0-9]{11,16}[^0-9\n]{1,4}\Z"), 24
"""The account between its label and what looks like a mobile telephone; characters in which it stands."""
CODED = re.compile("[0-9]{3}[ -][0-9]{14}")
"""The code of a bank of Taiwan and an account of the longest."""
BRANCHED = re.compile("[0-9]{3}[ -][0-9]{7}")
LINE, TITLE, BELOW, WORDS = 60, 24, 8, 16
"""Characters of a line that asks for payment, of a title that does, the lines below it that it may speak for, and their words
that may be a name."""
LABELLED_ONLY = frozenset(TYPES)
CHECKED = frozenset(name for name, kind in TYPES.items() if not kind.labelled)
"""What a number that is written oddly may be under a label of its own; what one may be that its check digit speaks for only."""
DOCUMENTS = ("D12",)
"""Other shapes of which the cell to the left may say what document they are of: 健保卡."""
UNIT = re.compile(
    r" ?[百千万萬億亿]{0,3}(?:元(?![大富月旦])|圓|円|원(?![가-힣])|"
    r"(?:dollars|yen|rows|records|entries|bytes|users|accounts)(?![a-z])|(?:[件筆笔枚건戶户張张人家]|口座|百万)(?![\u3041-\u9fff가-힣]))")
"""What an amount or a number of things has behind it; 元大 and 元富 are banks."""
FILED, FEW = re.compile(r"[\u4e00-\u9fff]字第 ?\Z"), 4
"""What stands before the number of a letter of an authority, 金管銀字第10202071801號, and its characters."""
NUMBERED, AWAY, BESIDE = re.compile(r"[^:=\s#][ (\[]{0,2}#\Z"), 40, 3
"""What stands before the number of an issue or ticket; characters before it in which its label is looked for, and behind that."""
RESIDENCE, NEAR = re.compile("在留|[Rr]esidence [Cc]ard"), 20_000
"""What a text about the residence cards of Japan says, in its first characters."""
DOCUMENT = 12
"""Characters of a word that says what document a number is of."""


def meant(grid: Grid, labels: Labels, row: int, token: Token, kinds: frozenset[str], headed: bool) -> tuple[Token, frozenset[str]]:
    """The token and the kinds that speak for it, of those that its label or (`headed`) the heading of its column names.

    - A number behind the bare word `account` is one where the sentence names a person.
    - What stands behind the name of an account may be an amount, what a year has under a heading a count.
    - The number of an issue is none, `#1234567` behind words that another label stands before.
    - What is so many dollars is no number of anything, what an authority numbers its letters by is none of a person.
    - A card in a text about residence cards is one where it looks so.
    - What looks like a mobile telephone of Taiwan behind an account is one, and none of another account.
    - A telephone number under two headings, or in a row of two lines under headings of two, is one.
    - Where blanks part the columns, the heading over an IBAN is guessed: what speaks for something else says nothing.
    - A column of accounts that something is paid to has a whole list of people, so that their check digits may tell.
    - Under `ID no.` the cell to the left may say of what document it is: 護照, 居留證.
    - So may the line above: 證件別：護照.
    - A Taiwanese account may stand behind the code of its bank, a Japanese one behind that
      of its branch: `123-1234567`.
    """
    if not kinds:
        return token, beside.spoken_for(grid, row, token) if token.shape in beside.ACCOUNTS else NONE
    if UNIT.match(grid.text, token.end) or FILED.search(grid.text, max(0, token.start - FEW), token.start):
        return token, NONE
    if amounts.counted(grid, labels, row, token, kinds, headed):
        return token, NONE
    if not headed and grid.text.endswith("#", 0, token.start) and _of_an_issue(grid, labels, row, token):
        return token, NONE
    if token.shape == "LLD8LL" and "card" in kinds and RESIDENCE.search(grid.text, 0, NEAR) is not None:
        return token, kinds | TYPES["jp.residence_card"].labels
    if len(kinds) > 1 and "phone" in kinds and contact.PHONE.fullmatch(token.value):
        return token, PHONE
    if headed and token.shape == "IBAN" and not grid.headings and kinds.isdisjoint(IDENTIFYING):
        return token, NONE
    if headed and "own" in kinds and grid.headings:
        return token, NONE
    if headed and "id" in kinds and (token.shape in LABEL_ONLY or token.shape in DOCUMENTS):
        return token, kinds | _document(grid, labels, row, token.start)
    if "id" in kinds and (token.shape in LABEL_ONLY or token.shape in DOCUMENTS) and row:
        kinds |= _document_above(grid, labels, row - 1)
    if token.shape == "D17" and "tw.bank_account" in kinds and CODED.fullmatch(grid.text, token.start, token.end):
        return Token("D14", token.value[3:], token.end - 14, token.end), kinds
    if token.shape == "D10" and not headed and "tw.bank_account" in kinds and token.value.startswith("09") and (
            LONGER.search(grid.text, max(0, token.start - WITHIN), token.start) is not None):
        return token, PHONE
    if not token.grouped or token.shape != "D10":
        return token, kinds
    if "tw.bank_account" in kinds:
        return token, PHONE if MOBILE.fullmatch(grid.text, token.start, token.end) else kinds
    if "jp.bank_account" in kinds and BRANCHED.fullmatch(grid.text, token.start, token.end):
        return Token("D7", token.value[3:], token.end - 7, token.end), kinds
    return token, kinds


def _of_an_issue(grid: Grid, labels: Labels, row: int, token: Token) -> bool:
    """Whether a number behind `#` has neither its label right before that nor a person: `Account locked #1234567`."""
    before = grid.text[max(grid.starts[row], token.start - AWAY):token.start]
    if NUMBERED.search(before) is None or not labels.near_end(before, BESIDE).isdisjoint(IDENTIFYING):
        return False
    words = before.rstrip(" #([").split()
    return not any(contact.person_name(" ".join(words[-n:])) for n in (1, 2, 3))


def _document(grid: Grid, labels: Labels, row: int, start: int) -> frozenset[str]:
    """Kinds of the cell to the left of a value."""
    cells = grid.text[grid.starts[row]:start].split("\t")
    cell = cells[-2].strip() if len(cells) > 1 else ""
    return labels.heading(cell) & IDENTIFYING if 2 <= len(cell) <= DOCUMENT else NONE


def _document_above(grid: Grid, labels: Labels, row: int) -> frozenset[str]:
    """Kinds of the document that the line says the number below it is of: `證件別：護照`."""
    found = DOCUMENT_LINE.search(grid.line(row, LINE))
    return labels.heading(found[1]) & IDENTIFYING if found is not None else NONE


DOCUMENT_LINE = re.compile(
    r"(?:[證证]件|書類|(?<![A-Za-z])(?:document|ID)(?![A-Za-z])|신분증)[^\n0-9:=.…\t]{0,8}[:=.…\s]{1,30}"
    r"([^\s0-9:=.…]{2,12})\s*$", re.I)


def own_account(grid: Grid, labels: Labels, row: int, token: Token) -> bool:
    """Whether the line asks for payment, or its block's title does and the line names no person: the account is the writer's."""
    line = grid.line(row, LINE)
    if LETTER.search(line) is not None and "own" in labels.heading(line):
        return True
    title = _title(grid, row - 1)
    if title < 0 or row - title > BELOW:
        return False
    named = beside.person(grid, row, token) or any(map(contact.person_name, grid.line(row, beside.BESIDE).split()[:WORDS]))
    return "own" in labels.heading(grid.line(title, TITLE + 1).strip()) and not named


LETTER = re.compile(r"[^\W\d_]")


def _title(grid: Grid, last: int) -> int:
    """The nearest short line without digits, from this one up and in the same block; -1 where BELOW lines have none. Remembers what
    it said last: a list asks for each of its lines."""
    found = -1
    for row in range(last, max(-1, last - BELOW), -1):
        if row == grid.title[0]:
            found = grid.title[1]
            break
        line = grid.line(row, TITLE + 1).strip()
        if not line or (len(line) <= TITLE and not any(map(str.isdigit, line))):
            found = row if line else -1
            break
    grid.title = last, found
    return found
