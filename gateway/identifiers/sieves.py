"""The checks of identifiers for many values at once: the same answers as the functions of the registry, from arrays.

A function here is given values of one length, a row of characters each, less 48: digits are 0 to 9, `A` is 17, `X` is 40.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

import numpy as np

from gateway.identifiers import cn, jp, payment, tw

LEAST = 64
"""Values from which on arrays are worth their start."""
PIECE = 1 << 14
"""Values that are looked at together."""
_A, _X = ord("A") - 48, ord("X") - 48
_TW = np.full(128, -1, np.int64)
for _letter, _code in tw.LETTERS.items():
    _TW[ord(_letter) - 48] = _code // 10 + _code % 10 * 9

IBAN_LENGTH = np.zeros(26 * 26, np.int64)
"""By the two letters of a country, A being 0."""
for _country, _length in payment.IBAN_LENGTHS.items():
    IBAN_LENGTH[(ord(_country[0]) - 65) * 26 + ord(_country[1]) - 65] = _length


def _two_digits(known: Collection[str]) -> np.ndarray:
    return np.array([f"{n:02d}" in known for n in range(100)])


_PROVINCE, _COMMISSION = _two_digits(cn.PROVINCES), _two_digits(jp.COMMISSIONS)
_DAYS = np.array((0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31) + (0,) * 87)
_CENTURY = np.array((18, 19, 19, 20, 20, 19, 19, 20, 20, 18))


class Columns:
    """Values by their length, each length as an array, column by column; a value that is not ASCII is in no array."""

    def __init__(self, values: Collection[str]) -> None:
        same = _alike(values)
        if same is not None:
            self.columns: list[tuple[list[str], np.ndarray | None]] = [(list(values), same)]
            return
        lengths: dict[int, list[str]] = {}
        for value in values:
            lengths.setdefault(len(value), []).append(value)
        self.columns = [(those, _array(those, length)) for length, those in lengths.items()]

    def passing(self, name: str, check: Callable[[str], bool]) -> list[str]:
        """The values that a type's check lets through."""
        function = _CHECKS.get(name)
        found: list[str] = []
        for same, array in self.columns:
            if function is None or array is None:
                found += filter(check, same)
                continue
            right = _in_pieces(function, array)
            found += same if right.all() else [same[i] for i in np.flatnonzero(right).tolist()]
        return found

    def issued(self) -> int:
        """How many are numbers of cards but for their check digit."""
        return sum(sum(map(payment.issued, same)) if array is None else int(_in_pieces(_issued, array).sum())
                   for same, array in self.columns)


def _alike(values: Collection[str]) -> np.ndarray | None:
    """The array of values that are of one length and ASCII, else None: quicker than to ask each for its length."""
    length = len(next(iter(values), ""))
    joined = "\n".join(values) + "\n"
    if not length or len(joined) != len(values) * (length + 1) or not joined.isascii() or joined.count("\n") != len(values):
        return None
    lines = np.frombuffer(joined.encode(), np.uint8).reshape(len(values), length + 1)
    return _numbers(lines[:, :length]) if (lines[:, length] == 10).all() else None


def _array(values: list[str], length: int) -> np.ndarray | None:
    joined = "".join(values)
    if not length or not joined.isascii():
        return None
    return _numbers(np.frombuffer(joined.encode(), np.uint8).reshape(len(values), length))


def _numbers(octets: np.ndarray) -> np.ndarray:
    """Less 48, where all of them are one piece; else each check makes that of a piece at a time."""
    return _less_48(octets) if len(octets) <= PIECE else octets


def _less_48(octets: np.ndarray) -> np.ndarray:
    return octets.astype(np.int32, order="F") - 48


def _in_pieces(look: Callable[[np.ndarray], np.ndarray], octets: np.ndarray) -> np.ndarray:
    """What a check says of values: what is made of a piece of them stays in the processor's cache."""
    if octets.dtype == np.int32:
        return look(octets)
    return np.concatenate([look(_less_48(octets[at:at + PIECE])) for at in range(0, len(octets), PIECE)])


def _digits(values: np.ndarray) -> np.ndarray:
    return np.asarray(((values >= 0) & (values <= 9)).all(1))


def _several(values: np.ndarray, least: int = 2) -> np.ndarray:
    """Whether there are so many different digits."""
    seen = np.bitwise_or.reduce(np.left_shift(1, np.clip(values, 0, 9)), axis=1)
    for _ in range(least - 1):
        seen &= seen - 1                                  # without the lowest of them
    return np.asarray(seen != 0)


def _number(values: np.ndarray) -> np.ndarray:
    return np.asarray(values @ (10 ** np.arange(values.shape[1] - 1, -1, -1)).astype(values.dtype))


def _dated(year: np.ndarray, month: np.ndarray, day: np.ndarray) -> np.ndarray:
    """As date.valid_date."""
    return np.asarray((year >= 1850) & (year <= 2099) & (day >= 1) & (day <= _DAYS[np.clip(month, 0, 99)]))


def _japanese(values: np.ndarray, weights: tuple[int, ...], at: int) -> np.ndarray:
    remainder = values[:, :len(weights)] @ np.array(weights) % 11
    return np.asarray(np.where(remainder <= 1, 0, 11 - remainder) == values[:, at])


def _my_number(values: np.ndarray) -> np.ndarray:
    if values.shape[1] != 12:
        return np.zeros(len(values), bool)
    return np.asarray(_digits(values) & _several(values) & _japanese(values, (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2), 11))


def _licence(values: np.ndarray) -> np.ndarray:
    if values.shape[1] != 12:
        return np.zeros(len(values), bool)
    commission = _COMMISSION[np.clip(_number(values[:, :2]), 0, 99)]
    return np.asarray(_digits(values) & commission & _japanese(values, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2), 10))


def _issued(values: np.ndarray) -> np.ndarray:
    """As payment.issued, of digits."""
    length = values.shape[1]
    found = np.zeros(len(values), bool)
    if length >= 13:
        prefix = _number(values[:, :6])
        for low, high, lengths in payment.RANGES:
            if length in lengths:
                found |= (prefix >= low) & (prefix <= high)
    return np.asarray(found & _digits(values))


def _card(values: np.ndarray) -> np.ndarray:
    doubled = values[:, -2::-2] * 2
    luhn = (values[:, -1::-2].sum(1) + (doubled - (doubled > 9) * 9).sum(1)) % 10 == 0
    return np.asarray(_issued(values) & luhn & _several(values[:, 6:-1]))


def _weighted(letters: np.ndarray, digits: np.ndarray) -> np.ndarray:
    """Whether Taiwan's check digit is right."""
    code = _TW[np.clip(letters, 0, 127)]
    return np.asarray(_digits(digits) & (code >= 0) & ((code + digits @ np.array((8, 7, 6, 5, 4, 3, 2, 1, 1))) % 10 == 0))


def _taiwanese(values: np.ndarray) -> np.ndarray:
    if values.shape[1] != 10:
        return np.zeros(len(values), bool)
    return np.asarray(((values[:, 1] == 1) | (values[:, 1] == 2)) & _weighted(values[:, 0], values[:, 1:]))


def _foreign(values: np.ndarray) -> np.ndarray:
    """Eight or nine behind the letter, or a second letter from A to D that counts as 0 to 3."""
    if values.shape[1] != 10:
        return np.zeros(len(values), bool)
    second, digits = values[:, 1], values[:, 1:].copy()
    old = (second >= _A) & (second <= _A + 3)
    digits[old, 0] -= _A
    return np.asarray((old | (second == 8) | (second == 9)) & _weighted(values[:, 0], digits))


def _chinese(values: np.ndarray) -> np.ndarray:
    """Eighteen digits or seventeen and X; fifteen digits have no check digit."""
    length = values.shape[1]
    if length not in (15, 18):
        return np.zeros(len(values), bool)
    born = values[:, 6:14] if length == 18 else np.insert(values[:, 6:12], (0, 0), (1, 9), axis=1)
    found = _PROVINCE[np.clip(_number(values[:, :2]), 0, 99)] & _dated(
        _number(born[:, :4]), _number(born[:, 4:6]), _number(born[:, 6:]))
    if length == 15:
        return np.asarray(found & _digits(values))
    check = np.where(values[:, 17] == _X, 10, values[:, 17])
    total = values[:, :17] @ np.array((7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)) + check
    return np.asarray(found & _digits(values[:, :17]) & (check >= 0) & (check <= 10) & (total % 11 == 1))


def _korean(values: np.ndarray) -> np.ndarray:
    if values.shape[1] != 13:
        return np.zeros(len(values), bool)
    year = _CENTURY[np.clip(values[:, 6], 0, 9)] * 100 + _number(values[:, :2])
    foreign = (values[:, 6] >= 5) & (values[:, 6] <= 8)
    check = (11 - values[:, :12] @ np.array((2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)) % 11 + 2 * foreign) % 10 == values[:, 12]
    return np.asarray(_digits(values) & check & _dated(year, _number(values[:, 2:4]), _number(values[:, 4:6])))


def _iban(values: np.ndarray) -> np.ndarray:
    """As payment.iban: a letter counts as two digits."""
    length = values.shape[1]
    digit, upper = (values >= 0) & (values <= 9), (values >= _A) & (values <= _A + 25)
    lower = (values >= _A + 32) & (values <= _A + 57)
    if length < 5:
        return np.zeros(len(values), bool)
    country = np.clip(values[:, :2] - _A, 0, 25)
    found = upper[:, :2].all(1) & digit[:, 2:4].all(1) & (digit | upper | lower).all(1)
    found &= IBAN_LENGTH[country[:, 0] * 26 + country[:, 1]] == length
    rest = np.zeros(len(values), np.int32)
    for column in (*range(4, length), 0, 1, 2, 3):
        value = values[:, column]
        letter = ~digit[:, column]
        rest = (rest * np.where(letter, 100, 10) + np.where(letter, value - np.where(lower[:, column], 39, 7), value)) % 97
    return np.asarray(found & (rest == 1))


def _account(values: np.ndarray) -> np.ndarray:
    """As bank.tw_account."""
    return np.asarray(_digits(values) & _several(values, 3) & (10 <= values.shape[1] <= 16))


_CHECKS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "jp.my_number": _my_number, "jp.driver_licence": _licence, "card": _card, "tw.national_id": _taiwanese,
    "tw.resident_id": _foreign, "cn.resident_id": _chinese, "kr.rrn": _korean, "tw.bank_account": _account,
    "iban": _iban}
