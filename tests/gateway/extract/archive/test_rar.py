"""RAR 4 and 5: stored members made here, packed ones from rarfile's test set (ISC licence, github.com/markokr/rarfile)."""

import base64
import hashlib
import struct
import zlib

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from gateway.extract import passwords
from gateway.extract.archive.rar import RAR
from gateway.extract.archive.rar_crypto import check_value, derive4
from gateway.extract.archive.rar_headers import RAR4, RAR5, Lock, entries5
from tests.builders.archives import codes, content, pieces, take_apart

DATA = b"MZ\x90\0 program"
SOLID5 = base64.b64decode(
    "UmFyIRoHAQAJ78hvCwEFBwQGAQGAgIAA3vVwchwCAroABIAQtoMCoua3xYAbAQpzdGVzdDEudHh0waw3REQj+iP2l/1iU1G+TJGBQQKMwQN5XL9Ho6ot"
    "oDaT3aBYAEACANRQBHb2xH8y6p8ypcTM14PfABDoLYkcAgKNAASAELaDAqLmt8XAGwEKc3Rlc3QyLnR4dEUVCmABAAgD37f79vwdd1ZRAwUEAA=="
)
SOLID4 = base64.b64decode(
    "UmFyIRoHADvQcwgADQAAAAAAAAArNHSAkCwAXAAAAAAIAAADoua3xbBmzD4dMwoApIEAAHN0ZXN0MS50eHQAwBEMzP6MnrD+MYGrrLG7QHeoCmTWSzeD"
    "wQe8AeCFku77th0ACCAACIjpeAzSDAdhOkF4S7Nun1IK2sonQLrnC2SKYnH7uACRnlAv2FX/+sZY6+vE14h+VJaHH03s2RZ0kJAsAA4AAAAACAAAA6Lm"
    "t8WwZsw+HTMKAKSBAABzdGVzdDIudHh0AMCxIACIB+vyCmn6/JTe0MQ9ewBABwA="
)
HIDDEN4 = base64.b64decode(
    "UmFyIRoHAM6Zc4AADQAAAAAAAACY1Tq5m8CEetYBvlQkcAN6cyEpKUCXohc1cprF8D3HQC5hCrn2MVuFgqTv/LM+JOWSkOKBJtX2wmRB7i77ioOPQi4i"
    "qlBdTFwQcuX7mT93DVrpSjrY7wkbmNU6uZvAhHrgk6bgBhhZgRckD0gYRCZWzW3Il1n5yk+V/eyFQeD/gRUK0PH1FYhqgwo0Dt/+cVtpBmRzjL/o9eJZ"
    "br4WjZ26d1KB1TV7gf0yMPF0Xp0orZjVOrmbwIR6dIy81NU11D/kThYdYR8m0/Q0386INhTRDFu591U24qTRWsmoeCTTV7Pbytd0QmK/KTvemhS0e7+C"
    "D3hh8RGhLlmOAwyqyYLM0lkh0Q0nU8mY1Tq5m8CEeiFJy/Kkf8qh7lpaFqOduVm4qHdRd4RikUFNk+MW3RDETPeZFQgxvtea461h2iBZTsc5KJPBOCQP"
    "5YLdUag94813UoHVNXuB/TIw8XRenSitmNU6uZvAhHr+K+c+7BoP0loh9TTiLQXDBNQmWBgpFMkwbcxZPeTL7ukZoSK0czQe+YMmTw3TTWZnvwax5cWy"
    "7HR9RC6q8ilw79Adzh03/BChsuTURg7LHJjVOrmbwIR6Lp7OhWfY9IXm3WrcZPa2fA=="
)
NAMES4 = base64.b64decode(
    "UmFyIRoHAM+QcwAADQAAAAAAAAB1XXQggj4AAgAAAAIAAAACU/xRZwKG5j4dMB4AIAAAAD8/Pz8/Pz8/LnR4dADYZjUA3DUB3GY1Adw1AtzAAjEKijl0"
    "III7AAIAAAACAAAAAlP8UWcChuY+HTAbACAAAAA/Pz8/Pz8/Pz8udHh0AAR9Q4D5gP9CVzgyOwIxCsQ9ewBABwA="
)
SALT, VECTOR = bytes(range(16)), bytes(range(16, 32))


def vint(value):
    return bytes([value & 0x7F | 0x80]) + vint(value >> 7) if value > 0x7F else bytes([value])


def block5(kind, flags, body, extra=b""):
    header = vint(kind) + vint(flags) + body + extra
    header = vint(len(header)) + header
    return struct.pack("<L", zlib.crc32(header)) + header


def file5(name, data, extra=b"", kind=2, size=None):
    flags = 2 | (1 if extra else 0)
    lengths = (vint(len(extra)) if extra else b"") + vint(len(data))
    plain = vint(4) + vint(len(data) if size is None else size) + vint(0x20) + struct.pack("<L", zlib.crc32(data)) + vint(0) + vint(1)
    return block5(kind, flags, lengths + plain + vint(len(name)) + name, extra) + data


def rar5(*blocks):
    return RAR5 + block5(1, 0, vint(0)) + b"".join(blocks) + block5(5, 0, vint(0))


def aes(key, vector, data):
    machine = Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
    return machine.update(data + bytes(-len(data) % 16))


def encrypted5(name, data, word):
    """A stored member behind AES-256, with the check value and without a tweaked checksum."""
    key = hashlib.pbkdf2_hmac("sha256", word.encode(), SALT, 1 << 10)
    check = check_value(word, Lock(SALT, 10))
    record = vint(1) + vint(0) + vint(1) + b"\x0a" + SALT + VECTOR + check + hashlib.sha256(check).digest()[:4]
    extra = vint(len(record)) + record
    packed = aes(key, VECTOR, data)
    flags = vint(4) + vint(len(data)) + vint(0x20) + struct.pack("<L", zlib.crc32(data)) + vint(0) + vint(1)
    return block5(2, 3, vint(len(extra)) + vint(len(packed)) + flags + vint(len(name)) + name, extra) + packed


def block4(kind, flags, body):
    header = struct.pack("<BHH", kind, flags, len(body) + 7) + body
    return struct.pack("<H", zlib.crc32(header) & 0xFFFF) + header


def rar4(name, data, flags=0, method=0x30, version=29, packed=None, tail=b""):
    packed = data if packed is None else packed
    body = struct.pack("<LLBLLBBHL", len(packed), len(data), 2, zlib.crc32(data), 0, version, method, len(name), 0x20) + name + tail
    return RAR4 + block4(0x73, 0, bytes(6)) + block4(0x74, 0x8000 | flags, body) + packed + block4(0x7B, 0x4000, b"")


def test_stored_members():
    found = take_apart(RAR, rar5(file5("書.exe".encode(), DATA), file5(b"a.txt", b"hello")))
    assert content(found) == {"書.exe": DATA, "a.txt": b"hello"} and codes(found) == set()
    found = take_apart(RAR, rar4(b"a.exe", DATA))
    assert content(found) == {"a.exe": DATA} and codes(found) == set()


def test_packed_members():
    found = take_apart(RAR, SOLID5)
    assert codes(found) == set() and all(len(v) == 2048 for v in content(found).values()) and len(content(found)) == 2
    found = take_apart(RAR, NAMES4)
    assert codes(found) == set() and "уииоотивл.txt" in content(found)


def test_solid_rar4_has_no_reader():
    found = take_apart(RAR, SOLID4)
    assert codes(found) == {"UNSUPPORTED"} and set(content(found)) == {"stest1.txt", "stest2.txt"}


def test_hidden_names_of_rar4(monkeypatch):
    found = take_apart(RAR, HIDDEN4, passwords=("x", "password"))
    assert codes(found) == set() and set(content(found)) == {"file1.txt", "file2.txt"}
    monkeypatch.setattr(passwords, "COMMON", ())
    found = take_apart(RAR, HIDDEN4, passwords=("x",))
    assert {"ENCRYPTED", "ENCRYPTED-NAMES"} <= codes(found)


def test_encrypted_rar5():
    data = rar5(encrypted5(b"a.exe", DATA, "密碼x"))
    found = take_apart(RAR, data, passwords=("wrong", "密碼x"))
    assert content(found) == {"a.exe": DATA} and codes(found) == set()
    found = take_apart(RAR, data, passwords=("wrong",))
    assert content(found) == {"a.exe": b""} and codes(found) == {"ENCRYPTED"}


def test_hidden_names_of_rar5():
    head = RAR5 + block5(4, 0, vint(0) + vint(1) + b"\x0a" + SALT + check_value("pw9", Lock(SALT, 10)) + bytes(4))
    key = hashlib.pbkdf2_hmac("sha256", b"pw9", SALT, 1 << 10)
    whole = file5(b"a.exe", DATA)
    header, data = whole[:-len(DATA)], whole[-len(DATA):]
    archive = head + VECTOR + aes(key, VECTOR, header) + data + VECTOR + aes(key, VECTOR, block5(5, 0, vint(0)))
    assert content(take_apart(RAR, archive, passwords=("pw9",))) == {"a.exe": DATA}
    found = take_apart(RAR, archive, passwords=("no",))
    assert content(found) == {} and {"ENCRYPTED", "ENCRYPTED-NAMES"} <= codes(found)


def test_encrypted_rar4():
    pair = derive4("pw9", SALT[:8])
    data = rar4(b"a.exe", DATA, 0x404, packed=aes(pair[:16], pair[16:], DATA), tail=SALT[:8])
    assert content(take_apart(RAR, data, passwords=("no", "pw9"))) == {"a.exe": DATA}
    assert codes(take_apart(RAR, data, passwords=("no",))) == {"ENCRYPTED"}


def test_stream_with_a_path_for_a_name():
    record = vint(7) + b":..\\..\\Startup\\a.exe"
    found = take_apart(RAR, rar5(file5(b"cv.pdf", b"%PDF"), file5(b"STM", DATA, vint(len(record)) + record, kind=3)))
    assert "MEMBER-TRAVERSAL" in codes(found)        # CVE-2025-8088
    assert DATA in content(found).values()


@pytest.mark.parametrize(("data", "code"), [
    (rar5(file5(b"../../a.txt", DATA)), "MEMBER-TRAVERSAL"),
    (rar5(file5(b"a.txt", DATA)) + b"MZ stub", "ARCHIVE-STRAY-DATA"),
    (rar5(file5(b"a.txt", DATA))[:-30], "MALFORMED"),
    (rar5(file5(b"a.txt", DATA)).replace(DATA, DATA[::-1]), "MALFORMED"),
    (rar4(b"a.txt", DATA, 1), "UNSUPPORTED"),
    (rar4(b"a.txt", DATA, method=0x33, version=20), "UNSUPPORTED"),
    (RAR5, "MALFORMED"), (RAR4, "MALFORMED"), (RAR5 + b"\xff" * 60, "MALFORMED"), (b"Rar!\x1a\x07\x09garbage", "UNSUPPORTED"),
    (RAR5 + block5(0x3E, 2, vint(900)) + b"cut", "MALFORMED"),
])
def test_odd_archives(data, code):
    assert code in codes(take_apart(RAR, data, kind="application/vnd.rar"))


@pytest.mark.parametrize("storm", [
    RAR4 + block4(0x73, 0, bytes(6)) + block4(0x75, 0, b"") * 20_001, RAR5 + block5(1, 0, vint(0)) + block5(9, 0, b"") * 20_001,
    rar5(file5(b"a", b"x", b"\1\x09" * 200)), rar5(file5(b"a/" * 5_000, b"x")),
])
def test_more_than_any_archive_has(storm):
    assert "COUNT" in codes(take_apart(RAR, storm, kind="application/vnd.rar"))


def test_headers_larger_than_allowed():
    assert "MALFORMED" in codes(take_apart(RAR, rar5(block5(9, 0, bytes(3 << 20))), kind="application/vnd.rar"))


@pytest.mark.parametrize("service", [b"RR", b"QO", b"ACL"])
def test_a_file_in_a_service_block(service):
    program = b"PK\x03\x04" + bytes(90)
    assert program in content(take_apart(RAR, rar5(file5(b"a.txt", b"hi"), file5(service, program, kind=3)))).values()
    assert list(content(take_apart(RAR, rar5(file5(b"a.txt", b"hi"), file5(service, bytes(range(90)), kind=3))))) == ["a.txt"]


def file4(name, data, kind=0x74, flags=0x8000, attributes=0x20):
    body = struct.pack("<LLBLLBBHL", len(data), len(data), 2, zlib.crc32(data), 0x21 << 16, 20, 0x30, len(name), attributes) + name
    return block4(kind, flags, body) + data


@pytest.mark.parametrize("data", [
    rar5(block5(2, 2, vint(len(DATA)) + vint(5) + vint(len(DATA)) + vint(0x20) + struct.pack("<L", zlib.crc32(DATA)) + vint(0) + vint(1)
                + vint(1) + b"d") + DATA),
    rar5(block5(9, 2, vint(len(DATA))) + DATA),
    RAR4 + block4(0x73, 0, bytes(6)) + file4(b"d", DATA, flags=0x80E0, attributes=0x10),
    RAR4 + block4(0x73, 0, bytes(6)) + file4(b"STM", DATA, kind=0x7A),
    RAR4 + block4(0x73, 0, bytes(6)) + block4(0x77, 0x8000, struct.pack("<LHB", len(DATA), 0x105, 0)) + DATA,
    RAR4 + block4(0x73, 2, bytes(6) + DATA.ljust(80, b"\0")),
], ids=["folder of RAR 5", "unknown block", "folder of RAR 4", "stream", "old stream", "old comment"])
def test_what_stands_where_no_file_is(data):
    assert any(DATA in made for made in content(take_apart(RAR, data)).values())


@pytest.mark.parametrize("data", [
    RAR4 + block4(0x73, 0, bytes(6)) + file4(b"RR", DATA, kind=0x7A) + file4(b"a.txt", b"hello"),
    RAR4 + block4(0x73, 0, bytes(6)) + block4(0x78, 0x8000, struct.pack("<L", 90)) + bytes(90) + file4(b"a.txt", b"hello"),
    RAR4 + block4(0x73, 0, bytes(6)) + file4(b"d", b"", flags=0x80E0, attributes=0x10) + file4(b"a.txt", b"hello"),
], ids=["recovery service", "recovery record", "folder"])
def test_what_archives_have_beside_files_is_nothing(data):
    found = take_apart(RAR, data)
    assert content(found) == {"a.txt": b"hello"} and codes(found) == set()


def rar5_volumes(name, data, count, method=0, size=None, crc=None, extra=b""):
    """One member over so many volumes, as it is packed."""
    made = pieces(data, count)
    whole = vint(len(data) if size is None else size) + vint(0x20)
    volumes = []
    for n, piece in enumerate(made):
        last = n == count - 1
        check = (zlib.crc32(data) if crc is None else crc) if last else zlib.crc32(piece)
        body = (vint(len(extra)) if extra else b"") + vint(len(piece)) + vint(4) + whole + struct.pack("<L", check) + vint(method) + vint(1) + vint(len(name)) + name
        volumes.append(RAR5 + block5(1, 0, vint(3) + vint(n) if n else vint(1))
                       + block5(2, (3 if extra else 2) | (8 if n else 0) | (0 if last else 16), body, extra) + piece + block5(5, 0, vint(0 if last else 1)))
    return volumes


def rar4_volumes(name, data, count):
    made = pieces(data, count)
    volumes = []
    for n, piece in enumerate(made):
        last = n == count - 1
        check = zlib.crc32(data if last else piece)
        body = struct.pack("<LLBLLBBHL", len(piece), len(data), 2, check, 0x21 << 16, 29, 0x30, len(name), 0x20) + name
        volumes.append(RAR4 + block4(0x73, 1 | (0 if n else 0x100), bytes(6))
                       + block4(0x74, 0x8000 | (1 if n else 0) | (0 if last else 2), body) + piece + block4(0x7B, 0x4000, b""))
    return volumes


def joined(volumes):
    return take_apart(RAR, b"".join(volumes), "a.rar", anomalies=("JOINED",))


@pytest.mark.parametrize("volumes", [rar5_volumes, rar4_volumes])
def test_volumes_that_were_joined(volumes):
    data = b"words of a letter " * 50
    found = joined(volumes(b"a.txt", data, 4))
    assert content(found) == {"a.txt": data} and codes(found) == set()
    assert "UNSUPPORTED" in codes(joined(volumes(b"a.txt", data, 4)[:-1]))
    assert "UNSUPPORTED" in codes(joined(volumes(b"a.txt", data, 4)[1:]))
    broken = volumes(b"a.txt", data, 4)
    del broken[1]
    assert "MALFORMED" in codes(joined(broken))
    assert "ARCHIVE-STRAY-DATA" in codes(take_apart(RAR, b"".join(volumes(b"a.txt", data, 4)), "a.rar"))


def test_packed_members_over_volumes():
    one = next(item for item in entries5(SOLID5, lambda *_: None))
    volumes = rar5_volumes(b"a.txt", one.packed, 3, one.method, one.size, one.crc)
    assert set(content(joined(volumes))) == {"a.txt"} and codes(joined(volumes)) == set()


def test_a_locked_member_over_volumes():
    data = bytes(range(256))
    record = vint(1) + vint(0) + vint(0) + b"\x0a" + SALT + VECTOR
    packed = aes(hashlib.pbkdf2_hmac("sha256", b"word", SALT, 1 << 10), VECTOR, data)
    volumes = rar5_volumes(b"a.txt", packed, 3, size=len(data), crc=zlib.crc32(data), extra=vint(len(record)) + record)
    opened = take_apart(RAR, b"".join(volumes), "a.rar", passwords=("word",), anomalies=("JOINED",))
    assert content(opened) == {"a.txt": data} and codes(opened) == set()
    assert codes(joined(volumes)) == {"ENCRYPTED"}


def test_two_members_of_which_one_goes_on():
    first, last = rar5_volumes(b"a.txt", b"one and two", 2)
    end = block5(5, 0, vint(0))
    volumes = [first, last.removesuffix(end) + file5(b"b.txt", b"three") + end]
    assert content(joined(volumes)) == {"a.txt": b"one and two", "b.txt": b"three"}


def test_words_are_gathered_only_for_what_is_locked(monkeypatch):
    asked = []

    def gathered(context):
        asked.append(1)
        yield "word"

    monkeypatch.setattr("gateway.extract.archive.rar.candidates", gathered)
    joined(rar5_volumes(b"a.txt", b"words", 2))
    assert asked == []
    take_apart(RAR, rar5(encrypted5(b"a.txt", b"words", "word")), "a.rar")
    assert asked == [1]


def test_more_volumes_than_any_message_has(monkeypatch):
    monkeypatch.setattr("gateway.extract.archive.rar.VOLUMES", 3)
    assert codes(joined(rar5_volumes(b"a.txt", bytes(40), 4))) >= {"COUNT"}
