"""Finding codes: what detectors can give stands in docs/reference/findings.md, and nothing else does."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from gateway.detect import ambiguity
from gateway.detect.data.detector import code
from gateway.identifiers import registry
from gateway.policy.words import PREFIXES
from signatures.filetypes import blocked_extensions

ROOT = Path(__file__).parents[2]
FINDINGS = ROOT / "docs" / "reference" / "findings.md"
DETECTORS = sorted([*(ROOT / "gateway" / "detect").rglob("*.py"), ROOT / "gateway" / "auth" / "acquaintance.py",
                    ROOT / "gateway" / "inspection" / "scanners" / "lane.py"])
CODE = re.compile(rf"(?:{'|'.join(PREFIXES)})[A-Z0-9][A-Z0-9-]*")
NAMED = {"EDM-NAME", "FINGERPRINT-NAME"}
"""NAME is what the administrator called the table or document."""
PUT_TOGETHER = {
    "gateway/detect/ambiguity.py", "gateway/detect/data/detector.py", "gateway/detect/data/own.py",
}
"""Where a code is made of a prefix and something else; `derived` below knows what else."""


def strings(tree: ast.AST) -> Iterator[str]:
    documented = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented:
            yield node.value


def written() -> set[str]:
    """Codes that stand in a detector as they are. Keys of tables are observations, which never leave the cell."""
    found: set[str] = set()
    for path in DETECTORS:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        keys = {id(key) for node in ast.walk(tree) if isinstance(node, ast.Dict) for key in node.keys}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in keys and CODE.fullmatch(node.value):
                found.add(node.value)
    return found


def derived() -> set[str]:
    odd = {"AMBIGUITY-" + name.removeprefix("MIME-") for name in ambiguity.HOSTILE | ambiguity.SUSPICIOUS}
    return odd | {code(name) for name in registry.TYPES} | NAMED | {
        group.code for group in blocked_extensions().values()}


def documented() -> list[str]:
    return re.findall(r"^## (\S+)$", FINDINGS.read_text(encoding="utf-8"), re.MULTILINE)


def test_every_code_is_documented() -> None:
    missing = (written() | derived()) - set(documented())
    assert not missing, f"give these a heading in {FINDINGS.name}: {sorted(missing)}"


def test_every_documented_code_can_be_given() -> None:
    gone = set(documented()) - written() - derived()
    assert not gone, f"no detector gives these: {sorted(gone)}"


def test_headings_stand_once_in_order_with_their_severity() -> None:
    assert documented() == sorted(set(documented()))
    for section in re.split(r"(?m)^## ", FINDINGS.read_text(encoding="utf-8"))[1:]:
        heading, _, text = section.partition("\n\n")
        assert text.startswith("Severity: ") and len(text.strip()) > 20, heading


def test_codes_are_put_together_only_where_this_test_knows_how() -> None:
    prefixes = set(PREFIXES)
    makers = {path.relative_to(ROOT).as_posix() for path in DETECTORS
              if prefixes & set(strings(ast.parse(path.read_text(encoding="utf-8"))))}
    assert makers <= PUT_TOGETHER, makers - PUT_TOGETHER
