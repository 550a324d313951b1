from __future__ import annotations

import pytest

from gateway.reports.anomalies import Jump, classes, volume


def weeks(*counts: int, sender: str = "a@b") -> list[dict[str, object]]:
    return [{"sender": sender, "week": n, "messages": count} for n, count in enumerate(counts) if count]


@pytest.mark.parametrize(("counts", "found"), [
    ((60, 10, 10, 10), [Jump("a@b", "volume", 60, 10)]),
    ((10, 60, 10, 10), [Jump("a@b", "volume", 60, 10)]),
    ((30, 10, 10, 10), [Jump("a@b", "volume", 30, 10)]),
    ((29, 10, 10, 10), []),
    ((19, 0, 0, 1), []),                 # too few to speak of
    ((0, 25, 0, 0), [Jump("a@b", "volume", 25, 0)]),
    ((500,), []),                        # nothing to compare with
    ((100, 90, 110, 95), []),
])
def test_volume(counts: tuple[int, ...], found: list[Jump]) -> None:
    assert volume([*weeks(*counts), *(weeks(1, 1, 1, 1, sender="z@b") if len(counts) > 1 else [])]) == found


def facts(persons: int, **found: int) -> dict[str, object]:
    return {"messages": 1, "persons": persons, "classes": found}


def test_people_and_classes() -> None:
    now = {"a@b": facts(60, card=3, iban=2), "c@b": facts(19, card=9), "d@b": facts(60)}
    before = {"c@b": facts(1, card=1), "d@b": facts(21)}
    assert classes(now, before) == [Jump("a@b", "persons", 60, 0), Jump("a@b", "class", 3, 0, "card")]
    assert classes({}, before) == []
