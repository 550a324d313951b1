import hashlib
import time

from gateway.extract.archive.rar_crypto import Keys, check_value, derive4
from gateway.extract.archive.rar_headers import Lock

SALT = bytes(range(16))


def test_check_value_folds_the_longer_key():
    made = hashlib.pbkdf2_hmac("sha256", b"pw", SALT, (1 << 4) + 32)
    assert check_value("pw", Lock(SALT, 4)) == bytes(made[n] ^ made[n + 8] ^ made[n + 16] ^ made[n + 24] for n in range(8))


def test_rar4_key_by_the_letter():
    """unrar's SetKey30 spelled out."""
    seed = "pw".encode("utf-16-le") + SALT[:8]
    digest, vector = hashlib.sha1(), bytearray()
    for counter in range(0x40000):
        digest.update(seed + counter.to_bytes(3, "little"))
        if counter % 0x4000 == 0:
            vector.append(digest.digest()[19])
    key = digest.digest()[:16]
    assert derive4("pw", SALT[:8]) == b"".join(key[n:n + 4][::-1] for n in range(0, 16, 4)) + bytes(vector)


def test_guessing_is_bounded():
    keys = Keys()
    started = time.process_time()
    lock = Lock(SALT, 15, b"", bytes(8))
    assert not any(keys.right(f"w{n}", lock) for n in range(5000))
    assert sum(keys.key4(f"w{n}", lock) is not None for n in range(500)) <= 150
    assert time.process_time() - started < 15
    assert not Keys().right("w", Lock(SALT, 40))


def test_members_share_their_salt_and_an_answer():
    made = hashlib.pbkdf2_hmac("sha256", b"right", SALT, (1 << 15) + 32)
    check = bytes(made[n] ^ made[n + 8] ^ made[n + 16] ^ made[n + 24] for n in range(8))
    keys, lock = Keys(), Lock(SALT, 15, b"", check)
    assert keys.right("right", lock) and not keys.right("wrong", lock)
    before = keys.work, keys.effort.left
    assert all(keys.right("right", lock) and not keys.right("wrong", lock) for _ in range(2000))
    assert (keys.work, keys.effort.left) == before
