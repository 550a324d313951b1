"""S/MIME: signed content is taken out, signatures are nothing, enciphered mail is said to be."""

from __future__ import annotations

import contextlib
import datetime
import struct
import zlib

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs7

from gateway.extract.base import Child, Context, Node, Problem
from gateway.extract.identify import identify
from gateway.extract.mail import smime
from gateway.extract.mail.smime import SMIME
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Observation
from gateway.model.deadline import Limits
from gateway.model.finding import IncidentCode

INNER = b"Content-Type: text/plain\r\n\r\nsigned words\r\n"


@pytest.fixture(scope="module")
def identity():
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a")])
    now = datetime.datetime(2026, 11, 21)
    certificate = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
                   .not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1)).sign(key, hashes.SHA256()))
    return certificate, key


def signed(identity, encoding=serialization.Encoding.DER, *options) -> bytes:
    return pkcs7.PKCS7SignatureBuilder().set_data(INNER).add_signer(*identity, hashes.SHA256()).sign(encoding, [pkcs7.PKCS7Options.Binary, *options])


def extract(data: bytes) -> list:
    node = Node(Artifact(1, 0, ArtifactKind.PART), data, identify(data))
    assert SMIME.claims(node)
    return list(SMIME.extract(node, Context(Limits())))


@pytest.mark.parametrize("encoding", [serialization.Encoding.DER, serialization.Encoding.PEM])
def test_opaque_signed_content_is_a_message(identity, encoding):
    (child,) = [i for i in extract(signed(identity, encoding)) if isinstance(i, Child)]
    assert (child.data, child.detected_type) == (INNER, "message/rfc822")


@pytest.mark.parametrize(("content", "name", "inner"), [
    (b"<?xml version='1.0'?><order url='http://h.example'/>", "order.xml.p7m", ("order.xml",)),
    (b"WScript.Echo('see http://h.example')", "Notes.JS.P7M", ("Notes.JS",)), (b"var a = 1", "smime.p7m", ()),
])
def test_signed_files_have_the_names_of_their_envelopes(identity, content, name, inner):
    data = pkcs7.PKCS7SignatureBuilder().set_data(content).add_signer(*identity, hashes.SHA256()).sign(
        serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])
    node = Node(Artifact(1, 0, ArtifactKind.PART, (name,)), data, "application/pkcs7-mime")
    (child,) = [i for i in SMIME.extract(node, Context(Limits())) if isinstance(i, Child)]
    assert (child.data, child.names, child.detected_type) == (content, inner, "")


def test_detached_signature_holds_nothing(identity):
    assert extract(signed(identity, serialization.Encoding.DER, pkcs7.PKCS7Options.DetachedSignature)) == [Observation("SMIME-SIGNATURE")]


def test_indefinite_lengths_and_pieces():
    oid = bytes.fromhex("06092a864886f70d010702")
    data_oid = bytes.fromhex("06092a864886f70d010701")
    pieces = b"\x24\x80\x04\x05" + INNER[:5] + b"\x04" + bytes((len(INNER) - 5,)) + INNER[5:] + b"\0\0"
    content = b"\x30\x80" + data_oid + b"\xa0\x80" + pieces + b"\0\0" + b"\0\0"
    body = b"\x30\x80\x02\x01\x01\x31\x00" + content + b"\0\0"
    (child,) = [i for i in extract(b"\x30\x80" + oid + b"\xa0\x80" + body + b"\0\0\0\0") if isinstance(i, Child)]
    assert child.data == INNER


def test_enciphered_mail_is_said_to_be(identity):
    data = pkcs7.PKCS7EnvelopeBuilder().set_data(INNER).add_recipient(identity[0]).encrypt(serialization.Encoding.DER, [])
    assert [i.code for i in extract(data) if isinstance(i, Problem)] == [IncidentCode.ENCRYPTED]


def test_compressed_data():
    """RFC 3274: the algorithm stands before what it packed."""
    def der(tag: int, *values: bytes) -> bytes:
        body = b"".join(values)
        return bytes((tag, 0x82)) + len(body).to_bytes(2, "big") + body

    packed = der(0x30, bytes.fromhex("06092a864886f70d010701"), der(0xA0, der(0x04, zlib.compress(INNER))))
    algorithm = der(0x30, bytes.fromhex("060b2a864886f70d0109100308"))
    body = der(0x30, b"\x02\x01\x00", algorithm, packed)
    (child,) = [i for i in extract(der(0x30, bytes.fromhex("060b2a864886f70d0109100109"), der(0xA0, body))) if isinstance(i, Child)]
    assert child.data == INNER


def test_signed_text_and_certificates_are_not_claimed():
    for data in (b"-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\nhi\r\n", b"-----BEGIN CERTIFICATE-----\r\nMIIB\r\n"):
        assert not SMIME.claims(Node(Artifact(1, 0, ArtifactKind.PART), data, identify(data)))


@pytest.mark.parametrize("cut", range(2, 60, 7))
def test_damage_raises_what_the_walk_knows(identity, cut):
    data = signed(identity)[:cut + 20]
    node = Node(Artifact(1, 0, ArtifactKind.PART), data, "application/pkcs7-mime")
    with contextlib.suppress(ValueError, IndexError):
        list(SMIME.extract(node, Context(Limits())))


@pytest.mark.parametrize(("declared", "raised"), [("application/pkcs7-signature", False), ("application/pkcs7-mime", True)])
def test_a_damaged_signature_hides_nothing(declared, raised):
    data = bytes.fromhex("3080" + "06092a864886f70d010702" + "a080" + "3080" + "0689ffffffffff")
    node = Node(Artifact(1, 0, ArtifactKind.PART, declared_type=declared), data, "application/pkcs7-mime")
    with pytest.raises(ValueError, match="length") if raised else contextlib.nullcontext():
        assert [o.code for o in SMIME.extract(node, Context(Limits())) if isinstance(o, Observation)] == ["SMIME-OTHER"]


def tlv(tag: int, body: bytes) -> bytes:
    return bytes((tag, 0x84)) + struct.pack(">I", len(body)) + body


def opaque(pieces: bytes, kind: str = "06092a864886f70d010702", tag: int = 0x24) -> bytes:
    inner = tlv(0x30, bytes.fromhex("06092a864886f70d010701") + tlv(0xA0, tlv(tag, pieces)))
    return tlv(0x30, bytes.fromhex(kind) + tlv(0xA0, tlv(0x30, b"\x02\1\1" + tlv(0x31, b"") + inner)))


def test_content_in_many_pieces_is_seen_to_its_end():
    """A signer that streams writes one a thousand octets; every piece that is not read would be a place to hide in."""
    (child,) = [i for i in extract(opaque(b"\x04\1a" * 60_000)) if isinstance(i, Child)]
    assert child.data == b"a" * 60_000


@pytest.mark.parametrize("pieces", [b"\x04\0" * 200_001, b"\x24\x06\x24\x84\1\0\0\0" * 9, b"\x24\x80" * 14 + b"\0\0" * 14])
def test_pieces_that_no_signer_writes(pieces):
    with pytest.raises(ValueError, match=r"elements|ends behind|too deep"):
        extract(opaque(pieces))


@pytest.mark.parametrize("head", ["308400000100", "30820100", "308100", "3080", "3040", "3088" + "00" * 7 + "40"])
def test_lengths_in_any_form_are_recognised(head):
    assert identify(bytes.fromhex(head + "06092a864886f70d010702") + bytes(80)) == "application/pkcs7-mime"
    assert identify(b"0123456789 numbers of a list\n" * 9) == "text/plain"


@pytest.mark.parametrize(("packed", "code"), [(zlib.compress(bytes(20 << 20), 9), IncidentCode.RATIO), (zlib.compress(INNER)[:-6], IncidentCode.MALFORMED),
                                              (zlib.compress(INNER), None)])
def test_what_is_compressed_is_unpacked_to_its_end(packed, code):
    found = extract(opaque(packed, "060b2a864886f70d0109100109", 0x04))
    assert [i.code for i in found if isinstance(i, Problem)] == ([code] if code else []) and any(isinstance(i, Child) for i in found)


@pytest.mark.parametrize(("inside", "found"), [(b"%PDF-1.7 signed document of many octets for sure", 0), (b"harmless words", 1)])
def test_a_pdf_that_is_not_what_was_signed(inside: bytes, found: int) -> None:
    made = list(smime._pdf(b"0\x82\x04\x00" + bytes(40) + b"%PDF-1.7 signed document of many octets for sure", [inside]))
    assert [c.detected_type for c in made] == ["application/pdf"] * found
    assert list(smime._pdf(bytes(1100) + b"%PDF-1.7", [])) == []


@pytest.mark.parametrize(("content", "kind"), [(INNER, "message/rfc822"), (b"7z\xbc\xaf\x27\x1c" + bytes(30) + b":" + bytes(30), ""), (b"words\r\n", ""),
    (b"<html><head><hta:application id=a></head></html>", "")])
def test_signed_files_are_no_mail(identity, content, kind):
    data = pkcs7.PKCS7SignatureBuilder().set_data(content).add_signer(*identity, hashes.SHA256()).sign(
        serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])
    node = Node(Artifact(0, None, ArtifactKind.PART), data, "application/pkcs7-mime")
    assert [(c.data, c.detected_type) for c in SMIME.extract(node, Context(Limits())) if isinstance(c, Child)] == [(content, kind)]


@pytest.mark.parametrize(("names", "declared", "claimed"), [
    (("smime.p7m",), "", True), (("a.P7M",), "", True), ((), "application/x-pkcs7-mime", True), (("a.der",), "", False), ((), "application/x-x509-ca-cert", False)])
def test_what_is_said_to_be_a_message_is_read_as_one(names, declared, claimed):
    node = Node(Artifact(1, 0, ArtifactKind.PART, names, declared_type=declared), b"\x30\x80" * 100, "application/asn1")
    assert SMIME.claims(node) == claimed
    with pytest.raises(ValueError, match="deep"):
        list(SMIME.extract(node, Context(Limits())))


@pytest.mark.parametrize(("names", "declared", "data", "code"), [
    (("smime.p7m",), "application/pkcs7-mime", bytes(range(200, 256)) * 4, IncidentCode.MALFORMED),
    (("smime.p7m",), "application/octet-stream", bytes(range(200, 256)) * 4, IncidentCode.MALFORMED),
    (("a.dat",), "application/octet-stream", bytes(range(200, 256)) * 4, None)])
def test_what_is_said_to_be_a_message_and_begins_as_none(names, declared, data, code):
    node = Node(Artifact(1, 0, ArtifactKind.PART, names, declared_type=declared), data, "application/octet-stream")
    assert SMIME.claims(node) == (code is not None)
    assert code is None or [p.code for p in SMIME.extract(node, Context(Limits()))] == [code]


@pytest.mark.parametrize(("declared", "held"), [("application/pkcs7-mime", True), ("application/pkcs7-signature", False), ("application/timestamp-token", False)])
def test_a_message_of_a_kind_that_nobody_reads(declared, held):
    data = tlv(0x30, bytes.fromhex("06092a864886f70d010705") + tlv(0xA0, tlv(0x30, b"\x02\x01\x00")))
    node = Node(Artifact(1, 0, ArtifactKind.PART, declared_type=declared), data, "application/pkcs7-mime")
    assert (IncidentCode.UNSUPPORTED in [p.code for p in SMIME.extract(node, Context(Limits())) if isinstance(p, Problem)]) == held


@pytest.mark.parametrize("declared", ["application/pkcs7-mime", "application/pkcs7-signature"])
def test_a_signature_over_nothing_is_damaged(identity, declared):
    """The length of the version swallows what follows; certificates alone still name a type of content."""
    swallowed = tlv(0x30, bytes.fromhex("06092a864886f70d010702") + tlv(0xA0, tlv(0x30, tlv(0x02, bytes(200)))))
    node = Node(Artifact(1, 0, ArtifactKind.PART, declared_type=declared), swallowed, "application/pkcs7-mime")
    with pytest.raises(ValueError, match="nothing") if declared.endswith("mime") else contextlib.nullcontext():
        assert [o.code for o in SMIME.extract(node, Context(Limits()))] == ["SMIME-OTHER"]
    alone = pkcs7.serialize_certificates([identity[0]], serialization.Encoding.DER)
    node = Node(Artifact(1, 0, ArtifactKind.PART, declared_type=declared), alone, "application/pkcs7-mime")
    assert [o.code for o in SMIME.extract(node, Context(Limits()))] == ["SMIME-SIGNATURE"]
