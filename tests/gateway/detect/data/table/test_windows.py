from __future__ import annotations

from itertools import pairwise

import pytest

from gateway.detect.base import Scope, Tally
from gateway.detect.data.detector import CustomerData
from gateway.detect.data.table import windows
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Sample, Table, Text
from gateway.model.transaction import Direction

NUMBERS = ("349586580", "388546073", "306570332", "312345678")


def judged(texts=(), tables=()):
    detector = CustomerData(Scope(Direction.OUTBOUND, "a@bank.example", ("b@x.example",), ("bank.example",), None, None))
    detector.look(Sample(Artifact(0, None, ArtifactKind.PART), b"", list(texts), list(tables)))
    tally = Tally()
    return list(detector.conclude(tally)), tally


def test_short_ones_are_one_piece():
    text, table = Text("a\n" * 10, "body"), Table("t", (("a", "b"),) * 10)
    assert list(windows.of_text(text)) == [windows.Window(text)] and list(windows.of_table(table)) == [windows.Window(table)]


def test_pieces_are_the_text_and_end_with_lines(monkeypatch):
    monkeypatch.setattr(windows, "PIECE", 100)
    for content in ("line of a text\n" * 40, "a,b;" * 200, "9" * 1000, "x\r" * 300, "\n" * 250):
        found = list(windows.of_text(Text(content, "body")))
        assert "".join(w.content.content for w in found) == content and len(found) > 1
        assert all(w.characters + len(w.content.content) == n.characters for w, n in pairwise(found))
        assert all(w.lines == content[:w.characters].count("\n") for w in found)
    assert all(w.content.content.endswith("\n") for w in windows.of_text(Text("line of a text\n" * 40, "body")))


def test_rows_in_pieces(monkeypatch):
    monkeypatch.setattr(windows, "CELLS", 10)
    rows = tuple((str(n), "x", "y") for n in range(11))
    found = list(windows.of_table(Table("t", rows)))
    assert tuple(row for w in found for row in w.content.rows) == rows and [w.lines for w in found] == [0, 4, 8]


def test_headings_hold_in_later_pieces_and_places_are_those_of_the_whole(monkeypatch):
    monkeypatch.setattr(windows, "PIECE", 100)
    monkeypatch.setattr(windows, "CELLS", 6)
    rows = (("姓名", "護照號碼"), *(("陳大文", "x" * 40) for _ in range(3)), *(("王小明", number) for number in NUMBERS))
    findings, tally = judged(tables=[Table("t", rows)])
    assert tally.identifiers["tw.passport"] == 4
    text = "\n".join("\t".join(row) for row in rows)
    assert findings[0].evidence[0] == f"******580 (t, line 5, offset {text.index(NUMBERS[0])})"
    findings, tally = judged(texts=[Text(text, "body")])
    assert tally.identifiers["tw.passport"] == 4
    assert findings[0].evidence[0] == f"******580 (body, line 5, offset {text.index(NUMBERS[0])})"


@pytest.mark.parametrize(("first", "goes_on"), [
    (("Bob", "398765432"), True), (("Bob", "G98765432"), False), (("Bob", "398765432", "x"), False), (("Name", "Passport No"), False)])
def test_a_table_that_goes_on_without_its_heading(first: tuple[str, ...], goes_on: bool) -> None:
    before = Table("table 1", (("Name", "Passport No"), ("Ann", "312345678")))
    assert windows.continues(before, Table("table 2", (first,))) is goes_on
    assert not windows.continues(Table("table 1", before.rows[1:]), Table("table 2", (first,)))
