"""Check digits of many values at once. A sieve lets through all that are right and few others; the check of the type decides."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

import numpy as np

from gateway.identifiers import tw

LEAST = 64
"""Values from which on arrays are worth their start."""
_TW = np.full(128, -1, np.int64)
for _letter, _code in tw.LETTERS.items():
    _TW[ord(_letter)] = _code // 10 + _code % 10 * 9


def _japanese(values: np.ndarray, weights: tuple[int, ...], at: int) -> np.ndarray:
    remainder = values[:, :len(weights)] @ np.array(weights) % 11
    return np.asarray(np.where(remainder <= 1, 0, 11 - remainder) == values[:, at])


def _my_number(values: np.ndarray) -> np.ndarray:
    return _japanese(values, (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2), 11)


def _licence(values: np.ndarray) -> np.ndarray:
    return _japanese(values, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2), 10)


def _luhn(values: np.ndarray) -> np.ndarray:
    doubled = values[:, -2::-2] * 2
    return np.asarray((values[:, -1::-2].sum(1) + (doubled - (doubled > 9) * 9).sum(1)) % 10 == 0)


def _weighted(values: np.ndarray) -> np.ndarray:
    """Whether Taiwan's check digit is right; the letter stands as its octet less 48."""
    return np.asarray((_TW[values[:, 0] + 48] + values[:, 1:] @ np.array((8, 7, 6, 5, 4, 3, 2, 1, 1))) % 10 == 0)


def _taiwanese(values: np.ndarray) -> np.ndarray:
    return np.asarray(((values[:, 1] == 1) | (values[:, 1] == 2)) & (_TW[values[:, 0] + 48] >= 0) & _weighted(values))


def _foreign(values: np.ndarray) -> np.ndarray:
    """The second letter of old residence numbers passes here."""
    second = values[:, 1]
    return np.asarray((second > 9) | ((second >= 8) & _weighted(values)))


def _chinese(values: np.ndarray) -> np.ndarray:
    """Eighteen digits or seventeen and X; fifteen digits have no check digit."""
    if values.shape[1] != 18:
        return np.ones(len(values), bool)
    check = np.where(values[:, 17] > 9, 10, values[:, 17])
    return np.asarray((values[:, :17] @ np.array((7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)) + check) % 11 == 1)


def _korean(values: np.ndarray) -> np.ndarray:
    return np.asarray((11 - values[:, :12] @ np.array((2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)) % 11) % 10 == values[:, 12])


_SIEVES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "jp.my_number": _my_number, "jp.driver_licence": _licence, "card": _luhn, "tw.national_id": _taiwanese,
    "tw.resident_id": _foreign, "cn.resident_id": _chinese, "kr.rrn": _korean}


EXACT = frozenset({"tw.national_id"})
"""Types whose sieve lets through nothing that is wrong, given ten characters of the shape."""


def sieve(name: str, values: Collection[str]) -> Iterable[str]:
    """The values that may be of a type, in their order within each length. All of them where the type has no sieve."""
    function = _SIEVES.get(name)
    if function is None or len(values) < LEAST:
        return values
    lengths: dict[int, list[str]] = {}
    for value in values:
        lengths.setdefault(len(value), []).append(value)
    found: list[str] = []
    for length, same in lengths.items():
        joined = "".join(same)
        if joined.isascii():
            digits = np.frombuffer(joined.encode(), np.uint8).astype(np.int64).reshape(len(same), length) - 48
            found += [same[i] for i in np.flatnonzero(function(digits)).tolist()]
        else:
            found += same
    return found
