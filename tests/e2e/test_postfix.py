"""Real Postfix in front of and behind the gateway, with the snippets that README and deploy/ give."""

from __future__ import annotations

import smtplib
from pathlib import Path

import pytest

from gateway.cli.mailbox import Mailbox
from gateway.cli.samples import samples
from tests.e2e.harness import Gateway, free_port
from tests.e2e.postfix import MASTER, Postfix

SAMPLES = {s.name: s for s in samples()}
pytestmark = pytest.mark.skipif(not MASTER.exists(), reason="Postfix is not installed; make test brings it")


def snippet(name: str, front: int, gateway: int, back: int) -> str:
    text = (Path(__file__).parents[2] / "deploy" / "postfix" / name).read_text()
    text = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    return (text.replace("smtp      inet", f"127.0.0.1:{front} inet", 1).replace("127.0.0.1:10026", f"127.0.0.1:{back}")
            .replace("127.0.0.1]:10025", f"127.0.0.1]:{gateway}").replace("127.0.0.1:10025", f"127.0.0.1:{gateway}")
            .replace("  y  -", "  n  -")) + "\n"


@pytest.fixture(params=["before-queue.cf", "after-queue.cf"])
def path(request, tmp_path: Path):
    """client -> Postfix -> gateway -> Postfix -> mailbox."""
    mailbox = Mailbox().start()
    front, back = free_port(), free_port()
    house = Gateway(tmp_path, inbound_extra='trust = ["127.0.0.0/8"]')
    text = house.config.read_text()
    house.config.write_text(text.replace(text.split('next_hop = ["')[1].split('"')[0], f"127.0.0.1:{back}", 1))
    postfix = Postfix(snippet(request.param, front, house.inbound, back), f"[127.0.0.1]:{mailbox.port}")
    house.mailbox = mailbox
    try:
        house.start()
        postfix.start(front)
        yield house, postfix, front
    finally:
        postfix.stop()
        house.stop()
        mailbox.stop()


def send(port: int, name: str) -> None:
    sample = SAMPLES[name]
    with smtplib.SMTP("127.0.0.1", port, timeout=60, local_hostname="client.example") as client:
        client.sendmail(sample.sender, list(sample.recipients), sample.content, ["BODY=8BITMIME"])


def test_clean_mail_passes_and_a_program_does_not(path):
    house, postfix, front = path
    send(front, "demo-cjk")
    send(front, "demo-program")
    got = house.mailbox.wait_for(b"<demo-cjk@", 60)
    assert got is not None, postfix.log() + house.errors()
    body = SAMPLES["demo-cjk"].content.partition(b"\r\n\r\n")[2]
    assert got.body == body
    verdict = house.wait_event("held", 60)
    assert verdict is not None, postfix.log() + house.errors()
    assert [m["header_message_id"] for m in house.held()] == ["<demo-program@partner.example>"]
    assert house.mailbox.wait_for(b"<demo-program@", 1) is None
