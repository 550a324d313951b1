"""What mail wears when it leaves: fields on top, a tag in the subject, nothing else; signed and sealed as dkimpy agrees."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import dkim as dkimpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.auth.signer import DatedKey, MailSigner
from gateway.effects.dress import Dressed, Dresser, Voucher, encoded, with_tag
from gateway.effects.header import examine
from gateway.model.action import Relay
from gateway.model.artifact import ArtifactTree
from gateway.model.custody import Admission
from gateway.model.finding import Inspection, Summary
from gateway.model.transaction import AuthResult, Direction
from tests.builders.custody import admission
from tests.builders.sealed import MAIL, body_hashes, pem, record, signing_key
from tests.gateway.effects.test_header import HOST, transaction

NOW = datetime(2026, 11, 21, tzinfo=UTC)
SIGNER = MailSigner([DatedKey(signing_key("bank.example"))], lambda: NOW, "bank.example")
PLAIN, MARKED = (Relay((), ("large",)),), (Relay((), ("large",), annotated=True),)
OURS = transaction(listener="outbound")
SENTENCE = "這是此寄件者第一次來信。"


def dressed(mail: bytes, dresser: Dresser, direction: Direction = Direction.INBOUND, relays=PLAIN, auth=(), hashed: bool = True) -> tuple[Dressed, bytes]:
    """What is made, and the whole message as it leaves."""
    block = mail[:mail.index(b"\r\n\r\n") + 4]
    inspection = Inspection(ArtifactTree(()), summary=Summary(body_hashes=body_hashes(mail) if hashed else {}))
    made = dresser.dress(replace(OURS, direction=direction, auth=tuple(auth)), inspection, examine(block, HOST, "inbound"), relays)
    return made, made.head + mail[made.offset:]


def names(mail: bytes) -> list[str]:
    return message_from_bytes(mail).keys()


def peer(name: bytes, timeout: int = 5) -> bytes:
    return record()


def test_our_trace_alone() -> None:
    made, whole = dressed(MAIL, Dresser(HOST))
    assert made.offset == 0 and whole.endswith(MAIL) and names(whole)[:3] == ["Received", "X-Sekisho-Id", "X-Sekisho-Tags"]


@pytest.mark.parametrize("direction", [Direction.OUTBOUND, Direction.INTERNAL])
def test_our_own_mail_is_signed_and_not_changed(direction: Direction) -> None:
    made, whole = dressed(MAIL, Dresser(HOST, SIGNER), direction)
    assert made.offset == 0 and whole.endswith(b"\r\n" + MAIL) and dkimpy.verify(whole, dnsfunc=peer)
    forged = b"X-Sekisho-Id: 1\r\n" + MAIL
    made, whole = dressed(forged, Dresser(HOST, SIGNER), direction)
    assert whole.endswith(MAIL) and dkimpy.verify(whole, dnsfunc=peer) and b"X-Sekisho-Id: 1\r\n" not in whole


def test_what_strangers_send_is_never_signed_as_ours() -> None:
    _, whole = dressed(MAIL, Dresser(HOST, SIGNER), relays=MARKED)
    assert "DKIM-Signature" not in names(whole) and "ARC-Seal" not in names(whole)


def test_no_hash_no_signature() -> None:
    _, whole = dressed(MAIL, Dresser(HOST, SIGNER), Direction.OUTBOUND, hashed=False)
    assert whole.endswith(MAIL) and "DKIM-Signature" not in names(whole)


def test_the_warning_is_one_header_line_of_ours() -> None:
    _, whole = dressed(MAIL, Dresser(HOST, warning=lambda inspection: SENTENCE), relays=MARKED)
    read = message_from_bytes(whole, policy=default)
    assert read["X-Sekisho-Warning"] == SENTENCE and whole.endswith(MAIL)
    _, whole = dressed(MAIL, Dresser(HOST, warning=lambda inspection: "Careful. " * 20), relays=MARKED)
    assert message_from_bytes(whole, policy=default)["X-Sekisho-Warning"].split() == ["Careful."] * 20
    assert max(map(len, whole.split(b"\r\n"))) < 100


@pytest.mark.parametrize(("direction", "relays"), [(Direction.INBOUND, PLAIN), (Direction.OUTBOUND, MARKED)])
def test_no_warning_where_nobody_is_warned(direction: Direction, relays) -> None:
    _, whole = dressed(MAIL, Dresser(HOST, warning=lambda inspection: SENTENCE, subject_tag="[x]"), direction, relays)
    assert "X-Sekisho-Warning" not in names(whole) and whole.endswith(MAIL)


SIGNED = dkimpy.sign(MAIL, b"s1", b"bank.example", pem()) + MAIL


def test_unsigned_mail_gets_its_tag() -> None:
    _, whole = dressed(MAIL, Dresser(HOST, subject_tag="[外部]"), relays=MARKED)
    assert message_from_bytes(whole, policy=default)["Subject"] == "[外部] Hello" and whole.endswith(b"body  text\r\n\r\n")


def test_signed_mail_gets_its_tag_and_a_seal() -> None:
    auth = (AuthResult("dkim", "pass", "bank.example"), AuthResult("dmarc", "pass", "bank.example"))
    made, whole = dressed(SIGNED, Dresser(HOST, SIGNER, subject_tag="[external]"), relays=MARKED, auth=auth)
    assert b"Subject: [external] Hello\r\n" in whole and not made.notes
    assert dkimpy.arc_verify(whole, dnsfunc=peer)[0] == dkimpy.CV_Pass
    aar = message_from_bytes(whole)["ARC-Authentication-Results"]
    assert " ".join(aar.split()).startswith(f"i=1; {HOST}; dkim=pass header.d=bank.example; dmarc=pass header.from=bank.example")


@pytest.mark.parametrize("auth", [(), (AuthResult("arc", "temperror"),)])
def test_signed_mail_that_cannot_be_sealed_is_left_as_it_is(auth) -> None:
    signer = SIGNER if auth else None
    made, whole = dressed(SIGNED, Dresser(HOST, signer, subject_tag="[external]"), relays=MARKED, auth=auth)
    assert whole.endswith(SIGNED) and made.notes == ("the subject is signed and the change cannot be sealed: not tagged",)
    assert dkimpy.verify(whole, dnsfunc=peer)


@pytest.mark.parametrize(("found", "status"), [("none", b"cv=none"), ("fail", b"cv=fail")])
def test_all_mail_is_sealed_where_it_is_forwarded_behind_us(found: str, status: bytes) -> None:
    made, whole = dressed(SIGNED, Dresser(HOST, SIGNER, seal_always=True), auth=(AuthResult("arc", found),))
    assert made.offset == 0 and whole.endswith(SIGNED) and status in whole


@pytest.mark.parametrize("found", ["pass", "policy"])
def test_chains_grow(found: str) -> None:
    _, one = dressed(SIGNED, Dresser(HOST, SIGNER, seal_always=True))
    sealed = one[one.index(b"ARC-Seal"):]
    _, two = dressed(sealed, Dresser(HOST, SIGNER, subject_tag="[external]"), relays=MARKED, auth=(AuthResult("arc", found),))
    result, seals, _ = dkimpy.arc_verify(two, dnsfunc=peer)
    assert result == dkimpy.CV_Pass and len(seals) == 2


@pytest.mark.parametrize(("block", "tag", "wanted"), [
    (b"Subject: Hello\r\n\r\n", "[x]", b"Subject: [x] Hello\r\n\r\n"),
    (b"A: b\r\nsubject :Hello\r\n folded\r\n\r\n", "[x]", b"A: b\r\nsubject :[x] Hello\r\n folded\r\n\r\n"),
    (b"Subject: Re: [x] Hello\r\n\r\n", "[x]", b"Subject: Re: [x] Hello\r\n\r\n"),
    (b"Subject: =?utf-8?B?W+WklumDqF0=?= a\r\n\r\n", "[外部]", b"Subject: =?utf-8?B?W+WklumDqF0=?= a\r\n\r\n"),
    (b"Subject: =?big5?B?rmW0qQ==?=\r\n\r\n", "[外部]", b"Subject: =?utf-8?B?W+WklumDqF0g?= =?big5?B?rmW0qQ==?=\r\n\r\n"),
    (b"From: a\r\n\r\n", "[x]", b"Subject: [x]\r\nFrom: a\r\n\r\n"),
    (b"X-Subject: a\r\nSubject:\r\n\r\n", "[x]", b"X-Subject: a\r\nSubject:[x] \r\n\r\n"),
    (b"\r\n", "[x]", b"Subject: [x]\r\n\r\n"),
])
def test_tags(block: bytes, tag: str, wanted: bytes) -> None:
    assert with_tag(block, tag) == wanted
    assert with_tag(wanted, tag) == wanted, "once is enough"


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=200))
def test_encoded_text_is_read_back_as_it_was(text: str) -> None:
    made = encoded(text)
    assert made.isascii()
    if not text.isascii():
        assert max(map(len, made.split(b"\r\n "))) <= 75
        parts = message_from_bytes(b"S: " + made + b"\r\n\r\n", policy=default)["S"]
        assert "".join(parts.split()) == "".join(text.split())


VOUCHER = Voucher(HOST, SIGNER)


def in_memory(mail: bytes) -> int:
    fd = os.memfd_create("mail")
    os.write(fd, mail)
    return fd


def admitted(direction: Direction, *auth: tuple[str, str, str]) -> Admission:
    stored = {"auth": [{"method": m, "result": r, "domain": d} for m, r, d in auth]}
    return admission(MAIL, direction=direction, inspection=stored)


def inspected(mail: bytes) -> Inspection:
    return Inspection(ArtifactTree(()), summary=Summary(body_hashes=body_hashes(mail)))


def test_our_notices_are_signed() -> None:
    notice = b"From: Mail checkpoint <mail-guard@bank.example>\r\nTo: ann@bank.example\r\n\r\n" + "隔離\r\n".encode()
    fd = in_memory(notice)
    assert dkimpy.verify(VOUCHER.notice(fd, len(notice)) + notice, dnsfunc=peer)
    os.close(fd)


@pytest.mark.parametrize(("direction", "changed", "begins"), [
    (Direction.OUTBOUND, False, b"DKIM-Signature: "), (Direction.INTERNAL, True, b"DKIM-Signature: "),
    (Direction.INBOUND, True, b"ARC-Seal: i=1; "), (Direction.INBOUND, False, b""),
])
def test_releases(direction: Direction, changed: bool, begins: bytes) -> None:
    fd = in_memory(MAIL)
    made = VOUCHER.release(fd, len(MAIL), admitted(direction, ("spf", "pass", "partner.example")), inspected(MAIL), changed)
    os.close(fd)
    assert made.startswith(begins) and bool(made) is bool(begins)
    if begins[:4] == b"DKIM":
        assert dkimpy.verify(made + MAIL, dnsfunc=peer)
    elif begins:
        assert dkimpy.arc_verify(made + MAIL, dnsfunc=peer)[0] == dkimpy.CV_Pass and b"spf=pass smtp.mailfrom=partner.example" in made


def test_a_release_whose_chain_is_not_known_is_not_sealed() -> None:
    fd = in_memory(MAIL)
    assert VOUCHER.release(fd, len(MAIL), admitted(Direction.INBOUND, ("arc", "temperror", "")), inspected(MAIL), True) == b""
    os.close(fd)


@pytest.mark.parametrize(("dresser", "inbound", "outbound"), [
    (Dresser("gw.example"), False, False),
    (Dresser("gw.example", SIGNER), False, True),
    (Dresser("gw.example", SIGNER, seal_always=True), True, True),
    (Dresser("gw.example", SIGNER, subject_tag="[outside]"), True, True),
    (Dresser("gw.example", None, subject_tag="[outside]"), False, False),
])
def test_a_body_is_hashed_only_for_a_signature_that_may_come(dresser, inbound, outbound):
    assert (dresser.hashes(Direction.INBOUND), dresser.hashes(Direction.OUTBOUND)) == (inbound, outbound)
