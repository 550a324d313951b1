"""Every cell of (status, verb), and the page drawn from the table."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.model.custody import Status
from quarantine import lifecycle
from quarantine.lifecycle import REFUSALS, TRANSITIONS, Refusal, Refused, Verb, advance, step

# One row a status, one column a verb in the order of Verb; "." is refused. Written by hand: the table must not test itself.
#        request            approve            release    deny    withdraw   return    delete
#        confirm drop       delivered partly refused uncertain block expire
EXPECTED = {
    "pending":           ". . . . . . .  held purged . . . . . .",
    "held":              "release_requested release_requested releasing denied withdrawn returned purged  held . . . . . . expired",
    "release_requested": ". release_requested releasing denied withdrawn returned purged  . . . . . . . expired",
    "releasing":         ". . . . . . .  . . released held held delivery_unknown release_blocked .",
    "released":          ". . . . . . purged  . . . . . . . .",
    "release_blocked":   "release_requested release_requested releasing denied withdrawn returned purged  . . . . . . . expired",
    "delivery_unknown":  ". . releasing . . . purged  . . released held held delivery_unknown release_blocked .",
    "denied":            ". . . . . . purged  . . . . . . . .",
    "withdrawn":         ". . . . . . purged  . . . . . . . .",
    "returned":          ". . . . . . purged  . . . . . . . .",
    "expired":           ". . . . . . purged  . . . . . . . .",
    "purged":            ". . . . . . .  . . . . . . . .",
}
CELLS = [(s, v, w) for s, row in EXPECTED.items() for v, w in zip(Verb, row.split(), strict=True)]


def test_the_expectation_covers_every_cell() -> None:
    assert set(EXPECTED) == {s.value for s in Status} == {s.value for s in TRANSITIONS} == {s.value for s in REFUSALS}
    assert len(CELLS) == len(Status) * len(Verb)


@pytest.mark.parametrize(("status", "verb", "wanted"), CELLS)
def test_cell(status: str, verb: Verb, wanted: str) -> None:
    answer = step(Status(status), verb)
    if wanted == ".":
        assert answer == REFUSALS[Status(status)]
        with pytest.raises(Refused) as caught:
            advance(Status(status), verb)
        assert caught.value.code == REFUSALS[Status(status)].code
    else:
        assert answer == Status(wanted) == advance(Status(status), verb)


def test_refusals_are_distinct_and_readable() -> None:
    codes = [r.code for r in REFUSALS.values()]
    assert len(set(codes)) == len(codes)
    assert all(isinstance(r, Refusal) and r.text and "\n" not in r.text for r in REFUSALS.values())


def test_sources() -> None:
    assert lifecycle.sources(Verb.DROP) == (Status.PENDING,)
    assert set(lifecycle.sources(Verb.EXPIRE)) == set(lifecycle.OPEN)


def test_nothing_destroyed_comes_back() -> None:
    """From expired and purged no verb leads to a status with content."""
    for status in (Status.EXPIRED, Status.PURGED):
        assert set(TRANSITIONS[status].values()) <= {Status.PURGED}


def test_the_page_is_drawn_from_the_table() -> None:
    page = Path(__file__).parents[2] / "docs/reference/lifecycle.md"
    assert page.read_text(encoding="utf-8") == lifecycle.reference(), "write lifecycle.reference() into it"


def test_all_statuses_but_some() -> None:
    assert set(lifecycle.but(lifecycle.OPEN)) == {s.value for s in Status} - {s.value for s in lifecycle.OPEN} and lifecycle.but(tuple(Status)) == []
