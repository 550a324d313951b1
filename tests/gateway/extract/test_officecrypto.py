from __future__ import annotations

import hashlib
import io

import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from gateway.extract.base import Child, Context
from gateway.extract.officecrypto import extract
from gateway.model.content import Observation
from gateway.model.deadline import Limits
from tests.builders.archives import codes
from tests.builders.documents import docx

# msoffcrypto packs documents below 4,096 octets wrongly: this one is larger, and does not deflate.
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


def test_key_derivation_is_bounded(locked: bytes) -> None:
    greedy = locked.replace(b'spinCount="100000"', b'spinCount="999999"').replace(b'spinCount="100000"', b"")
    assert codes(read(greedy)) == {"ENCRYPTED"}
    assert codes(read(locked.replace(b'spinCount="100000"', b'spinCount="9999999"'))) == {"ENCRYPTED"}


def test_garbage_is_encrypted_not_clean() -> None:
    assert codes(read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100))) == {"ENCRYPTED"}


def test_what_comes_out_must_be_a_document(monkeypatch: pytest.MonkeyPatch, locked: bytes) -> None:
    monkeypatch.setattr("gateway.extract.officecrypto._decrypt", lambda office, word: bytes(500))
    found = read(locked, "報表2026")
    assert codes(found) == {"ENCRYPTED"}
    assert not any(isinstance(item, Child) for item in found)
