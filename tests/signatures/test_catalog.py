"""The catalogue: complete, checked, overlaid; a bad file is refused with its place."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.model.errors import ConfigError
from signatures.catalog import load, packaged

RULE = 'rule my_rule\n{\n    strings:\n        $a = "needle"\n    condition:\n        $a\n}\n'
ABOUT = """id = "my-rule"
title = "Mine"
owner = "bank"
date = 2026-11-21
reference = "ticket 1"
severity = "high"
applies = ["any"]
match = [{ text = "a needle" }]
miss = [{ text = "hay" }]
"""


def folder(tmp_path: Path, rule: str = RULE, about: str = ABOUT, id: str = "my-rule") -> Path:
    topic = tmp_path / "local" / "topic"
    topic.mkdir(parents=True)
    if rule:
        (topic / f"{id}.yar").write_text(rule)
    if about:
        (topic / f"{id}.toml").write_text(about)
    return tmp_path / "local"


def test_packaged_catalogue():
    catalog = packaged()
    assert len(catalog.signatures) >= 50
    assert catalog.get("eicar") is not None and catalog.get("nothing") is None
    assert catalog.version.startswith(f"{len(catalog.signatures)}-")
    assert {"script", "macro", "document", "html", "program"} <= {s.topic for s in catalog.signatures}


def test_every_rule_has_both_kinds_of_cases():
    for signature in packaged().signatures:
        assert {c.matches for c in signature.description.cases} == {True, False}


def test_local_rule_is_added_and_changes_the_version(tmp_path):
    catalog = load([folder(tmp_path)])
    assert catalog.get("my-rule").local
    assert catalog.version != packaged().version


def test_local_rule_takes_the_place_of_a_packaged_one(tmp_path):
    local = folder(tmp_path, RULE.replace("my_rule", "eicar"), ABOUT.replace("my-rule", "eicar"), "eicar")
    catalog = load([local])
    assert catalog.get("eicar").local
    assert len(catalog.signatures) == len(packaged().signatures)


def test_packaged_rule_can_be_switched_off(tmp_path):
    assert load([folder(tmp_path, "", "disabled = true\n", "eicar")]).get("eicar") is None


@pytest.mark.parametrize(("rule", "about", "problem"), [
    ("", ABOUT, "missing beside it"),
    (RULE, "", "missing beside it"),
    (RULE.replace("my_rule", "other"), ABOUT, "no rule named my_rule"),
    (RULE, ABOUT.replace('"my-rule"', '"other"'), "not the file's name"),
    (RULE, ABOUT.replace("high", "huge"), "severity"),
    (RULE, ABOUT.replace('"any"', '"everything"'), "applies"),
    (RULE, ABOUT.replace('miss = [{ text = "hay" }]\n', ""), "misses miss"),
    (RULE, ABOUT.replace('[{ text = "hay" }]', "[]"), "at least one miss"),
    (RULE, ABOUT + 'more = 1\n', "does not know more"),
    (RULE, ABOUT.replace("2026-11-21", '"today"'), "date"),
    (RULE, "id = ", "local"),
    ('include "x.yar"\n' + RULE, ABOUT, r":1: include"),
    (RULE.replace('"needle"', r"/\bneedle/"), ABOUT, r":4: "),
    ("global " + RULE, ABOUT, "global"),
    ('import "cuckoo"\n' + RULE, ABOUT, "module"),
])
def test_bad_files_are_refused_with_their_place(tmp_path, rule, about, problem):
    with pytest.raises(ConfigError, match=problem):
        load([folder(tmp_path, rule, about)])


def test_missing_folder_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="no folder"):
        load([tmp_path / "nothing"])


def test_the_version_is_the_same_in_every_process():
    """Sets of words have another order in each process: none of it may show."""
    program = "from signatures.catalog import load; print(load().version)"
    said = {subprocess.run([sys.executable, "-c", program], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True,
                           text=True, check=True).stdout for seed in ("1", "2", "3")}
    assert len(said) == 1
