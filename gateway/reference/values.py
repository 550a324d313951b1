"""Comparable forms of the fields of a customer table, the same for the table and for the words of a mail."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from gateway.identifiers import date
from gateway.identifiers.normalise import LETTER_HINT, compact, view
from gateway.reference.variants import standard

PAIR = 255
"""Column number of a name together with a birth date."""
WORD = re.compile("[0-9A-Za-z]+")
COUNTRY_CODES = ("886", "852", "853", "86", "81", "82", "65", "1")
_POSTCODE = re.compile(r"\A *〒? *[0-9]{3}(?:-?[0-9]{2,4})? *(?![號号樓楼巷弄段之室])(?=[\u3400-\u9fff])")
_COUNTED = re.compile("(?<![一二三四五六七八九十])([一二三四五六七八九十]{1,3})(?=段|丁目|樓|楼|巷|弄|番)")
_NEIGHBOURHOOD = re.compile("(?<=[區鎮鄉市])[\u3400-\u9fff]{2,3}里(?:[0-9]{1,3}鄰)?(?=[\u3400-\u9fff])")
_BETWEEN = re.compile("([0-9]+)(?:([樓楼Ff])(?:之|-)?|(?:丁目|番地の?|番|[号號](?!室)之?|之|-)+)(?=([0-9]?))")
"""What stands between the numbers of an address where others write a line: 3丁目4番5号, 3-4-5; 12號之3, 12-3號; 5樓, 5F."""
_COUNTING = frozenset("一二三四五六七八九十")
_NUMERALS = {numeral: number for number, numeral in enumerate("一二三四五六七八九", 1)}


def normal(text: str) -> str:
    """The comparable form of a name, address or code: view, letters and digits only, upper case, no leading zeros in numbers."""
    if text.isascii() and not LETTER_HINT.search(text):
        plain = (text if text.isalnum() else "".join(WORD.findall(text))).upper()
    else:
        plain = _compared(text)
    return plain.lstrip("0") if plain.isdigit() else plain


@lru_cache(maxsize=1 << 14)
def _compared(text: str) -> str:
    """Names and places come again and again in a table."""
    return compact(view(text).text)


@lru_cache(maxsize=1 << 14)
def address(text: str) -> str:
    """The comparable form of a postal address: `normal` without post code and neighbourhood (里, 鄰), 臺 as 台, counted streets and
    floors in digits, and what stands between numbers left out."""
    return address_of(view(text).text)


def address_of(seen: str) -> str:
    """The same of a text that is a view already."""
    text = _POSTCODE.sub("", seen, 1).replace("臺", "台").replace(" ", "")
    if not _COUNTING.isdisjoint(text):
        text = _COUNTED.sub(lambda found: str(_counted(found[1])), text)
    if "里" in text:
        text = _NEIGHBOURHOOD.sub("", text)
    plain = compact(_BETWEEN.sub(_between, text))
    return plain.lstrip("0") if plain.isdigit() else plain


def _between(found: re.Match[str]) -> str:
    return found[1] + ("F" if found[2] else "X" if found[3] else "")


def _counted(numerals: str) -> int:
    """A number below a hundred in numerals: 二十三; figures one after the other (二三) are as many tens."""
    tens, ten, ones = numerals.rpartition("十")
    if ten:
        return _NUMERALS.get(tens[-1:], 1) * 10 + _NUMERALS.get(ones[:1], 0)
    return int("".join(str(_NUMERALS[numeral]) for numeral in numerals))


def _person(text: str) -> str:
    return normal(standard(text))


def _place(text: str) -> str:
    return address(standard(text))


def number(text: str) -> str:
    """The comparable form of a telephone number: digits without country code and leading zeros."""
    if text.isascii() and text.isdigit() and not text.startswith("00"):
        return text.lstrip("0")
    digits = "".join(c for c in view(text).text if c.isdigit())
    plus = text.lstrip().startswith(("+", "00", "(+"))
    return national(digits) if plus else digits.lstrip("0")


def national(digits: str) -> str:
    """Digits of an international number without country code, trunk zero and leading zeros."""
    digits = digits.lstrip("0")
    code = next((c for c in COUNTRY_CODES if digits.startswith(c) and len(digits) - len(c) >= 8), "")
    return digits[len(code):].lstrip("0")


@lru_cache(maxsize=1 << 16)
def _born(text: str) -> str:
    return date.parse(view(text).text)


def _mail(text: str) -> str:
    return text.strip().lower()


FORMS: dict[str, Callable[[str], str]] = {
    "phone": number, "email": _mail, "birthdate": _born, "name": _person, "address": _place, "code": normal,
    "text": _person}
"""Kind of a column -> the comparable form of its fields; '' where there is nothing to compare."""


def value(kind: str, text: str) -> str:
    """The comparable form of a field of a kind."""
    return FORMS[kind](text)


def pair(name: str, born: str) -> str:
    """What stands for a name and a birth date together."""
    return f"{name}\x1f{born}"
