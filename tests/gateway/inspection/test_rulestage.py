from __future__ import annotations

import math
from pathlib import Path

from gateway.detect.outside_rules import samples
from gateway.inspection.rulestage import MAX_FILE, apart, read


def test_only_an_answer_counts() -> None:
    """Rules that do not end stand in test_rulestaging: they take seconds."""
    assert apart("rule E { condition: nonsense }", samples()) == math.inf, "a child that fails has not said that it is quick"
    assert 0 <= apart('rule F { strings: $a = "fine" condition: $a }', samples()) < 1


def test_files_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "x.yar"
    path.write_bytes(b"rule A { condition: true }\n\xff\n")
    assert read(path)[0].refused == [(2, "is not UTF-8")]
    path.write_bytes(b" " * (MAX_FILE + 2))
    assert "larger" in read(path)[0].refused[0][1]
