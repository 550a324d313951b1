"""Payment cards, IBAN, SWIFT/BIC."""

from __future__ import annotations

import re

# Issuer ranges (ISO/IEC 7812; the schemes' published ranges) -> lengths. Longest prefix wins by order.
RANGES: tuple[tuple[int, int, frozenset[int]], ...] = (
    (222100, 272099, frozenset({16})),                       # Mastercard 2-series
    (340000, 349999, frozenset({15})), (370000, 379999, frozenset({15})),      # American Express
    (300000, 305999, frozenset({14, 16, 17, 18, 19})), (309500, 309599, frozenset({14, 16, 17, 18, 19})),
    (360000, 369999, frozenset({14, 16, 17, 18, 19})), (380000, 399999, frozenset({14, 16, 17, 18, 19})),   # Diners
    (352800, 358999, frozenset({16, 17, 18, 19})),           # JCB
    (400000, 499999, frozenset({13, 16, 19})),               # Visa
    (510000, 559999, frozenset({16})),                       # Mastercard
    (501800, 501899, frozenset({16, 19})), (502000, 502099, frozenset({16, 19})), (503800, 503899, frozenset({16, 19})),
    (589300, 589399, frozenset({16, 19})), (630400, 630499, frozenset({16, 19})), (675900, 675999, frozenset({16, 19})),
    (676100, 676399, frozenset({16, 19})),                   # Maestro
    (601100, 601199, frozenset({16, 19})), (644000, 659999, frozenset({16, 19})),   # Discover
    (620000, 629999, frozenset({16, 17, 18, 19})),           # UnionPay
    (810000, 817199, frozenset({16, 17, 18, 19})),           # UnionPay, 8-series
    (955800, 955899, frozenset({19})),                       # ICBC debit, before 62
)
_BY_TWO = {str(two): tuple(r for r in RANGES if r[0] // 10000 <= two <= r[1] // 10000) for two in range(10, 100)
           if any(r[0] // 10000 <= two <= r[1] // 10000 for r in RANGES)}
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def luhn(value: str) -> bool:
    """ISO/IEC 7812-1 annex B."""
    total = 0
    for i, c in enumerate(reversed(value)):
        digit = ord(c) - 48
        total += _DOUBLED[digit] if i & 1 else digit
    return total % 10 == 0


def issued(value: str) -> bool:
    """True where an issuer range has cards of this length."""
    if not 13 <= len(value) <= 19:
        return False
    ranges = _BY_TWO.get(value[:2])
    if ranges is None:
        return False
    prefix = int(value[:6])
    return any(low <= prefix <= high and len(value) in lengths for low, high, lengths in ranges)


def card(value: str) -> bool:
    """Primary account number: issuer range, length, Luhn, not one repeated digit after the range."""
    return value.isdigit() and issued(value) and luhn(value) and len(set(value[6:-1])) > 1


def china_card(value: str) -> bool:
    """A card of a Chinese bank: UnionPay range 62 (JR/T 0025) or the older 9558."""
    return value[:2] == "62" or value[:4] == "9558"


# ISO 13616 registry: country -> length.
IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27, "BR": 29, "BY": 28,
    "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18,
    "FK": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22,
    "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20,
    "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MN": 20, "MR": 27, "MT": 31, "MU": 30, "NI": 28, "NL": 18,
    "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "RU": 33, "SA": 24, "SC": 31,
    "SD": 18, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "SO": 23, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29,
    "VA": 22, "VG": 24, "XK": 20, "YE": 30,
}


def iban(value: str) -> bool:
    """ISO 13616: country length and mod 97 = 1."""
    if IBAN_LENGTHS.get(value[:2]) != len(value) or not value[2:4].isdigit() or not value.isalnum():
        return False
    return int("".join(str(int(c, 36)) for c in value[4:] + value[:4])) % 97 == 1


_BIC = re.compile(r"[A-Z]{4}([A-Z]{2})[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
_COUNTRIES = frozenset(IBAN_LENGTHS) | {
    "AU", "BN", "CA", "CL", "CN", "CO", "HK", "ID", "IN", "JP", "KH", "KR", "LA", "MM", "MO", "MX", "MY", "NG", "NZ", "PE", "PH",
    "SG", "TH", "TW", "US", "VN", "ZA"}


def swift(value: str) -> bool:
    """ISO 9362 business identifier code; the country must exist. Needs its label."""
    match = _BIC.fullmatch(value)
    return match is not None and match.group(1) in _COUNTRIES
