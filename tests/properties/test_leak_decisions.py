"""From a mail to what is done with it: thresholds per type, recipient domain and sender group; insiders; mail without a sender."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from gateway.config import load
from gateway.inspection.judge import CellJudge, build
from gateway.model.action import Hold, Notify, Relay
from gateway.model.deadline import Limits
from gateway.model.decision import Party
from gateway.model.ports import InspectionRequest
from gateway.model.transaction import Direction
from gateway.policy.decide import decide
from gateway.policy.parse import load_policy
from gateway.policy.settle import settle
from tests.builders.mailfacts import outgoing
from tests.gateway.identifiers import makers

NOW = datetime(2026, 5, 1, tzinfo=UTC)
RULES = """
[gateway]
hostname = "mx.bank.example"
our_domains = ["bank.example"]
state_dir = "{folder}"

[[listener]]
name = "out"
address = "127.0.0.1:10025"
direction = "outbound"
next_hop = ["127.0.0.1:10026"]

[[group]]
name = "collections"
members = ["dunning@bank.example", "legal@bank.example"]

[[group]]
name = "bureau"
members = ["*.bureau.example", "bureau.example"]

[[rule]]
id = "cards"
direction = "outbound"
when = {{ identifiers = {{ card = 1 }} }}
then = "hold"
notify = ["sender"]

[[rule]]
id = "people"
direction = "outbound"
when = {{ persons = 3, not = {{ recipient = ["group:bureau"] }} }}
then = "hold"
notify = ["sender"]

[[rule]]
id = "people-to-the-bureau"
direction = "outbound"
when = {{ persons = 20, recipient = ["group:bureau"], not = {{ sender = ["group:collections"] }} }}
then = "hold"
notify = ["sender"]

[[rule]]
id = "whole-lists"
direction = "outbound"
when = {{ finding = ["DATA-BULK"] }}
then = "quarantine"
notify = ["owner"]
"""


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> CellJudge:
    return build("plain", {}, {"state_dir": str(tmp_path_factory.mktemp("state"))})


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("config")
    (folder / "sekisho.toml").write_text(RULES.format(folder=folder), "utf-8")
    return load_policy(load(folder / "sekisho.toml"))


def decisions(judge, policy, text, *recipients, sender="ann@bank.example"):
    message = EmailMessage(policy=SMTP)
    message.set_content(text, cte="base64")
    request = InspectionRequest("x", Direction.OUTBOUND, sender or "", recipients, ("bank.example",), Limits())
    inspection = judge.inspect(message.as_bytes(), request, None)
    mail = outgoing(*recipients, sender=sender)
    return mail, inspection, decide(mail, inspection, policy, NOW)


def words(found):
    return [d.disposition.word for d in found[2]]


def actions(found):
    return settle(*found, "owner@bank.example", ("bank.example",))


def people(count):
    rng = random.Random(count)
    return "\n".join(f"身分證字號 {makers.tw_id(rng)}" for _ in range(count))


def test_a_threshold_of_a_type(judge, policy):
    card = f"信用卡卡號 {makers.card(random.Random(1))}"
    assert words(decisions(judge, policy, card, "x@shop.example")) == ["hold"]
    assert words(decisions(judge, policy, people(1), "x@shop.example")) == ["deliver"]


@pytest.mark.parametrize(("count", "recipient", "sender", "word"), [
    (2, "x@shop.example", "ann@bank.example", "deliver"), (3, "x@shop.example", "ann@bank.example", "hold"),
    (19, "x@bureau.example", "ann@bank.example", "deliver"), (20, "x@a.bureau.example", "ann@bank.example", "hold"),
    (200, "x@bureau.example", "dunning@bank.example", "deliver"), (1000, "x@bureau.example", "dunning@bank.example", "quarantine"),
    (3, "x@shop.example", "dunning@bank.example", "hold")])
def test_thresholds_of_recipients_and_senders(judge, policy, count, recipient, sender, word):
    assert words(decisions(judge, policy, people(count), recipient, sender=sender)) == [word]


def test_each_recipient_gets_its_own_answer_and_insiders_are_not_held(judge, policy):
    found = decisions(judge, policy, people(9), "bob@bank.example", "x@shop.example", "y@bureau.example", "z@shop.example")
    assert words(found) == ["deliver", "hold", "deliver", "hold"]
    relayed = [r.mailbox.text for a in actions(found) if isinstance(a, Relay) for r in a.recipients]
    held = [r.mailbox.text for a in actions(found) if isinstance(a, Hold) for r in a.recipients]
    assert relayed == ["bob@bank.example", "y@bureau.example"] and held == ["x@shop.example", "z@shop.example"]


def test_a_leak_without_a_sender_is_held_and_told_to_the_owner(judge, policy):
    found = decisions(judge, policy, people(9), "x@shop.example", sender=None)
    assert words(found) == ["hold"]
    assert [(a.party, a.recipient) for a in actions(found) if isinstance(a, Notify)] == [(Party.OWNER, "owner@bank.example")]
