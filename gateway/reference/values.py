"""Comparable forms of the fields of a customer table, the same for the table and for the words of a mail."""

from __future__ import annotations

from gateway.identifiers import date
from gateway.identifiers.normalise import compact, view

PAIR = 255
"""Column number of a name together with a birth date."""
COUNTRY_CODES = ("886", "852", "853", "86", "81", "82", "65", "1")


def normal(text: str) -> str:
    """The comparable form of a name, address or code: view, letters and digits only, upper case, no leading zeros in numbers."""
    plain = compact(view(text).text)
    return plain.lstrip("0") if plain.isdigit() else plain


def number(text: str) -> str:
    """The comparable form of a telephone number: digits without country code and leading zeros."""
    digits = "".join(c for c in view(text).text if c.isdigit())
    plus = text.lstrip().startswith(("+", "00", "(+"))
    return national(digits) if plus else digits.lstrip("0")


def national(digits: str) -> str:
    """Digits of an international number without country code, trunk zero and leading zeros."""
    digits = digits.lstrip("0")
    code = next((c for c in COUNTRY_CODES if digits.startswith(c) and len(digits) - len(c) >= 8), "")
    return digits[len(code):].lstrip("0")


def value(kind: str, text: str) -> str:
    """The comparable form of a field of a kind; '' where there is nothing to compare."""
    if kind == "phone":
        return number(text)
    if kind == "email":
        return text.strip().lower()
    if kind == "birthdate":
        return date.parse(view(text).text)
    return normal(text)


def pair(name: str, born: str) -> str:
    """What stands for a name and a birth date together."""
    return f"{name}\x1f{born}"
