"""Stored rule sets: sealed, put in force as a whole, rolled back as a whole."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.inspection import rulestore
from gateway.inspection.rulestore import RuleStore, RuleStoreProblem, Staged, engine, rule_files, version_of

OCTETS = b"YARA compiled stand-in" * 99


def staged(number: int, **changes: object) -> Staged:
    files = {f"/rules/{number}.yar": f"{number:064x}"}
    basis = Staged(version_of(files, engine()), engine(), 3, files, made_at=f"2026-11-22T00:00:{number:02}+00:00")
    return replace(basis, **changes)


@pytest.fixture
def store(tmp_path: Path) -> RuleStore:
    return RuleStore(tmp_path)


def test_staged_is_not_in_force(store: RuleStore) -> None:
    store.save(staged(1), OCTETS)
    assert store.active() == ("", "") and store.handed() is None
    assert [s.version for s in store.versions()] == [staged(1).version]


def test_activate_and_roll_back(store: RuleStore) -> None:
    one, two = staged(1), staged(2)
    for each in (one, two):
        store.save(each, OCTETS + each.version.encode())
    assert store.activate(one.version) == "" and store.activate(two.version) == one.version
    handed = store.handed()
    assert handed is not None and handed[1] == two.version
    assert os.pread(handed[0], 1 << 16, 0) == OCTETS + two.version.encode()
    with pytest.raises(OSError, match="not permitted"):
        os.pwrite(handed[0], b"x", 0)
    os.close(handed[0])
    assert store.activate(two.version) == one.version, "twice is once"
    assert store.rollback() == one.version and store.active() == (one.version, "")
    assert store.rollback() == "" and store.handed() is None
    with pytest.raises(RuleStoreProblem, match="nothing to go back from"):
        store.rollback()


@pytest.mark.parametrize("name", ["rules", "manifest"])
def test_what_was_changed_is_not_loaded(store: RuleStore, name: str) -> None:
    one = staged(1)
    store.save(one, OCTETS)
    store.activate(one.version)
    path = store.folder / one.version / name
    octets = path.read_bytes()
    path.write_bytes(octets.replace(b"stand-in", b"stand-on", 1) if name == "rules" else octets.replace(b'"rules": 3', b'"rules": 4'))
    for attempt in (store.handed, lambda: store.manifest(one.version), lambda: store.activate(one.version)):
        with pytest.raises(RuleStoreProblem, match="stage them again"):
            attempt()


def test_sealed_elsewhere(store: RuleStore, tmp_path: Path) -> None:
    other = RuleStore(tmp_path / "other")
    other.save(staged(1), OCTETS)
    store.save(staged(2), OCTETS)
    os.rename(other.folder / staged(1).version, store.folder / staged(1).version)
    with pytest.raises(RuleStoreProblem, match="sealed elsewhere"):
        store.activate(staged(1).version)


def test_another_engine(store: RuleStore) -> None:
    old = staged(1, engine="yara-python 3.0")
    store.save(old, OCTETS)
    store.activate(old.version)
    with pytest.raises(RuleStoreProblem, match="stage and activate the rules again"):
        store.handed()


@pytest.mark.parametrize("version", ["", "0" * 16, "../../etc", "x" * 999])
def test_versions_that_are_none(store: RuleStore, version: str) -> None:
    with pytest.raises(RuleStoreProblem, match="signatures versions"):
        store.activate(version)


def test_broken_files_are_one_line(store: RuleStore) -> None:
    store.save(staged(1), OCTETS)
    (store.folder / "active").write_text("nonsense here too\n")
    with pytest.raises(RuleStoreProblem, match="activate one again"):
        store.active()
    (store.folder / staged(1).version / "manifest").write_text(json.dumps([1]))
    with pytest.raises(RuleStoreProblem, match="damaged"):
        store.versions()


def test_old_versions_are_forgotten(store: RuleStore) -> None:
    first, second = staged(1), staged(2)
    for each in (first, second):
        store.save(each, OCTETS)
        store.activate(each.version)
    for number in range(3, 12):
        store.save(staged(number), OCTETS)
    kept = {s.version for s in store.versions()}
    assert {first.version, second.version} <= kept and len(kept) == rulestore.KEPT + 2


def test_for_the_owner_only(store: RuleStore) -> None:
    store.save(staged(1), OCTETS)
    assert (store.folder / "outside.key").stat().st_mode & 0o777 == 0o400
    assert all(p.stat().st_mode & 0o077 == 0 for p in store.folder.rglob("*"))


def test_rule_files(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    for name in ("a/x.yar", "a/y.YARA", "a/z.txt", "w.yar"):
        (tmp_path / name).write_text("")
    assert [p.name for p in rule_files([tmp_path / "a", tmp_path / "w.yar"])] == ["x.yar", "y.YARA", "w.yar"]
    for folders in ([tmp_path / "none"], [tmp_path / "empty"]):
        (tmp_path / "empty").mkdir(exist_ok=True)
        with pytest.raises(RuleStoreProblem, match="rules"):
            rule_files(folders)
