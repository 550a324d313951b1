"""Text nodes."""

from __future__ import annotations

import pytest

from gateway.extract import crowds, nesting
from gateway.extract.base import Context, Node, Problem
from gateway.extract.text.plain import TEXT
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Table, Text
from gateway.model.deadline import Limits
from gateway.model.finding import IncidentCode


def node(data: bytes, type: str = "text/plain", charset: str = "") -> Node:
    return Node(Artifact(1, 0, ArtifactKind.PART), data, type, charset)


def test_decoded_by_its_charset():
    items = list(TEXT.extract(node("報價單".encode("cp950"), charset="big5"), Context(Limits())))
    assert isinstance(items[0], Text) and (items[0].content, items[0].charset) == ("報價單", "cp950")


def test_claims_text_but_not_html():
    assert TEXT.claims(node(b"")) and TEXT.claims(node(b"", "text/csv")) and TEXT.claims(node(b"", "application/x-pem"))
    assert not TEXT.claims(node(b"", "text/html")) and not TEXT.claims(node(b"", "application/pdf"))


def test_more_letters_than_a_mailbox_in_a_mail_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nesting, "LETTERS", 10)
    for number, held in ((12, True), (10, False)):
        found = list(TEXT.extract(node(b"From a@x.example Mon Nov  2 10:00:00 2026\nSubject: x\n\nx\n\n" * number), Context(Limits())))
        assert any(isinstance(i, Problem) and i.code is IncidentCode.COUNT for i in found) == held and isinstance(found[-1], Text)


def test_other_readings_of_outbound_text():
    data = b"A1234 \n56789\n" * 3
    assert [i.content for i in TEXT.extract(node(data), Context(Limits(), outbound=True))] == ["A1234 \n56789\n" * 3, "A123456789\n" * 3]
    assert len(list(TEXT.extract(node(data), Context(Limits())))) == 1


def test_records_of_a_binary_format_that_looks_like_text():
    data = b"\x84\xa4name\xa9" + "陳志明".encode() + b"\xa4hkid\xaaC463908(A)\xa1a\xa1b\xa1c\xa1d"
    found = list(TEXT.extract(node(data), Context(Limits(), outbound=True)))
    assert any(("陳志明", "C463908(A)", "b", "d") in item.rows for item in found if isinstance(item, Table))


def test_records_without_line_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [f"{n:06d}A{n * 7919 % 10**9:09d}  CHEN TA WEN   {n * 104729 % 10**6:08d}" for n in range(30)]
    context = Context(Limits(), outbound=True)
    assert [i.content for i in TEXT.extract(node("".join(rows).encode()), context)] == ["".join(rows), "\n".join(rows)]
    for most, held in ((28, True), (29, False)):
        monkeypatch.setattr(crowds, "LINES", most)
        found = list(TEXT.extract(node("".join(rows).encode()), context))
        assert any(isinstance(i, Problem) and i.code is IncidentCode.COUNT for i in found) == held
    assert len(list(TEXT.extract(node(b"hello name 123\n".hex().encode() * 50), context))) == 1       # hex digits are undone, not cut
