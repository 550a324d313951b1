"""Passwords that come with another mail, and rules that come from outside, on real processes."""

from __future__ import annotations

import io
import threading
import time
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
import pyzipper

from gateway.cli.samples import customer_list, message, program_stub
from tests.e2e.harness import Gateway, gateway


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with gateway(tmp_path_factory.mktemp("passwords")) as running:
        yield running


def locked(name: str, sender: str, to: str, word: str, inner: str, content: bytes) -> EmailMessage:
    out = io.BytesIO()
    with pyzipper.AESZipFile(out, "w", compression=zipfile.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(word.encode())
        archive.writestr(inner, content)
    mail = message(name, sender, to, "資料", "お世話になっております。資料をお送りします。\n")
    mail.add_attachment(out.getvalue(), "application", "zip", filename=f"{name}.zip")
    return mail


def arrived(house: Gateway, name: str) -> bool:
    assert house.mailbox is not None
    return any(f"<{name}@".encode() in mail.header for mail in house.mailbox.received)


def wait_for(check, seconds: float = 60.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if check():
            return True
        time.sleep(0.2)
    return False


def send(house: Gateway, mail: EmailMessage, outbound: bool = False) -> None:
    port = house.outbound if outbound else house.inbound
    assert house.send(port, str(mail["From"]), [str(mail["To"])], mail.as_bytes())[0] == 250


def test_the_second_mail_opens_the_first(house: Gateway) -> None:
    sato, chen = "sato@partner.example", "chen@bank.example"
    send(house, locked("ppap", sato, chen, "Kaede#2026", "report.txt", b"nothing special\n" * 20))
    (held,) = house.held(sender=sato)
    assert held["kind"] == "uninspectable"
    send(house, message("word", sato, chen, "パスワード", "添付ファイルのパスワードは下記の通りです。\n\nKaede#2026\n"))
    send(house, message("word-2", sato, chen, "パスワード", "解凍パスワード：Kaede#2026\n"))
    assert wait_for(lambda: arrived(house, "ppap")), house.errors()
    assert house.wait_event("rejudged", id=held["id"], outcome="released")
    assert house.wait_status(held["id"], "released")["status"] == "released"


def test_the_word_of_an_earlier_mail_opens_a_later_one(house: Gateway) -> None:
    sato, lin = "sato@partner.example", "lin@bank.example"
    send(house, message("before", lin, sato, "密碼", "往後的檔案，解壓密碼：春暖花開2026\n"), outbound=True)
    assert wait_for(lambda: arrived(house, "before"))
    send(house, locked("after", sato, lin, "春暖花開2026", "report.txt", b"nothing special\n" * 20))
    assert wait_for(lambda: arrived(house, "after")), house.errors()


def test_a_program_behind_the_word_stays(house: Gateway) -> None:
    bad, wu = "bad@stranger.example", "wu@bank.example"
    send(house, locked("trap", bad, wu, "Open-4711", "invoice.exe", program_stub()))
    (held,) = house.held(sender=bad)
    send(house, message("bait", bad, wu, "pw", "The password is Open-4711\n"))
    assert house.wait_event("rejudged", 60, id=held["id"], outcome="held"), house.errors()
    (held,) = house.held(sender=bad)
    assert (held["kind"], held["status"], held["verdict"]) == ("threat", "held", "malicious")
    assert not arrived(house, "trap")


def test_what_leaves_is_looked_at_for_customer_data(house: Gateway) -> None:
    clerk, out = "clerk@bank.example", "friend@else.example"
    send(house, locked("list", clerk, out, "Sakura-31", "list.csv", customer_list()), outbound=True)
    (held,) = house.held(sender=clerk)
    assert held["kind"] == "uninspectable" and held["persons"] == 0
    send(house, message("list-word", clerk, out, "密碼", "附件密碼為 Sakura-31\n"), outbound=True)
    assert house.wait_event("rejudged", 60, id=held["id"], outcome="held"), house.errors()
    (held,) = house.held(sender=clerk)
    assert (held["kind"], held["persons"]) == ("leak", 4)


def test_no_word_stands_anywhere_in_clear(house: Gateway) -> None:
    words = [w.encode() for w in ("Kaede#2026", "春暖花開2026", "Open-4711", "Sakura-31")]
    files = [p for p in (*house.state.rglob("*"), house.folder / "stderr.log") if p.is_file()]
    assert len(files) > 5
    for path in files:
        octets = path.read_bytes()
        assert not any(word in octets for word in words), path
    assert not any(word.decode() in str(house.events) for word in words)


def test_outside_rules_come_into_force_while_mail_flows(house: Gateway, tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    for number in range(20):
        (rules / f"{number}.yar").write_text("".join(
            f'rule R_{number}_{i} {{ meta: score = 90 strings: $a = "outside-{number}-{i}-marker" condition: $a }}\n' for i in range(50)))
    house.run("signatures", "stage", str(rules))
    stop, failures, sent = threading.Event(), [], []

    def flow() -> None:
        while not stop.is_set():
            code, text = house.send(house.inbound, "a@else.example", ["chen@bank.example"],
                                    message(f"flow-{len(sent)}", "a@else.example", "chen@bank.example", "x", "hello\n").as_bytes())
            sent.append(code)
            if code != 250:
                failures.append(text)

    flowing = threading.Thread(target=flow)
    flowing.start()
    try:
        house.run("signatures", "activate")
        assert house.wait_event("reload", 60, outcome="success"), house.errors()
    finally:
        stop.set()
        flowing.join()
    assert sent and not failures
    hit = message("hit", "a@else.example", "chen@bank.example", "x", "outside-7-33-marker\n")
    send(house, hit)
    assert [m["reason"] for m in house.held(sender="a@else.example")] == ["block-signatures"]
