import io
import os

import pytest

from gateway.app.offline import Judged
from gateway.cli import scan
from gateway.cli.samples import samples
from tests.builders.commands import Ran, run

CLEAN = b"From: a@else.example\nTo: b@bank.example\nSubject: lunch\n\nAt noon?\n"
KEYS = {"path", "sha256", "direction", "disposition", "verdict", "complete", "rule", "findings", "incidents", "persons", "identifiers",
        "artifacts", "elapsed_ms", "cpu_ms"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The demo's samples, a clean mail with bare LF, and a file that is no mail, in folders."""
    folder = tmp_path_factory.mktemp("mails")
    (folder / "inner").mkdir()
    for sample in samples():
        (folder / f"{sample.name}.eml").write_bytes(sample.content)
    (folder / "inner" / "clean.eml").write_bytes(CLEAN)
    (folder / "notes.txt").write_text("not read")
    return folder


@pytest.fixture(scope="module")
def judged(folder):
    """One run over everything, as JSON."""
    (folder / "sekisho.toml").write_text('[gateway]\nour_domains = ["bank.example"]\nstate_dir = "/nonexistent"\n')
    return run("--config", folder / "sekisho.toml", "scan", "--json", "--jobs", "2", folder)


def test_a_line_for_every_message_in_order(judged, folder):
    assert [r["path"] for r in judged.rows] == sorted(str(p) for p in folder.rglob("*.eml"))
    assert all(set(r) >= KEYS for r in judged.rows)


def test_samples_are_judged_as_they_must_be(judged, folder):
    found = {r["path"]: r for r in judged.rows}
    for sample in samples():
        row = found[f"{folder}/{sample.name}.eml"]
        assert (row["disposition"] in ("strip", "hold", "quarantine", "reject")) == (sample.expected == "held"), row
        assert row["direction"] == sample.direction
    assert judged.status == 1


def test_the_digest_is_of_the_octets_on_the_wire(judged, folder):
    from hashlib import sha256

    row = next(r for r in judged.rows if r["path"].endswith("/clean.eml"))
    assert (row["disposition"], row["verdict"], row["complete"]) == ("deliver", "clean", True)
    assert row["sha256"] == sha256(CLEAN.replace(b"\n", b"\r\n")).hexdigest()


def test_one_that_cannot_be_read_stops_no_other(folder):
    there = folder / "inner" / "clean.eml"
    ran = run("scan", "--json", there, "/proc/self/mem", there)
    assert (ran.status, [r["path"] for r in ran.rows]) == (2, [str(there)] * 2)
    assert ran.errors.splitlines()[-1] == "sekisho: /proc/self/mem: Input/output error"


def test_standard_input_and_a_given_envelope(tmp_path):
    clean = run("scan", "-", "--direction", "outbound", "--mail-from", "", "--rcpt-to", "x@y.example", stdin=CLEAN)
    assert clean.status == 0 and clean.out.splitlines() == ["deliver    clean         -"], clean


def test_a_file_that_is_not_there_is_one_line(tmp_path):
    assert run("scan", tmp_path / "none.eml").complaint == f"{tmp_path}/none.eml: no such file or folder"


def test_an_empty_folder_is_fine(tmp_path):
    assert run("scan", tmp_path) == Ran(0, b"", f"{tmp_path}: no message is there\n")


def test_an_empty_name_is_not_the_folder_we_stand_in():
    assert run("scan", "").complaint == "(an empty name): no such file or folder"


def test_a_name_that_is_no_utf_8_stays_json(tmp_path):
    name = os.fsdecode(bytes(tmp_path) + b"/\xff.eml")
    with open(name, "wb") as file:
        file.write(b"From: a@partner.example\r\n\r\nhello\r\n")
    [row] = run("scan", "--json", tmp_path).rows
    assert row["path"] == name and row["disposition"] == "deliver"


@pytest.mark.parametrize("row", [
    {"disposition": "quarantine", "verdict": "malicious", "path": "a\x1b.eml", "rule": "r",
     "findings": [{"severity": "high", "code": "EXECUTABLE-PE", "count": 2, "artifact": "message > \u202eexe", "evidence": ["MZ", "b", "c", "d"]}],
     "incidents": [{"code": "DEPTH", "artifact": "message", "detail": ""}]}])
def test_what_people_see_is_safe_for_a_terminal(monkeypatch, capsys, row):
    monkeypatch.setattr(scan, "as_report", lambda judged: row)
    scan.show(Judged("", None, None, ()))
    shown = capsys.readouterr().out
    assert "\x1b." not in shown and "\u202e" not in shown
    assert "EXECUTABLE-PE ×2  message > \\u202eexe  MZ; b; c\n" in shown and "incident  DEPTH  message\n" in shown


def test_progress_only_where_somebody_looks(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr(scan.sys, "stderr", Terminal())
    for total, shown in ((20, False), (21, True)):
        bar = scan.Progress(total)
        bar.step()
        assert ("1/21" in scan.sys.stderr.getvalue()) is shown
    bar.clear()
    monkeypatch.setattr(scan.sys, "stderr", io.StringIO())
    scan.Progress(100).step()
    assert scan.sys.stderr.getvalue() == ""
