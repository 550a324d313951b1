"""Taiwan: national ID, unified number of foreign residents, passport, NHI card, unified business number.

The check digit is that of the Ministry of the Interior: the letter becomes two digits (A=10 ... O=35), the ten digits
before the check digit are weighted 1 9 8 7 6 5 4 3 2 1, and the whole sum must be a multiple of ten.
"""

from __future__ import annotations

LETTERS = {letter: 10 + i for i, letter in enumerate("ABCDEFGHJKLMNPQRSTUVXYWZIO")}
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 1, 1)


def _weighted(letter: str, digits: str) -> bool:
    code = LETTERS.get(letter)
    if code is None:
        return False
    total = code // 10 + code % 10 * 9
    for weight, digit in zip(_WEIGHTS, digits, strict=True):
        total += weight * (ord(digit) - 48)
    return total % 10 == 0


def national_id(value: str) -> bool:
    """國民身分證統一編號: letter, 1 (male) or 2 (female), seven digits, check digit.

    Source: Ministry of the Interior, 戶籍法施行細則 / household registration coding rules.
    """
    return len(value) == 10 and value[1] in "12" and value[1:].isdigit() and _weighted(value[0], value[1:])


def resident_id(value: str) -> bool:
    """統一證號 of foreigners: since 2021-01-02 letter, 8 or 9, eight digits; before, two letters (second A to D).

    Source: National Immigration Agency, 外來人口統一證號 (new format of 2021). The second letter of the old form counts
    with the last digit of its code: A=0, B=1, C=2, D=3.
    """
    if len(value) != 10 or not value[2:].isdigit():
        return False
    second = value[1]
    if second in "89":
        return _weighted(value[0], value[1:])
    if second in "ABCD":
        return _weighted(value[0], str(ord(second) - 65) + value[2:])
    return False


def passport(value: str) -> bool:
    """Passport number: nine digits, no check digit in the number itself (Bureau of Consular Affairs). Needs its label."""
    return len(value) == 9 and value.isdigit() and len(set(value)) > 2


def nhi_card(value: str) -> bool:
    """健保卡號: twelve digits as printed on the card, 0000 and eight more (National Health Insurance Administration)."""
    return len(value) == 12 and value.isdigit() and len(set(value)) > 2


_UBN = (1, 2, 1, 2, 1, 2, 4, 1)


def ubn(value: str) -> bool:
    """統一編號 of companies: digit sum of the weighted digits is a multiple of 5; where the seventh digit is 7, plus one.

    Source: Ministry of Finance, 營利事業統一編號檢查碼邏輯修正說明 (multiple of 5 since 2023-04-01; it was 10).
    python-stdnum 2.2 knows only the older rule.
    """
    if len(value) != 8 or not value.isdigit() or value == "00000000":
        return False
    total = sum(sum(divmod(w * int(d), 10)) for w, d in zip(_UBN, value, strict=True))
    return total % 5 == 0 or (value[6] == "7" and (total + 1) % 5 == 0)
