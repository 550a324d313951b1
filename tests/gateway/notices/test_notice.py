"""Who is told what, in which language; and that nobody outside is ever told."""

from __future__ import annotations

import email
import email.policy
import re
from pathlib import Path
from typing import Any

import pytest

from gateway.config import load
from gateway.model.action import Notify
from gateway.model.custody import OutgoingMail
from gateway.model.decision import Decision, Disposition, Kind, Party
from gateway.model.finding import Summary, Verdict
from gateway.model.transaction import Transaction
from gateway.notices import Answerer, House, Notifier, digest
from gateway.notices.personal import MAX_LISTED
from tests.builders.mailfacts import NOW, finding, inspection, outgoing, transaction, tree

CONFIG = '''
[gateway]
hostname = "mx.bank.example"
our_domains = ["bank.example", "bank.jp", "bank.cn"]
languages = ["zh-Hant", "en"]
timezone = "Asia/Taipei"
console_url = "https://guard.bank.example"
[[listener]]
name = "inbound"
address = "127.0.0.1:10025"
direction = "inbound"
next_hop = "127.0.0.1:10026"
owner = "soc@partner.example"
[notices]
contact = "ext. 1234"
language = { "bank.jp" = "ja", "bank.cn" = "zh-Hans", "john@bank.jp" = "en" }
iso_2022_jp = ["old@bank.jp"]
'''


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    path: Path = tmp_path_factory.mktemp("notices") / "c.toml"
    path.write_text(CONFIG, encoding="utf-8")
    return House.of(load(path))


def shown(mail: OutgoingMail | None) -> str:
    assert mail is not None
    body = email.message_from_bytes(mail.content, policy=email.policy.default).get_body(("plain",))   # type: ignore[attr-defined]
    return str(body.get_content())


def notify(mail: Transaction, party: Party, to: str, kind: Kind = Kind.THREAT) -> Notify:
    decision = Decision(mail.envelope.recipients[0], Disposition.QUARANTINE, Verdict.MALICIOUS, "r")
    return Notify(party, to, decision, kind)


SEEN = inspection(finding("EXECUTABLE-PE", artifact=1, evidence=["secret evidence"]), nodes=tree("請款.exe"),
                  summary=Summary(subject="看 http://evil.example", header_from="Eve"))


def test_a_recipient_is_told_in_the_order_of_the_house(house: House) -> None:
    mail = transaction(recipients=["ann@bank.example", "bob@bank.example"])
    written = Notifier(house, lambda: NOW).compose(notify(mail, Party.RECIPIENT, "ann@bank.example"), mail, SEEN)
    assert written is not None and (written.recipient, written.purpose) == ("ann@bank.example", "notice")
    text = shown(written)
    wanted = ["一封寄給您的郵件因可能有危險，已予隔離。", "eve@outside[.]example", "ann@bank[.]example", "hxxp[:]//evil[.]example",
              "2026/11/21 14:05 (UTC+8)", "請款[.]exe 是可執行的程式。", "2027/02/19 14:05 (UTC+8)", "https://guard.bank.example",
              "ext. 1234", mail.id]
    places = [text.index(part) for part in wanted]
    assert places == sorted(places)
    assert "bob@" not in text and "secret evidence" not in text
    assert len(re.findall(r"https?://[^\s]+", text)) == 1 and re.fullmatch(r"https://guard\.bank\.example/m/[\w-]{43}", re.findall(r"https?://[^\s]+", text)[0])


@pytest.mark.parametrize(("address", "language"), [
    ("ann@bank.example", "zh-Hant"), ("ann@bank.jp", "ja"), ("JOHN@bank.jp", "en"), ("li@bank.cn", "zh-Hans"),
    ("taro@osaka.bank.jp", "ja"), ("soc@partner.example", "zh-Hant")])
def test_language(house: House, address: str, language: str) -> None:
    assert house.language_of(address) == language


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("party", Party)
@pytest.mark.parametrize("to", ["ann@bank.example", "taro@bank.jp", "li@bank.cn", "john@bank.jp", "old@bank.jp"])
def test_every_notice_can_be_written(house: House, party: Party, kind: Kind, to: str) -> None:
    mail = outgoing("a@x.example", "b@x.example", "c@x.example", "d@x.example", "e@x.example", "f@x.example")
    seen = inspection(finding("DATA-ID"), persons=3, identifiers={"card": 3})
    text = shown(Notifier(house, lambda: NOW).compose(notify(mail, party, to, kind), mail, seen, "held-id"))
    assert "held-id" in text and "{" not in text and "〓" not in text


def test_a_sender_is_told_whose_copies_wait_and_who_has_theirs(house: House) -> None:
    mail = outgoing("a@x.example", "boss@bank.example", "b@x.example")
    waiting = [r for r in mail.envelope.recipients if r.mailbox.domain == "x.example"]
    said = shown(Notifier(house, lambda: NOW).compose(notify(mail, Party.SENDER, "john@bank.jp", Kind.LEAK), mail, SEEN, "held-id", waiting))
    assert "To: a@x[.]example, b@x[.]example\r\n" in said and "Sent at once to: boss@bank[.]example\r\n" in said
    for all_of_them in ((), mail.envelope.recipients):
        said = shown(Notifier(house, lambda: NOW).compose(notify(mail, Party.SENDER, "john@bank.jp"), mail, SEEN, "held-id", all_of_them))
        assert "boss@bank[.]example, b@x" in said and "Sent at once" not in said


@pytest.mark.parametrize("outsider", ["eve@outside.example", "ann@notbank.example", "", "x", "a@sub.bank.example",
                                      "ann@bank.example\r\nBcc: x@bank.example", "<ann@bank.example"])
def test_no_outsider_is_told(house: House, outsider: str) -> None:
    mail = transaction()
    assert Notifier(house, lambda: NOW).compose(notify(mail, Party.SENDER, outsider), mail, SEEN) is None
    assert digest(house, outsider, [held()], NOW) is None


def test_an_owner_may_be_elsewhere(house: House) -> None:
    mail = transaction(sender=None)
    text = shown(Notifier(house, lambda: NOW).compose(notify(mail, Party.OWNER, "soc@partner.example"), mail, inspection()))
    assert "（無寄件者）" in text and "（無主旨）" in text


def held(**changes: Any) -> dict[str, Any]:
    return {"id": "m1", "direction": "inbound", "kind": "threat", "sender": "eve@outside.example", "listener": "inbound",
            "recipients": ["ann@bank.example"], "subject": "Hi", "received_at": "2026-11-21T06:05:00+00:00",
            "expires_at": "2026-12-21T06:05:00+00:00", "requested_by": "", **changes}


def readers(house: House, event: str, reason: str = "", **changes: Any) -> list[str]:
    return [m.recipient for m in Answerer(house, lambda: NOW).compose(event, held(**changes), reason)]


@pytest.mark.parametrize(("event", "changes", "to"), [
    ("requested", {}, ["soc@partner.example"]),
    ("requested", {"listener": "gone"}, []),
    ("released", {}, ["ann@bank.example"]),
    ("denied", {"recipients": ["ann@bank.example", "li@bank.cn"]}, ["ann@bank.example", "li@bank.cn"]),
    ("denied", {"direction": "outbound", "sender": "ann@bank.example", "recipients": ["x@x.example"]}, ["ann@bank.example"]),
    ("denied", {"direction": "outbound", "sender": ""}, ["soc@partner.example"]),
    ("failed", {"requested_by": "li@bank.cn"}, ["ann@bank.example", "li@bank.cn"]),
    ("blocked", {"requested_by": "ANN@bank.example"}, ["ANN@bank.example"]),
    ("expired", {}, []),
    ("expired", {"requested_by": "ann"}, ["ann@bank.example"]),
    ("expired", {"direction": "outbound", "sender": "ann@bank.example"}, ["ann@bank.example"]),
    ("withdrawn", {}, ["ann@bank.example"]),
    ("returned", {}, ["ann@bank.example"]),
    ("unheard", {}, []),
])
def test_who_gets_an_answer(house: House, event: str, changes: dict[str, Any], to: list[str]) -> None:
    assert readers(house, event, **changes) == to


def test_what_an_answer_says(house: House) -> None:
    mail = Answerer(house, lambda: NOW).compose("denied", held(), "not <b>for us</b>\r\nA123456789")[0]
    assert mail.purpose == "answer"
    text = shown(mail)
    assert "放行申請未獲核准" in text and "not <b>for us</b> A*******89" in text and "m1" in text
    request = shown(Answerer(house, lambda: NOW).compose("requested", held(requested_by="ann"), "please")[0])
    assert "2026/12/21 14:05 (UTC+8)" in request and "please" in request


@pytest.mark.parametrize(("direction", "sender", "said"), [
    ("inbound", "eve@outside.example", "也不會通知寄件者"), ("outbound", "ann@bank.example", "郵件已退回寄件者")])
def test_a_return_says_what_is_true_for_its_direction(house: House, direction: str, sender: str, said: str) -> None:
    """Nothing is ever sent to outsiders: mail from outside was never given back to its sender."""
    mails = Answerer(house, lambda: NOW).compose("returned", held(direction=direction, sender=sender), "not for us")
    assert [m.recipient for m in mails] == ["ann@bank.example"] and said in shown(mails[0]).replace("\n", "")


def test_a_digest_lists_the_newest_and_counts_the_rest(house: House) -> None:
    many = [held(id=f"m{n:03}", received_at=f"2026-11-21T06:{n % 60:02}:00+00:00") for n in range(MAX_LISTED + 3)]
    mail = digest(house, "ann@bank.example", many, NOW)
    text = shown(mail)
    assert mail is not None and mail.purpose == "digest"
    assert "53" in text and "另有 3 項" in text and "m052" in text and "m000" not in text
    assert text.index("m052") < text.index("m010")
    assert digest(house, "ann@bank.example", [], NOW) is None


