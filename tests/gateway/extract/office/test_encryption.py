from __future__ import annotations

import hashlib
import io
import struct
from collections.abc import Callable

import pytest
from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from msoffcrypto.format.ooxml import OOXMLFile
from msoffcrypto.method.ecma376_agile import ECMA376Agile

from gateway.extract.base import Child, Context, Problem
from gateway.extract.office import encryption
from gateway.extract.office.encryption import extract
from gateway.model.content import Observation
from gateway.model.deadline import Limits
from tests.builders.archives import codes
from tests.builders.documents import biff, compound, docx

# msoffcrypto lays two streams over each other where a document is smaller than 4,096 octets, and the key overwrites what it
# opens: this one is larger, and does not deflate.
NOISE = b"".join(hashlib.sha256(bytes([n])).digest() for n in range(250))
PLAIN = docx(more={"word/media/noise.bin": NOISE})


def encrypted(password: str) -> bytes:
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(PLAIN)).encrypt(password, out)
    return out.getvalue()


@pytest.fixture(scope="module")
def locked() -> bytes:
    return encrypted("報表2026")


def read(data: bytes, *passwords: str) -> list[object]:
    return list(extract(data, Context(Limits(), passwords=list(passwords)), ("a.docx",)))


def test_password_of_the_mail(locked: bytes) -> None:
    found = read(locked, "wrong", "報表2026")
    assert any(isinstance(c, Child) and c.data == PLAIN for c in found)


def test_no_password_fits(locked: bytes) -> None:
    assert codes(read(locked)) == {"ENCRYPTED"}


def test_default_password_is_told() -> None:
    assert Observation("DOC-DEFAULT-PASSWORD", "opens without asking") in read(encrypted("VelvetSweatshop"))


def test_presentations_whose_password_is_wanted_for_changes_only() -> None:
    found = read(encrypted("/01Hannes Ruescher/01"))
    assert codes(found) == set() and any(isinstance(c, Child) and c.data == PLAIN for c in found)


def test_key_derivation_is_bounded(locked: bytes) -> None:
    greedy = locked.replace(b'spinCount="100000"', b'spinCount="999999"').replace(b'spinCount="100000"', b"")
    assert codes(read(greedy)) == {"ENCRYPTED"}
    assert codes(read(locked.replace(b'spinCount="100000"', b'spinCount="9999999"'))) == {"ENCRYPTED"}


def test_garbage_is_encrypted_not_clean() -> None:
    assert codes(read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100))) == {"ENCRYPTED"}


def test_what_comes_out_must_be_a_document(monkeypatch: pytest.MonkeyPatch, locked: bytes) -> None:
    monkeypatch.setattr("gateway.extract.office.encryption._decrypt", lambda office, word: bytes(500))
    found = read(locked, "報表2026")
    assert codes(found) == {"ENCRYPTED"}
    assert not any(isinstance(item, Child) for item in found)


SMALL = docx()


def agile(password: str) -> bytes:
    """A small document as Word keeps it: both streams in the mini stream ([MS-CFB] 2.4, [MS-OFFCRYPTO] 2.3.4.10)."""
    info, secret = ECMA376Agile.generate_encryption_parameters(password, None, 1000)
    packed = ECMA376Agile.encrypt_payload(io.BytesIO(SMALL), info.encryptedKey, secret, info.keyData.saltValue)
    return compound({"EncryptionInfo": ECMA376Agile.get_encryption_information(info, packed, secret), "EncryptedPackage": packed})


def standard(password: str) -> bytes:
    """The same by Office 2007's way: AES-128, 50,000 rounds of SHA-1 ([MS-OFFCRYPTO] 2.3.4.5 to 2.3.4.9)."""
    salt, verifier = bytes(range(16)), bytes(range(16, 32))
    made = hashlib.sha1(salt + password.encode("utf-16-le")).digest()
    for count in range(50_000):
        made = hashlib.sha1(struct.pack("<I", count) + made).digest()
    made = hashlib.sha1(made + bytes(4)).digest()
    key = hashlib.sha1(bytes(0x36 ^ b for b in made.ljust(64, b"\0"))).digest()[:16]

    def ecb(data: bytes) -> bytes:
        machine = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
        return machine.update(data.ljust(-(-len(data) // 16) * 16, b"\0"))

    provider = "Microsoft Enhanced RSA and AES Cryptographic Provider\0".encode("utf-16-le")
    header = struct.pack("<8I", 0x24, 0, 0x660E, 0x8004, 128, 0x18, 0, 0) + provider
    proof = struct.pack("<I", 16) + salt + ecb(verifier) + struct.pack("<I", 20) + ecb(hashlib.sha1(verifier).digest().ljust(32, b"\0"))
    info = struct.pack("<HHII", 3, 2, 0x24, len(header)) + header + proof
    return compound({"EncryptionInfo": info, "EncryptedPackage": struct.pack("<Q", len(SMALL)) + ecb(SMALL)})


@pytest.mark.parametrize("make", [agile, standard])
def test_small_documents_in_the_mini_stream(make: Callable[[str], bytes]) -> None:
    data = make("報表2026")
    assert len(SMALL) < 4096
    assert [c.data for c in read(data, "wrong", "報表2026") if isinstance(c, Child)] == [SMALL]
    assert codes(read(data, "wrong")) == {"ENCRYPTED"}


def test_what_a_writer_has_overwritten_is_held_with_the_reason() -> None:
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(SMALL)).encrypt("報表2026", out)
    assert [p.detail for p in read(out.getvalue(), "報表2026") if isinstance(p, Problem)] == ["what came out is no document"]


def protected_book() -> bytes:
    """A BIFF8 workbook under RC4 with the default password ([MS-OFFCRYPTO] 2.3.6.2)."""
    salt, check = bytes(range(16)), bytes(range(16, 32))
    start = hashlib.md5("VelvetSweatshop".encode("utf-16-le")).digest()[:5]
    inner = hashlib.md5((start + salt) * 16).digest()[:5]
    key = hashlib.md5(inner + struct.pack("<I", 0)).digest()

    def ciphered(data: bytes) -> bytes:
        return Cipher(ARC4(key), mode=None).encryptor().update(data)

    lock = struct.pack("<HHH", 1, 1, 1) + salt + ciphered(check + hashlib.md5(check).digest())
    stream = biff((0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 6)), (0x2F, lock), (0x42, b"\xb0\4"), (0x0A, b""))
    clear = len(stream) - 6 - 4
    body = ciphered(bytes(clear + 4) + stream[clear + 4:clear + 6])[clear + 4:]
    return compound({"Workbook": stream[:clear + 4] + body + stream[clear + 6:]}, "00020820-0000-0000-C000-000000000046")


def test_a_workbook_that_excel_protects_is_read() -> None:
    found = read(protected_book())
    assert Observation("DOC-PROTECTED-BOOK", "opens without asking") in found
    assert any(isinstance(c, Child) for c in found)


def test_words_of_programs_are_tried_once_and_cost_what_others_do(locked: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []
    monkeypatch.setattr(encryption, "_decrypt", lambda office, word: tried.append(word))
    context = Context(Limits(), stale=frozenset({"word"}))
    list(encryption.extract(locked, context, ()))
    assert tried and encryption.DEFAULT not in tried and encryption.SLIDES not in tried
    tried.clear()
    crowd = Context(Limits())
    for _ in range(30):
        list(encryption.extract(locked, crowd, ()))
    assert tried[0] == encryption.DEFAULT and len(tried) < 30 and crowd.effort.over
