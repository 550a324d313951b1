"""Korea: resident registration number."""

from __future__ import annotations

from gateway.identifiers.date import valid_date

_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
_CENTURY = {"1": "19", "2": "19", "5": "19", "6": "19", "3": "20", "4": "20", "7": "20", "8": "20", "9": "18", "0": "18"}

FOREIGN = "5678"


def plausible_rrn(value: str) -> bool:
    """Thirteen digits whose first six are a date of the century that the seventh names."""
    return len(value) == 13 and value.isdigit() and valid_date(_CENTURY[value[6]] + value[:6])


def rrn(value: str) -> bool:
    """주민등록번호 with its check digit, and 외국인등록번호 (seventh digit 5 to 8), whose check digit is two more.

    Numbers given since October 2020 are random and need their label.

    Source: Resident Registration Act enforcement rule; the Ministry of the Interior and Safety dropped place and check
    digit on 2020-10-05.
    """
    if not plausible_rrn(value):
        return False
    total = sum(w * (ord(d) - 48) for w, d in zip(_WEIGHTS, value[:12], strict=True))
    return (11 - total % 11 + 2 * (value[6] in FOREIGN)) % 10 == ord(value[12]) - 48
