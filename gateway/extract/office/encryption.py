"""Encrypted office documents ([MS-OFFCRYPTO]) through msoffcrypto, from memory, with bounded guesses.

Excel opens documents under the password VelvetSweatshop without asking; malware is packed so to hide from scanners. PowerPoint has
a word of its own, for presentations whose password is wanted for changes only.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from itertools import islice
from types import SimpleNamespace
from typing import Any
from xml.dom import minidom
from xml.parsers.expat import ExpatError

import msoffcrypto
import msoffcrypto.format.ooxml
from cryptography.hazmat.backends import default_backend
from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4
from cryptography.hazmat.primitives.ciphers import Cipher
from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError
from msoffcrypto.format import doc97, ppt97, xls97
from msoffcrypto.method.ecma376_agile import ECMA376Agile
from msoffcrypto.method.ecma376_standard import ECMA376Standard

from gateway.extract.base import Child, Context, Problem, Yield
from gateway.extract.effort import OFFICE97, SPIN_OFFICE
from gateway.extract.passwords import candidates
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation
from gateway.model.finding import IncidentCode

DEFAULT = "VelvetSweatshop"
SLIDES = "/01Hannes Ruescher/01"
"""What PowerPoint tries by itself: it locks presentations so that have a password for changes only ([MS-OFFCRYPTO] 2.1)."""
HASHES = 1_000_000                       # rounds of key derivation spent on one document: about 1 s
GUESSES = 60                             # passwords tried against weak (RC4, XOR) encryption
CLEAR = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")
"""How every document begins that is kept encrypted: a package or a compound file."""
PACKAGE = "EncryptedPackage".encode("utf-16-le")
SPIN = re.compile(rb'spinCount="(\d{1,10})"')
ERRORS = (DecryptionError, FileFormatError, InvalidKeyError, ParseError, ValueError, KeyError, IndexError, TypeError,
          AttributeError, OSError, OverflowError, AssertionError, RuntimeError, ExpatError)

# Both load the rest of themselves at first use; nothing can be imported once the cell is locked.
default_backend()
Cipher(ARC4(bytes(16)), mode=None).encryptor()
minidom.parseString("<x/>")              # noqa: S318 - a constant

# The old formats decrypt through a temporary file; nothing may be opened in the cell.
for _module in (doc97, ppt97, xls97):
    _module.tempfile = SimpleNamespace(TemporaryFile=io.BytesIO)


def extract(data: bytes, context: Context, names: tuple[str, ...]) -> Iterator[Yield]:
    """The decrypted document as a child, or Problem(ENCRYPTED)."""
    rounds = [int(n) for n in SPIN.findall(data)] or [50_000]
    guesses = min(GUESSES, HASHES // max(1, max(rounds)))
    if guesses < 1:
        yield Problem(IncidentCode.ENCRYPTED, "more rounds of key derivation than are tried")
        return
    if b"<!ENTITY" in data or b"<!DOCTYPE" in data:
        yield Problem(IncidentCode.ENCRYPTED, "document type definition in the encryption header")
        return
    try:
        office = msoffcrypto.OfficeFile(io.BytesIO(data))
    except ERRORS as error:
        yield Problem(IncidentCode.ENCRYPTED, f"office document: {type(error).__name__}")
        return
    cost = max(rounds) * SPIN_OFFICE if PACKAGE in data else OFFICE97
    usual = () if context.stale else (DEFAULT, SLIDES)    # these were tried the first time
    for word in dict.fromkeys((*usual[:1], *islice(candidates(context), guesses), *usual[1:])):
        if not (context.effort.spend_usual(cost) if word in usual else context.effort.spend(cost)):
            continue
        made = _decrypt(office, word)
        if made is not None:
            if not made.startswith(CLEAR):
                yield Problem(IncidentCode.ENCRYPTED, "what came out is no document")
                return
            if word == DEFAULT:
                code = "DOC-DEFAULT-PASSWORD" if PACKAGE in data else "DOC-PROTECTED-BOOK"
                yield Observation(code, "opens without asking")
            elif word != SLIDES:
                context.fits(word)
            yield Child(made, ArtifactKind.OBJECT, names, label="decrypted")
            return
    yield Problem(IncidentCode.ENCRYPTED, "office document")


def _decrypt(office: Any, password: str) -> bytes | None:
    """The document in clear, None where the password is wrong or the encryption is not known."""
    try:
        kind = getattr(office, "type", "")
        if kind == "agile":
            return _agile(office, password)
        if kind == "standard":
            office.load_key(password=password, verify_password=True)
            with office.file.openstream("EncryptedPackage") as stream:
                return bytes(ECMA376Standard.decrypt(office.secret_key, stream))
        out = io.BytesIO()
        office.load_key(password=password)
        office.decrypt(out)
        return out.getvalue()
    except ERRORS:
        return None


def _agile(office: Any, password: str) -> bytes | None:
    """Verifier first: one key derivation a guess. The verifier vouches for the password, not for what comes out."""
    info = office.info
    if not ECMA376Agile.verify_password(
            password, info["passwordSalt"], info["passwordHashAlgorithm"], info["encryptedVerifierHashInput"],
            info["encryptedVerifierHashValue"], info["spinValue"], info["passwordKeyBits"]):
        return None
    office.load_key(password=password)
    with office.file.openstream("EncryptedPackage") as stream:
        return bytes(ECMA376Agile.decrypt(office.secret_key, info["keyDataSalt"], info["keyDataHashAlgorithm"], stream))
