from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from gateway.model.errors import CustodyUnavailable, SekishoError
from quarantine.blobs import BUCKETS, PER_BUCKET, FileBlobs
from quarantine.sealing import MessageKeys
from tests.builders.custody import memory

KEYS = MessageKeys.new("a" * 24)


class Stop(Exception):
    pass


def failing(at: str):
    def point(name: str) -> None:
        if name == at:
            raise Stop(name)
    return point


def put(blobs: FileBlobs, data: bytes = b"hello"):
    fd = memory(data)
    try:
        staged = blobs.stage(fd, len(data), KEYS)
    finally:
        os.close(fd)
    blobs.publish((staged,))
    return staged


def test_stored_read_and_removed(tmp_path: Path) -> None:
    blobs = FileBlobs(tmp_path / "blobs")
    staged = put(blobs)
    with blobs.open(staged.name) as file:
        assert b"".join(KEYS.open_content(file)) == b"hello"
    assert list(blobs.names()) == [staged.name]
    assert (tmp_path / "blobs" / staged.name).stat().st_mode & 0o077 == 0
    blobs.remove(staged.name)
    blobs.remove(staged.name)
    assert list(blobs.names()) == []
    with pytest.raises(CustodyUnavailable):
        blobs.open(staged.name)


def test_removal_overwrites(tmp_path: Path) -> None:
    blobs = FileBlobs(tmp_path)
    staged = put(blobs)
    os.link(tmp_path / staged.name, tmp_path / "second name")
    blobs.remove(staged.name)
    assert set((tmp_path / "second name").read_bytes()) == {0}


@pytest.mark.parametrize("point", ["blob-before-fsync", "blob-after-fsync", "blob-after-rename", "blob-after-directory"])
def test_a_crash_at_any_step_leaves_at_most_a_file_that_is_swept(tmp_path: Path, point: str) -> None:
    blobs = FileBlobs(tmp_path, failpoint=failing(point))
    with pytest.raises(Stop):
        put(blobs)
    kept = put(FileBlobs(tmp_path)).name
    after = FileBlobs(tmp_path)
    assert after.sweep({kept}.__contains__, before=0) == 0, "young files may belong to a transaction under way"
    after.sweep({kept}.__contains__, before=1e12)
    assert list(after.names()) == [kept]


def test_a_batch_shares_its_directory(tmp_path: Path) -> None:
    blobs = FileBlobs(tmp_path)
    blobs.counter = 0
    names = {put(blobs).name.split("/")[0] for _ in range(20)}
    assert names == {"000"}
    blobs.counter = BUCKETS * PER_BUCKET - 1
    assert put(blobs).name.startswith("000/"), "the directories are used in turn"


def test_the_reserve_is_never_eaten_and_comes_back(tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free
    blobs = FileBlobs(tmp_path, reserve=free * 2)
    with pytest.raises(CustodyUnavailable, match="are free"):
        blobs.check_room(1)
    blobs.reserve = 0
    blobs.check_room(1)
    with pytest.raises(CustodyUnavailable):
        blobs.check_room(free * 2)


def test_a_full_disk_is_our_fault_and_leaves_nothing(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid() or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", disk], capture_output=True).returncode:
        disk = Path("/dev/full")
        with pytest.raises(OSError):
            disk.write_bytes(b"x")
        return
    try:
        blobs = FileBlobs(disk, reserve=0)
        with pytest.raises(CustodyUnavailable, match="No space left"):
            put(blobs, os.urandom(2 << 20))
        assert list(blobs.names()) == []
        put(blobs, b"small mail still fits")
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_folder_that_is_none_ends_the_start_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "blobs").touch()
    with pytest.raises(SekishoError, match="blobs: the folder of held mail cannot be used: File exists"):
        FileBlobs(tmp_path / "blobs")


def test_a_folder_of_somebody_else_ends_the_start_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quarantine.blobs.os.access", lambda path, mode: False)
    with pytest.raises(SekishoError, match="its owner must be the gateway's user, its mode 0700"):
        FileBlobs(tmp_path / "blobs")


def test_a_store_that_is_gone(tmp_path: Path) -> None:
    blobs = FileBlobs(tmp_path / "blobs")
    shutil.rmtree(tmp_path / "blobs")
    with pytest.raises(CustodyUnavailable):
        put(blobs)
    with pytest.raises(CustodyUnavailable):
        blobs.check_room(1)
