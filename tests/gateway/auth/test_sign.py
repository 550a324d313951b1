"""What we sign is checked by dkimpy: another implementation must agree."""

from datetime import UTC, datetime

import dkim as dkimpy
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway.auth.dkim import Unusable
from gateway.auth.sign import arc_set, dkim_signature, read_key
from tests.builders.sealed import MAIL, head, pem, record, relaxed_hash, signing_key

NOW = datetime(2026, 11, 21, tzinfo=UTC)
RESULTS = "lists.example; dmarc=pass header.from=bank.example"


def peer(kind="rsa"):
    return lambda name, timeout=5: record(kind)


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
@pytest.mark.parametrize("mail", [MAIL, MAIL.replace(b"Subject: Hello", b"Subject:  =?utf-8?b?5pyD6K2w?=\r\n\t folded "),
                                  MAIL.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"])
def test_dkimpy_believes_our_signature(kind, mail):
    signed = dkim_signature(head(mail), relaxed_hash(mail), signing_key("bank.example", kind), NOW) + mail
    assert dkimpy.verify(signed, dnsfunc=peer(kind))
    assert not dkimpy.verify(signed.replace(b"Wang <", b"Wong <"), dnsfunc=peer(kind))


@pytest.mark.parametrize("more", [b"From: evil@x.example\r\n", b"Subject: other\r\n", b"Content-Type: text/html\r\n", b"Reply-To: e@x.example\r\n"])
def test_fields_cannot_be_added(more):
    signature = dkim_signature(head(MAIL), relaxed_hash(MAIL), signing_key("bank.example"), NOW)
    assert not dkimpy.verify(signature + more + MAIL, dnsfunc=peer())
    assert dkimpy.verify(b"Received: by x\r\n" + signature + MAIL, dnsfunc=peer())


@pytest.mark.parametrize("name", [b"Date", b"Message-ID", b"Sender"])
def test_what_servers_add_where_it_is_missing_may_be_added_there_alone(name):
    field = name + b": x\r\n"
    missing = dkim_signature(head(MAIL), relaxed_hash(MAIL), signing_key("bank.example"), NOW)
    assert dkimpy.verify(missing + field + MAIL, dnsfunc=peer())
    there = field + MAIL
    signature = dkim_signature(head(there), relaxed_hash(there), signing_key("bank.example"), NOW)
    assert dkimpy.verify(signature + there, dnsfunc=peer()) and not dkimpy.verify(signature + field + there, dnsfunc=peer())


def test_lines_are_short():
    field = dkim_signature(head(MAIL), relaxed_hash(MAIL), signing_key("bank.example"), NOW)
    assert max(map(len, field.split(b"\r\n"))) <= 80 and field.endswith(b"\r\n") and b"\r\n\r\n" not in field


def seal(mail, domain, status="none", results=RESULTS):
    return arc_set(head(mail), relaxed_hash(mail), signing_key(domain), NOW, results, status) + mail


def test_dkimpy_believes_our_chain():
    one = seal(MAIL, "lists.example")
    changed = one.replace(b"body  text", b"body text and a footer").replace(b"Subject: Hello", b"Subject: [dev] Hello")
    two = seal(changed, "forward.example", "pass", "forward.example; arc=pass")
    for mail in (one, two):
        assert dkimpy.arc_verify(mail, dnsfunc=peer())[0] == dkimpy.CV_Pass
    assert dkimpy.arc_verify(changed, dnsfunc=peer())[0] == dkimpy.CV_Fail
    assert dkimpy.arc_verify(two.replace(b"dmarc=pass", b"dmarc=fail"), dnsfunc=peer())[0] == dkimpy.CV_Fail


def test_a_broken_chain_is_sealed_as_broken():
    broken = b"ARC-Seal: i=x; a=rsa-sha256\r\n" + seal(MAIL, "lists.example")
    sealed = seal(broken, "forward.example", "fail")
    assert sealed.startswith(b"ARC-Seal: i=2;") and b"cv=fail" in sealed.partition(b"\r\n")[0]
    with pytest.raises(Unusable):
        seal(broken, "forward.example", "pass")
    with pytest.raises(Unusable, match="sealed as failed already"):
        seal(sealed, "third.example", "fail")


def test_the_message_signature_of_a_seal_covers_earlier_signatures():
    signed = dkim_signature(head(MAIL), relaxed_hash(MAIL), signing_key("bank.example"), NOW) + MAIL
    sealed = seal(signed, "lists.example")
    assert dkimpy.arc_verify(sealed, dnsfunc=peer())[0] == dkimpy.CV_Pass
    assert dkimpy.arc_verify(sealed.replace(b"DKIM-Signature: v=1; a=rsa", b"DKIM-Signature: v=1;  b=rsa"), dnsfunc=peer())[0] == dkimpy.CV_Fail


def test_keys_come_from_files(tmp_path):
    for kind in ("rsa", "ed25519"):
        (tmp_path / kind).write_bytes(pem(kind))
        assert read_key("bank.example", "s1", tmp_path / kind).algorithm == f"{kind}-sha256"
    small = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    other = ec.generate_private_key(ec.SECP256R1())
    for name, key, why in (("small", small, "too short"), ("ec", other, "only RSA")):
        (tmp_path / name).write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        with pytest.raises(ValueError, match=why):
            read_key("bank.example", "s1", tmp_path / name)
    (tmp_path / "junk").write_bytes(b"junk")
    with pytest.raises(ValueError):
        read_key("bank.example", "s1", tmp_path / "junk")
