"""The page of the policy: its rules, and a change tried on recent mail."""

from __future__ import annotations

import html
import tomllib

import pytest

from gateway.console.rules import conditions_of
from gateway.policy import packaged
from tests.builders.console import Site
from tests.builders.custody import START
from tests.builders.past import entry, write

FINDING = {"code": "LINK-QR", "category": "link", "severity": "low", "artifact": "message", "count": 1, "evidence": [], "rule": ""}
RULE = '[[rule]]\nid = "try-links"\ndirection = "inbound"\nwhen = { finding = ["LINK-*"] }\nthen = "quarantine"\n'


def tried(site: Site, change: str) -> tuple[int, str]:
    answer = site.browser("admin").send("/policy/try", {"change": change}, "/policy")
    return answer.status_code, answer.content.decode()


@pytest.fixture
def past(site: Site) -> None:
    site.people("admin", "admin")
    write(site.house.directory, [entry(START), entry(START, findings=[FINDING]), entry(START, disposition="quarantine", rule="block-executables")])


def test_the_rules_in_force(site: Site, past: None) -> None:
    site.people("auditor", "auditor")
    page = site.browser("auditor").open("/policy").content.decode()
    assert "default.toml" in page and "/quarantine?rule=" in page and "when" not in page.partition("<tbody>")[0]
    assert "<td>1</td>" in page or page.count("<td>0</td>") > 3


def test_others_have_no_business_here(site: Site) -> None:
    site.people("staff", "recipient")
    staff = site.browser("staff")
    assert staff.open("/policy").status_code == 403 and staff.send("/policy/try", {"change": ""}, "/").status_code == 403


def test_a_change_is_compared_with_the_policy_in_force(site: Site, past: None) -> None:
    status, page = tried(site, RULE)
    assert status == 200 and "3 mails, 1 would be treated otherwise." in page and "<td>deliver</td><td>hold</td><td>1</td>" in page
    status, page = tried(site, "# nothing")
    assert "3 mails, 0 would be treated otherwise." in page


def test_a_rule_is_replaced_and_taken_away(site: Site, past: None) -> None:
    assert "0 would be treated otherwise" in tried(site, RULE + 'tags = ["x"]\n[[exception]]\nid = "e"\nrule = "try-links"\nscope = { sender = ["a@else.example"] }\n'
                                                   'owner = "o@bank.example"\nuntil = 2027-01-01\nthen = "deliver"\n')[1]
    assert "0 would be treated otherwise" in tried(site, '[[rule]]\nid = "block-executables"\ndrop = true\n')[1]


@pytest.mark.parametrize(("change", "said"), [
    ("[[rule", "the change:1: no valid TOML"), ("x = " + "[" * 9000, "nests lists or tables too deeply"), ("x = " + "1" * 5000, "this number is too long"),
    ('[rule]\nid = "x"\n', "write [[rule]] in double brackets"), ("rule = [3]", "write [[rule]] in double brackets"),
    ('[gateway]\nhostname = "x"\n', "`gateway` is not tried here"), ('[[rule]]\nid = "block-macro"\ndrop = true\n', "there is no rule &quot;block-macro&quot;"),
    ('[[rule]]\nid = "x"\nthen = "burn"\nwhen = { persons = 3 }\n', "the change, 1: rule then:"),
    ('[[rule]]\nid = "x"\nwhen = { nonsense = 3 }\nthen = "hold"\n', "there is no condition `nonsense`"), ("rule = 3", "write [[rule]] in double brackets")])
def test_what_is_wrong_is_said(site: Site, past: None, change: str, said: str) -> None:
    status, page = tried(site, change)
    assert said in page and status == 409


def test_what_stands_on_the_page_can_be_tried(site: Site, past: None) -> None:
    written = {entry.table["id"]: entry.table for entry in packaged()}
    for rule, table in written.items():
        when = ", ".join(f"{name} = {value}" for name, value in conditions_of(table["when"]))
        assert tomllib.loads(f"when = {{ {when} }}")["when"] == table["when"], rule
    page = html.unescape(site.browser("admin").open("/policy").content.decode())
    assert "any = [{ finding = [" in page and '{"finding"' not in page


def test_nothing_changes(site: Site, past: None) -> None:
    before = site.house.service.ledger
    tried(site, RULE)
    assert "try-links" not in site.browser("admin").open("/policy").content.decode() and before is site.house.service.ledger
