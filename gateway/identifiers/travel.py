"""Machine readable travel documents (ICAO 9303-3, 4.9): the check digit of a field."""

from __future__ import annotations

import re

FIELD = re.compile("[0-9A-Z<]{6,14}[0-9]")


def check_digit(field: str) -> str:
    """Weights 7, 3, 1; letters from A = 10, a filler is 0."""
    return str(sum((0 if c == "<" else int(c, 36)) * (7, 3, 1)[i % 3] for i, c in enumerate(field)) % 10)


def checked(field: str) -> bool:
    """Whether it ends with its check digit."""
    return FIELD.fullmatch(field) is not None and check_digit(field[:-1]) == field[-1]
