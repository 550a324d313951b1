"""The words of a mail that may be fields of a registered row: numbers, codes, addresses, names beside birth dates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from gateway.detect.data.table.layout import Grid
from gateway.identifiers.contact import EMAIL
from gateway.identifiers.date import BORN, readings
from gateway.identifiers.normalise import compact
from gateway.reference import values

if TYPE_CHECKING:
    from gateway.reference.edm import Index

TOKEN = re.compile(r"\+?[0-9](?:[ \-().]{0,2}[0-9]){4,30}|[0-9A-Za-z]{5,32}")
CODE = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]{1,6}(?:[-_/.#]?[0-9A-Za-z]{1,12}){1,5}(?:\([0-9A-Z]\))?")
"""Codes with letters before, parted or not: KX-71900, A123-456-789, A123456(7)."""
DIGITS = re.compile(r"[0-9]{5,}")
PIECE = re.compile(r"[^\t\n,;:。、]{2,120}")
WORDS = re.compile(r"[\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3々]+|[A-Za-z][A-Za-z'.\-]*")
_PART = re.compile(r" (?=([^\t\n]{6,100}))")
_TELLING = re.compile(r"[\u3400-\u9fff][^\n]{0,60}[0-9一二三四五六七八九]")
_STREET = re.compile(
    r"[路街道段巷弄村里鄰町目區区市郡縣県府都室號号][^\n]{0,30}?[0-9一二三四五六七八九]|[\u3400-\u9fff][0-9]{1,4}-[0-9]")
_PLACE = re.compile(r"[\u3400-\u9fff]{2,3}[縣市都府県省道][^\n]{2,80}[0-9](?:[号號]室|[號号樓楼室Ff])?")
"""An address among other words, which begins two or three characters before what it lies in."""
_READING = re.compile(r"\([\u3041-\u30ff .-]{1,20}\)")
"""How a name is read, behind it or behind each half of it."""
_BEHIND = re.compile(r" +(?=\+?\(?[0-9][0-9() \-]{4,})")
"""What parts an address from a number behind it. Both are an address: some end in their post code."""
CUTS = 3
_DISTRICT = re.compile("[縣市都道府県省区區州]")
DISTRICTS = 2
_END = re.compile("(?<=[0-9A-Za-z])[号號樓楼室Ff座](?![0-9之]|[号號樓楼室])|(?<=[0-9])(?![0-9A-Za-z\\-号號樓楼室丁番之])")
ENDS = 4
_LATIN = re.compile(r"(?<![0-9A-Za-z])[0-9]{1,5}[A-Za-z]? [A-Za-z][A-Za-z0-9 .'#/\-]{3,60}(?:[,\t] ?[A-Za-z0-9 .'#/\-]{2,40}){0,4}")
"""A house number with its street, and what follows in Latin letters: 646 Queens Road, Central. A comma may have cut it."""
AROUND = 160
"""Characters around a key in free text in which the second field is looked for (Symantec: N tokens; here characters)."""
GRAMS = range(2, 7)
DOWN = 8
"""Rows up and down a column in which the second field is looked for: tables that run downwards have few rows to a record."""
SMALL = 64
"""Rows of a table up to which birth dates are paired with names of their column too."""
MOST_TOKENS = 400_000
LEAST_CODE = 5
"""Characters of a code; shorter values are no keys of a table."""
PAIRS_A_ROW = 40
GRAMS_A_DATE = 640
"""Of the characters before a birth date and behind it, in a text without a gap."""
BETWEEN = re.compile(r"[^\t\n,;:。、()<>{}\[\]\"|「」『』【】〔〕《》〈〉]{2,120}")
"""A piece in which a field may be, parted by brackets and quotation marks too."""
BRACKET = re.compile(r"[()<>{}\[\]\"|「」『』【】〔〕《》〈〉]")
SENTENCES = 2000
"""Pieces of a text in which addresses are looked for at every place where one may begin."""


@dataclass(slots=True)
class Asked:
    """Tokens of one grid on their way to the index."""

    hashes: list[int] = field(default_factory=list)
    places: list[tuple[int, int]] = field(default_factory=list)      # start, end in the view
    dates: set[str] = field(default_factory=set)                     # with which names were asked for

    def add(self, hashed: int, start: int, end: int) -> None:
        if len(self.hashes) < MOST_TOKENS:
            self.hashes.append(hashed)
            self.places.append((start, end))


def ask(grid: Grid, table: Index) -> Asked:
    """Every token of the text that could be a key: numbers, codes, addresses, mail addresses, names with birth dates."""
    asked = Asked()
    text = grid.text
    hashed = table.hash
    for match in TOKEN.finditer(text):
        token, (start, end) = match.group(), match.span()
        if token[0] == "+":
            asked.add(hashed(values.national("".join(filter(str.isdigit, token)))), start, end)
        plain = "".join(filter(str.isalnum, token)).upper()
        bare = plain.lstrip("0")
        asked.add(hashed(bare if plain.isdigit() else plain), start, end)
        if 10 <= len(bare) <= 15 and bare.startswith(values.COUNTRY_CODES) and plain.isdigit():
            asked.add(hashed(values.national(bare)), start, end)            # 886912345678, 0086-138…
        if len(plain) != end - start:
            runs = list(DIGITS.finditer(token))
            for part in runs:
                asked.add(hashed(part.group().lstrip("0")), start + part.start(), start + part.end())
            for before, after in pairwise((0, *(at for run in runs for at in run.span()), end - start)) if runs else ():
                rest = "".join(filter(str.isdigit, token[before:after]))
                if len(rest) >= LEAST_CODE and not token[before:after].isdigit():     # a number in groups beside one without
                    asked.add(hashed(rest.lstrip("0")), start + before, start + after)
    for match in CODE.finditer(text):
        parts = values.WORD.findall(match.group())
        for first in range(len(parts) - 1):               # `No.KX-71900` too
            plain = "".join(parts[first:]).upper()
            if len(plain) >= LEAST_CODE and any(map(str.isdigit, plain)):
                asked.add(hashed(plain), *match.span())
    for match in EMAIL.finditer(text) if "@" in text else ():
        asked.add(hashed(match.group().lower()), *match.span())
    _ask_places(grid, table, asked)
    for match in BORN.finditer(text):
        for born in readings(match):
            asked.dates.add(born)
            _ask_pairs(grid, table, asked, born, *match.span())
    return asked


def _ask_places(grid: Grid, table: Index, asked: Asked) -> None:
    """What stands between marks, and the addresses in it."""
    text, hashed = grid.text, table.hash
    pieces = [(m.group(), *m.span()) for m in PIECE.finditer(text)]
    for i, (piece, start, end) in enumerate(pieces):
        asked.add(hashed(values.normal(piece) if piece.isascii() else compact(piece)), start, end)      # all of it is a view
        for address in addresses(piece):
            asked.add(hashed(address), start, end)
        if i < SENTENCES and not grid.table:
            for address in told(piece):
                asked.add(hashed(address), start, end)
        for match in _PART.finditer(piece) if " " in piece else ():
            if _TELLING.search(match[1]):                 # an address behind a name, with a blank between
                asked.add(hashed(values.address_of(match[1])), start + match.start(1), end)
        for more in (1, 2):                               # addresses with a comma inside
            if i + more < len(pieces) and "\n" not in text[end:pieces[i + more][1]] and "\t" not in text[end:pieces[i + more][1]]:
                asked.add(hashed(compact("".join(p[0] for p in pieces[i:i + more + 1]))), start, pieces[i + more][2])
    for match in _LATIN.finditer(text):
        for end in (match.end(), *(match.start() + m.start() for m in re.finditer("[,\t]", match.group()))):
            asked.add(hashed(compact(text[match.start():end])), match.start(), end)


def _ask_pairs(grid: Grid, table: Index, asked: Asked, born: str, start: int, end: int) -> None:
    """The names near a birth date with it."""
    for window in windows(grid, start, end, 60, DOWN if len(grid.starts) <= SMALL else 0):
        cells = map(compact, window.split("\t")) if grid.table else ()
        names = dict.fromkeys((*(compact(m.group()) for m in PIECE.finditer(window)),
                               *map("".join, pairwise(cells))))             # surname and given name in cells of their own
        for name in list(names)[:PAIRS_A_ROW]:
            if 2 <= len(name) <= 40 and not name.isdigit():
                asked.add(table.hash(values.pair(name, born)), start, end)
        if not grid.table:
            for gram in dict.fromkeys(islice(grams(window), GRAMS_A_DATE)):
                asked.add(table.hash(values.pair(gram, born)), start, end)


def addresses(piece: str) -> Iterator[str]:
    """A piece as an address, and the addresses in it among other words."""
    if not _STREET.search(piece):
        return
    for end in (len(piece), *(m.start() for m in islice(_BEHIND.finditer(piece), CUTS))):
        said = piece[:end]
        yield values.address_of(said)
        match = _PLACE.search(said)
        if match is not None and len(match[0]) < len(said):
            yield values.address_of(match[0])
            if match.start():
                yield values.address_of(match[0][1:])


def told(piece: str) -> Iterator[str]:
    """The addresses that a sentence may tell: from each place where a district's name can begin to each end of a number."""
    for part in BETWEEN.findall(piece) if BRACKET.search(piece) else (piece,):
        if not _STREET.search(part):
            continue
        if part != piece:
            yield from addresses(part)
        for end in dict.fromkeys((len(part), *(m.end() for m in islice(_END.finditer(part), ENDS)))):
            said = values.address_of(part[:end])
            marks = [m.start() for m in islice(_DISTRICT.finditer(said), DISTRICTS)]
            for begin in dict.fromkeys(at for mark in marks for at in range(max(0, mark - 8), mark - 1)):
                yield said[begin:]


def windows(grid: Grid, start: int, end: int, around: int = AROUND, down: int = DOWN) -> Iterator[str]:
    """The row of a table, and the column some rows up and down; in free text the characters around."""
    row = grid.row(start)
    if not (grid.table or grid.tabbed(row)):
        yield grid.text[max(0, start - around):end + around]
        return
    yield grid.line(row)
    if down and len(grid.starts) > 1:
        yield grid.beside(row, grid.column(row, start), down)


def grams(window: str) -> Iterator[str]:
    """Runs of 2 to 6 ideographs or kana with spaces taken out, and 2 to 4 neighbouring Latin words."""
    window = _READING.sub("", window) if "(" in window else window
    joined = re.sub(r"(?<=[\u3041-\u9fff])[ \u3000\t](?=[\u3041-\u9fff])", "", window)
    latin: list[str] = []
    for match in WORDS.finditer(joined):
        word = match.group()
        if word[0] < "\u3000":
            latin.append(compact(word))
            continue
        for size in GRAMS:
            for i in range(len(word) - size + 1):
                yield word[i:i + size]
    for size in (2, 3, 4):
        for i in range(len(latin) - size + 1):
            yield "".join(latin[i:i + size])
