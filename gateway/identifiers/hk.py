"""Hong Kong identity card."""

from __future__ import annotations


def _code(character: str) -> int:
    return ord(character) - 55 if character.isalpha() else 36      # A=10 ... Z=35, blank=36


def hkid(value: str) -> bool:
    """HKID: one or two letters, six digits, check digit 0 to 9 or A, without the parentheses.

    Source: Immigration Department, format of the Hong Kong identity card number; weights 9 8 7 6 5 4 3 2 1, modulus 11,
    a missing first letter counts as a blank (36).
    """
    if len(value) == 8:
        value = " " + value
    if len(value) != 9 or not value[1].isalpha() or not value[2:8].isdigit() or value[8] not in "0123456789A":
        return False
    if value[0] != " " and not value[0].isalpha():
        return False
    total = 9 * _code(value[0]) + 8 * _code(value[1])
    for weight, digit in zip((7, 6, 5, 4, 3, 2), value[2:8], strict=True):
        total += weight * (ord(digit) - 48)
    total += 10 if value[8] == "A" else ord(value[8]) - 48
    return total % 11 == 0
