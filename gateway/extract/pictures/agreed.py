"""What two readings of one picture say of the same number. Each errs in other places: English reads digits better, the language of
the mail reads labels and what stands beside ideographs. Where one reading is no number of its kind and the other is, that is taken;
where neither is, the digits in which they differ are chosen so that the check digit is right, if that can be done in one way only,
and where no choice makes it right, as of numbers without one, those of the English reading are taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import product

from gateway.identifiers import hk, jp, payment
from gateway.identifiers.registry import SHAPES, TYPES


def _ibans() -> str:
    """IBANs of each country's length, together or in groups of four as ISO 13616 prints them."""
    countries: dict[int, list[str]] = {}
    for country, length in payment.IBAN_LENGTHS.items():
        countries.setdefault(length, []).append(country)
    return "|".join(f"(?:{'|'.join(those)})[0-9A-Za-z]{{2}}(?: ?[0-9A-Za-z]{{4}}){{{(length - 4) // 4}}}"
                    + (f" ?[0-9A-Za-z]{{{length % 4}}}" if length % 4 else "") for length, those in countries.items())


IBAN = rf"(?=[A-Z]{{2}}(?:[^0-9\n]{{0,8}}[0-9]){{8}})(?:{_ibans()})"
GROUP = "(?=[A-Za-z]{0,4}[0-9])[0-9A-Za-z]{3,5}"
"""Three to five characters, one of them a digit: others are a word beside the number."""
PIECE = re.compile(
    rf"(?<![0-9A-Za-z])(?:{IBAN}(?![0-9A-Za-z])"
    rf"|(?=(?:[^0-9\n]{{0,8}}[0-9]){{8}}){GROUP}([ \-]){GROUP}(?:\1{GROUP}){{1,3}}"
    r"|[0-9]{6} ?- ?[0-9]{7}|[0-9]{6} [0-9]{13}|[0-9]{3}-[0-9]{2}-[0-9]{4}"
    r"|(?=(?:[^0-9\n \-]{0,4}[0-9]){6})[0-9A-Za-z][0-9A-Za-z』」]{6,18})"
    r"(?![0-9A-Za-z])")
"""A number as it is written, as an IBAN, in groups of four, as in Korea or America, or without a blank, with letters that may be
misread digits, and brackets that a four is read as."""
MOST = 200
"""Numbers of a reading of which the other says something else, up to which they are compared: more are another table."""
ALIKE = 0.75
"""Share of characters that two readings of one number have in common (difflib's ratio)."""
APART = 4
"""Characters in which they differ at the most, for the right ones to be chosen."""
SLIPS = 2
"""Digits in which two readings differ of a number without a check digit, at the most."""
LONG = 10
"""Characters of numbers of persons, at the least of those that have a check digit."""
ACCOUNT, MOSTLY_DIGITS = 11, re.compile("[A-Z]{1,3}[0-9]{8,}")
"""Digits of an account at the least, of which another reading has letters in place of the first: no number of a person that begins
with a letter is as long but an IBAN, and that is right or none."""
TELEPHONE = re.compile(r"0[0-9]{8,10}|1[3-9][0-9]{9}")
FEWER = 3
"""For so many numbers that are right, one that is not does not matter."""
_SIGN = "[0-9bGSsOQDA?&lIiBe]"
SIGNED = re.compile(rf"(?<![0-9A-Za-z])(?=(?:[^0-9\n]{{0,4}}[0-9]){{5}}){_SIGN}{{4}}(?: {_SIGN}{{4}}){{2,3}}(?![0-9A-Za-z])")
SIGNS = str.maketrans("bGSsOQDA?&lIiBe", "665500047811182")
"""What digits of type for machines (OCR-A, embossed cards) are read as."""
BANKS = (4, 8, 34)
"""Characters of an IBAN before which, but for its check digits, letters may stand: none, those of a bank, any."""
MISREAD_IBAN = re.compile(rf"(?<![0-9A-Za-z]){IBAN}(?![0-9A-Za-z])")
DOUBLED = re.compile(r"(?<![0-9A-Za-z])([A-Z])\1([0-9]{6})(?= ?\(([0-9A])\))")
"""A number of Hong Kong whose letter was read twice, or that has two."""
LETTERED = ("LLD8LL", "LLD7")
"""Shapes whose letters are as good as a check digit for telling a misread number."""


def known(text: str) -> int:
    """How many different numbers of persons it has."""
    return sum(map(whole, _pieces(text)))


def doubtful(english: str, named: str, disputed: bool = False) -> bool:
    """Whether there are numbers, many for those that are right, that neither reading has right. Telephones are none. `disputed`:
    only such as one of them has."""
    found = _pieces(english) ^ _pieces(named) if disputed else _pieces(english) | _pieces(named)
    right = {value for value in _pieces(f"{english}\n{named}") if whole(value)}
    left = [value for value in found - right if len(value) >= LONG and not TELEPHONE.fullmatch(value)]
    if not left or len(left) > MOST or len(right) > MOST:
        return False
    return sum(all(_likeness(value, other) < ALIKE for other in right) for value in left) * FEWER > len(right)


def told(text: str, *others: str) -> str:
    """The lines of a reading that have a number that is right, and that none of the others has."""
    known_ = {value for other in others for value in _pieces(other)}
    return "\n".join(line for line in text.split("\n") if any(whole(value) for value in _pieces(line) - known_))


def repaired(text: str) -> str:
    """A reading with numbers in groups of four and IBANs of which signs or letters were read in place of digits, where these make
    them right, and with one letter where one was read twice."""
    def right(match: re.Match[str]) -> str:
        value = match[0].translate(SIGNS)
        return value if whole(_compact(value)) else match[0]

    return DOUBLED.sub(_once, MISREAD_IBAN.sub(_in_digits, SIGNED.sub(right, text)))


def _in_digits(match: re.Match[str]) -> str:
    written = match[0]
    country, check, rest = written[:2], written[2:4], written[4:]
    ends = (_at(rest, bank - len("GB29")) for bank in BANKS)
    may_be = (country + check.translate(SIGNS) + rest[:at] + rest[at:].translate(SIGNS) for at in ends)
    return next((value for value in (written, *may_be) if payment.iban(_compact(value))), written)


def _at(written: str, many: int) -> int:
    """Where so many of its characters, without blanks, end."""
    return next((at for at in range(len(written)) if at - written[:at].count(" ") == many), len(written))


def _once(match: re.Match[str]) -> str:
    letter, digits, check = match.groups()
    return letter + digits if hk.hkid(letter + digits + check) and not hk.hkid(letter * 2 + digits + check) else match[0]


def agreed(english: str, named: str) -> tuple[str, str]:
    """Both readings with their numbers put right by each other."""
    ours, theirs = _pieces(named), _pieces(english)
    only_ours, only_theirs = sorted(ours - theirs), sorted(theirs - ours)
    if not only_ours or not only_theirs or max(len(only_ours), len(only_theirs)) > MOST:
        return english, named
    in_named, in_english = {}, {}
    for one in only_ours:
        other = max(only_theirs, key=lambda value: _likeness(one, value))
        if _likeness(one, other) < ALIKE:
            continue
        if value := _right(one, other):
            in_named[one] = in_english[other] = value
    return _put(english, in_english), _put(named, in_named)


def _pieces(text: str) -> set[str]:
    return {_compact(match[0]) for match in PIECE.finditer(text)}


def _compact(written: str) -> str:
    return written.replace(" ", "").replace("-", "").upper()


def _likeness(one: str, other: str) -> float:
    if abs(len(one) - len(other)) > 2:
        return 0.0
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE else 0.0


def _right(one: str, other: str) -> str:
    """What was written, '' where that cannot be told. `other`: the English reading, which is right about digits mostly."""
    if whole(one) or whole(other):
        return one if whole(one) else other
    mixed = [value for value in _mixed(one, other) if whole(value)]
    if mixed:
        return mixed[0] if len(mixed) == 1 else ""
    if other.isdecimal() and len(other) >= ACCOUNT and MOSTLY_DIGITS.fullmatch(one):
        return other
    if not (one.isdecimal() and other.isdecimal()):
        return ""
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    if len(longer) == len(shorter) + 1:                    # a digit was read twice, or not at all
        return other if any(longer[:at] + longer[at + 1:] == shorter for at in range(len(longer))) else ""
    return other if len(one) == len(other) and sum(map(str.__ne__, one, other)) <= SLIPS else ""


def _mixed(one: str, other: str) -> Iterator[str]:
    """Every number that takes some characters from the one and the others from the other."""
    differing = sum(a != b for a, b in zip(one, other, strict=False))
    if len(one) == len(other) and differing <= APART:
        yield from map("".join, product(*(a if a == b else (a, b) for a, b in zip(one, other, strict=True))))


def whole(value: str) -> bool:
    """Whether it is a number of a person whose check digit is right, or one of the shape that only such have."""
    shape = _shape(value)
    if shape in LETTERED or payment.iban(value):
        return True
    return any(not TYPES[name].labelled and TYPES[name].check(value) for name in SHAPES.get(shape, ()))


def _shape(value: str) -> str:
    letters = next((at for at, sign in enumerate(value) if not sign.isalpha()), len(value))
    digits = len(value[letters:]) - len(value[letters:].lstrip("0123456789"))
    rest = value[letters + digits:]
    if jp.residence_card(value):
        return "LLD8LL"
    return f"{'L' * letters}D{digits}{rest if rest in ('', 'X', 'A') else '?'}"


def _put(text: str, values: dict[str, str]) -> str:
    def right(match: re.Match[str]) -> str:
        compact = _compact(match[0])
        value = values.get(compact, compact)
        if value == compact or len(value) != len(compact):
            return match[0] if value == compact else value
        signs = iter(value)
        return "".join(sign if sign in " -" else next(signs) for sign in match[0])

    return PIECE.sub(right, text) if values else text
