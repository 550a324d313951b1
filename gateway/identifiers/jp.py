"""Japan: My Number, corporate number, driver licence, passport, residence card, bank account."""

from __future__ import annotations

from stdnum.jp import cn as _cn

_MY_NUMBER = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_LICENCE = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
# Codes of the prefectural public safety commissions (police), first two digits of a licence.
COMMISSIONS = frozenset(map(str, (
    *range(10, 15), *range(20, 25), 30, *range(40, 56), *range(60, 66), *range(70, 75), *range(80, 84), *range(90, 98))))


def _check_digit(weights: tuple[int, ...], digits: str) -> int:
    remainder = sum(w * (ord(d) - 48) for w, d in zip(weights, digits, strict=False)) % 11
    return 0 if remainder <= 1 else 11 - remainder


def my_number(value: str) -> bool:
    """個人番号: eleven digits and a check digit.

    Source: 平成26年総務省令第85号 article 5. Numbers of one repeated digit are not issued.
    """
    return (len(value) == 12 and value.isdigit() and len(set(value)) > 1
            and _check_digit(_MY_NUMBER, value) == ord(value[11]) - 48)


def corporate_number(value: str) -> bool:
    """法人番号: check digit first, then twelve digits (National Tax Agency, 平成26年財務省令第70号)."""
    return len(value) == 13 and value.isdigit() and _cn.is_valid(value)


def driver_licence(value: str) -> bool:
    """運転免許証番号: commission, year of first issue, six digits, check digit (the eleventh), times reissued.

    Source: 警察庁 運転免許証の番号の付番要領; weights 5 4 3 2 7 6 5 4 3 2, modulus 11.
    """
    return value[:2] in COMMISSIONS and licence_digits(value)


def licence_digits(value: str) -> bool:
    """The same of any commission: what is enough under its own label."""
    return len(value) == 12 and value.isdigit() and _check_digit(_LICENCE, value) == ord(value[10]) - 48


def passport(value: str) -> bool:
    """旅券番号: two letters and seven digits (Ministry of Foreign Affairs). Needs its label."""
    return len(value) == 9 and value[:2].isalpha() and value[2:].isdigit()


def residence_card(value: str) -> bool:
    """在留カード番号: two letters, eight digits, two letters (Immigration Services Agency). Needs its label."""
    return len(value) == 12 and value[:2].isalpha() and value[2:10].isdigit() and value[10:].isalpha()


def bank_account(value: str) -> bool:
    """口座番号: seven digits (Zengin format, 全銀協), eight for Yucho numbers. Needs its label."""
    return len(value) in (7, 8) and value.isdigit() and len(set(value)) > 1
