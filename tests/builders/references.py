"""Writes the generated references anew: `python tests/builders/references.py`."""

from __future__ import annotations

from pathlib import Path

from gateway.config import reference as config
from gateway.policy import reference as policy

FOLDER = Path(__file__).parents[2] / "docs" / "reference"
FILES = {"config.md": config.reference, "example.toml": config.example, "policy.md": policy.reference}

if __name__ == "__main__":
    for name, write in FILES.items():
        (FOLDER / name).write_text(write(), encoding="utf-8")
        print(FOLDER / name)
