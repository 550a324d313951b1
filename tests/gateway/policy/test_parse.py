"""From TOML to a policy: what may be written, and the one line that answers what may not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.config import ConfigProblems, load
from gateway.model.decision import Disposition, Party
from gateway.model.finding import IncidentCode, Severity
from gateway.policy import check, load_policy, packaged, parse
from gateway.policy.conditions import Condition, Seen

HEAD = '[gateway]\nhostname = "mx.bank.example"\nour_domains = ["bank.example"]\ntimezone = "Asia/Taipei"\n'   # 4 lines
RULE = '[[rule]]\nid = "r"\nwhen = { size = "1MiB" }\nthen = "hold"\n'                                       # 4 lines


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "c.toml"
    path.write_text(HEAD + text, encoding="utf-8")
    return path


def test_a_rule_with_everything(tmp_path: Path) -> None:
    policy = load_policy(load(write(tmp_path, '''
[[group]]
name = "partners"
members = ["partner.example", "*.auditor.example", "cfo@third.example", "<>"]
[[rule]]
id = "all"
direction = ["outbound", "internal"]
when = { finding = ["DATA-*"], severity = "medium", count = 3, incident = ["*"], not = { recipient = ["group:partners", "group:ours"] } }
then = "hold"
notify = ["sender", "recipient"]
approvals = 2
tags = ["one"]
reason = "why"
''')))
    rule = policy.rules[0]
    assert rule.when[:2] == (Condition("direction", frozenset({"outbound", "internal"})),
                             Condition("finding", Seen(("DATA-*",), (), Severity.MEDIUM, 3)))
    assert rule.when[2] == Condition("incident", frozenset(IncidentCode))
    partners = rule.when[3].value[0].value
    assert partners.domains == {"partner.example", "bank.example"} and partners.parents == {"auditor.example"}
    assert partners.mailboxes == {"cfo@third.example"} and partners.null
    assert (rule.then, rule.notify, rule.approvals, rule.tags) == (
        Disposition.HOLD, (Party.RECIPIENT, Party.SENDER), 2, ("one",))
    assert rule.where.endswith("c.toml:9")


def test_the_packaged_policy_is_in_force_where_there_are_no_rules(tmp_path: Path) -> None:
    default = load_policy(load(None))
    assert {r.id for r in default.rules} == {e.table["id"] for e in packaged()}
    assert parse(load(None))[1] == []
    own = load_policy(load(write(tmp_path, RULE)))
    assert [r.id for r in own.rules] == ["r"]
    both = load_policy(load(write(tmp_path, RULE + '[policy]\npackaged = "always"\n')))
    assert {r.id for r in both.rules} == {r.id for r in default.rules} | {"r"}


def test_the_version_follows_file_and_packaged_rules(tmp_path: Path) -> None:
    one = load_policy(load(write(tmp_path, RULE))).version
    other = load_policy(load(write(tmp_path, RULE.replace("1MiB", "2MiB")))).version
    assert one != other and one.split("+")[1] == load_policy(load(None)).version


def test_an_exception_ends_with_its_last_day_in_our_time_zone(tmp_path: Path) -> None:
    policy = load_policy(load(write(tmp_path, RULE + '''
[[exception]]
id = "e"
rule = "r"
scope = { client = ["10.0.0.0/8"], finding = ["MACRO-*"], sha256 = ["%s"] }
owner = "it@bank.example"
until = 2026-12-31
''' % ("AB" * 32))))
    exception = policy.exceptions[0]
    assert exception.until == datetime(2026, 12, 31, 16, 0, tzinfo=UTC)      # 24:00 in Taipei
    assert exception.findings == ("MACRO-*",) and exception.sha256 == {"ab" * 32}
    assert [c.key for c in exception.scope] == ["client"] and exception.then is Disposition.ANNOTATE


EXCEPTION = '[[exception]]\nid = "e"\nrule = "r"\nscope = { client = ["10.0.0.0/8"] }\nowner = "a@bank.example"\nuntil = "2026-12-31"\n'
BAD: list[tuple[str, str]] = [
    ('[[rule]]\nid = "r"\nthen = "hold"\n', "5: [[rule]] needs `when`: all of them must hold"),
    ('[[rule]]\nid = "r"\nwhen = {}\nthen = "hold"\n', "7: when: a table with at least one condition is wanted"),
    (RULE.replace("size", "sice"), '7: when: there is no condition `sice`: did you mean "size"?'),
    (RULE.replace('"hold"', '"drop"'), '8: rule then: "drop" is none of: deliver, annotate, strip, hold, quarantine, reject'),
    (RULE.replace('"hold"', '"defer"'), '"defer" is none of'),
    (RULE + "notfy = []\n", '9: [[rule]] has no setting `notfy`: did you mean "notify"?'),
    (RULE + 'notify = ["boss"]\n', '9: rule notify: "boss" is none of: recipient, sender, owner, supervisor'),
    (RULE + "approvals = 0\n", "9: rule approvals: 0 is out of range: from 1 to 9"),
    (RULE + 'tags = ["a\\r\\nBcc: x"]\n', "9: rule tags: control characters"),
    (RULE + RULE, '10: rule "r" is already at '),
    (RULE.replace('size = "1MiB"', 'finding = ["MARCO-*"]'), '7: when: finding: no finding begins with "MARCO-"'),
    (RULE.replace('size = "1MiB"', 'finding = ["MACRO"]'), '"MACRO" begins with none of'),
    (RULE.replace('size = "1MiB"', 'identifiers = { "tw.id" = 3 }'), '7: when: identifiers: "tw.id" is no identifier type'),
    (RULE.replace('size = "1MiB"', 'verdict = "clean"'), '"clean" is none of: suspicious, uninspectable'),
    (RULE.replace('size = "1MiB"', 'auth = { dmarc = ["failed"] }'), '"failed" is none of: none, pass, fail'),
    (RULE.replace('size = "1MiB"', 'auth = { dnssec = ["pass"] }'), '"dnssec" is none of: spf, dkim, dmarc, arc'),
    (RULE.replace('size = "1MiB"', 'sender = ["group:none"]'), '7: when: sender: there is no group "none"'),
    (RULE.replace('size = "1MiB"', 'not = { finding = ["MACRO-*"] }'),
     "7: when: `finding` cannot stand here: a sender could change it by adding to the mail"),
    (RULE.replace('size = "1MiB"', 'any = [{ persons = 0 }]'), "7: when: persons: 0 is out of range"),
    (RULE.replace('size = "1MiB"', 'any = {}'), "7: when: any: a list of tables is wanted"),
    (RULE.replace('"r"', '"unmapped-incident"'), '6: rule id: "unmapped-incident" is the name of a built-in rule'),
    ('[[group]]\nname = "ours"\nmembers = []\n', '6: group name: "ours" is the built-in group of our_domains'),
    ('[[group]]\nname = "g"\nmembers = ["group:ours"]\n', '7: group "g": a group holds no groups'),
    (RULE + EXCEPTION.replace('owner = "a@bank.example"\n', ""), "9: [[exception]] needs `owner`: who answers for it"),
    (RULE + EXCEPTION.replace('until = "2026-12-31"\n', ""), "9: [[exception]] needs `until`: its last day"),
    (RULE + EXCEPTION.replace("2026-12-31", "9999-12-31"), "14: exception until: 9999-12-31 is too far away"),
    (RULE + EXCEPTION.replace("2026-12-31", "2026-13-01"), '14: exception until: "2026-13-01" is no date, such as 2026-12-31'),
    (RULE + EXCEPTION.replace('rule = "r"', 'rule = "rr"'), '11: exception rule: there is no rule "rr"'),
    (RULE + EXCEPTION.replace('client = ["10.0.0.0/8"]', "persons = 3"), "12: scope: `persons` cannot stand here"),
    (RULE + EXCEPTION.replace('client = ["10.0.0.0/8"]', 'sha256 = ["xx"]'), '12: scope: sha256: "xx" is no SHA-256'),
    (RULE + EXCEPTION.replace('client = ["10.0.0.0/8"]', 'sender = ["a@b.example"]'),
     '12: warning: exception "e": anyone can write that sender'),
    (RULE.replace('"hold"', '"annotate"') + 'notify = ["sender"]\n', '9: warning: rule "r": nobody is told of mail'),
]


@pytest.mark.parametrize(("scope", "warned"), [
    ('sender = ["a.example"]', True), ('from_domain = ["a.example"]', True), ('recipient = ["a.example"]', False),
    ('sender = ["a.example"], auth = { dmarc = ["pass"] }', False), ('sender = ["a.example"], auth = { spf = ["pass"] }', False),
    ('sender = ["a.example"], auth = { dmarc = ["pass", "none"] }', True), ('sender = ["a.example"], auth = { dmarc = ["fail"] }', True),
    ('from_domain = ["a.example"], auth = { dmarc = ["pass"] }', False), ('from_domain = ["a.example"], auth = { dkim = ["pass"] }', True),
    ('sender = ["a.example"], client = ["192.0.2.0/24"]', False),
])
def test_an_exception_that_anyone_can_have_is_warned_of(tmp_path: Path, scope: str, warned: bool) -> None:
    text = RULE + EXCEPTION.replace('client = ["10.0.0.0/8"]', scope)
    assert ["anyone can write that sender" in p.message for p in check(write(tmp_path, text))] == [True] * warned


def test_a_rule_for_a_listener_that_is_not_there(tmp_path: Path) -> None:
    """It would never hold: what an administrator meant to stop would pass."""
    inbound = '[[listener]]\nname = "inbound"\naddress = "127.0.0.1:1"\ndirection = "inbound"\nnext_hop = ["127.0.0.1:2"]\n'
    wrong = RULE.replace('size = "1MiB"', 'listener = ["inbund"]')
    assert [p.message for p in check(write(tmp_path, inbound + wrong)) if not p.warning] == [
        'when: listener: there is no listener "inbund": did you mean "inbound"?']
    assert not [p for p in check(write(tmp_path, inbound + wrong.replace("inbund", "inbound"))) if not p.warning]
    assert check(write(tmp_path, wrong)) == []        # a policy alone, without a gateway


def test_an_exception_that_is_over_is_said(tmp_path: Path) -> None:
    path = write(tmp_path, RULE + EXCEPTION)
    last_day = datetime(2026, 12, 31, 15, 59, tzinfo=UTC)                    # 23:59 in Taipei
    assert check(path, last_day) == check(path)
    [problem] = check(path, last_day + timedelta(minutes=1))
    assert str(problem) == f'{path}:9: warning: exception "e" ended: it lowers nothing any more; take it away, or set another until'


@pytest.mark.parametrize(("text", "answer"), BAD, ids=[answer for _, answer in BAD])
def test_bad(tmp_path: Path, text: str, answer: str) -> None:
    path = write(tmp_path, text)
    found = [str(p) for p in check(path)]
    assert found and answer in found[0].removeprefix(f"{path}:"), found
    assert all("\n" not in line for line in found)
    if "warning" not in answer:
        with pytest.raises(ConfigProblems):
            load_policy(load(path))


def test_good_examples_of_every_condition_parse(tmp_path: Path) -> None:
    from gateway.policy.words import CONDITIONS
    for key, word in CONDITIONS.items():
        extra = "" if "group:partners" not in word.example else '[[group]]\nname = "partners"\nmembers = ["p.example"]\n'
        path = write(tmp_path, RULE.replace('size = "1MiB"', f"{key} = {word.example}") + extra)
        assert check(path) == [], key
