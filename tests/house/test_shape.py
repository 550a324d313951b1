"""The shape of the house: caps, one test file a source file, no swallowed errors, no stray clocks, no word boundaries."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("gateway", "quarantine", "signatures")
SOURCES = sorted(
    p for package in PACKAGES for p in (ROOT / package).rglob("*.py") if "migrations" not in p.parts
)
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 50

# Borders: the only places where any exception may be caught, each because what runs inside is not ours to trust or
# because nobody above it could answer. Everything else names what it expects.
BORDERS = {
    "gateway/edge/handler.py": "the SMTP handler answers 451 for whatever went wrong inside",
    "gateway/extract/guarded.py": "one extractor's crash is an incident of the message",
    "gateway/inspection/child.py": "the child's last word before it ends",
    "gateway/inspection/pool.py": "the pool outlives every child",
    "gateway/effects/outbox.py": "one entry's failure must not stop the others",
    "gateway/keeper/server.py": "one request's failure must not stop the keeper",
    "gateway/cli/main.py": "an administrator never sees a traceback",
    "gateway/ops/health.py": "one scrape's failure must not stop the endpoint",
}
# The Clock port's adapter is the only reader of clocks.
CLOCKS = {"gateway/ops/clock.py"}


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


def only_declares(tree: ast.Module) -> bool:
    """Dataclasses, enums, Protocols and tables: nothing there that a test could run."""
    bodies = [[s for s in f.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))] for f in functions(tree)]
    return not any(bodies)


@pytest.fixture(scope="module")
def trees() -> dict[str, ast.Module]:
    return {relative(p): ast.parse(p.read_text(encoding="utf-8")) for p in SOURCES}


def test_files_are_short() -> None:
    long = {relative(p): n for p in SOURCES if (n := len(p.read_text(encoding="utf-8").splitlines())) > MAX_FILE_LINES}
    assert not long, f"split these rooms (at most {MAX_FILE_LINES} lines): {long}"


def test_functions_are_short(trees: dict[str, ast.Module]) -> None:
    long = [
        f"{name}:{f.lineno} {f.name} ({f.end_lineno - f.lineno + 1})"
        for name, tree in trees.items() for f in functions(tree)
        if f.end_lineno and f.end_lineno - f.lineno + 1 > MAX_FUNCTION_LINES
    ]
    assert not long, "split these functions:\n" + "\n".join(long)


def test_every_source_file_has_its_test_file(trees: dict[str, ast.Module]) -> None:
    missing = []
    for path in SOURCES:
        if path.name in ("__init__.py", "__main__.py") or only_declares(trees[relative(path)]):
            continue
        inner = path.relative_to(ROOT)
        wanted = ROOT / "tests" / inner.parent / f"test_{inner.name}"
        if not wanted.exists():
            missing.append(relative(wanted))
    assert not missing, "write these:\n" + "\n".join(missing)


def test_exceptions_are_named(trees: dict[str, ast.Module]) -> None:
    wide = []
    for name, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ExceptHandler):
                bare = node.type is None
                broad = isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")
                if bare or (broad and name not in BORDERS):
                    wide.append(f"{name}:{node.lineno}")
    assert not wide, "name what is expected, or make it a border with a reason:\n" + "\n".join(wide)


def test_clocks_are_injected(trees: dict[str, ast.Module]) -> None:
    reading = {("time", "time"), ("time", "monotonic"), ("time", "time_ns"), ("datetime", "now"), ("datetime", "utcnow"),
               ("date", "today"), ("timezone", "now")}
    stray = []
    for name, tree in trees.items():
        if name in CLOCKS:
            continue
        for node in ast.walk(tree):
            if (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name)
                    and (node.func.value.id, node.func.attr) in reading):
                stray.append(f"{name}:{node.lineno} {node.func.value.id}.{node.func.attr}()")
    assert not stray, "take a Clock instead:\n" + "\n".join(stray)


def test_no_word_boundaries_in_patterns() -> None:
    """Python sees no boundary between a digit and a CJK letter: `\\b` would miss what stands in the middle of a sentence."""
    data = [p for p in (ROOT / "signatures").rglob("*") if p.suffix in (".toml", ".yar")]
    code = [p for room in ("detect", "identifiers", "extract") for p in (ROOT / "gateway" / room).rglob("*.py")]
    bad = [
        f"{relative(p)}:{n}" for p in data + code
        for n, line in enumerate(p.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"(?<!\\)(?:\\\\)*\\b(?![a-z])", line) and not line.lstrip().startswith(("#", '"""', "//"))
        and re.search(r"r[b]?[\"'].*\\b|/.*\\b.*/|=\s*'.*\\b", line)
    ]
    assert not bad, bad


def test_storeys() -> None:
    """The import contracts of pyproject.toml hold."""
    tool = Path(sys.executable).with_name("lint-imports")
    if not tool.exists():
        pytest.skip("import-linter is not installed here; .ci/run brings it")
    done = subprocess.run([tool, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]


def test_the_project_speaks_of_itself_alone() -> None:
    """No markers of unfinished work in the sources."""
    words = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedError")
    left = [f"{relative(p)}:{n}" for p in SOURCES for n, line in enumerate(p.read_text(encoding="utf-8").splitlines(), 1)
            if words.search(line)]
    assert not left, left


def test_names_of_modules_are_given_once():
    """A constant under the name of another takes its place without a word."""
    again = []
    for path in SOURCES:
        given = [target.id for node in ast.parse(path.read_text()).body if isinstance(node, ast.Assign)
                 for target in node.targets if isinstance(target, ast.Name)]
        again += [f"{relative(path)}: {name}" for name in sorted(set(given)) if given.count(name) > 1]
    assert again == []
