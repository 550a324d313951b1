from __future__ import annotations

from gateway.extract.base import Context, Node
from gateway.extract.identify import identify
from gateway.extract.mail.mbox import MBOX
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.deadline import Limits

ONE = b"From a@b Mon Nov  9 10:00:00 2026\r\nFrom: a@b\r\nSubject: %d\r\n\r\nFrom here on, in 2026\r\nall is text\r\n\r\n"


def read(data):
    node = Node(Artifact(1, 0, ArtifactKind.PART), data, "message/rfc822")
    return list(MBOX.extract(node, Context(Limits(), outbound=True))) if MBOX.claims(node) else None


def test_every_message_behind_the_first():
    found = read(ONE % 1 + ONE % 2 + ONE % 3)
    assert [child.data.splitlines()[1] for child in found] == [b"Subject: 2", b"Subject: 3"]
    assert all(b"all is text" in child.data and b"10:00:00" not in child.data for child in found)
    assert {child.detected_type for child in found} == {"message/rfc822"}


def test_one_mail_is_no_mailbox():
    assert read(ONE % 1) == []
    assert read(b"From: a@b\r\nSubject: x\r\n\r\nFrom a@b Mon Nov  9 10:00:00 2026\r\nFrom: c\r\n") is None


def test_messages_between_lines_of_control_characters():
    mail = b"From: a@b\nSubject: %d\nTo: c@d\n\nwords\n"
    mark = b"\1\1\1\1\n"
    found = read(mark + mail % 1 + mark + mark + mail % 2 + mark)
    assert [child.data for child in found] == [mail % 1, mail % 2 + mark]
    assert identify(mark + mail % 1 + mark) == "message/rfc822" and read(mark) == []
