"""Staging: outside rules compiled and profiled in a process of their own, and stored under a seal."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from gateway.inspection.rulestore import LARGEST, Note, RuleStore, RuleStoreProblem, Staged, engine, rule_files, version_of

PATIENCE = 1000.0                        # seconds; the child has 900 of CPU


def stage(store: RuleStore, folders: Sequence[Path], samples: Sequence[Path], now: datetime) -> tuple[Staged, bool]:
    """The staged set, and whether it was there already. Raises RuleStoreProblem; nothing in force is touched."""
    files = rule_files(folders)
    hashes = {str(path): hashlib.sha256(_octets(path)).hexdigest() for path in files}
    version = version_of(hashes, engine())
    if not samples and (known := store.known(version)) is not None:
        return known, True
    said, octets = _compiled(files, samples)
    if said["files"] != hashes or said["engine"] != engine():
        raise RuleStoreProblem("the rules were changed while they were compiled; stage them again")
    if not octets:
        problems = [*said["refused"], *said["slow"]]
        why = f"no rule is left; the first problem is {': '.join(problems[0])}" if problems else "there is no rule in the files"
        raise RuleStoreProblem(why)
    staged = Staged(version, engine(), int(said["rules"]), hashes, tuple(Note(*n) for n in said["refused"]),
                    tuple(Note(*n) for n in said["slow"]), now.isoformat(timespec="seconds"))
    store.save(staged, octets)
    return staged, False


def _compiled(files: Sequence[Path], samples: Sequence[Path]) -> tuple[dict[str, Any], bytes]:
    fd = os.memfd_create("compiled", 0)
    request = json.dumps({"files": [str(p) for p in files], "samples": [str(p) for p in samples]})
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "gateway.inspection.rulestage", str(fd)], input=request, text=True, capture_output=True,
            pass_fds=(fd,), timeout=PATIENCE, check=False)
        if done.returncode:
            why = (done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"])[-1][:200]
            raise RuleStoreProblem(f"the rules could not be compiled: {why}")
        size = os.fstat(fd).st_size
        if size > LARGEST:
            raise RuleStoreProblem("the compiled rules are larger than they may be")
        return json.loads(done.stdout), os.pread(fd, size, 0)
    except subprocess.TimeoutExpired:
        raise RuleStoreProblem(f"the rules were not compiled within {PATIENCE:g} s") from None
    finally:
        os.close(fd)


def _octets(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise RuleStoreProblem(f"{path}: cannot be read: {error.strerror}") from error
