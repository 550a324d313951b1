"""The main job, on real processes: a program comes in, customer data goes out; both are kept, told, approved and released."""

from __future__ import annotations

import email
import email.policy
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from gateway.cli.samples import samples
from tests.e2e.harness import Gateway, gateway

SAMPLES = {s.name: s for s in samples()}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory):
    with gateway(tmp_path_factory.mktemp("house")) as running:
        yield running


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def signed(content: bytes, key: rsa.RSAPrivateKey, domain: str) -> bytes:
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    line = dkim.sign(content, b"s1", domain.encode(), pem, canonicalize=(b"simple", b"simple"))
    return line + content


def verifies(content: bytes, key: rsa.RSAPrivateKey) -> bool:
    import base64

    der = base64.b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    return dkim.verify(content, dnsfunc=lambda *_a, **_k: b"v=DKIM1; k=rsa; p=" + der)


def notice_to(house: Gateway, mailbox: str, seconds: float = 20.0):
    assert house.mailbox
    with house.mailbox.news:
        house.mailbox.news.wait_for(lambda: any(mailbox in m.recipients and not m.reverse_path
                                                for m in house.mailbox.received), seconds)
        return next((m for m in house.mailbox.received if mailbox in m.recipients and not m.reverse_path), None)


def send(house: Gateway, name: str, content: bytes) -> tuple[int, str]:
    sample = SAMPLES[name]
    port = house.inbound if sample.direction == "inbound" else house.outbound
    return house.send(port, sample.sender, list(sample.recipients), content)


def test_clean_mail_passes_octet_for_octet(house: Gateway, key):
    content = signed(SAMPLES["demo-cjk"].content, key, "partner.example")
    assert send(house, "demo-cjk", content)[0] == 250
    got = house.mailbox.wait_for(b"<demo-cjk@", 60)
    assert got is not None and got.content.endswith(content) and verifies(got.content, key)
    assert b"\r\nReceived: " in b"\r\n" + got.content[: -len(content)]


def test_a_program_is_kept_and_its_recipient_told_and_a_release_delivers_the_original(house: Gateway, key):
    content = signed(SAMPLES["demo-program"].content, key, "partner.example")
    assert send(house, "demo-program", content)[0] == 250
    [held] = house.held(header_message_id="<demo-program@partner.example>")
    assert (held["status"], held["kind"], held["direction"]) == ("held", "threat", "inbound")
    assert house.mailbox.wait_for(b"<demo-program@", 0.5) is None, "delivered unseen"

    notice = notice_to(house, "wang@bank.example")
    assert notice is not None, house.errors()
    told = email.message_from_bytes(notice.content, policy=email.policy.default)
    assert told["Auto-Submitted"] == "auto-generated" and held["id"] in told.get_body(("plain",)).get_content()

    assert house.run("quarantine", "export", held["id"], "--raw").stdout == content
    # A program needs two: one approval alone releases nothing.
    for name in ("lin", "chen"):
        house.run("user", "add", name, "--role", "supervisor,analyst", "--password-file", str(password(house.folder)))
    house.run("user", "add", "ming", "--role", "recipient", "--mailbox", "wang@bank.example", "--password-file",
              str(password(house.folder)))
    house.run("quarantine", "request", held["id"], "--as", "ming", "--reason", "expected from the vendor")
    house.run("quarantine", "approve", held["id"], "--as", "lin", "--reason", "checked with the vendor")
    assert house.mailbox.wait_for(b"<demo-program@", 1) is None
    assert house.run("quarantine", "approve", held["id"], "--as", "lin", "--reason", "again", check=False).returncode == 1
    house.run("quarantine", "approve", held["id"], "--as", "chen", "--reason", "seen")
    got = house.mailbox.wait_for(b"<demo-program@", 60)
    assert got is not None, house.errors()
    assert got.content.endswith(content) and verifies(got.content, key)
    assert (got.reverse_path, got.recipients) == (SAMPLES["demo-program"].sender, SAMPLES["demo-program"].recipients)
    assert house.wait_status(held["id"], "released")["status"] == "released"
    passes_again_once(house, got.content, content)


def passes_again_once(house: Gateway, released: bytes, original: bytes) -> None:
    """A mail server behind us may send what we released through us again: its mark counts once, and for these octets only."""
    assert house.mailbox
    before = len(house.mailbox.received)
    for n, mail in enumerate((released.replace(b"MZ", b"ZM").replace(b"Subject: ", b"Subject: other "), released, released)):
        assert send(house, "demo-program", b"Received: from mail.bank.example by hub.bank.example; n\r\n" + mail)[0] == 250, n
    again = [m for m in house.mailbox.received[before:] if b"<demo-program@" in m.content]
    assert len(again) == 1 and again[0].content.endswith(original) and b"X-Sekisho-Release" not in again[0].content


def test_customer_data_is_held_and_its_sender_told_and_the_sender_cannot_approve(house: Gateway, key):
    content = signed(SAMPLES["demo-customers"].content, key, "bank.example")
    assert send(house, "demo-customers", content)[0] == 250
    [held] = house.held(header_message_id="<demo-customers@bank.example>")
    assert (held["status"], held["kind"], held["persons"]) == ("held", "leak", 4)
    assert held["identifiers"] == {"tw.national_id": 4} or held["identifiers"]["tw.national_id"] == 4

    house.run("user", "add", "wang", "--role", "sender,supervisor", "--mailbox", "wang@bank.example", "--password-file",
              str(password(house.folder)))
    house.run("user", "add", "boss", "--role", "supervisor", "--password-file", str(password(house.folder)))
    refused = house.run("quarantine", "approve", held["id"], "--as", "wang", "--reason", "mine", check=False)
    assert refused.returncode == 1
    house.run("quarantine", "request", held["id"], "--as", "wang", "--reason", "the partner needs it")
    house.run("quarantine", "approve", held["id"], "--as", "boss", "--reason", "contract 12")
    got = house.mailbox.wait_for(b"<demo-customers@", 60)
    assert got is not None and got.content.endswith(content) and verifies(got.content, key), house.errors()


def test_nothing_stored_is_readable_and_the_chain_holds(house: Gateway):
    markers = [SAMPLES["demo-customers"].content[-400:-300], "身分證字號".encode("big5"), b"A100000010"]
    for path in house.state.rglob("*"):
        if path.is_file():
            octets = path.read_bytes()
            assert not any(m in octets for m in markers), path
    assert house.run("audit", "verify").returncode == 0


def password(folder: Path) -> Path:
    path = folder / "password"
    path.write_text("correct-horse-battery-staple-7\n")
    path.chmod(0o600)
    return path
