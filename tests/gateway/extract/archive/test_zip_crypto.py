import io
import time

import pyzipper

from gateway.extract.archive.zip_crypto import AES_CHECKS, Locksmith, decrypt, plausible
from gateway.extract.archive.zip_structure import directories, local_header
from gateway.extract.base import Context
from gateway.extract.bounded import Budget
from gateway.model.deadline import Limits

BUDGET = Budget.of(Context(Limits()))


def aes(data=b"hello", bits=256):
    stream = io.BytesIO()
    with pyzipper.AESZipFile(stream, "w", encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(b"Pw#1")
        archive.setencryption(pyzipper.WZ_AES, nbits=bits)
        archive.writestr("a", data)
    octets = stream.getvalue()
    entry = directories(octets, 9)[0].entries[0]
    start = local_header(octets, 0).end
    return entry, octets[start:start + entry.packed]


def test_every_strength():
    for bits in (128, 192, 256):
        entry, packed = aes(bits=bits)
        assert plausible(entry, packed, b"Pw#1") and not plausible(entry, packed, b"pw#1")
        assert decrypt(entry, packed, b"Pw#1", BUDGET) == b"hello"


def test_forged_content_is_not_taken():
    entry, packed = aes()
    assert decrypt(entry, packed[:-1] + bytes([packed[-1] ^ 1]), b"Pw#1", BUDGET) is None


def test_guessing_is_bounded():
    entry, packed = aes()
    started = time.process_time()
    smith = Locksmith([f"word{n}" for n in range(100_000)])
    assert smith.open(entry, packed, BUDGET, bytes) is None
    assert smith.checks[True] == 0 and AES_CHECKS <= 1000
    assert time.process_time() - started < 4


def test_what_fitted_is_tried_first():
    entry, packed = aes()
    smith = Locksmith([*(f"w{n}" for n in range(50)), "Pw#1"])
    assert smith.open(entry, packed, BUDGET, bytes) == b"hello"
    before = smith.checks[True], smith.effort.left
    for _ in range(3000):
        assert smith.open(entry, packed, BUDGET, bytes) == b"hello"
    assert (smith.checks[True], smith.effort.left) == before, "an archive may have thousands of entries"
