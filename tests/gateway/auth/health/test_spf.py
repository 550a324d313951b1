"""SPF records as receivers see them: each fault has its line and its remedy, good ones have none."""

from __future__ import annotations

import pytest

from gateway.auth.health.base import GOOD, NOTE, RED, Subject
from gateway.auth.health.spf import examine
from gateway.auth.resolver import TemporaryFailure
from tests.builders.zones import TIMEOUT, Names, Zone

MANY = " ".join(f"include:i{n}.example" for n in range(11))
INCLUDED: Zone = {f"i{n}.example": [("TXT", "v=spf1 ip4:192.0.2.1 ~all")] for n in range(11)}
CIRCLE: Zone = {"a.example": [("TXT", "v=spf1 include:b.example")], "b.example": [("TXT", "v=spf1 include:a.example")]}

CASES: list[tuple[str, Zone, str, str, str]] = [
    # record, other names, status, words of the detail, words of the remedy
    ("v=spf1 ip4:192.0.2.0/24 -all", {}, GOOD, "strangers are refused", ""),
    ("v=spf1 mx ~all", {"d.example": [("MX", (1, "mx.d.example"))]}, GOOD, "strangers are suspicious", ""),
    ("v=spf1 +all", {}, RED, "+all lets everybody send", "-all"),
    ("v=spf1 all", {}, RED, "+all lets everybody send", "-all"),
    ("v=spf1 a ?all", {}, NOTE, "?all says nothing", "~all"),
    ("v=spf1 ip4:192.0.2.1", {}, NOTE, "?all says nothing", "~all"),
    ("v=spf1 redirect=i0.example", INCLUDED, GOOD, "1 of 10 look-ups in 2 records", ""),
    (f"v=spf1 {MANY} -all", INCLUDED, RED, "11 of 10 look-ups", "remove includes"),
    (f"v=spf1 {MANY.rpartition(' ')[0].rpartition(' ')[0]} -all", INCLUDED, NOTE, "9 of 10 look-ups", "tidy up"),
    ("v=spf1 include:none.example -all", {}, RED, "include:none.example has no SPF record", "remove include:none.example"),
    ("v=spf1 include:bad.example -all", {"bad.example": [("TXT", "v=spf1 ip4:999 -all")]}, RED, "bad.example: malformed ip4", "tell who runs"),
    ("v=spf1 include:a.example -all", CIRCLE, NOTE, "included twice, or in a circle", "once"),
    ("v=spf1 redirect=d.example", {}, RED, "goes round in a circle", "remove"),
    ("v=spf1 a:n1.example a:n2.example a:n3.example -all", {}, RED, "3 names that do not exist", "remove those"),
    ("v=spf1 ptr -all", {}, NOTE, "ptr in d.example is slow", "ip4"),
    ("v=spf1 ip4:10.0.0.0/8 -all", {}, NOTE, "10.0.0.0/8 in d.example is very wide", "only the networks"),
    ("v=spf1 ip6:2001::/16 -all", {}, NOTE, "very wide", "only the networks"),
    ("v=spf1 " + " ".join(f"ip4:192.0.2.{n}" for n in range(40)) + " -all", {}, NOTE, "cut answers at 512", "shorten"),
    ("v=spf1 mx:big.example -all", {"big.example": [("MX", (n, f"h{n}.example")) for n in range(12)]}, RED, "has 12 hosts", "ip4"),
    ("v=spf1 ip4:192.0.2.300 -all", {}, RED, "malformed ip4", "RFC 7208"),
    ("v=spf1 exists:%{i}.x.example -all", {}, GOOD, "1 of 10 look-ups", ""),
    ("v=spf1; ip4:192.0.2.1 -all", {}, RED, "is no SPF record", "must begin"),
    ("", {}, RED, "anybody may send as this domain", 'such as "v=spf1 mx -all"'),
]


def subject(record: str, zone: Zone, sends: bool = True) -> Subject:
    own = [("TXT", record)] if record else []
    return Subject("d.example", Names({**zone, "d.example": [*own, ("A", "192.0.2.1"), *zone.get("d.example", [])]}), None, sends)  # type: ignore[arg-type]


@pytest.mark.parametrize(("record", "zone", "status", "detail", "mend"), CASES, ids=[c[0][:40] for c in CASES])
async def test_records(record: str, zone: Zone, status: str, detail: str, mend: str) -> None:
    lines = await examine(subject(record, zone))
    assert any(line.status == status and detail in line.detail and mend in line.mend for line in lines), lines
    assert all(bool(line.mend) is (line.status != GOOD) for line in lines), "a remedy for what is wrong, and for nothing else"
    worst = RED if any(c[0] == record and c[2] == RED for c in CASES) else status
    assert (RED in {line.status for line in lines}) is (worst == RED)


async def test_a_domain_that_sends_nothing() -> None:
    (line,) = await examine(subject("", {}, sends=False))
    assert '"v=spf1 -all"' in line.mend


async def test_two_records() -> None:
    one = Subject("d.example", Names({"d.example": [("TXT", "v=spf1 -all"), ("TXT", "v=spf1 mx -all")]}), None)  # type: ignore[arg-type]
    (line,) = await examine(one)
    assert line.status == RED and line.detail.startswith("several records") and "join them" in line.mend


async def test_a_bomb_of_includes_is_bounded() -> None:
    names = Names({f"{n}.example": [("TXT", "v=spf1 " + " ".join(f"include:{n * 5 + k}.example" for k in range(1, 6)))] for n in range(3000)})
    lines = await examine(Subject("0.example", names, None))  # type: ignore[arg-type]
    assert len(names.asked) < 100 and any(line.status == RED and "look-ups" in line.what for line in lines)


async def test_trouble_with_names_goes_up() -> None:
    with pytest.raises(TemporaryFailure):
        await examine(subject("v=spf1 include:t.example -all", {"t.example": [("TXT", TIMEOUT)]}))
