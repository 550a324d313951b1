"""Passwords as people dictate them: digits and letters by their names, and halves told in two places.

"K as capital, one two three", 密碼：一二三四, 비밀번호 일이삼사, "first half: Ab12, second half: Cd34". Nothing found here is ever
logged or stored.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice, permutations

DIGITS = {word: str(digit) for row in (
    "零一二三四五六七八九", "〇壹貳參肆伍陸柒捌玖", "○壱弐参肆伍陸漆捌玖", "零壹贰叁肆伍陆柒捌玖",
    "영일이삼사오육칠팔구", "공일이삼사오육칠팔구",
    ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")) for digit, word in enumerate(row)}
DIGITS |= {"兩": "2", "两": "2", "oh": "0", "niner": "9"}
LETTERS = {word: word[0] for word in (
    "alpha", "alfa", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliet", "juliett", "kilo", "lima",
    "mike", "november", "oscar", "papa", "quebec", "romeo", "sierra", "tango", "uniform", "victor", "whiskey", "whisky", "xray",
    "x-ray", "yankee", "zulu")}
"""The spelling alphabet of ICAO (Annex 10, volume II, 5.2.1.3)."""
UPPER = ("capital", "uppercase", "upper case", "大寫", "大写", "大文字", "대문자")
LOWER = ("small", "lowercase", "lower case", "小寫", "小写", "小文字", "소문자")
COUNTS = {"네": 4} | {word: int(digit) for word, digit in DIGITS.items() if digit.isdigit()}
LEAST, MOST = 3, 40
"""Names that make a word."""
HEAD = 400
"""Characters in which a dictated word stands."""
_LATIN = "|".join(sorted((w for w in (*DIGITS, *LETTERS) if w.isascii()), key=len, reverse=True))
_NAME = rf"(?:{_LATIN})(?![A-Za-z])|[{''.join(w for w in DIGITS if len(w) == 1 and not w.isascii())}]|[0-9A-Za-z](?![0-9A-Za-z])"
_CASE = "|".join((*UPPER, *LOWER))
_TOKEN = re.compile(rf"(?:({_CASE})(?:[ 的の:：]|letter ){{0,3}})?({_NAME})[ \t、,，.\-‐‑–/と]{{0,3}}", re.I)
TOLD = re.compile(
    "前半|後半|后半|前段|後段|后段|上半|下半|第[一二1２2１][段部節节]|第[一二]部分|前[二三四五六八2-8]碼|[後后][二三四五六八2-8]碼|"
    "後面接|后面接|其餘|其余|앞자리|뒷자리|앞부분|뒷부분|앞의|뒤의|"
    "(?<![a-z])(?:half|halves|part ?[12]|first (?:part|half)|second (?:part|half)|followed by)(?![a-z])", re.I)
"""Where people say that it comes in pieces."""
ENDS = re.compile(
    "(?:[末後后尾]|最[後后])[ ]?([二三四五六七八2-8４-８])[ ]?(?:碼|码|位|桁|字)|"
    "下[ ]?([二三四五六七八2-8４-８])[ ]?(?:桁|ケタ|けた)|"
    "(?:끝|뒤|마지막)[ ]?(?:의[ ])?([2-8네])[ ]?(?:자리|글자)|"
    "last[ ](two|three|four|five|six|seven|eight|[2-8])[ ](?:digits|numbers|characters|chars|figures)", re.I)
"""Where people say that it is the end of a number, and how many signs of it."""
NUMBER = re.compile(r"[A-Za-z]{0,4}[0-9](?:[ ().\-/]{0,2}[0-9]){3,20}")
NUMBERS = 60
PIECE = re.compile(r"[!-~]{2,24}")
PIECES, PLACES = 10, 20
"""Pieces put together, each with each; places where pieces are told."""
AFTER = 40
LONGEST = 24
_TRIM = "。、，．,.;；:：!！?？)）]】》〉」』”’\"'`(（[【《〈「『“‘<>*_=＝ "
_WORDS = frozenset({"password", "pass", "pwd", "part", "half", "first", "second", "the", "of", "is", "and", "followed", "by"})


def spelled(text: str) -> list[str]:
    """What the beginning of a text dictates, as it says or in the one case and the other; nothing for fewer than LEAST names."""
    made: list[str] = []
    cased = named = False
    at = 0
    while len(made) < MOST and (found := _TOKEN.match(text, at, at + HEAD)) is not None:
        case, name = (found[1] or "").lower(), found[2].lower()
        sign = DIGITS.get(name) or LETTERS.get(name) or found[2]
        named = named or len(sign) < len(name) or sign != found[2] or bool(case)
        cased = cased or bool(case) or name in LETTERS
        made.append(sign.upper() if case in UPPER else sign.lower() if case in LOWER else sign)
        at = found.end()
    if len(made) < LEAST or not named:
        return []
    word = "".join(made)
    return list(dict.fromkeys((word, word.lower(), word.upper(), word.capitalize()))) if cased else [word]


def joined(texts: Iterable[str], words: Iterable[str] = ()) -> Iterator[str]:
    """Two pieces in one, each with each, where a text says that there are pieces; `words`: of names, where the other may stand."""
    pieces: dict[str, None] = {}
    for text in texts:
        for place in islice(TOLD.finditer(text), PLACES):
            near = PIECE.finditer(text, place.end(), place.end() + AFTER)
            found = (m[0].strip(_TRIM) for m in near)
            pieces |= dict.fromkeys([p for p in found if p and p.lower() not in _WORDS][:2])
    if pieces:
        pieces |= dict.fromkeys(word for word in words if len(word) <= LONGEST)
    for one, other in permutations(list(pieces)[:PIECES], 2):
        yield one + other


def ends(texts: Iterable[str]) -> Iterator[str]:
    """The last signs of each number of a mail that says that these are the password: "the last four digits of our number"."""
    known = list(texts)
    told = {next(g for g in place.groups() if g).lower() for text in known for place in islice(ENDS.finditer(text), PLACES)}
    counts = sorted({COUNTS.get(word) or int(word) for word in told})
    for count in counts:
        for number in dict.fromkeys(m[0] for text in known for m in islice(NUMBER.finditer(text), NUMBERS)):
            yield re.sub(r"[^0-9A-Za-z]", "", number)[-count:]
