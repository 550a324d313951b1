import json

import pytest

from tests.builders.custody import leak


def test_a_report_in_every_form(state, tmp_path):
    state.hold(leak, persons=7)
    wide = ("--since", "2026-01-01", "--until", "2026-12-31")
    page = state.run("report", *wide, "--language", "ja").out
    assert "<h1>メール保護レポート</h1>" in page and "many-persons" in page
    rows = state.run("report", *wide, "--format", "csv").octets
    assert rows.startswith(b"\xef\xbb\xbfReport on mail protection\r\n") and b"\r\nmany-persons,1\r\n" in rows
    facts, = state.run("report", *wide, "--json").rows
    assert facts["held"]["persons"] == 7 and json.loads(state.run("report", *wide, "--format", "json").out)["held"] == facts["held"]
    assert state.run("report", *wide, "--format", "pdf", "--output", tmp_path / "r.pdf").status == 0
    assert (tmp_path / "r.pdf").read_bytes().startswith(b"%PDF-")
    assert state.run("report", "--month", "2020-01", "--format", "csv").status == 0
    assert state.run("report", "--format", "csv", "--output", "/dev/full").complaint == "/dev/full: No space left on device"


@pytest.mark.parametrize(("words", "said"), [
    (("--month", "x"), "x is no month"), (("--since", "2026-01-01"), "both --since and --until"),
    (("--month", "2026-01", "--since", "2026-01-01", "--until", "2026-02-01"), "give --month, or"),
    (("--since", "2026-02-01", "--until", "2026-01-01"), "ends after it begins"), (("--format", "doc"), "doc")])
def test_what_is_no_report(state, words, said):
    assert said in state.run("report", *words).complaint


def test_who_may_not(state):
    state.run("user", "add", "anna", "--role", "analyst")
    ran = state.run("report", "--as", "anna")
    assert ran.status == 1 and "your role does not allow this" in ran.errors
