"""Safe text: nothing in it can run, hide or turn around."""

from __future__ import annotations

import base64

from gateway.extract.registry_plain import LIGHT
from gateway.inspection.judge import CellJudge
from gateway.inspection.preview import TOTAL, Collected, safe
from gateway.inspection.protocol import decode_preview, encode_preview
from gateway.model.artifact import Artifact, ArtifactKind, ArtifactTree
from gateway.model.content import Sample, Text
from tests.gateway.inspection.conftest import ask

MAIL = ("From: =?utf-8?b?5pyA?= <a@b.example>\r\nSubject: hello\r\n world\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n\r\n主文 \x1b[31m red\r\n").encode()


def test_headers_body_and_tree() -> None:
    shown = CellJudge(LIGHT, []).preview(MAIL, ask())
    assert ("subject", "hello world") in shown["headers"]
    assert any("最" in value for name, value in shown["headers"] if name == "from")
    assert any("主文 \\u001b[31m red" in text for _, _, text in shown["texts"])
    assert shown["artifacts"][0][:2] == ("message", "message")
    assert decode_preview(encode_preview(shown))["headers"] == shown["headers"]


def test_macro_source_is_shown_as_text() -> None:
    collected = Collected()
    macro = Artifact(1, 0, ArtifactKind.MACRO, ("Module1",))
    collected.visit(Sample(macro, b"Sub AutoOpen()\r\nEnd Sub\x00"))
    tree = ArtifactTree((Artifact(0, None, ArtifactKind.MESSAGE), macro))
    assert collected.sections(b"", tree)["macros"] == [("message > Module1", "Sub AutoOpen()\nEnd Sub\\u0000")]


def test_hidden_text_says_so() -> None:
    collected = Collected()
    collected.visit(Sample(Artifact(0, None, ArtifactKind.MESSAGE), b"", [Text("x", "body", hidden=True), Text("y", "header Subject")]))
    assert [(source, text) for _, source, text in collected.texts] == [("body (hidden)", "x")]


def test_it_is_bounded() -> None:
    collected = Collected()
    for _ in range(100):
        collected.visit(Sample(Artifact(0, None, ArtifactKind.MESSAGE), b"", [Text("x" * 100_000, "body")]))
    assert sum(len(text) for _, _, text in collected.texts) <= TOTAL


def test_what_is_shown_cannot_deceive() -> None:
    assert safe("gnp.\u202eexe") == "gnp.\\u202eexe"
    assert safe("a\x00b\x9bc\ud800") == "a\\u0000b\\u009bc\\ud800"
    assert safe("a\r\nb\tc　d") == "a\nb\tc　d"


def test_where_parts_may_be_taken_out() -> None:
    mail = (b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nhello\r\n--x\r\n"
            b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\nBBBB\r\n--x--\r\n")
    spans = CellJudge(LIGHT, []).preview(mail, ask())["spans"]
    assert [label for label, _, _ in spans] == ["1", "2"]
    assert mail[int(spans[0][1]):int(spans[0][2])] == b"\r\nhello"
    armour = base64.b64encode(b"-----BEGIN PGP MESSAGE-----\r\nabc\r\n-----END PGP MESSAGE-----\r\n")
    assert CellJudge(LIGHT, []).preview(mail.replace(b"BBBB", armour), ask())["spans"] == [("sealed", "", "")]
