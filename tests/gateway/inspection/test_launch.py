"""Starting, replacing and stopping zygotes."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from gateway.inspection.launch import CellError, Standby, launch, listen, stand_by
from gateway.inspection.lockdown import User
from tests.builders.zygotes import start_zygote
from tests.gateway.inspection.conftest import CLOCK, settings


def test_a_started_zygote_says_what_it_is(tmp_path: Path) -> None:
    zygote = start_zygote("plain", tmp_path / "run" / "z.sock", settings(tmp_path), CLOCK)
    assert zygote.alive and zygote.signature_version == "fake-1"
    assert stat.S_IMODE((tmp_path / "run").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "run" / "z.sock").stat().st_mode) == 0o600
    zygote.stop()
    assert not zygote.alive


def test_a_judge_that_cannot_be_built_is_an_error(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CellError, match="ended while loading"):
        start_zygote("plain", tmp_path / "z.sock", settings(tmp_path, registry="no_such_registry"), CLOCK)
    assert "no_such_registry" in capfd.readouterr().err


def test_a_bad_signature_is_named_and_the_old_zygote_stays(tmp_path: Path) -> None:
    with pytest.raises(CellError, match=r"x\.yar:3: no such rule"):
        start_zygote("plain", tmp_path / "z.sock", settings(tmp_path, own_numbers=("broken",)), CLOCK)


def test_one_that_is_too_slow_is_ended(tmp_path: Path) -> None:
    zygote = launch("plain", tmp_path / "z.sock", settings(tmp_path))
    with pytest.raises(CellError, match="not ready within 0 s"):
        zygote.wait_ready(CLOCK, 0)
    assert not zygote.alive


def test_a_missing_resource_is_an_error_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        launch("plain", tmp_path / "z.sock", settings(tmp_path, resources={"index": tmp_path / "absent"}))


def test_nothing_is_left_open(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    (tmp_path / "r").write_text("x")
    zygote = start_zygote("plain", tmp_path / "z.sock", settings(tmp_path, resources={"index": tmp_path / "r"}), CLOCK)
    zygote.stop()
    assert len(os.listdir("/proc/self/fd")) == before


def test_an_address_changes_hands_only_when_the_next_is_ready(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 100) / ("e" * 100)
    first = start_zygote("plain", deep / "z.sock", settings(tmp_path), CLOCK)
    inode = (deep / "z.sock").stat().st_ino
    with pytest.raises(CellError):
        start_zygote("plain", deep / "z.sock", settings(tmp_path, own_numbers=("broken",)), CLOCK)
    assert (deep / "z.sock").stat().st_ino == inode and os.listdir(deep) == ["z.sock"]
    second = start_zygote("plain", deep / "z.sock", settings(tmp_path), CLOCK)
    assert (deep / "z.sock").stat().st_ino != inode and os.listdir(deep) == ["z.sock"]
    first.stop()
    second.stop()


def test_the_socket_belongs_to_the_user_of_the_cell(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root to give files away")
    with listen(tmp_path / "z.sock", User(4242, 4242)):
        assert (tmp_path / "z.sock").stat().st_uid == 4242


def test_one_that_stands_by_becomes_the_zygote(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    (tmp_path / "r").write_text("x")
    wanted = settings(tmp_path, resources={"index": tmp_path / "r"})
    standby = stand_by("plain", wanted)
    zygote = launch("plain", tmp_path / "z.sock", wanted, standby)
    assert zygote.process is standby.process
    zygote.wait_ready(CLOCK)
    assert zygote.alive and zygote.signature_version == "fake-1"
    zygote.stop()
    assert len(os.listdir("/proc/self/fd")) == before


def test_one_of_another_lane_or_that_died_is_left_alone(tmp_path: Path) -> None:
    standby = stand_by("plain", settings(tmp_path))
    assert standby.fits("plain", standby.user) and not standby.fits("deep", standby.user) and not standby.fits("plain", User(4242, 4242))
    standby.end()
    assert not standby.fits("plain", standby.user)
    zygote = launch("plain", tmp_path / "z.sock", settings(tmp_path), standby)
    zygote.wait_ready(CLOCK)
    assert zygote.process is not standby.process
    zygote.stop()


def test_one_that_is_never_wanted_ends_by_itself(tmp_path: Path) -> None:
    standby = stand_by("plain", settings(tmp_path))
    standby.control.close()
    assert standby.process.wait(20) == 0


def test_one_that_cannot_be_started_leaves_no_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> Standby:
        raise BlockingIOError(11, "no more processes")

    monkeypatch.setattr("gateway.inspection.launch.stand_by", full)
    with pytest.raises(BlockingIOError):
        launch("plain", tmp_path / "z.sock", settings(tmp_path))
    assert not list(tmp_path.glob(".z.sock.*"))
