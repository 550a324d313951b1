import hashlib

from gateway.extract.archive.sevenzip_crypto import Parameters, Work, derive, parameters


def test_key_is_the_iterated_hash():
    known = Parameters(4, b"salt", bytes(16))
    digest = hashlib.sha256()
    for counter in range(16):
        digest.update(b"salt" + "密x".encode("utf-16-le") + counter.to_bytes(8, "little"))
    assert derive("密x", known) == digest.digest()


def test_key_without_rounds():
    assert derive("ab", Parameters(0x3F, b"s", bytes(16))) == (b"s" + b"a\0b\0").ljust(32, b"\0")


def test_properties():
    assert parameters(b"\x53\x07" + bytes(range(8))) == Parameters(19, b"", bytes(range(8)).ljust(16, b"\0"))
    assert parameters(b"") is None
    assert parameters(b"\x2f\x00") is None     # 2^47 rounds
    assert parameters(b"\xd3") is None


def test_work_is_bounded():
    work = Work(left=(1 << 19) * 2)
    assert [work.spend(19) for _ in range(3)] == [True, True, False]
    work = Work()
    assert sum(work.spend(19, "w" * 128) for _ in range(150)) < 10      # every round hashes the word: 600 of them cost 10 s
