"""Comparable forms of the fields of a customer table, the same for the table and for the words of a mail."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from gateway.identifiers import date
from gateway.identifiers.normalise import LETTER_HINT, compact, view

PAIR = 255
"""Column number of a name together with a birth date."""
WORD = re.compile("[0-9A-Za-z]+")
COUNTRY_CODES = ("886", "852", "853", "86", "81", "82", "65", "1")


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
    "phone": number, "email": _mail, "birthdate": _born, "name": normal, "address": normal, "code": normal, "text": normal}
"""Kind of a column -> the comparable form of its fields; '' where there is nothing to compare."""


def value(kind: str, text: str) -> str:
    """The comparable form of a field of a kind."""
    return FORMS[kind](text)


def pair(name: str, born: str) -> str:
    """What stands for a name and a birth date together."""
    return f"{name}\x1f{born}"
