"""Which mail goes to the deep lane at once."""

from __future__ import annotations

import os

import pytest

from gateway.inspection import shortcut
from gateway.inspection.shortcut import needs_deep
from tests.gateway.inspection.conftest import spool


def guess(mail: bytes) -> bool:
    fd = spool(mail)
    try:
        before = os.lseek(fd, 0, os.SEEK_CUR)
        found = needs_deep(fd, len(mail))
        assert os.lseek(fd, 0, os.SEEK_CUR) == before
        return found
    finally:
        os.close(fd)


@pytest.mark.parametrize("field", [
    b"Content-Type: application/pdf", b"CONTENT-TYPE:image/png; name=a", b"content-type:\t application/octet-stream", b"Content-Type: video/mp4"])
def test_declared_attachments_are_seen(field: bytes) -> None:
    assert guess(b"Subject: x\r\n\r\n--b\r\n" + field + b"\r\n\r\nx")


@pytest.mark.parametrize("field", [
    b"Content-Type: text/html", b"Content-Type: multipart/mixed", b"Content-Type: application/pgp-signature",
    b"Content-Type: application/pkcs7-mime", b"Content-Type: application/json", b"X-Content-Type: application/pdf"])
def test_what_the_plain_lane_reads_stays_there(field: bytes) -> None:
    assert not guess(b"Subject: x\r\n\r\n--b\r\n" + field + b"\r\n\r\nx")


def test_large_mail_is_not_read_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shortcut, "LARGE", 100)
    assert guess(b"x" * 101) and not guess(b"x" * 100)


def test_only_the_beginning_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shortcut, "HEAD", 50)
    assert not guess(b"x" * 50 + b"\nContent-Type: image/png\r\n")
