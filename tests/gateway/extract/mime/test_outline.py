"""Borders of parts: exact for well-formed mail, none at all where readers could disagree or a seal would break."""

from __future__ import annotations

import pytest

from gateway.extract.mime.outline import outline

HEAD = b"From: a@b.example\r\nMIME-Version: 1.0\r\n"
MIXED = HEAD + (b"Content-Type: multipart/mixed; boundary=x\r\n\r\n"
                b"--x\r\nContent-Type: multipart/alternative; boundary=y\r\n\r\n"
                b"--y\r\nContent-Type: text/plain\r\n\r\nhello\r\n--y\r\nContent-Type: text/html\r\n\r\n<p>hello\r\n--y--\r\n"
                b"--x\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0=\r\n\r\n--x--\r\n")


def test_spans_hold_header_and_body_and_nothing_of_the_delimiters() -> None:
    found = outline(MIXED)
    assert list(found.spans) == ["1.1", "1.2", "2"] and not found.sealed
    texts = {label: MIXED[start:end] for label, (start, end) in found.spans.items()}
    assert texts["1.1"] == b"Content-Type: text/plain\r\n\r\nhello"
    assert texts["1.2"] == b"Content-Type: text/html\r\n\r\n<p>hello"
    assert texts["2"].startswith(b"Content-Type: application/pdf") and texts["2"].endswith(b"JVBERi0=\r\n")


def test_a_message_of_one_part_has_nothing_that_could_be_taken_out() -> None:
    assert outline(HEAD + b"Content-Type: application/pdf\r\n\r\nx").spans == {}
    assert outline(b"").spans == {}


def test_an_attached_message_is_one_part() -> None:
    inner = b"Content-Type: multipart/mixed; boundary=z\r\n\r\n--z\r\n\r\nq\r\n--z--\r\n"
    blob = HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nt\r\n--x\r\nContent-Type: message/rfc822\r\n\r\n" + inner + b"\r\n--x--\r\n"
    assert list(outline(blob).spans) == ["1", "2"]


@pytest.mark.parametrize("change", [
    (b"multipart/mixed", b"multipart/signed"), (b"multipart/alternative", b"multipart/encrypted"),
    (b"application/pdf", b"application/pkcs7-mime"), (b"application/pdf", b"application/pgp-signature"),
    (b"hello\r\n--y\r\n", b"-----BEGIN PGP SIGNED MESSAGE-----\r\n--y\r\n")])
def test_what_is_signed_is_never_cut(change: tuple[bytes, bytes]) -> None:
    found = outline(MIXED.replace(*change, 1))
    assert found.sealed and found.spans == {}


@pytest.mark.parametrize("change", [
    (b"--x--\r\n", b""), (b"boundary=x\r\n", b"boundary=x\r\nContent-Type: multipart/mixed; boundary=q\r\n"),
    (b"--x--\r\n", b"--x--\r\n--x\r\n\r\nafter\r\n"), (b"boundary=y", b"boundary=k")])
def test_where_readers_may_disagree_nothing_is_cut(change: tuple[bytes, bytes]) -> None:
    assert outline(MIXED.replace(*change, 1)).spans == {}
