"""MX hosts and MTA-STS policies, each fault with its remedy."""

from __future__ import annotations

import pytest

from gateway.auth.health.base import GOOD, NOTE, RED, Fetched, Subject, Unfetchable
from gateway.auth.health.transport import mta_sts, mx, policy
from tests.builders.zones import Names, Zone

HOST: Zone = {"mx1.d.example": [("A", "192.0.2.1"), ("AAAA", "2001:db8::1")]}


class Served:
    """The port Fetch."""

    def __init__(self, answer: Fetched | str) -> None:
        self.answer = answer

    async def get(self, host: str, path: str) -> Fetched:
        assert (host, path) == ("mta-sts.d.example", "/.well-known/mta-sts.txt")
        if isinstance(self.answer, str):
            raise Unfetchable(self.answer)
        return self.answer


@pytest.mark.parametrize(("records", "zone", "status", "detail"), [
    ([("MX", (10, "mx1.d.example"))], HOST, GOOD, "192.0.2.1, 2001:db8::1"), ([("MX", (0, ""))], {}, GOOD, "takes no mail"),
    ([("MX", (0, "")), ("MX", (1, "mx1.d.example"))], HOST, RED, "stands beside others"), ([("A", "192.0.2.1")], {}, NOTE, "own address"),
    ([], {}, NOTE, "no mail can be delivered"), ([("MX", (1, "mx2.d.example"))], {}, RED, "has no address"),
    ([("MX", (1, "192.0.2.1"))], {}, RED, "an address is no host name"), ([("MX", (1, "mx_1 d.example"))], {}, RED, "is no host name"),
])
async def test_mx(records, zone: Zone, status: str, detail: str) -> None:
    (line,) = await mx(Subject("d.example", Names({**zone, "d.example": records}), Served("")))
    assert line.status == status and detail in line.detail and bool(line.mend) is (status != GOOD)


GOOD_POLICY = b"version: STSv1\r\nmode: enforce\r\nmx: mx1.d.example\r\nmx: *.spare.example\r\nmax_age: 604800\r\n"


@pytest.mark.parametrize(("body", "hosts", "status", "detail"), [
    (GOOD_POLICY, ["mx1.d.example", "a.spare.example"], GOOD, "enforce"), (GOOD_POLICY.replace(b"\r", b""), ["MX1.d.example"], GOOD, "enforce"),
    (GOOD_POLICY, ["mx2.d.example"], RED, "does not name mx2.d.example"), (GOOD_POLICY, ["a.b.spare.example"], RED, "does not name"),
    (GOOD_POLICY, ["spare.example"], RED, "does not name"), (GOOD_POLICY.replace(b"enforce", b"testing"), ["mx1.d.example"], NOTE, "testing"),
    (GOOD_POLICY.replace(b"604800", b"60"), ["mx1.d.example"], NOTE, "less than a day"), (GOOD_POLICY.replace(b"604800", b"soon"), [], RED, "no number"),
    (GOOD_POLICY.replace(b"STSv1", b"STSv2"), [], RED, "not what senders expect"), (b"", [], RED, "not what senders expect"),
    (b"\xff\xfe<html>", [], RED, "not what senders expect"), (b"version: STSv1\nmode: enforce\nmax_age: 604800\n", [], RED, "any MX host"),
])
def test_policies(body: bytes, hosts: list[str], status: str, detail: str) -> None:
    lines = list(policy(body, hosts))
    assert any(line.status == status and detail in line.detail for line in lines), lines
    assert (RED in {line.status for line in lines}) is (status == RED)


TEXT = "text/plain; charset=utf-8"


@pytest.mark.parametrize(("records", "answer", "status", "detail"), [
    (["v=STSv1; id=20261121"], Fetched(200, TEXT, GOOD_POLICY), GOOD, "enforce"), ([], "", NOTE, "there is none"),
    (["v=STSv1; id=1", "v=STSv1; id=2"], "", RED, "2 records"), (["v=STSv1"], "", RED, "no proper id"), (["v=STSv1; id=a-b"], "", RED, "no proper id"),
    (["v=STSv1; id=1"], "the certificate is not good: expired", RED, "expired"), (["v=STSv1; id=1"], Fetched(301, TEXT, b""), RED, "status 301"),
    (["v=STSv1; id=1"], Fetched(200, "text/html", GOOD_POLICY), NOTE, "served as text/html"),
])
async def test_mta_sts(records: list[str], answer, status: str, detail: str) -> None:
    zone = {"_mta-sts.d.example": [("TXT", r) for r in records], "d.example": [("MX", (1, "mx1.d.example"))]}
    lines = await mta_sts(Subject("d.example", Names(zone), Served(answer)))
    assert any(line.status == status and detail in line.detail for line in lines), lines
