"""What data of forms (FDF) bring."""

from __future__ import annotations

import zlib

import pytest

from gateway.extract.base import Child, Context, Node, Problem
from gateway.extract.pdf.formsdata import FORMS_DATA
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Observation
from gateway.model.deadline import Limits
from tests.builders.archives import take_apart

NOTE = b"<< /Subtype /FileAttachment /Page 0 /FS << /F (a.js) /EF << /F 3 0 R >> >> >>"
FIELD = b"<< /T (name) /V (Mei) >>"


def fdf(entry: bytes, stream: bytes = b"", head: bytes = b"%FDF-1.2\n", filters: bytes = b"") -> bytes:
    held = b"3 0 obj\n<< /Type /EmbeddedFile /Length %d %s >>\nstream\n%s\nendstream\nendobj\n" % (len(stream), filters, stream)
    return (head + b"1 0 obj\n<< /FDF << " + entry + b" /F (a.pdf) >> >>\nendobj\n" + (held if stream else b"")
            + b"trailer\n<< /Root 1 0 R >>\n%%EOF\n")


@pytest.mark.parametrize(("stream", "filters"), [(b"run()", b""), (zlib.compress(b"run()"), b"/Filter /FlateDecode")])
def test_files_of_notes(stream: bytes, filters: bytes) -> None:
    (child,) = [i for i in take_apart(FORMS_DATA, fdf(b"/Annots [" + NOTE + b"]", stream, filters=filters), "a.fdf") if isinstance(i, Child)]
    assert (child.data, child.names) == (b"run()", ("a.js",))


def test_actions_of_notes() -> None:
    entry = b"/Annots [<< /Subtype /Link /A << /S /Launch /F (cmd.exe) >> >>]"
    assert "PDF-LAUNCH" in {i.code for i in take_apart(FORMS_DATA, fdf(entry), "a.fdf") if isinstance(i, Observation)}


def test_values_alone_hold_nothing() -> None:
    assert list(take_apart(FORMS_DATA, fdf(b"/Fields [" + FIELD + b"]"), "a.fdf")) == []
    assert list(take_apart(FORMS_DATA, fdf(b"/Fields [" + FIELD + b"]", head=b"\n" * 40 + b"%FDF-1.2\r\n"), "a.fdf")) == []


def test_what_is_claimed() -> None:
    def claims(data: bytes, type: str = "application/octet-stream") -> bool:
        return FORMS_DATA.claims(Node(Artifact(1, 0, ArtifactKind.PART), data, type))
    assert claims(b"%FDF-1.2") and claims(b"%FDF-1.2", "text/plain")
    assert not claims(b"x" * 1020 + b"%FDF-1.2") and not claims(b"about %FDF-", "message/rfc822") and not claims(b"%PDF-1.7")


def test_what_cannot_be_read_is_told() -> None:
    deep = fdf(b"/Fields " + b"[" * 1000 + b"]" * 1000)
    found = list(FORMS_DATA.extract(Node(Artifact(1, 0, ArtifactKind.PART), deep, "application/octet-stream"), Context(Limits())))
    assert all(isinstance(i, (Problem, Observation)) for i in found)
