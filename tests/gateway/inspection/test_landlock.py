"""Landlock alone: what is granted stays, what is not goes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gateway.inspection import landlock, libc
from tests.gateway.inspection.test_lockdown import in_process, refused

pytestmark = pytest.mark.skipif(landlock.abi() == 0, reason="this kernel has no Landlock; `doctor` says so there")


def restricted(*grants: landlock.Grant) -> str:
    libc.prctl(libc.PR_SET_NO_NEW_PRIVS, 1)
    return landlock.restrict(grants)


def test_nothing_is_left_without_grants(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("x")

    def look() -> list[bool]:
        restricted()
        return [refused(lambda: open(tmp_path / "f")), refused(lambda: os.listdir(tmp_path)),
                refused(lambda: open(tmp_path / "new", "w")), refused(lambda: os.unlink(tmp_path / "f"))]

    assert in_process(look)["value"] == [True] * 4


def test_grants_stay_and_give_no_more(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("x")

    def look() -> list[bool]:
        restricted(landlock.Grant(tmp_path), landlock.Grant(tmp_path / "absent"))
        return [refused(lambda: open(tmp_path / "f")), refused(lambda: open(tmp_path / "f", "w")), refused(lambda: os.listdir("/etc"))]

    assert in_process(look)["value"] == [False, True, True]


def test_a_file_can_be_granted(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("x")
    (tmp_path / "g").write_text("x")

    def look() -> list[bool]:
        restricted(landlock.Grant(tmp_path / "f"))
        return [refused(lambda: open(tmp_path / "f")), refused(lambda: open(tmp_path / "g"))]

    assert in_process(look)["value"] == [False, True]


def test_descriptors_that_are_open_stay_usable(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("x")

    def look() -> str:
        with open(tmp_path / "f") as file:
            restricted()
            return file.read()

    assert in_process(look)["value"] == "x"


def test_without_landlock_it_says_so(monkeypatch) -> None:
    monkeypatch.setattr(landlock, "abi", lambda: 0)
    with pytest.raises(OSError, match="no Landlock"):
        landlock.restrict()
