"""Our signatures, seals and warnings on real processes: what leaves verifies for dkimpy, and nothing else of it changed."""

from __future__ import annotations

import contextlib
import email
import email.policy
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import dkim as dkimpy
import pytest

from gateway.auth.health.keys import record
from gateway.cli.samples import samples
from tests.builders.certificates import files, pem, private
from tests.builders.zones import NameServer
from tests.e2e.harness import Gateway, gateway
from tests.e2e.test_main_job import notice_to, password

SAMPLES = {s.name: s for s in samples()}
OURS = {"r1": record(private("rsa").public_key()).encode(), "e1": record(private("ed25519").public_key()).encode()}
PARTNER = record(private("rsa", 1).public_key())
ZONE = {
    "partner.example": [("TXT", "v=spf1 ip4:192.0.2.1 -all")], "_dmarc.partner.example": [("TXT", "v=DMARC1; p=reject")],
    "p1._domainkey.partner.example": [("TXT", PARTNER)],
}
EXTRA = """
[auth]
nameservers = ["127.0.0.1:{port}"]
learning = "0s"

[annotate]
subject_tag = "[外部]"

[[dkim]]
domain = "bank.example"
selector = "r1"
key_file = "{rsa}"

[[dkim]]
domain = "bank.example"
selector = "e1"
key_file = "{ed25519}"

[[dkim]]
domain = "bank.example"
selector = "next"
key_file = "{rsa}"
from = 2199-01-01
"""


def names(name: bytes, timeout: int = 5) -> bytes | None:
    selector = name.decode().partition(".")[0]
    return OURS.get(selector) or (PARTNER.encode() if selector == "p1" else None)


def signatures(mail: bytes) -> list[bool]:
    found = email.message_from_bytes(mail).get_all("DKIM-Signature") or []
    return [dkimpy.DKIM(mail).verify(idx=n, dnsfunc=names) for n in range(len(found))]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory):
    folder: Path = tmp_path_factory.mktemp("signing")
    paths = files(folder, rsa=pem("rsa"), ed25519=pem("ed25519"))
    with NameServer(ZONE) as server, gateway(folder, extra=EXTRA.format(port=server.port, **paths)) as running:
        yield running


def letter(author: str, subject: str, more: str = "") -> bytes:
    return (f"From: {author}\r\nTo: ann@bank.example\r\nSubject: {subject}\r\nMessage-ID: <{subject}@here>\r\n{more}\r\n"
            f"您好,\r\n\r\nbody of {subject}\t \r\n").encode()


def arrived(house: Gateway, subject: str) -> bytes:
    got = house.mailbox.wait_for(f"<{subject}@here>".encode(), 60) if house.mailbox else None
    assert got is not None, house.errors()
    return got.content


def test_what_we_send_is_signed_twice_and_not_changed(house: Gateway) -> None:
    mail = letter("王小明 <wang@bank.example>", "outbound")
    assert house.send(house.outbound, "wang@bank.example", ["b@partner.example"], mail)[0] == 250
    got = arrived(house, "outbound")
    assert got.endswith(mail) and signatures(got) == [True, True]


def test_what_was_held_and_released_is_signed_too_and_so_are_our_notices(house: Gateway) -> None:
    sample = SAMPLES["demo-customers"]
    assert house.send(house.outbound, sample.sender, list(sample.recipients), sample.content)[0] == 250
    notice = notice_to(house, sample.sender)
    assert notice is not None and signatures(notice.content) == [True, True]
    [held] = house.held(header_message_id="<demo-customers@bank.example>")
    house.run("user", "add", "boss", "--role", "supervisor", "--password-file", str(password(house.folder)))
    house.run("quarantine", "request", held["id"], "--reason", "needed")
    house.run("quarantine", "approve", held["id"], "--as", "boss", "--reason", "contract 12")
    got = house.mailbox.wait_for(b"<demo-customers@", 60)
    assert got is not None and got.content.endswith(sample.content) and signatures(got.content) == [True, True], house.errors()


def remembered(house: Gateway) -> int:
    """Words of the history that are on disk; they are written every two seconds."""
    with contextlib.closing(sqlite3.connect(f"file:{house.state / 'history.db'}?mode=ro", uri=True)) as database:
        return int(database.execute("SELECT count(*) FROM seen").fetchone()[0])


def settled(house: Gateway) -> int:
    """The same once nothing of what went before waits to be written."""
    count = -1
    while (now := remembered(house)) != count:
        count = now
        time.sleep(3.5)
    return count


def unmarked(send: Callable[[int], bytes]) -> bytes:
    """The first mail without a warning: who wrote is remembered within a second after the answer."""
    for n in range(20):
        mail = send(n)
        if b"X-Sekisho-Warning" not in mail:
            break
        time.sleep(0.3)
    return mail


def test_a_stranger_is_marked_sealed_and_then_known(house: Gateway) -> None:
    def sent(subject: str) -> bytes:
        mail = letter("Wang <wang@partner.example>", subject)
        signed = dkimpy.sign(mail, b"p1", b"partner.example", pem("rsa", 1)) + mail
        assert house.send(house.inbound, "wang@partner.example", ["ann@bank.example"], signed)[0] == 250
        return arrived(house, subject)

    first = sent("first")
    read = email.message_from_bytes(first, policy=email.policy.default)
    assert read["Subject"] == "[外部] first" and "第一次來信" in read["X-Sekisho-Warning"]
    assert read["X-Sekisho-Tags"] == "doubtful-sender"
    assert dkimpy.arc_verify(first, dnsfunc=names)[0] == dkimpy.CV_Pass, "what we changed is sealed"
    assert "dkim=pass" in read["ARC-Authentication-Results"]
    later = unmarked(lambda n: sent(f"later{n}"))
    read = email.message_from_bytes(later, policy=email.policy.default)
    assert read["Subject"].startswith("later") and read["X-Sekisho-Warning"] is None and signatures(later) == [True], house.errors()


def test_a_partner_to_whom_we_wrote_is_no_stranger_and_his_answer_is_one(house: Gateway) -> None:
    before = settled(house)
    question = letter("ann@bank.example", "question")
    assert house.send(house.outbound, "ann@bank.example", ["li@partner.example"], question)[0] == 250
    arrived(house, "question")

    def answered(n: int) -> bytes:
        answer = letter("li@partner.example", f"answer{n}", "In-Reply-To: <question@here>\r\n")
        signed = dkimpy.sign(answer, b"p1", b"partner.example", pem("rsa", 1)) + answer
        assert house.send(house.inbound, "li@partner.example", ["ann@bank.example"], signed)[0] == 250
        return arrived(house, f"answer{n}")

    end = time.monotonic() + 20          # an answer before the question is remembered would make a stranger known
    while remembered(house) <= before and time.monotonic() < end:
        time.sleep(0.2)
    assert email.message_from_bytes(answered(0))["X-Sekisho-Warning"] is None
    [entry] = [e for e in house.events if e["event"] == "verdict" and e["direction"] == "inbound"][-1:]
    assert "IMPERSONATION-UNKNOWN-THREAD" not in entry["findings"] and "IMPERSONATION-FIRST-CONTACT" not in entry["findings"]


def test_a_key_that_cannot_be_used_leaves_the_old_ones_in_force(house: Gateway) -> None:
    text = house.config.read_text()
    junk = house.folder / "junk"
    junk.write_bytes(b"junk")
    house.config.write_text(text + f'\n[[dkim]]\ndomain = "bank.example"\nselector = "x"\nkey_file = "{junk}"\n')
    try:
        ran = house.run("policy", "check", check=False)
        assert ran.returncode == 1 and b"is no private key in PEM" in ran.stdout
        assert house.process is not None
        house.process.send_signal(1)
        failed = house.wait_event("reload", 60, outcome="failure")
        assert failed is not None and "is no private key in PEM" in str(failed)
    finally:
        house.config.write_text(text)
    mail = letter("wang@bank.example", "after")
    assert house.send(house.outbound, "wang@bank.example", ["b@partner.example"], mail)[0] == 250
    assert signatures(arrived(house, "after")) == [True, True]
