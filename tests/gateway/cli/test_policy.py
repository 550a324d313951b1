import pytest

from gateway.cli.policy import stored
from gateway.cli.samples import samples
from gateway.model.errors import SekishoError
from tests.builders.commands import run, write_config

RULE = '\n[[rule]]\nid = "all"\ndirection = "inbound"\nwhen = { finding = ["EXECUTABLE-*"] }\nthen = "quarantine"\n'


def test_a_good_file(state):
    assert state.run("policy", "check").out.endswith(" rules in force\n")
    write_config(state.folder, more=RULE)
    assert state.run("policy", "check").out == f"{state.config}: good, 1 rules in force\n"


def test_every_problem_with_its_line_and_status_one(state):
    write_config(state.folder, more=RULE.replace('"quarantine"', '"eat"') + '[limits]\ndeepth = 3\n')
    ran = state.run("policy", "check")
    assert ran.status == 1 and len(ran.out.splitlines()) >= 2
    assert all(line.startswith(f"{state.config}:") for line in ran.out.splitlines()), ran.out
    rows = state.run("policy", "check", "--json").rows
    assert all(set(r) == {"where", "message", "warning"} for r in rows) and any("depth" in r["message"] for r in rows)


def test_no_file_to_check(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SEKISHO_CONFIG", raising=False)
    assert "no configuration found to check" in run("policy", "check").complaint


@pytest.fixture
def held(tmp_path):
    path = tmp_path / "held.eml"
    path.write_bytes(next(s for s in samples() if s.expected == "held" and s.direction == "inbound").content)
    return path


def test_explain_names_the_rule_and_what_it_saw(state, held):
    said = state.run("policy", "explain", held, "--direction", "inbound").out
    assert "saw " in said and "quarantine" in said
    rows = state.run("policy", "explain", held, "--direction", "inbound", "--rcpt-to", "x@bank.example", "--json").rows
    assert rows[0]["recipient"] == "x@bank.example" and rows[0]["rule"] and rows[0]["trace"]


def test_replay_of_stored_inspections(state, held, tmp_path):
    lines = state.run("scan", "--json", "--direction", "inbound", held).out
    (tmp_path / "past.jsonl").write_text(lines)
    same = state.run("policy", "replay", tmp_path / "past.jsonl")
    assert same.status == 0 and "1 messages, 0 would change, 0 unreadable" in same.out, same
    write_config(state.folder, more=RULE.replace("EXECUTABLE-*", "LABEL-*"))
    changed = state.run("policy", "replay", "--json", tmp_path / "past.jsonl")
    assert changed.status == 1 and changed.rows[0]["changed"] == 1
    assert [(c["then"], c["now"]) for c in changed.rows[0]["changes"]] == [("quarantine", "deliver")]


def test_replay_of_the_journal(state):
    assert "0 messages, 0 would change" in state.run("policy", "replay").out


def test_stored_inspections_from_standard_input(state, held):
    lines = state.run("scan", "--json", "--direction", "inbound", held).octets
    assert state.run("policy", "replay", "-", "--json", stdin=lines).rows[0]["total"] == 1
    assert "it is not UTF-8 text" in state.run("policy", "replay", "-", stdin=b"\xff").complaint


def test_files_that_hold_no_inspections(tmp_path):
    for bad in ("{", "{}", '["findings"]'):
        (tmp_path / "x").write_text('{"findings": []}\n' + bad + "\n")
        with pytest.raises(SekishoError, match=r"x:2: not a line of `scan --json`"):
            list(stored((tmp_path / "x",)))
    with pytest.raises(SekishoError, match="No such file"):
        list(stored((tmp_path / "y",)))
