"""Runs of digits in a normalised text, and what shapes of identifiers they make.

A boundary is what is neither an ASCII letter nor a digit: beside Chinese or Japanese letters there is no other. One pass
of one pattern finds the runs; everything after it looks at single runs. Linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from gateway.detect.data.numbers.groupings import FIRST, between, customary, held, lettered, long_card
from gateway.identifiers import payment
from gateway.identifiers.characters import matches
from gateway.identifiers.payment import IBAN_LENGTHS
from gateway.identifiers.registry import SHAPES, TYPES

RUN = re.compile(
    r"(?<![0-9])(?!(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9](?![0-9]))(?![0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![0-9.]))"
    r"[0-9](?:[ \-._/·]{0,3}+[0-9]){5,}+")
"""Six digits or more with little between them; no run begins with an ISO date or is an address of the Internet."""
GROUP = re.compile(r"[0-9]+")
SEPARATOR = re.compile(r"[^0-9]+")
WRAPPED = re.compile(
    r"(?:(?<=[^0-9\n.,\-])(?<![0-9][/:])|(?<=\n)(?=[A-Z][1289][0-9]))[A-Z]{0,2}[0-9]{2,18}"
    r"(?:-?\r?\n[ >|]{0,4}[0-9]{1,18}(?:-[0-9]{1,8})?){1,18}"
    r"(?:[0-9X]|\([0-9A]\))?(?![0-9A-Za-z]|[:/.] ?[0-9])")
ODD = re.compile(r"(?<![0-9])(?<![0-9][\-./])[0-9]{1,6}([,|*~+=:;])[0-9]{1,6}(?:\1[0-9]{1,6}){0,8}(?!\1?[0-9]|[\-./][0-9])")
SPELLED = re.compile(
    r"(?<![0-9A-Za-z])[A-Z0-9]([^0-9A-Za-z\n\u3041-\u9fff\uac00-\ud7a3]{1,3})(?:[A-Z]\1)?[0-9](?:\1(?:-\1)?[0-9]){5,17}(?:\1[XxA]|\1[A-Z]\1[A-Z]|\1\(\1[0-9A]\1\))?"
    r"(?![0-9A-Za-z])")
APART = re.compile(r"(?<![0-9A-Za-z])(?:[A-Z]{1,2}[ \-\n]|[a-z][ \-](?=[1289][0-9]{8}))[0-9]{7,9}(?![0-9A-Za-z]|[ .\-/][0-9])")
"""A letter or two, a blank, hyphen or line's end, and the digits of one number: `A-165328119`, `TK 1234567`."""
AMOUNT = re.compile(r",[0-9]{3}(?![0-9])")
"""What follows one to three digits that begin an amount."""
UPRIGHT = re.compile(r"(?:(?<=\n)|(?<=:)|(?<=: ))[A-Z0-9](?:\n[A-Z])?(?:\n[0-9]){6,18}(?:\n[XA])?(?=\n|\Z)")
BROKEN = re.compile(r"[0-9]-?\r?\n[ >|]{0,4}[0-9]{1,18}(?![0-9])")
IBAN = re.compile(r"(?:[A-Z]{2}[0-9]{2}(?:[^0-9A-Za-z\n]{0,3}|\n)|(?<![0-9A-Za-z])[A-Za-z]{2}[0-9]{2}[ \-.]?)[A-Za-z0-9]")
BIC = re.compile(r"(?<![0-9A-Za-z])[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?(?![0-9A-Za-z])")
USCC = re.compile(r"(?<![0-9A-Za-z])[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}(?![0-9A-Za-z])")
CHECK = re.compile(r" ?-? ?\(([0-9Aa])\)|-(A)(?![0-9A-Za-z])")
"""What follows the six digits of a Hong Kong number: the check character in parentheses; an A behind a hyphen."""
LABELLED = re.compile(r"(?<![0-9A-Za-z])(?:HKIDC?|HKIC|ID|IC)(?:NO)?([A-Z]{1,2})\Z")
"""A label against the number of Hong Kong that it names: `HKIDA123456(7)`."""
CARD_BEGINS, CARD_ENDS = re.compile(r"(?<![0-9A-Za-z])[A-Z]{2}[ \-]"), re.compile(r"[ \-][A-Z]{2}(?![0-9A-Za-z])")
"""Before and behind the eight digits of a residence card in groups: `AB 12345678 CD`."""
NUMBERED = re.compile(r"[0-9]{1,3}\.[ ]{1,2}[0-9]")
"""The number of an item of a list, and a number: `1. 123456789012`."""
KOREAN = re.compile(r"[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])\.[1-8][0-9]{6}")
"""A Korean number as people write it with a dot; fractions have a date before theirs by chance only."""
DAY = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}([-/.])[01]?[0-9]\1[0-3]?[0-9](?![0-9])")
"""A date inside a run: what stands before and behind it are numbers of their own."""
COMPACT = re.compile("(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
"""A day as lists of documents have it, behind their version: `2 20240630`."""
CALENDAR = re.compile(r"[0-3]?[0-9]([-/.])[0-3]?[0-9]\1(?:19|20)[0-9]{2}")
"""A whole run that is a date: `F 17/02/1981` is no passport."""
WEAKEST = ("/", "_", " ", ".", "·")
"""Where a run with several kinds of marks is cut: what people put between two numbers rather than inside one."""
BY_ITSELF = (7, 8)                                        # digits of the shortest numbers, which a group of so many may be
LONG_CARD = [4, 4, 4, 4, 3]
ISSUED = [6, 13]
"""A Chinese card as issuer and the rest; numbers side by side look like it too."""
LONGEST = 19
CROWD = 60
"""Groups of a run from which on it is cut at all its dates at once: a line of a table has fewer."""
WHOLE, WHOLE_ENDS = 11, re.compile(r"\.00?")
"""Digits of a number that a program took for one and wrote with a fraction of nothing: `123456789012.0`."""
ALNUM = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")


@dataclass(frozen=True, slots=True)
class Token:
    shape: str
    value: str                           # compact, upper case
    start: int                           # in the view
    end: int
    grouped: bool = False                # written in groups, as on a card


def tokens(text: str, start: int = 0, end: int | None = None) -> Iterator[Token]:
    """Every token of a known shape whose digits stand from `start` to `end`, in no strict order. One run may give several."""
    for match in RUN.finditer(text, start, len(text) if end is None else end):
        run = match.group()
        first, last = match.span()
        if run.isdigit():
            token = _plain(text, run, first, last)
            if token is not None:
                yield token
        else:
            cut = max(map(run.rfind, " \u3000"))
            if 0 < last - first - cut <= 4 and AMOUNT.match(text, last):
                run = run[:cut].rstrip(" -._/·")          # the next column is an amount
            yield from tokens(text, first, first + len(run)) if run.isdigit() else _grouped(text, run, first, first + len(run))


def _letters_before(text: str, start: int) -> str | None:
    """One or two letters glued to the run, '' where it begins freely, None where it is part of a longer word."""
    if not start or text[start - 1] not in ALNUM:
        return ""
    i = start - 1
    while i and start - i < 3 and text[i - 1] in ALNUM:
        i -= 1
    letters = text[i:start]
    return letters.upper() if len(letters) <= 2 and letters.isalpha() else None


def _after(text: str, end: int) -> str | None:
    """One or two letters glued to the end, '' where it ends freely, None where it goes on."""
    if end >= len(text) or text[end] not in ALNUM:
        return ""
    i = end + 1
    while i < len(text) and i - end < 3 and text[i] in ALNUM:
        i += 1
    return None if i - end > 2 else text[end:i].upper()


def _plain(text: str, digits: str, start: int, end: int, grouped: bool = False) -> Token | None:
    letters = _letters_before(text, start) if text[max(0, start - 2):start] != "No" else ""           # 護照No312345678
    if letters is None and 6 <= len(digits) <= 7 and (glued := LABELLED.search(text, max(0, start - 8), start)) is not None:
        letters = glued[1]
    if letters is None or len(digits) > LONGEST:
        return None
    if len(digits) == 6 and not letters and CHECK.match(text, end) is not None:
        return _hong_kong(text, digits, start, end)
    if len(digits) == 8 and not letters and CARD_BEGINS.match(text, start - 3) and CARD_ENDS.match(text, end):
        value = text[start - 3:start - 1] + digits + text[end + 1:end + 3]
        return Token("LLD8LL", value, start - 3, end + 3, True)
    return _token(text, letters, digits, start, end, grouped)


def _hong_kong(text: str, digits: str, start: int, end: int) -> Token | None:
    """Six digits and a check character behind a letter that stands apart: `A 123456 (7)`."""
    apart = _apart(text, start)
    return _token(text, apart, digits, start, end, True) if apart else None


def _apart(text: str, start: int) -> str:
    """One or two capitals that one mark parts from the digits, '' where there are none."""
    if start >= 2 and text[start - 1] in " -._·/" and text[start - 2].isascii() and text[start - 2].isupper():
        letters = _letters_before(text, start - 1) or ""
        mark = text[start - 1]                            # one character a box: E-C-6-2-8-5-0-4-8
        if len(letters) == 1 and start > 3 and text[start - 3] == mark == text[start + 1:start + 2] and text[start - 4].isupper():
            return (_letters_before(text, start - 3) or "") + letters
        return letters
    return ""


def _token(text: str, letters: str, digits: str, start: int, end: int, grouped: bool) -> Token | None:
    """Prefix, digits and what follows make a shape; None where no type has it."""
    suffix = _after(text, end)
    if suffix is None:
        return None
    head = "L" * len(letters)
    begin = start - len(letters)
    if len(digits) == 6 and letters:
        check = CHECK.match(text, end)
        if check is not None:
            return Token(f"{head}D6P", letters + digits + (check[1] or "A").upper(), begin, check.end(), grouped)
        return Token("LD6A" if head == "L" else "LLD7", letters + digits + "A", begin, end + 1, grouped) if suffix == "A" else None
    if suffix:
        if suffix == "X" and not letters and len(digits) == 17:
            return Token("D17X", digits + "X", start, end + 1, grouped)
        if len(suffix) == 2 and len(letters) == 2 and len(digits) == 8:
            return Token("LLD8LL", letters + digits + suffix, begin, end + 2, grouped)
        return None
    shape = f"{head}D{len(digits)}"
    return Token(shape, letters + digits, begin, end, grouped) if shape in SHAPES else None


def _grouped(text: str, run: str, start: int, end: int) -> Iterator[Token]:
    """Groups with separators: the whole as one number, customary groupings inside, and long groups by themselves."""
    groups = [(m.start() + start, m.end() + start) for m in GROUP.finditer(run)]
    if groups[0][1] - start == 3 and text[start - 1:start] == "," and text[start + 3] == " " and text[max(0, start - 2)] in ALNUM:
        yield from tokens(text, groups[1][0], end)        # what begins the run ends an amount
        return
    if NUMBERED.match(text, start) and text[max(0, start - 1)] in "\n\t >":
        yield from _pieces(text, groups[1:], "|")         # no cut: one piece
        return
    marks = {s.strip(" ") or " " for s in SEPARATOR.findall(run)}
    if "." in marks and len(groups) == 2 and not _letters_before(text, start) and not KOREAN.fullmatch(run):
        if groups[0][1] - groups[0][0] >= WHOLE and WHOLE_ENDS.fullmatch(text, groups[0][1], end):
            token = _plain(text, text[slice(*groups[0])], *groups[0])
            if token is not None:
                yield token
        return                                            # a decimal fraction
    if marks == {"."} and len(groups) == 4 and end - start <= 15:
        return                                            # an address of the Internet
    sizes = [e - s for s, e in groups]
    digits = "".join(text[s:e] for s, e in groups)
    if (sizes == ISSUED and payment.card(digits)) or (sizes == LONG_CARD and not long_card(digits)):
        token = _plain(text, digits[:16] if sizes == LONG_CARD else digits, start, groups[:4][-1][1], True)
        if token is not None:
            yield token
        return
    # numbers side by side: nobody writes one so
    listed = marks == {" "} and (max(sizes) >= 9 or (len(groups) == 2 and sizes[1] >= 7 and (
        sizes[0] >= 7 or (sizes[0] <= 2 and (text[max(0, start - 1)] in "\n>" or COMPACT.fullmatch(digits, sizes[0]))))))
    if marks == {"/"} and sizes[0] >= 7 and _dated(text, groups):
        yield from _long(text, groups[:1])
        return
    if held(marks, sizes) and not listed and len(digits) <= LONGEST:
        token = _joined(text, digits, start, end)
        if token is not None:
            yield token
            if marks == {" "} and max(sizes) in BY_ITSELF and not customary(text, groups, sizes, 0, digits):
                yield from _long(text, groups)            # an account and its balance, perhaps
            return
    if days := [day.span() for day in DAY.finditer(text, start, end)] if len(marks) > 1 else []:
        for piece in between(groups, days if len(groups) > CROWD else days[:1]):
            yield from _pieces(text, piece, "|")          # no cut: one piece
        return
    windows = list(_windows(text, groups, sizes, digits)) if len(groups) > 3 or len(digits) > LONGEST else []
    if len(marks) > 1 and not windows:
        yield from _pieces(text, groups, next((mark for mark in WEAKEST if mark in marks), ""))
        return
    yield from windows
    if "." not in marks:
        yield from _long(text, groups)


def _long(text: str, groups: list[tuple[int, int]]) -> Iterator[Token]:
    """Groups that may each be a number."""
    for s, e in groups:
        if e - s >= min(BY_ITSELF):
            token = _plain(text, text[s:e], s, e)
            if token is not None:
                yield token


def _dated(text: str, groups: list[tuple[int, int]]) -> bool:
    """A number and a date behind it, of any era: `306570332/048/08/08`."""
    if len(groups) != 4:
        return False
    year, month, day = (text[s:e] for s, e in groups[1:])
    return 2 <= len(year) <= 4 and 1 <= int(month) <= 12 and 1 <= int(day) <= 31


def _pieces(text: str, groups: list[tuple[int, int]], mark: str) -> Iterator[Token]:
    """What a run of several numbers has, cut where the weakest mark stands; groups that no known mark parts one by one."""
    first = 0
    for i in range(len(groups)):
        if mark and i + 1 < len(groups) and (text[groups[i][1]:groups[i + 1][0]].strip(" ") or " ") != mark:
            continue
        start, end = groups[first][0], groups[i][1]
        if i > first:
            yield from _grouped(text, text[start:end], start, end)
        elif end - start >= 6:
            token = _plain(text, text[start:end], start, end)
            if token is not None:
                yield token
        first = i + 1


def _joined(text: str, digits: str, start: int, end: int) -> Token | None:
    """A whole run as one number; its letter may stand apart: `E 125 135 934 4`."""
    letters = _letters_before(text, start)
    apart = _apart(text, start) if letters == "" and not CALENDAR.fullmatch(text, start, end) else ""
    checked = len(digits) == 6 and CHECK.match(text, end) is not None                 # A 123 456 (7)
    if apart and (checked or f"{'L' * len(apart)}D{len(digits)}" in SHAPES):
        return _token(text, apart, digits, start, end, True)
    if letters is None or (not letters and len(digits) < 9):
        return None                                       # dates, and numbers that nobody writes in groups
    if len(digits) == 17:                      # 6-8-3X, the X apart
        tail = re.compile(r"[ \-._/·]?[Xx](?![0-9A-Za-z])").match(text, end)
        if tail is not None and not letters:
            return Token("D17X", digits + "X", start, tail.end(), True)
    return _token(text, letters, digits, start, end, True)


def _windows(text: str, groups: list[tuple[int, int]], sizes: list[int], digits: str) -> Iterator[Token]:
    begin, letters = groups[0][0], _letters_before(text, groups[0][0])
    first = lettered(sizes, digits) if (letters if letters != "" else _apart(text, begin)) else 0
    if first:
        token = _joined(text, digits[:sum(sizes[:first])], begin, groups[first - 1][1])
        if token is not None:
            yield token
    i, at = first, sum(sizes[:first])
    while i < len(groups):
        count = customary(text, groups, sizes, i, digits[at:at + LONGEST]) if sizes[i] in FIRST else 0
        end = at + sum(sizes[i:i + count]) if count else at
        token = _plain(text, digits[at:end], groups[i][0], groups[i + count - 1][1], True) if count else None
        if token is not None:
            yield token
        i, at = (i + count, end) if token is not None else (i + 1, at + sizes[i])


def wrapped(text: str, starts: np.ndarray | None = None) -> Iterator[Token]:
    """Numbers that a narrow line broke in two or more. Only worth something under a label."""
    if starts is None and BROKEN.search(text) is None:
        return
    for match in matches(WRAPPED, text, starts):
        before = text[text.rfind("\n", 0, match.start()) + 1:match.start()].rpartition("\t")
        if before[1] and not before[2].strip():
            continue                                      # the last cell of one row and the first of the next
        if _numbered(text, match):
            continue
        value = re.sub(r"[\s>|()\-]", "", match.group())
        letters = "L" * sum(c.isalpha() for c in value[:2])
        body = value[len(letters):]
        shape = f"{letters}D{len(body) - 1}X" if body.endswith("X") else f"{letters}D{len(body)}"    # an A counts as a digit
        if shape in SHAPES:
            yield Token(shape, value, match.start(), match.end())


def _numbered(text: str, match: re.Match[str]) -> bool:
    """Whether what seems to go on is the number of the next row: short, before a blank, and the first line has a whole number."""
    first, _, rest = match.group().partition("\n")
    digits = first.rstrip("\r").lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return (len(rest) <= 3 and text[match.end():match.end() + 1] in (" ", "\t", ".", ")", "、")
            and f"{'L' * (len(first.rstrip()) - len(digits))}D{len(digits)}" in SHAPES)


def oddly_grouped(text: str, starts: np.ndarray | None = None) -> Iterator[Token]:
    """Groups parted by what also parts cells or amounts. Only worth something under a label."""
    for match in matches(ODD, text, starts):
        sizes = [len(part) for part in re.split(r"[^0-9]", match.group())]
        thousands = match[1] == "," and all(n == 3 for n in sizes[1:])
        if sizes[0] == 1 and not thousands:
            continue
        if thousands and not _letters_before(text, match.start()) and not (
                sum(sizes) >= WHOLE and checked("".join(filter(str.isdigit, match.group())))):
            continue                                      # an amount
        token = _plain(text, "".join(filter(str.isdigit, match.group())), *match.span(), True)
        if token is not None:
            yield token


def checked(value: str) -> bool:
    """Whether a check digit says that digits are a number of a person: a spreadsheet writes such with thousands too."""
    return any(not TYPES[name].labelled and TYPES[name].check(value) for name in SHAPES.get(f"D{len(value)}", ()))


def apart(text: str, starts: np.ndarray | None = None) -> Iterator[Token]:
    """Digits whose letters stand apart. Only worth something under a label."""
    for match in matches(APART, text, starts):
        value = "".join(filter(str.isalnum, match.group())).upper()
        letters = sum(map(str.isalpha, value[:2]))
        shape = f"{'L' * letters}D{len(value) - letters}"
        if shape in SHAPES:
            yield Token(shape, value, *match.span(), True)


def spelled(text: str, starts: np.ndarray | None = None) -> Iterator[Token]:
    """One character a box, as forms have it: `|1|2|3|`, `[1][2][3]`. Only worth something under a label."""
    yield from _one_by_one(matches(SPELLED, text, starts))


def upright(text: str, starts: np.ndarray | None = None) -> Iterator[Token]:
    """One character a line. Only worth something under a label."""
    yield from _one_by_one(matches(UPRIGHT, text, starts))


def _one_by_one(found: Iterable[re.Match[str]]) -> Iterator[Token]:
    for match in found:
        value = "".join(filter(str.isalnum, match.group())).upper()
        head = "L" * sum(map(str.isalpha, value[:2]))
        tail = "LL" if value[-2:].isalpha() else value[-1] if value[-1] == "X" or (value[-1] == "A" and head == "L") else ""
        shape = f"{head}D{len(value) - len(head) - len(tail)}{tail}"     # behind two letters an A counts as a digit
        if shape in SHAPES:
            yield Token(shape, value, *match.span(), True)


def ibans(text: str, starts: np.ndarray | None = None) -> Iterator[Token]:
    """Country code with as many letters and digits after it as the registry says, single blanks, hyphens or dots between."""
    for match in matches(IBAN, text, starts):
        start = match.start()
        length = IBAN_LENGTHS.get(text[start:start + 2].upper())
        against = start and text[start - 1].isascii() and text[start - 1].isalnum()
        if length is None or (against and not text.endswith("IBAN", 0, start)):
            continue
        value, end = text[start:start + length], start + length
        if not (value.isascii() and value.isalnum() and value.isupper()):
            value, end = _collect(text, start, length)
        if len(value) == length and not (end < len(text) and text[end].isascii() and text[end].isalnum()):
            yield Token("IBAN", value, start, end)


_OF_LENGTH = {length: re.compile(rf"[0-9A-Za-z](?:(?:[ .\-]|[ \-]?\n[ >|]{{0,4}})?[0-9A-Za-z]){{{length - 1}}}")
              for length in set(IBAN_LENGTHS.values())}
_MARKED = {n: re.compile(rf"[0-9A-Z](?:[^0-9A-Za-z\n]{{0,3}}[0-9A-Z]){{{n - 1}}}(?![0-9A-Za-z])") for n in _OF_LENGTH}
_BREAKS = re.compile(r"[^0-9A-Za-z]")


def _collect(text: str, start: int, length: int) -> tuple[str, int]:
    match = _OF_LENGTH[length].match(text, start) or _MARKED[length].match(text, start)
    said = match.group() if match is not None else ""        # in small letters over a line's end: a hex number
    return ("", start) if "\n" in said and not said.isupper() else (_BREAKS.sub("", said).upper(), start + len(said))


def bics(text: str, starts: np.ndarray | None = None) -> Iterator[Token]:
    for match in matches(BIC, text, starts):
        yield Token("BIC", match.group(), *match.span())


def credit_codes(text: str) -> Iterator[Token]:
    """Unified social credit codes (GB 32100-2015) with a letter; the others are numbers."""
    yield from (Token("USCC", match.group(), *match.span()) for match in USCC.finditer(text) if not match.group().isdecimal())
