"""Which words of a line are a person's name, and whose name stands above a line."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gateway.detect.data.contacts.contact_rows import NAMEISH, NEAR
from gateway.detect.data.table.layout import Grid
from gateway.identifiers import contact
from gateway.identifiers.characters import Characters, says

TITLE = re.compile(r"[ \u3000]{0,2}(?:様|殿|さま|さん|(?:(?:先生|小姐|女士)/?){1,2}|님|귀하)\Z")
TITLES = ("先生", "小姐", "女士", "様", "さん", "님")
TITLED = re.compile(rf"(?<=[\u3400-\u9fff々가-힣])(?:{'|'.join(TITLES)})(?=[ \u3000\t,、;:：(（|/<0-9])")
"""A title that follows a name with nothing between, and what follows it in its line."""


def above(grid: Grid, row: int, last: int) -> tuple[int, str]:
    """The name over a line, of a record written over several lines; its row, so that it counts once. `last` is the row before."""
    for at in range(row - 1, max(row - NEAR, last, -1), -1):
        line = grid.line(at).strip()
        if not line or contact.phone(line) or contact.email(line):
            break
        if said := _labelled(line):
            return at, said
        plain = TITLE.sub("", line)
        if contact.person_name(plain, headed=plain != line):
            return at, plain
        if (field := FIELD.fullmatch(line)) is not None and contact.person_name(field[1]):
            return at, field[1].strip()
    return last, ""


def spoken(piece: str) -> str:
    """The name in what a sentence says before a telephone number: `客户李敏的手机是`."""
    found = SPOKEN.fullmatch(piece)
    return found[1] if found is not None else piece


SPOKEN = re.compile(r"(?:客[户戶]|顾客|顧客|[会會]员|會員|お客様)?([\u3400-\u9fff]{2,4}?)(?:先生|女士|小姐|様)?[的之の]?"
                    r"(?:手[机機]|行[动動][电電][话話]|[联聯][系絡][电電][话話]|[电電][话話])(?:[号號番][码碼号])?[是为為は]?")


def below(grid: Grid, row: int) -> str:
    """The addressee under an address, as on an envelope: a name with its title in the next line, else ''; '' where a number or
    mail address of the same person follows, which has its name above."""
    line, after = (grid.line(at, 40).strip() if at < len(grid.starts) else "" for at in (row + 1, row + 2))
    plain = ADDRESSED.sub("", line)
    if plain == line or contact.phone(after) or contact.email(after):
        return ""
    return plain if contact.person_name(plain, headed=True) else ""


ADDRESSED = re.compile(r"[ \u3000]{0,2}(?:様|殿|(?:先生|小姐|女士|君)?[ ]?(?:收|啟|启|敬啟|親啟)?|님|귀하)\Z")
_NAMED = ("名", "聯絡人", "联系人", "ame", "ardholder", "持卡人", "契約者", "立約人", "성명", "이름")
"""In every label that LABELLED knows."""
LABELLED = re.compile(r"(?:姓名|戶名|户名|氏名|お名前|名前|客様名|顧客名|契約者名?|立約人|持卡人|고객명|성명|이름|"
                       r"(?<![A-Za-z])[Nn]ame|Cardholder|聯絡人|联系人)"
                       r"[ ]?[:=\t ][ ]?([^\t,、;|:\n]{2,40})")
FIELD = re.compile(r"[A-Za-z_]{1,20}[ ]?[:=][ ]?([^:=]{2,40})")
"""A line that is one field of a record: `cn: 王小明`."""
VALUES = re.compile(r"(?<![A-Za-z_])[A-Za-z_]{1,20}=([^=\t\n,;|&]{2,40}?)(?=[,;|&\t]|[ ]{1,3}[A-Za-z_]{1,20}=|$)")
_KEY = re.compile(r" +[A-Za-z_]{1,20}=.*")
"""The next key of a line that blanks part: `name=王小明 status=OK`."""


def _labelled(line: str) -> str:
    """The name behind a label of names, '' where there is none."""
    found = LABELLED.search(line)
    said = _KEY.sub("", found[1]) if found is not None else ""
    return said.strip() if said and contact.person_name(said, headed=True) else ""


_SPLIT = re.compile(r"[\t,、;|/()<>\"→⇒➔➜]+|: |:| {2,}")


MOST_PIECES = 12
"""Pieces of a line that are tried as a name."""
_FIRST = re.compile(
    r"\s*(?:[0-9]{1,4}[.)、]?\s*)?"
    r"(?:([\u3400-\u9fff]{1,4} (?!先生|小姐|女士)[\u3400-\u9fff\u3041-\u30fa]{1,5}(?= [A-Z]{0,2}[0-9(+])"
    r"|[\u3400-\u9fff]{2,4}(?= )|[가-힣]{2,4}(?= ))|([A-Z][^\t\n0-9(+]{3,38}[a-z.]) (?=[A-Z]{0,2}[0-9(+]))")
"""A name that blanks part from the rest of its line."""


_TRAILING = re.compile(r"[0-9] ([\u3400-\u9fff]{2,4}|[가-힣]{2,4})\s*\Z")
_QUOTES = " '`[]{}()"
_ITEM = re.compile(r"\s*\(?[0-9]{1,4}[.)、]\s*")
"""The number of an item of a list."""
_ROW = re.compile(r"\A\s*[0-9]{1,3} +(?=[\u3400-\u9fff])")
"""The number of a row before its first cell."""
_KEYED = re.compile(r"(?:[A-Za-z]{1,10}:)++(?=[^0-9A-Za-z\s/])")
"""Keys of fields before a name: `MECARD:N:`, `FN:`."""
_LEADING = re.compile(r"([\u3400-\u9fff]{2,4}) [0-9A-Za-z]")
"""The commonest of these, found without taking the line to pieces: nothing before it, and what follows is no part of a name."""


@dataclass(frozen=True, slots=True)
class Clues:
    """What a text has anywhere: what it has not need not be looked for in each of its lines."""

    labels: bool                         # words before names
    firms: bool                          # words of companies
    titles: bool                         # words behind names

    @classmethod
    def of(cls, text: str, found: Characters | None = None) -> Clues:
        return cls(_any(text, _NAMED), contact.companies(text, found), _any(text, TITLES))


def _any(text: str, words: tuple[str, ...]) -> bool:
    return any(says(text, word) for word in words)


def name_in(grid: Grid, row: int) -> str:
    """The name of a person in a row, '' where there is none."""
    line = grid.line(row)
    return name(grid, row, line, Clues.of(line)) if len(line) <= 4000 and NAMEISH.search(line) else ""


def name(grid: Grid, row: int, line: str, clues: Clues) -> str:
    cells = line.split("\t") if "\t" in line.rstrip() else None            # a mark may end the line
    if cells and grid.headings:
        for column, cell in enumerate(cells):
            kinds = grid.heading(row, column)
            if "name" in kinds and "company" not in kinds and (
                    contact.person_name(cell, headed=True, firms=clues.firms) or contact.passport_name(cell.strip())):
                return cell.strip()
            if "company" in kinds and cell.strip():
                return ""
    if clues.labels and (said := _labelled(line)):
        return said
    if "=" in line:
        said = next((found[1] for found in VALUES.finditer(line) if contact.person_name(found[1])), "")
        if said:
            return said.strip()
    if clues.firms and contact.company(line):
        return ""
    if clues.titles and cells is None:
        line = TITLED.sub("", line)
    leading = _LEADING.match(line) if cells is None else None
    if leading is not None and contact.person_name(leading[1], firms=False):
        return str(leading[1])
    pieces = cells if cells and len(cells) > 1 else _SPLIT.split(line, MOST_PIECES)
    pieces[0] = _ROW.sub("", pieces[0], count=1)
    for quoted in pieces[:MOST_PIECES]:
        piece = quoted.strip(_QUOTES)
        piece = _ITEM.sub("", _KEYED.sub("", piece, count=1) if ":" in piece else piece)
        if contact.person_name(piece, firms=False):
            return piece.strip()
        first = _FIRST.match(piece)
        if first is not None and contact.person_name(first[1] or first[2], firms=False):
            return str(first[1] or first[2])
    for piece in pieces[:MOST_PIECES]:
        words = _ITEM.sub("", piece.strip(_QUOTES)).split(" ", 2)
        if len(words) > 2 and not words[0].isascii() and contact.person_name(words[0] + words[1], firms=False):
            return words[0] + words[1]
    trailing = _TRAILING.search(line)
    return str(trailing[1]) if trailing is not None and contact.person_name(trailing[1], firms=False) else ""
