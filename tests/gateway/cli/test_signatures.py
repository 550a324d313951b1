import json
import os
import signal
import subprocess

import pytest

from gateway.app.rights import lock
from gateway.cli import signatures


def answer(monkeypatch, rows, status):
    done = subprocess.CompletedProcess([], status, "".join(json.dumps(r) + "\n" for r in rows), "last words\n")
    monkeypatch.setattr(signatures.subprocess, "run", lambda *a, **k: done)


def test_list_shows_every_rule(state):
    rows = state.run("signatures", "list", "--json").rows
    assert rows and all(set(r) >= {"id", "topic", "severity", "owner", "date", "reference"} for r in rows)
    assert rows[0]["id"] in state.run("signatures", "list").out


def test_the_packaged_rules_compile_and_pass_their_cases(state):
    checked = state.run("signatures", "check")
    assert checked.status == 0 and "rules compile, version" in checked.out
    tested = state.run("signatures", "test")
    assert tested.status == 0 and tested.out.endswith(" cases, 0 wrong\n")


def test_a_rule_that_does_not_compile_is_status_one_with_its_place(state, tmp_path):
    topic = tmp_path / "local" / "mine"
    topic.mkdir(parents=True)
    (topic / "own_rule.yar").write_text("rule own_rule {\n condition: nonsense\n}\n")
    (topic / "own_rule.toml").write_text('id = "own_rule"\n')
    with state.config.open("a") as file:
        file.write(f'\n[inspection]\nlocal_signatures = ["{tmp_path}/local"]\n')
    ran = state.run("signatures", "check")
    assert ran.status in (1, 2) and f"{tmp_path}/local/mine/own_rule" in ran.out + ran.errors


def test_what_a_check_says(state, monkeypatch):
    answer(monkeypatch, [{"where": "a.yar:3", "message": "a.yar:3: syntax error"}, {"rule": "x", "right": False, "matches": True},
                         {"rule": "y", "right": False, "matches": False}, {"rule": "z", "right": True, "matches": True}], 1)
    assert state.run("signatures", "check").out == "a.yar:3: syntax error\n"
    ran = state.run("signatures", "test")
    assert ran.status == 1 and ran.out.splitlines() == [
        "a.yar:3: syntax error", "x: does not match its match case", "y: matches its miss case", "3 cases, 2 wrong"]
    assert len(state.run("signatures", "test", "--json").rows) == 4


def test_a_check_that_fails_is_an_operating_error(state, monkeypatch):
    answer(monkeypatch, [], -9)
    assert "the rules could not be checked" in state.run("signatures", "check").complaint


def test_reload_reaches_the_running_gateway_only(state, monkeypatch):
    sent = []
    monkeypatch.setattr(signatures.os, "kill", lambda pid, number: sent.append((pid, number)))
    (state.state / "run" / "serve.lock").write_text("1\n")               # left by one that died; now init's number
    assert "no gateway is running here" in state.run("signatures", "reload").complaint and not sent
    held = lock(state.state)
    assert state.run("signatures", "reload").status == 0 and sent == [(os.getpid(), signal.SIGHUP)]
    os.close(held)


@pytest.mark.parametrize("command", ["list", "check", "test"])
def test_no_gateway_and_no_state_is_needed(tmp_path, command, monkeypatch):
    from tests.builders.commands import run

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SEKISHO_CONFIG", raising=False)
    assert run("signatures", command).status == 0


def with_words(state, tmp_path, **sections):
    for section, text in sections.items():
        (tmp_path / "words" / section).mkdir(parents=True)
        (tmp_path / "words" / section / "mine.toml").write_text(text, "utf-8")
    with state.config.open("a") as file:
        file.write(f'\n[inspection]\nlocal_words = ["{tmp_path}/words"]\n')


def test_words_of_our_own_are_checked_and_tried(state, tmp_path):
    with_words(state, tmp_path, terms='[kinds]\n"tw.national_id" = ["客戶代碼"]\n[match]\n"客戶代碼：" = "tw.national_id"\n',
               labels='marks = ["董事會限閱"]\nmatch = ["董事會限閱"]\nmiss = ["董事會"]\n')
    assert state.run("signatures", "check").status == 0
    tested = state.run("signatures", "test")
    assert tested.status == 0 and tested.out.endswith(" cases, 0 wrong\n")


def test_wrong_words_are_one_line_with_their_place(state, tmp_path):
    with_words(state, tmp_path, terms='[kinds]\n"tw.natonal_id" = ["客戶代碼"]\n')
    ran = state.run("signatures", "check")
    assert ran.status == 1 and "words/terms/mine.toml: kinds: unknown kind 'tw.natonal_id'" in ran.out


def test_a_word_that_does_not_do_what_its_file_says(state, tmp_path):
    with_words(state, tmp_path, labels='marks = ["董事會限閱"]\nmiss = ["董事會限閱"]\n')
    ran = state.run("signatures", "test")
    assert ran.status == 1 and "labels/mine '董事會限閱': matches its miss case" in ran.out


def test_outside_rules_from_staging_to_rollback(state, tmp_path):
    assert "sekisho signatures stage FOLDER" in state.run("signatures", "stage").errors
    rules = tmp_path / "outside"
    rules.mkdir()
    (rules / "a.yar").write_text('rule One { strings: $a = "outside-marker" condition: $a }\nrule Bad { condition: nonsense }\n')
    staged = state.run("signatures", "stage", str(rules))
    assert staged.status == 1 and f"{rules}/a.yar:2: undefined identifier" in staged.out and "1 rules of 1 files" in staged.out
    (version,) = state.run("signatures", "versions", "--json").rows
    assert (version["in_force"], version["rules"], version["refused"]) == (False, 1, 1)
    assert state.run("signatures", "activate", "--json").rows == [
        {"version": version["version"], "before": "", "gateway": "no gateway is running here"}]
    assert state.run("signatures", "versions", "--json").rows[0]["in_force"]

    mail = tmp_path / "x.eml"
    mail.write_text("From: a@else.example\nTo: b@bank.example\nSubject: x\n\noutside-marker\n")
    (judged,) = state.run("scan", "--json", "--direction", "inbound", str(mail)).rows
    assert [f["rule"] for f in judged["findings"] if f["code"] == "SIGNATURE-MATCH"] == ["outside:One"]
    assert judged["disposition"] == "quarantine"
    assert state.run("signatures", "rollback").out.startswith("no outside rules in force again")
    (judged,) = state.run("scan", "--json", "--direction", "inbound", str(mail)).rows
    assert judged["findings"] == []
    assert state.run("signatures", "rollback").status == 2
