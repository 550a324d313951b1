"""Every detector can be made, looks at anything, and concludes; together they miss no hiding place and hold no honest mail."""

from __future__ import annotations

import base64

import pytest

from gateway.detect.base import Scope, Tally
from gateway.detect.registry import DETECTORS
from gateway.extract.base import Context
from gateway.extract.registry import EXTRACTORS
from gateway.extract.walk import walk
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Sample
from gateway.model.deadline import Limits
from gateway.model.finding import Severity
from gateway.model.transaction import Direction
from tests.builders.benign_mail import BENIGN
from tests.builders.documents import docx, package
from tests.builders.hostile_mail import HOSTILE, PROGRAM, mix, noise


@pytest.mark.parametrize("factory", DETECTORS)
@pytest.mark.parametrize("direction", list(Direction))
def test_empty_node_is_nothing(factory, direction):
    detector = factory(Scope(direction, "a@b.example", ("c@d.example",), ("d.example",)))
    assert list(detector.look(Sample(Artifact(0, None, ArtifactKind.MESSAGE), b""))) == []
    assert list(detector.conclude(Tally())) == []


def judge(blob: bytes) -> list[str]:
    """Codes that hold a message by the packaged policy: grave findings, and incidents."""
    scope = Scope(Direction.INBOUND, "alice@sender.example", ("bob@bank.example",), ("bank.example",))
    detectors = [factory(scope) for factory in DETECTORS]
    found = []

    def visit(sample: Sample) -> None:
        for detector in detectors:
            found.extend(detector.look(sample))

    walked = walk(blob, Context(Limits()), EXTRACTORS, visit)
    for detector in detectors:
        found.extend(detector.conclude(Tally()))
    return [f.code for f in found if f.severity >= Severity.HIGH] + [i.code.value for i in walked.incidents]


@pytest.mark.parametrize("name", HOSTILE)
def test_hidden_program_is_found(name):
    assert judge(HOSTILE[name])


@pytest.mark.parametrize("name", BENIGN)
def test_customary_mail_passes(name):
    assert judge(BENIGN[name]) == []


def bounce(copy: bytes) -> bytes:
    return (b"From: MAILER-DAEMON@h.example\r\nSubject: failed\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report;"
            b" report-type=delivery-status; boundary=r\r\n\r\n--r\r\nContent-Type: text/plain\r\n\r\nfailed\r\n--r\r\n"
            b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; a@b\r\nAction: failed\r\n"
            b"Status: 5.1.1\r\n\r\n--r\r\nContent-Type: message/rfc822\r\n\r\n" + copy + b"\r\n--r--\r\n")


def attached(data: bytes, name: bytes) -> bytes:
    return mix(b"Content-Type: application/octet-stream; name=" + name + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
               base64.encodebytes(data).replace(b"\n", b"\r\n").rstrip())


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_copies_that_a_bounce_cut_pass_where_nothing_acts(share):
    data = docx("".join(f"<w:p><w:r><w:t>{n} {noise(9).hex()}</w:t></w:r></w:p>" for n in range(300)), {"word/media/a.bin": noise(4000)})
    whole = attached(data, b"a.docx")
    assert not judge(bounce(whole[:int(len(whole) * share)]))
    assert judge(whole[:int(len(whole) * share)]), "outside a bounce the same is held"


def test_what_acts_in_a_cut_copy_is_held():
    whole = attached(package({"a.exe": PROGRAM, "b.bin": noise(6000)}), b"a.zip")
    assert judge(bounce(whole[:int(len(whole) * 0.6)]))
