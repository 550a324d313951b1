"""What is installed: our files against the wheel's RECORD, libraries, programs."""

from __future__ import annotations

import base64
import ctypes.util
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution, requires, version
from pathlib import Path

DISTRIBUTION = "sekisho"
PACKAGES = ("gateway", "quarantine", "signatures")
SHARED = {"libmagic": "magic", "libarchive": "archive", "libseccomp": "seccomp"}     # Debian's name -> the loader's


def libraries() -> Iterator[tuple[str, str]]:
    """Every library we require, with its version; "" where it is missing."""
    for line in requires(DISTRIBUTION) or ():
        if "extra ==" not in line:
            name = re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0]
            try:
                yield name, version(name)
            except PackageNotFoundError:
                yield name, ""


def shared_objects() -> Iterator[tuple[str, str]]:
    """Every shared library that is loaded by name, with its file; "" where it is missing."""
    for name, short in SHARED.items():
        yield name, ctypes.util.find_library(short) or ""


def altered(package: Distribution | None = None) -> list[str] | None:
    """Our installed files that differ from the wheel's RECORD, are missing, or were put there; None for a checkout."""
    package = package or distribution(DISTRIBUTION)
    origin = json.loads(package.read_text("direct_url.json") or "{}")
    if origin.get("dir_info", {}).get("editable"):
        return None
    recorded = [f for f in package.files or () if f.parts[0] in PACKAGES]
    wrong = [str(f) for f in recorded if f.hash is not None and f.hash.value != digest(Path(str(f.locate())), f.hash.mode)]
    return sorted(wrong) + sorted(strangers(Path(str(package.locate_file(""))), {str(f) for f in recorded}))


def digest(path: Path, mode: str) -> str:
    """As RECORD has it: URL-safe base64 without padding. "" for a file that cannot be read."""
    try:
        with path.open("rb") as file:
            return base64.urlsafe_b64encode(hashlib.file_digest(file, mode).digest()).decode().rstrip("=")
    except OSError:
        return ""


def strangers(root: Path, recorded: Iterable[str]) -> Iterator[str]:
    """Files in our packages that the wheel did not bring, save the interpreter's own caches."""
    known = set(recorded)
    for package in PACKAGES:
        for path in (root / package).rglob("*"):
            name = path.relative_to(root).as_posix()
            if path.is_file() and "__pycache__" not in path.parts and name not in known:
                yield name
