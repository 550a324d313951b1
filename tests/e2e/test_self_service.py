"""What people do without an account, on real processes: the link of a notice, a code from the mailbox, and what follows."""

from __future__ import annotations

import email
import email.policy
import io
import re
import time
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from pathlib import Path

import pytest
import pyzipper

from gateway.cli.mailbox import Received
from gateway.cli.samples import customer_list, message, program_stub
from tests.e2e.harness import Gateway, gateway
from tests.e2e.web import Web

EXTRA = """
link_lifetime = "2d"

[approval]
deadline = "10s"

[policy]
packaged = "always"

[[rule]]
id = "strip-disc-images"
direction = "inbound"
when = { attachment = ["*.disc.txt"] }
then = "strip"
"""
STAFF = """mailbox,supervisor,deputies
clerk@bank.example,boss@bank.example,
boss@bank.example,head@bank.example,
head@bank.example,,
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with gateway(tmp_path_factory.mktemp("self-service"), console=True, extra=EXTRA) as running:
        staff = running.folder / "staff.csv"
        staff.write_text(STAFF)
        running.run("directory", "import", str(staff))
        yield running


def mail_to(house: Gateway, address: str, holding: bytes = b"", after: int = 0, seconds: float = 20.0) -> Received:
    """The first mail of ours to this address, after a place in what came, whose text holds something."""
    assert house.mailbox is not None
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for mail in house.mailbox.received[after:]:
            if mail.reverse_path == "" and mail.recipients == (address,) and holding in plain(mail).encode():
                return mail
        time.sleep(0.1)
    raise AssertionError(f"no mail to {address}\n{house.errors()}")


def plain(mail: Received) -> str:
    body = email.message_from_bytes(mail.content, policy=email.policy.default).get_body(("plain",))
    return body.get_content() if body is not None else ""


def link(mail: Received) -> str:
    [found] = re.findall(r"http://127\.0\.0\.1:\d+/m/[\w-]+", plain(mail))
    return str(found)


def code(mail: Received) -> str:
    return re.findall(r"(?m)^(\d{4} \d{4})\r?$", plain(mail))[0]


def do(house: Gateway, web: Web, page: str, id: str, act: str, reader: str, **fields: str) -> object:
    """Send the code, read it, confirm."""
    assert house.mailbox is not None
    before = len(house.mailbox.received)
    asked = web.post(f"{page}/{id}/{act}", step="code")
    assert asked.status == 200, asked.text
    return web.post(f"{page}/{id}/{act}", step="do", code=code(mail_to(house, reader, id.encode(), before)), **fields)


def leak(name: str) -> bytes:
    mail = message(name, "clerk@bank.example", "sato@partner.example", "名單", "如附件。\n")
    mail.add_attachment(customer_list(), "text", "csv", filename="名單.csv")
    return mail.as_bytes()


def held_as(house: Gateway, name: str, domain: str) -> str:
    [one] = house.held(header_message_id=f"<{name}@{domain}>")
    return str(one["id"])


def test_a_program_is_asked_for_by_its_recipient_and_released_by_two(house: Gateway) -> None:
    mail = message("self-program", "invoice@partner.example", "lin@bank.example", "請款單", "請查收。\n")
    mail.add_attachment(program_stub(), "application", "pdf", filename="請款單.pdf")
    octets = mail.as_bytes()
    assert house.send(house.inbound, "invoice@partner.example", ["lin@bank.example"], octets)[0] == 250
    id = held_as(house, "self-program", "partner.example")
    page, web = link(mail_to(house, "lin@bank.example", id.encode())), Web()
    assert f"127.0.0.1:{house.console}" in page
    shown = web.open(page)
    assert shown.status == 200 and "請款單[.]pdf is a program" in shown.text

    for _ in range(20):
        assert web.open(page, method="HEAD").status == web.open(f"{page}/{id}/request").status == 200
    assert house.held(id=id)[0]["status"] == "held"

    done = do(house, web, page, id, "request", "lin@bank.example", reason="the vendor announced it")
    assert "The release is requested" in done.text and house.held(id=id)[0]["status"] == "release_requested"
    again = Web(language="ja").open(page)
    assert again.status == 410 and "リンクは一度だけ" in again.text
    for name in ("anna", "ben"):
        password = house.folder / "password"
        password.write_text("correct-horse-battery-staple-7\n")
        password.chmod(0o600)
        house.run("user", "add", name, "--role", "analyst", "--password-file", str(password))
        house.run("quarantine", "approve", id, "--as", name, "--reason", "checked")
    got = house.mailbox.wait_for(b"<self-program@", 60)  # type: ignore[union-attr]
    assert got is not None and got.content.endswith(octets.replace(b"\n", b"\r\n").replace(b"\r\r\n", b"\r\n")), house.errors()
    assert house.wait_status(id, "released")["status"] == "released"


def test_a_leak_goes_to_the_superior_who_approves_by_the_link(house: Gateway) -> None:
    assert house.send(house.outbound, "clerk@bank.example", ["sato@partner.example"], leak("self-leak"))[0] == 250
    id = held_as(house, "self-leak", "bank.example")
    asked = mail_to(house, "boss@bank.example", id.encode())
    text = plain(asked)
    assert "partner[.]example" in text and "A100000010" not in text and "4" in text
    web, page = Web(), link(asked)
    form = web.open(f"{page}/{id}/approve")
    assert form.text.index("sato@partner[.]example") < form.text.index("Send me the code") and "A100000010" not in form.body
    done = do(house, web, page, id, "approve", "boss@bank.example", reason="contract 12")
    assert "approval is recorded" in done.text
    got = house.mailbox.wait_for(b"<self-leak@", 60)  # type: ignore[union-attr]
    assert got is not None and got.recipients == ("sato@partner.example",), house.errors()


def test_a_sender_takes_a_leak_back(house: Gateway) -> None:
    assert house.send(house.outbound, "clerk@bank.example", ["sato@partner.example"], leak("self-back"))[0] == 250
    id = held_as(house, "self-back", "bank.example")
    page = link(mail_to(house, "clerk@bank.example", id.encode()))
    done = do(house, Web(), page, id, "withdraw", "clerk@bank.example", reason="wrong file")
    assert "The mail is withdrawn" in done.text and house.held(id=id)[0]["status"] == "withdrawn"


def test_a_sender_sends_it_without_the_file(house: Gateway) -> None:
    assert house.send(house.outbound, "clerk@bank.example", ["sato@partner.example"], leak("self-rest"))[0] == 250
    id = held_as(house, "self-rest", "bank.example")
    page = link(mail_to(house, "clerk@bank.example", id.encode()))
    done = do(house, Web(), page, id, "without", "clerk@bank.example", reason="the text is enough")
    assert "without the file" in done.text
    got = house.mailbox.wait_for(b"<self-rest@", 60)  # type: ignore[union-attr]
    assert got is not None, house.errors()
    parts = list(email.message_from_bytes(got.content, policy=email.policy.default).iter_attachments())
    assert [p.get_filename() for p in parts] == ["附件已移除_Attachment-removed_2.txt"]
    assert parts[0].get_payload(decode=True).startswith(b"\xef\xbb\xbf") and b"A100000010" not in got.content
    assert house.wait_status(id, "released")["status"] == "released"


def test_a_rule_may_say_strip(house: Gateway) -> None:
    mail = message("self-strip", "sato@partner.example", "lin@bank.example", "Report", "See the file.\n", "us-ascii")
    mail.add_attachment(b"a picture of a disc\r\n", "text", "plain", filename="backup.disc.txt")
    mail.add_attachment(b"harmless\r\n", "text", "plain", filename="note.txt")
    octets = mail.as_bytes()
    assert house.send(house.inbound, "sato@partner.example", ["lin@bank.example"], octets)[0] == 250
    got = house.mailbox.wait_for(b"<self-strip@", 60)  # type: ignore[union-attr]
    assert got is not None, house.errors()
    names = [p.get_filename() for p in email.message_from_bytes(got.content, policy=email.policy.default).iter_attachments()]
    assert names == ["附件已移除_Attachment-removed_2.txt", "note.txt"] and b"backup.disc.txt" not in got.content.partition(b"\r\n\r\n")[0]
    id = held_as(house, "self-strip", "partner.example")
    assert house.wait_status(id, "held")["status"] == "held", "the original stays to be asked for"
    house.run("quarantine", "release", id, "--wait", "--reason", "the whole mail")
    whole = [m for m in house.mailbox.received if b"<self-strip@" in m.content]  # type: ignore[union-attr]
    assert len(whole) == 2 and whole[1].content.endswith(octets)


def test_the_password_of_an_archive_opens_it(house: Gateway) -> None:
    out = io.BytesIO()
    with pyzipper.AESZipFile(out, "w", compression=zipfile.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(b"tulip-57")
        archive.writestr("report.txt", "nothing special\n" * 20)
    mail = EmailMessage(policy=WIRE)
    mail["From"], mail["To"], mail["Subject"] = "sato@partner.example", "chen@bank.example", "Report"
    mail["Message-ID"], mail["Date"] = "<self-zip@partner.example>", "Sat, 21 Nov 2026 14:05:00 +0800"
    mail.set_content("The word will follow by telephone.\n")
    mail.add_attachment(out.getvalue(), "application", "zip", filename="report.zip")
    assert house.send(house.inbound, "sato@partner.example", ["chen@bank.example"], mail.as_bytes())[0] == 250
    id = held_as(house, "self-zip", "partner.example")
    page, web = link(mail_to(house, "chen@bank.example", id.encode())), Web()
    wrong = do(house, web, page, id, "password", "chen@bank.example", password="rose-1")
    assert wrong.status == 403 and "does not open" in wrong.text
    right = do(house, web, page, id, "password", "chen@bank.example", password="tulip-57")
    assert right.status == 200 and "It is delivered" in right.text, right.text
    got = house.mailbox.wait_for(b"<self-zip@", 60)  # type: ignore[union-attr]
    assert got is not None and got.content.endswith(mail.as_bytes()), house.errors()
    octets = b"".join(p.read_bytes() for p in house.state.rglob("*") if p.is_file() and not p.name.startswith("spool"))
    assert b"tulip-57" not in octets and "tulip-57" not in str(house.events)


@pytest.mark.slow
def test_nobody_decides_and_the_next_one_is_asked(house: Gateway) -> None:
    assert house.send(house.outbound, "clerk@bank.example", ["kato@partner.example"], leak("self-late").replace(b"sato@", b"kato@"))[0] == 250
    id = held_as(house, "self-late", "bank.example")
    mail_to(house, "boss@bank.example", id.encode())
    escalated = mail_to(house, "head@bank.example", id.encode(), seconds=40)
    assert "boss@bank[.]example" in plain(escalated)
    mail_to(house, "clerk@bank.example", "他人決定".encode(), seconds=20)
    denied = do(house, Web(), link(escalated), id, "deny", "head@bank.example", reason="no contract")
    assert "The release is refused" in denied.text and house.held(id=id)[0]["status"] == "denied"
    assert not any(b"<self-late@" in m.content for m in house.mailbox.received)  # type: ignore[union-attr]


def test_the_trail_is_whole_and_knows_the_way(house: Gateway, tmp_path: Path) -> None:
    assert house.run("audit", "verify").returncode == 0
    rows = house.run("audit", "export").stdout.decode()
    for action in ("code", "request", "approve", "withdraw", "strip", "rejudge", "directory-import"):
        assert f'"{action}"' in rows, action
    assert '"link"' in rows
