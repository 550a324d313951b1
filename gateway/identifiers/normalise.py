"""The view of a text in which identifiers are looked for: one digit is one ASCII digit, whoever wrote it how.

Every mapping is one character to one character, so a place in the view is a place in the text; only format characters
(zero width, soft hyphen, bidi marks) are taken out, and `View.place` counts them back in. All passes are linear.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gateway.identifiers import characters, mingled, tw
from gateway.identifiers.characters import DIGIT, FORMATS, LETTER, MARGIN, MARKS, SEPARATOR, UPPER, Characters, matches, table

# Upper-case look-alikes of Latin letters (Unicode confusables, those that appear in identifiers).
_LOOKALIKES = dict(zip("АВСЕНІЈКМОРЅТХУΑΒΕΖΗΙΚΜΝΟΡΤΥΧаеорсухіѕј", "ABCEHIJKMOPSTXYABEZHIKMNOPTYXaeopcyxisj", strict=True))
_DASHES = "‐‑‒–—―−﹣－⁃ー⸺〜～"
_DOTS = "．。｡‧∙•⋅・･"
_EDGES = "│┃║┆┇┊┋￨︱｜¦"
"""Lines between the cells of a drawn table: a bar, whatever it was drawn with."""
_NUMERALS = {
    "0": "零〇○", "1": "一壹壱弌〡", "2": "二貳贰弐兩〢", "3": "三參叁叄参〣", "4": "四肆〤", "5": "五伍〥", "6": "六陸陆〦",
    "7": "七柒漆〧", "8": "八捌〨", "9": "九玖〩",
}
_SIGNS = dict(zip("◯🄋🄌㈠㈡㈢㈣㈤㈥㈦㈧㈨㊀㊁㊂㊃㊄㊅㊆㊇㊈", "○00" + 2 * "一二三四五六七八九", strict=True))
"""Numerals in brackets and rings, and rings, as those without."""
_RADICALS = dict(zip(
    "⺒⺝⺠⺩⻁⻄⻅⻆⻉⻋⻑⻓⻔⻗⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲",
    "巳月民王虎西见角贝车長长门雨青韦页风飞食马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀", strict=True))
"""Radicals that are characters, too (EquivalentUnifiedIdeograph of Unicode); NFKC knows of none of these."""
_HANGUL = dict(zip("영공일이삼사오육륙칠팔구", "001234566789", strict=True))
"""Numerals that are particles and parts of names as well: numbers only among themselves."""
NUMERAL = {ord(h): d for d, hs in _NUMERALS.items() for h in hs} | {ord(h): d for h, d in _HANGUL.items()}
_HANZI = "".join(_NUMERALS.values())
_KOREAN = "".join(_HANGUL)
_APART = rf"(?:[ \-/_.·]|(?<=[{_HANZI}]{{4}})\r?\n)?+"
"""What may stand between two of them: a mark, or a line's end behind several."""
HANZI_RUN = re.compile(
    f"(?:[{_HANZI}](?:{_APART}[{_HANZI}0-9]){{6,}}+|(?<=[A-Za-z])[{_HANZI}](?:{_APART}[{_HANZI}0-9]){{5,}}+)(?:\\([{_HANZI}]\\))?"
    f"|(?<![가-힣])[{_KOREAN}](?:[ \\-]?+[{_KOREAN}]){{5,}}+(?![가-힣])"
    f"|(?<=[0-9]{{3}})[{_HANZI}]{{3,}}(?![{_HANZI}0-9])|(?P<groups>(?:[{_HANZI}]{{3,6}}[、，,.]){{2,6}}[{_HANZI}]{{1,6}}(?![{_HANZI}]))")
"""Seven numerals and more; those that end a number of digits; groups of several with marks between."""
BESIDE, _unmingled = mingled.reader({ord(h): d for d, hs in _NUMERALS.items() for h in hs})
GROUP_MARKS = str.maketrans("、，,.", "----")
NAME_BEFORE = re.compile(f"[{_HANZI}]{{1,2}}[ \\-]?[0-9][0-9 \\-]*$")
LETTER_RUN = re.compile(
    r"(?<![0-9A-Za-z])[A-Z]{0,2}[0-9]{0,20}(?:(?:[ \-]|(?<=[0-9]{4})\n)[0-9]{1,6}){0,8}(?:[ \-]|(?<=[0-9]{4})\n)?[OolI]"
    r"(?:(?:[ \-]|(?<=[0-9OolI]{4})\n(?=[0-9OolI]{2}))?[0-9OolI]){0,40}[0-9A-Z]{0,2}(?![0-9A-Za-z])")
_LETTER_DIGITS = str.maketrans("OolI", "0011")
_WORD = re.compile(r"[A-Z]{2}[ \-](?=[A-Za-z]?[0-9])")
LETTERED = re.compile("[A-Z]{2}[0-9]{8}[A-Z]{2}|T[A-Z][0-9]{7}")
"""Residence cards and passports of Japan: with digits for any of their letters they would be no number of anything."""
WITH_PHONE = re.compile("[IO][0-9]{9}09[0-9]{8}$")
"""A Taiwanese number and the telephone number behind it."""
LETTER_OF_ID = re.compile(
    r"(?<![0-9A-Za-z])(?<![0-9A-Za-z][ \-])[IO][1289](?:[0-9]{8}|[0-9]{2}(?P<gap>[ \-])[0-9]{3}(?P=gap)[0-9]{3}(?= ))"
    r"(?: [0-9]{1,12}(?:[ \-][0-9]{1,19}){0,2})?(?![ \-]?[0-9A-Za-z])")
"""A Taiwanese number, whose letter is none of its digits, and what numbers stand behind it."""
LETTER_HINT = re.compile(r"[0-9][OolI]|[OolI][0-9]|(?<![0-9A-Za-z])[0-9][ \-][OolI](?![0-9A-Za-z])")
REACH = 48
"""Characters before a hint in which its run may begin."""
FORMAT = re.compile(f"[{FORMATS}]+|(?<=[0-9(])[{MARKS}]+|(?<=[A-Z])[{MARKS}]++(?=[A-Z]?[{MARKS}]*+[0-9])")
"""Marks go from numbers only: elsewhere they are accents."""
_IS_MARK = table(f"[{MARKS}]")
MANY = 1000
"""Format characters of a text from which on they are taken out with arrays."""


class _Table(dict[int, int | str]):
    """Code point to what it stands for. Filled as characters are met, so that str.translate stays in C."""

    def __missing__(self, code: int) -> int | str:
        value = self[code] = _mapped(chr(code), code)
        return value


def _mapped(character: str, code: int) -> int | str:
    if code < 0x80:
        return code
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    if character in _LOOKALIKES:
        return _LOOKALIKES[character]
    if character in _DASHES:
        return "-"
    if character in _EDGES:
        return "|"
    if character in _DOTS and character != "。":
        return "."
    if unicodedata.category(character) == "Zs":
        return " "
    if 0x1f110 <= code < 0x1f18a and (code - 0x1f110) % 32 < 26:
        return chr(65 + (code - 0x1f110) % 32)            # letters in brackets, rings and boxes: of most NFKC knows none
    if character in _SIGNS:
        return _SIGNS[character]
    if code in (0x2028, 0x2029, 0x85):
        return "\n"
    if 0x3000 <= code < 0xF900 or 0xAC00 <= code < 0xD7A4:
        return code
    if 0x2E80 <= code < 0x2FE0 or 0xF900 <= code < 0xFB00:     # a PDF tells the glyph of 高 as the radical that shares it
        return _RADICALS.get(character) or unicodedata.normalize("NFKC", character)
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 and folded.isascii() and folded.isprintable() else code


_TABLE = _Table()
_UNKNOWN = 0xFFFF
_ARRAY = np.full(0x10000, _UNKNOWN, np.uint16)
"""The same for the basic plane, filled as characters are met. What is never one stands for what was not."""


def _translate(text: str, found: Characters | None) -> str:
    if found is None:
        return text.translate(_TABLE)
    codes = found.inner
    if codes.itemsize > 2:
        return text.translate(_TABLE)
    mapped = _ARRAY.take(codes)
    if (mapped == _UNKNOWN).any():
        for code in set(codes[mapped == _UNKNOWN].tolist()):  # np.unique would load modules behind the lockdown
            stands = _TABLE[code]
            _ARRAY[code] = ord(stands) if isinstance(stands, str) else stands
        mapped = _ARRAY.take(codes)
    return text if np.array_equal(mapped, codes) else characters.decoded(mapped)


@dataclass(slots=True)
class View:
    """Normalised text and the way back."""

    text: str
    removed: Sequence[int] | np.ndarray = ()             # for each removed character: its place in the view
    changed: bool = False
    characters: Characters | None = None                 # of the text; None for a short one

    def place(self, offset: int) -> int:
        """The offset in the original text of a place in the view."""
        if isinstance(self.removed, np.ndarray):
            return offset + int(np.searchsorted(self.removed, offset, "right"))
        return offset + bisect_right(self.removed, offset)


def view(text: str) -> View:
    """V1: format characters out, digits of all scripts and full-width forms to ASCII, look-alikes, hanzi numerals, O and l."""
    removed: Sequence[int] | np.ndarray = ()
    out = text
    found = characters.of(text)
    if not text.isascii():
        if found is None or found.are(characters.FORMAT).any():
            out, removed = _without_format(text, found)
            found = found and found.of(out)
        mapped = _translate(out, found)
        mapped = SPOKEN.sub("-", mapped) if "の" in mapped else mapped
        mapped = _with_letters_of_flags(mapped) if found is None or found.codes.itemsize > 2 else mapped
        found = found and found.of(mapped)
        out = _without_numerals(mapped, found)
        found = found and found.of(out)
    out = _with_letters_as_digits(out, found)
    return View(out, removed, out is not text and out != text, found and found.of(out))


OVERRIDE = "\u202e"
BACKWARDS = re.compile(OVERRIDE + "([^\n\t\u202a-\u202e\u2066-\u2069]{2,400})")
"""Characters that are shown from right to left whatever they are (UAX 9, right-to-left override)."""


def turned(text: str) -> str:
    """The text with what is set backwards as it is shown, character for character; the text itself where nothing is."""
    return BACKWARDS.sub(lambda m: OVERRIDE + m[1][::-1], text) if OVERRIDE in text else text


SPOKEN = re.compile("の(?<=[0-9]の)(?=[0-9])")
"""What the Japanese say for the hyphen of a number, and write: 03の1234の5678."""
FLAG_LETTER = re.compile("(?<![\U0001f1e6-\U0001f1ff])[\U0001f1e6-\U0001f1ff](?=[A-D]?[0-9])")
"""A regional indicator by itself, before a digit: two of them are a flag."""


def _with_letters_of_flags(text: str) -> str:
    return FLAG_LETTER.sub(lambda m: chr(ord(m[0]) - 0x1f1e6 + 65), text)


def _without_numerals(text: str, found: Characters | None) -> str:
    """Runs of seven Chinese numerals and more as digits. One or two before digits are the end of a name: `健二 4980 9745`."""
    starts = None
    if found is None:
        text = _unmingled(text, [m.start() for m in BESIDE.finditer(text)])
    else:
        starts = found.places(found.are(characters.NUMERAL))
        behind = found.kinds[starts + MARGIN + 1]
        beside = starts[((behind | found.kinds[starts + MARGIN - 1]) & DIGIT) != 0]
        starts = starts[((behind | found.kinds[starts + MARGIN + 2]) & (characters.NUMERAL | DIGIT)) != 0]
        text = _unmingled(text, beside.tolist()) if len(beside) else text
    pieces: list[str] = []
    done = 0
    for match in matches(HANZI_RUN, text, starts):
        before = text[max(0, match.start() - 1):match.start()]
        if (NAME_BEFORE.match(match.group()) and not (before.isascii() and before.isalpha())) or mingled.hides(match.group()):
            continue
        digits = match.group().translate(NUMERAL)
        pieces += (text[done:match.start()], digits.translate(GROUP_MARKS) if match["groups"] else digits)
        done = match.end()
    return "".join((*pieces, text[done:])) if pieces else text


def _without_format(text: str, found: Characters | None) -> tuple[str, Sequence[int] | np.ndarray]:
    """The text without format characters, and where in the new text each of them had been."""
    gone = np.flatnonzero(found.are(characters.FORMAT)[MARGIN:-MARGIN]) if found is not None else np.empty(0)
    if found is not None and len(gone) > MANY and not _IS_MARK.take(found.inner[gone], mode="clip").any():
        kept = np.ones(len(text), bool)
        kept[gone] = False
        return characters.decoded(found.inner[kept]), (gone - np.arange(len(gone))).astype(np.int32)
    pieces: list[str] = []
    removed: list[int] = []
    last = length = 0
    for match in FORMAT.finditer(text):
        pieces.append(text[last:match.start()])
        length += match.start() - last
        removed.extend([length] * (match.end() - match.start()))
        last = match.end()
    if not pieces:
        return text, removed
    pieces.append(text[last:])
    return "".join(pieces), removed


def _with_letters_as_digits(text: str, found: Characters | None) -> str:
    """Runs that mix digits with O, o, l, I, looked at only around places where one stands beside a digit."""
    if found is not None:
        starts = _not_among_letters(found, found.gathered(_hinted))
        starts = _in_long_runs(found, starts) if len(starts) > HINTS else starts
    else:
        starts = np.array([m.start() for m in LETTER_HINT.finditer(text)])
    pieces: list[str] = []
    done = copied = hinted = 0
    for at in starts.tolist():
        if at < hinted:
            continue
        hinted = at + 2
        if at < done:
            continue
        ours = LETTER_OF_ID.match(text, at) or _checked(text, at)
        if ours is not None:
            done = ours.end()
            continue
        near = LETTER_RUN.finditer(text, max(done, at - REACH), hinted + 2 * REACH)
        match = next((m for m in near if m.end() > at), None)
        if match is None or match.start() > at:
            continue
        pieces += (text[copied:match.start()], _letters_to_digits(match))
        done = copied = match.end()
    return "".join((*pieces, text[copied:])) if pieces else text


_TAKEN = np.array([chr(i) in "OolI" for i in range(128)])


def _hinted(found: Characters) -> np.ndarray:
    """Where LETTER_HINT matches: the last digit before such a letter, such a letter before a digit, a lone digit before one."""
    first, end = found.digits()
    before, behind = found.codes[first - 1], found.codes[end]
    places = [first[_taken(before)], end[_taken(behind)]]
    alone = end[(end - first == 1) & ((behind == 32) | (behind == 45)) & ((found.kinds[first - 1] & (LETTER | DIGIT)) == 0)]
    alone = alone[_taken(found.codes[alone + 1])]
    places.append(alone[(found.kinds[alone + 2] & (LETTER | DIGIT)) == 0])
    return np.sort(np.concatenate(places), kind="stable") - 1 - MARGIN


def _taken(codes: np.ndarray) -> np.ndarray:
    return np.asarray(_TAKEN[codes & 127] & (codes < 128))


SHORTEST = 7
"""Characters of the shortest run whose letters are taken for digits."""
HINTS = 100
"""Places in a text from which on those in shorter runs are told with arrays."""


def _in_long_runs(found: Characters, places: np.ndarray) -> np.ndarray:
    """Those with as many characters around them as the shortest run has that may stand in one."""
    length = np.ones(len(places), np.int8)
    for step in (1, -1):
        among = np.ones(len(places), bool)
        for distance in range(1, SHORTEST):
            at = places + MARGIN + step * distance
            codes = found.codes[at]
            among &= (((found.kinds[at] & (DIGIT | UPPER | SEPARATOR)) != 0) | (codes == ord("o")) | (codes == ord("l"))
                      | (codes == 10))
            length += among
    return np.asarray(places[length >= SHORTEST])


NEAR = 4
"""Characters to either side, itself counted, in which such a letter is looked for."""


def _not_among_letters(found: Characters, places: np.ndarray) -> np.ndarray:
    """Those without a small letter near by in their word, but for the ones that are taken for digits: no number has one."""
    near = np.zeros(len(places), bool)
    for step in (1, -1):
        word = np.ones(len(places), bool)
        for distance in range(NEAR):
            at = places + MARGIN + step * distance
            kinds, codes = found.kinds[at], found.codes[at]
            small = ((kinds & LETTER) != 0) & ((kinds & UPPER) == 0) & (codes != ord("o")) & (codes != ord("l"))
            near |= word & small
            word &= (kinds & (LETTER | DIGIT)) != 0
    return np.asarray(places[~near])


def _checked(text: str, at: int) -> re.Match[str] | None:
    """A Taiwanese number beside other digits, where its check digit says so."""
    found = WHOLE.match(text, at)
    return found if found is not None and (tw.national_id(found[0]) or tw.resident_id(found[0])) else None


WHOLE = re.compile(r"(?<![0-9A-Za-z])[IO][1289][0-9]{8}(?![0-9A-Za-z])")


def _letters_to_digits(match: re.Match[str]) -> str:
    """O, o, l, I, | inside a run that also has real digits: digits. A leading letter pair and a last letter stay."""
    whole = match.group()
    run = whole.lstrip(" -")
    signs = sum(map(str.isalnum, run))
    if len(run) < SHORTEST or sum("0" <= c <= "9" for c in run) < 2 or (signs < SHORTEST and len(run) == 2 * signs - 1):
        return whole
    word = _WORD.match(run)                               # `ID ` before the number is none of its digits
    if word:
        run = run[word.end():]
    if LETTERED.fullmatch(run):
        return whole
    body = run.translate(_LETTER_DIGITS)
    first = run.split(" ", 1)[0]
    length = {len(first), signs}
    if run[0] in "IOlo" and (not length.isdisjoint((9, 10)) or WITH_PHONE.match(run)) and run[1:].lstrip(" -")[:1] in "1289lI":
        body = run[0] + body[1:]                          # I and O are Taiwanese letters too
    return whole[:len(whole) - len(run)] + body


def compact(text: str) -> str:
    """One value for comparing: NFKC, no spaces, format characters or separators, upper case. For the customer index."""
    text = unicodedata.normalize("NFKC", FORMAT.sub("", text))
    return "".join(c for c in text if c.isalnum()).upper()
