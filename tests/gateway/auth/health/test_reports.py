"""DMARC, TLS-RPT and BIMI records, each fault with its remedy."""

from __future__ import annotations

import pytest

from gateway.auth.health.base import GOOD, NOTE, RED, Subject
from gateway.auth.health.reports import bimi, dmarc, tls_rpt
from tests.builders.zones import Names, Zone

FULL = "v=DMARC1; p=reject; rua=mailto:r@d.example"
DMARC = [
    (FULL, {}, GOOD, "p=reject", ""), (FULL, {}, GOOD, "adkim relaxed, aspf relaxed", ""), (FULL + "; adkim=s", {}, GOOD, "adkim strict", ""),
    ("v=DMARC1; p=none; rua=mailto:r@d.example", {}, NOTE, "p=none: forged mail is delivered", "go on to quarantine"),
    ("v=DMARC1; p=reject", {}, NOTE, "no rua", "rua=mailto"),
    (FULL + "; sp=none", {}, NOTE, "sp=none is weaker than p=reject", "leave sp out"), (FULL + "; np=none", {}, NOTE, "np=none is weaker", "leave np out"),
    (FULL + "; sp=deny", {}, RED, 'sp is "deny"', "none, quarantine or reject"),
    (FULL + "; pct=50", {}, NOTE, "pct=50", "leave it out"), (FULL + "; t=y", {}, NOTE, "t=y", "remove it"),
    (FULL + "; polcy=1", {}, NOTE, "unknown: polcy", "correct or remove"),
    ("v=DMARC1; p=deny; rua=mailto:r@d.example", {}, RED, 'p is "deny"', "none, quarantine or reject"),
    ("v=DMARC1", {}, RED, "asks for nothing", '"v=DMARC1; p="'), ("v=DMARC1 p=reject", {}, RED, "asks for nothing", '"v=DMARC1; p="'),
    ("v=DMARC1; p=reject; rua=r@d.example", {}, RED, 'rua "r@d.example" is no address', "mailto:"),
    ("v=DMARC1; p=reject; rua=mailto:r@d.example!10m, mailto:r@else.example", {}, RED, "does not say that it wants them",
     "d.example._report._dmarc.else.example"),
    ("v=DMARC1; p=reject; rua=mailto:r@else.example", {"d.example._report._dmarc.else.example": [("TXT", "v=DMARC1;")]}, GOOD, "rua to else.example", ""),
    ("", {}, RED, "there is none", "_dmarc.d.example"),
]


def subject(zone: Zone, domain: str = "d.example") -> Subject:
    return Subject(domain, Names(zone), None)  # type: ignore[arg-type]


@pytest.mark.parametrize(("record", "zone", "status", "detail", "mend"), DMARC)
async def test_dmarc(record: str, zone: Zone, status: str, detail: str, mend: str) -> None:
    lines = await dmarc(subject({**zone, "_dmarc.d.example": [("TXT", record)]} if record else zone))
    assert any(line.status == status and detail in line.detail and mend in line.mend for line in lines), lines
    assert (RED in {line.status for line in lines}) is (status == RED)


async def test_two_records_are_none() -> None:
    (line,) = await dmarc(subject({"_dmarc.d.example": [("TXT", FULL), ("TXT", FULL)]}))
    assert (line.status, line.mend) == (RED, "keep one")


@pytest.mark.parametrize(("record", "status", "detail"), [
    ("v=DMARC1; p=reject; sp=none", NOTE, "p=none, by the record of d.example"), (FULL, GOOD, "p=reject, by the record of d.example"),
])
async def test_a_subdomain_has_what_the_tree_gives_it(record: str, status: str, detail: str) -> None:
    (line,) = await dmarc(subject({"_dmarc.d.example": [("TXT", record)], "mail.d.example": [("A", "192.0.2.1")]}, "mail.d.example"))
    assert (line.status, line.detail) == (status, detail)


@pytest.mark.parametrize(("records", "status", "detail"), [
    (["v=TLSRPTv1; rua=mailto:t@d.example"], GOOD, "v=TLSRPTv1"), (["v=TLSRPTv1;rua=https://x.example/t"], GOOD, "v=TLSRPTv1"),
    ([], NOTE, "there is none"), (["x"], NOTE, "there is none"), (["v=TLSRPTv1; rua=mailto:t@d.example"] * 2, RED, "2 records"),
    (["v=TLSRPTv1"], RED, "names no place"), (["v=TLSRPTv1; rua=http://x.example"], RED, "names no place"),
])
async def test_tls_rpt(records: list[str], status: str, detail: str) -> None:
    (line,) = await tls_rpt(subject({"_smtp._tls.d.example": [("TXT", r) for r in records]}))
    assert line.status == status and detail in line.detail and bool(line.mend) is (status != GOOD)


@pytest.mark.parametrize(("logo", "policy", "status", "detail"), [
    ("", "", GOOD, "which is fine"), ("v=BIMI1; l=https://d.example/l.svg", FULL, GOOD, "v=BIMI1"),
    ("v=BIMI1; l=https://d.example/l.svg", "", NOTE, "shown by nobody"), ("v=BIMI1; l=http://d.example/l.svg", FULL, RED, "v=BIMI1"),
])
async def test_bimi(logo: str, policy: str, status: str, detail: str) -> None:
    zone = {"default._bimi.d.example": [("TXT", logo)], "_dmarc.d.example": [("TXT", policy)], "d.example": [("A", "192.0.2.1")]}
    (line,) = await bimi(subject(zone))
    assert line.status == status and detail in line.detail
