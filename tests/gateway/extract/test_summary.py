"""The summary: decoded, masked, bounded."""

from __future__ import annotations

import hashlib
import time

import pytest

from gateway.extract.summary import mask, summarise
from gateway.model.artifact import Artifact, ArtifactKind

MAIL = (b"From: =?utf-8?B?546L5bCP5piO?= <wang@sender.example>\r\nSubject: =?utf-8?B?5a6i5oi2?= A123456789\r\n"
        b"Date: Sat, 21 Nov 2026 09:00:00 +0800\r\nMessage-ID: <a@b>\r\nDKIM-Signature: a=rsa-sha256\r\n\r\nbody\r\n")


def test_fields():
    summary = summarise(MAIL)
    assert summary.subject == "客戶 **********"
    assert summary.header_from == "王小明 <wang@sender.example>"
    assert (summary.header_message_id, summary.date) == ("<a@b>", "Sat, 21 Nov 2026 09:00:00 +0800")
    assert summary.body_sha256 == hashlib.sha256(b"body\r\n").hexdigest()
    assert summary.header_names == ("from", "subject", "date", "message-id", "dkim-signature")
    assert list(summary.body_hashes) == ["sha256/simple/-"]


def test_the_hash_for_our_own_signature_is_made_where_it_is_asked_for():
    assert list(summarise(MAIL, body_hash=True).body_hashes) == ["sha256/relaxed/-", "sha256/simple/-"]


def test_attachment_names_are_masked_and_parts_only():
    nodes = [Artifact(1, 0, ArtifactKind.PART, ("list 4111111111111111.pdf",)), Artifact(2, 1, ArtifactKind.MEMBER, ("inside.txt",)),
             Artifact(3, 0, ArtifactKind.PART)]
    assert summarise(MAIL, nodes).attachments == ("list ****************.pdf",)


@pytest.mark.parametrize("secret", ["A123456789", "4111-1111-1111-1111", "0912 345 678", "someone@bank.example", "１２３４５６７８９０"])
def test_identifiers_do_not_stay(secret):
    assert secret not in mask(f"about {secret}, please")


@pytest.mark.parametrize("text", ["報價單 2026-11", "Q3 2026", "room 101", "見積書（第2版）"])
def test_ordinary_words_stay(text):
    assert mask(text) == text


def test_bounded_and_printable():
    long = summarise(b"Subject: " + b"word " * 1000 + b"\r\n\r\n")
    assert len(long.subject) == 200
    assert summarise(b"Subject: a\x1b[2Jb\r\n\r\n").subject == "a [2Jb"
    started = time.process_time()
    assert summarise(b"Subject: " + b"x1y2" * (2 << 20) + b"\r\n\r\n").subject == "x1y2" * 50
    assert time.process_time() - started < 1


def test_no_header_at_all():
    assert summarise(b"").subject == ""
    assert summarise(b"\r\nbody").body_sha256 == hashlib.sha256(b"body").hexdigest()
