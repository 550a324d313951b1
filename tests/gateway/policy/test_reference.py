"""The reference of the policy language is that of its tables."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from gateway.config import load
from gateway.model.transaction import AuthResult
from gateway.policy import check, decide, load_policy
from gateway.policy.parse import packaged
from gateway.policy.reference import EXAMPLE, reference
from gateway.policy.words import CONDITIONS
from tests.builders.mailfacts import NOW, finding, inspection, outgoing, transaction, tree

FILE = Path(__file__).parents[3] / "docs" / "reference" / "policy.md"


def test_the_file_is_up_to_date() -> None:
    assert FILE.read_text(encoding="utf-8") == reference(), "run: python tests/builders/references.py"


def test_every_condition_and_every_packaged_rule_is_in_it() -> None:
    words = reference()
    assert all(f"| `{key}` |" in words for key in CONDITIONS)
    assert all(f"| `{entry.table['id']}` |" in words for entry in packaged())


def test_the_example_is_good_and_does_what_it_says(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text('[gateway]\nour_domains = ["bank.example"]\n' + EXAMPLE, encoding="utf-8")
    assert check(path) == []
    policy = load_policy(load(path))
    cards = decide(outgoing(), inspection(identifiers={"card": 1}), policy, NOW)[0]
    assert (cards.rule, cards.approvals, cards.disposition.word) == ("cards-need-two", 2, "hold")
    image = decide(transaction(), inspection(nodes=tree("Photos.ISO")), policy, NOW)[0]
    assert (image.rule, image.disposition.word) == ("no-disk-images", "reject")
    sizes = [dataclasses.replace(m, message=dataclasses.replace(m.message, size=21 << 20))
             for m in (outgoing("x@a.audit.example"), outgoing("x@other.example"))]
    assert [decide(m, inspection(), policy, NOW)[0].tags for m in sizes] == [(), ("large",)]
    exception = policy.exceptions[0]
    nodes = tree("payroll.xlsm", hashes=[*exception.sha256])
    passed = [AuthResult("dmarc", "pass", "payroll.example")]
    payroll = transaction("hr@payroll.example", auth=passed)
    macro = inspection(finding("MACRO-AUTOEXEC", artifact=1), nodes=nodes)
    lowered = decide(payroll, macro, policy, NOW)[0]
    assert (lowered.disposition.word, lowered.exception) == ("annotate", "payroll-macro")
    assert decide(transaction("hr@payroll.example"), macro, policy, NOW)[0].disposition.word == "quarantine"


def test_tables_are_whole() -> None:
    """A bar inside a cell is escaped, so every row has as many cells as its heading."""
    width = 0
    for line in reference().splitlines():
        cells = line.replace("\\|", "").count("|")
        if not line.startswith("|"):
            width = 0
        elif width:
            assert cells == width, line
        else:
            width = cells
