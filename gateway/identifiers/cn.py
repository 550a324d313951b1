"""Mainland China: resident ID (18 and 15 digits), passport, unified social credit code."""

from __future__ import annotations

from stdnum.cn import uscc as _uscc

from gateway.identifiers.date import valid_date

# GB/T 2260: the first two digits are the province; 81 to 83 are residence permits of Hong Kong, Macau, Taiwan people,
# 91 and 93 (foreign permanent residents, 2023 card) as issued.
PROVINCES = frozenset(map(str, (
    *range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83, 91, 93)))
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"


def plausible_id(value: str) -> bool:
    """Eighteen characters with a province and a date where a resident ID has them; the check digit is not asked."""
    return (len(value) == 18 and value[:17].isdigit() and value[17] in "0123456789X" and value[:2] in PROVINCES
            and valid_date(value[6:14]))


def resident_id(value: str) -> bool:
    """公民身份号码: six digits of place, birth date, three of order, check digit ISO 7064 MOD 11-2.

    Source: GB 11643-1999. The place is checked to the province only: people keep the code of a county that was renamed.
    The 15-digit number of 1984 to 1999 (two-digit year, no check digit) needs its label.
    """
    if len(value) == 15:
        return value.isdigit() and value[:2] in PROVINCES and valid_date("19" + value[6:12])
    if not plausible_id(value):
        return False
    return _CHECK[sum(w * (ord(d) - 48) for w, d in zip(_WEIGHTS, value[:17], strict=True)) % 11] == value[17]


def passport(value: str) -> bool:
    """Ordinary passports E, G, K and others with eight digits, EA to EZ with seven (National Immigration Administration)."""
    if len(value) != 9:
        return False
    if value[0] in "DEGHKMPS" and value[1:].isdigit():
        return True
    return value[0] == "E" and value[1] in "ABCDEFGHJKLMNPQRSTUVWXYZ" and value[2:].isdigit()


def uscc(value: str) -> bool:
    """统一社会信用代码: eighteen characters, check character MOD 31 (GB 32100-2015)."""
    return len(value) == 18 and _uscc.is_valid(value)
