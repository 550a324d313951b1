from __future__ import annotations

import os
from pathlib import Path

from gateway.inspection.load import crowded, processor_wait


def test_a_process_that_waits_for_nothing() -> None:
    pidfd = os.pidfd_open(os.getpid())
    waited = processor_wait(pidfd)
    os.close(pidfd)
    assert waited is not None and waited >= 0


def test_unknown_is_said(tmp_path: Path) -> None:
    assert processor_wait(0, tmp_path) is None
    (tmp_path / "self/fdinfo").mkdir(parents=True)
    (tmp_path / "self/fdinfo/0").write_text("Pid:\t-1\n")
    assert processor_wait(0, tmp_path) is None


def test_the_second_field_counts(tmp_path: Path) -> None:
    (tmp_path / "self/fdinfo").mkdir(parents=True)
    (tmp_path / "self/fdinfo/0").write_text("pos:\t0\nPid:\t42\n")
    (tmp_path / "42").mkdir()
    (tmp_path / "42/schedstat").write_text("7 2500000000 9\n")
    assert processor_wait(0, tmp_path) == 2.5


def test_crowded_is_a_word() -> None:
    assert crowded() in (True, False)
