"""Two gateways pointed at each other, and forged mail by the thousand: no loop, no backscatter."""

from __future__ import annotations

import smtplib
from pathlib import Path

import pytest

from gateway.cli.samples import PARTNER, samples
from tests.e2e.harness import Gateway, gateway


def test_two_gateways_that_point_at_each_other_end_the_loop(tmp_path: Path):
    (tmp_path / "a").mkdir(), (tmp_path / "b").mkdir()
    a, b = Gateway(tmp_path / "a"), Gateway(tmp_path / "b")
    for one, other in ((a, b), (b, a)):
        text = one.config.read_text()
        one.config.write_text(text.replace(text.split('next_hop = ["')[1].split('"')[0], f"127.0.0.1:{other.inbound}"))
    try:
        a.start(), b.start()
        clean = next(s for s in samples() if s.name == "demo-clean")
        code, text = a.send(a.inbound, clean.sender, list(clean.recipients), clean.content)
        assert code == 554 and "5.4.6" in text
        program = next(s for s in samples() if s.name == "demo-program")
        code, text = a.send(a.inbound, program.sender, list(program.recipients), program.content)
        assert code == 250 and a.wait_event("notified", 60)
        assert b.wait_event("held", 60), "our notice has no DKIM signature here, and uses the name of the other house"
    finally:
        a.stop(), b.stop()
    assert len([e for e in a.events if e["event"] == "notified"]) == 1
    assert not [e for e in b.events if e["event"] == "notified"], "a notice about a notice goes round for ever"


def forge(house: Gateway, count: int) -> None:
    program = next(s for s in samples() if s.name == "demo-program")
    with smtplib.SMTP("127.0.0.1", house.inbound, timeout=60, local_hostname="bot.example") as client:
        for n in range(count):
            content = program.content.replace(b"demo-program@", f"forged-{n}@".encode())
            client.sendmail(f"victim{n}@{PARTNER}", ["wang@bank.example"], content, ["BODY=8BITMIME"])


@pytest.mark.parametrize("count", [100, pytest.param(10_000, marks=[pytest.mark.soak, pytest.mark.timeout(1500)])])
def test_forged_mail_makes_no_notice_to_outsiders_and_few_to_insiders(tmp_path: Path, count: int):
    with gateway(tmp_path) as house:
        forge(house, count)
        assert len(house.held()) == count
        assert house.mailbox
        house.mailbox.wait_for(b"Auto-Submitted", 20)
        told = [m for m in house.mailbox.received if not m.reverse_path]
        assert told and {r for m in told for r in m.recipients} <= {"wang@bank.example", "postmaster@bank.example"}
        assert len(told) <= 60, "one notice a mail would bury the reader"
        assert not any(PARTNER in r for m in house.mailbox.received for r in m.recipients)
