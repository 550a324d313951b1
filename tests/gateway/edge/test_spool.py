"""The spool: octets come back, no name ever, faults of the disk are ours."""

from __future__ import annotations

import errno
import hashlib
import os
import resource
import signal
from pathlib import Path

import pytest

from gateway.edge.spool import MEMORY, Spool, SpoolFull


def octets(spool: Spool) -> bytes:
    return os.pread(spool.fd, spool.size + 1, 0)


def test_small_messages_stay_in_memory(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.write(b"abc\r\n")
    spool.write(b"\xe5\r\n")
    assert (octets(spool), spool.size, spool.on_disk, spool.eight_bit) == (b"abc\r\n\xe5\r\n", 8, False, True)
    assert spool.sha256 == hashlib.sha256(b"abc\r\n\xe5\r\n").hexdigest()
    assert "memfd" in os.readlink(f"/proc/self/fd/{spool.fd}")
    spool.close()
    spool.close()


def test_large_messages_go_to_an_unnamed_file(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    piece = bytes(range(256)) * 1024
    for _ in range(12):
        spool.write(piece)
    assert spool.on_disk and spool.size == 12 * len(piece) > MEMORY
    assert octets(spool) == piece * 12
    assert spool.sha256 == hashlib.sha256(piece * 12).hexdigest()
    assert list(tmp_path.iterdir()) == []
    assert os.fstat(spool.fd).st_nlink == 0
    spool.close()


def test_file_systems_without_unnamed_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.open

    def refuse(path, flags, *more, **named):
        if flags & os.O_TMPFILE == os.O_TMPFILE:
            raise OSError(errno.EOPNOTSUPP, "not supported")
        return real(path, flags, *more, **named)
    monkeypatch.setattr(os, "open", refuse)
    spool = Spool(tmp_path)
    spool.write(b"x" * (MEMORY + 1))
    assert list(tmp_path.iterdir()) == [] and octets(spool) == b"x" * (MEMORY + 1)
    spool.close()


def test_exactly_the_memory_limit_needs_no_disk(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "missing")
    spool.write(b"x" * MEMORY)
    assert not spool.on_disk
    with pytest.raises(SpoolFull):
        spool.write(b"x")
    spool.close()


def test_a_file_limit_is_our_fault(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    spool = Spool(tmp_path)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (65536, hard))
        with pytest.raises(SpoolFull):
            for _ in range(40):
                spool.write(b"x" * 65536)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
        spool.close()
