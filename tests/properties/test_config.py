"""Whatever stands in the file, the answer is a list of single lines with places, never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.config.lines import locate
from gateway.config.reference import example, toml
from gateway.config.schema import SECTIONS, TABLES
from gateway.config.schema import settings as settings_of
from gateway.policy import check
from gateway.policy.words import CONDITIONS, EXCEPTION, GROUP, RULE

KEYS = sorted({
    "include", "nonsense", *(s.key for section in (*SECTIONS.values(), *TABLES.values()) for s in settings_of(section)),
    *CONDITIONS, *RULE, *EXCEPTION, *GROUP})
texts = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12),
    st.sampled_from(["", "127.0.0.1:25", "::/0", "90s", "1GiB", "*", "group:x", "<>", "MACRO-*", "2026-01-01", "/x", "\\", "@", "["]))
scalars = st.one_of(texts.map(toml), st.booleans().map(toml), st.integers(-5, 1 << 40).map(str),
                    st.sampled_from(["1.5", "inf", "2026-01-01", "2026-01-01T00:00:00Z", "10:00:00", "{}", "[]"]))
values = st.recursive(
    scalars, lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda v: f"[{', '.join(v)}]"),
        st.dictionaries(st.sampled_from(KEYS), inner, max_size=3).map(
            lambda d: "{ " + ", ".join(f"{k} = {v}" for k, v in d.items()) + " }" if d else "{}")), max_leaves=6)
tables = st.tuples(
    st.sampled_from([*(f"[{name}]" for name in SECTIONS), "[[listener]]", "[[rule]]", "[[exception]]", "[[group]]", "[x]"]),
    st.dictionaries(st.sampled_from(KEYS), values, max_size=6))
LAWS = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def answered(path: Path) -> None:
    for problem in check(path):
        assert "\n" not in str(problem) and problem.message
        assert problem.where.startswith(str(path))


@LAWS
@given(st.lists(tables, max_size=5))
def test_any_toml_is_answered(tmp_path: Path, content: list[tuple[str, dict[str, str]]]) -> None:
    path = tmp_path / "c.toml"
    path.write_text("\n".join(
        header + "\n" + "\n".join(f"{key} = {value}" for key, value in keys.items()) for header, keys in content), encoding="utf-8")
    answered(path)


@LAWS
@given(st.data())
def test_one_wrong_value_in_a_good_file(tmp_path: Path, data: st.DataObject) -> None:
    lines = example().splitlines()
    places = [n for n, line in enumerate(lines) if " = " in line.removeprefix("# ") and line.removeprefix("# ").split()[1] == "="]
    number = data.draw(st.sampled_from(places))
    lines[number] = f"{lines[number].removeprefix('# ').split()[0]} = {data.draw(values)}"
    path = tmp_path / "c.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    answered(path)


@LAWS
@given(st.binary(max_size=300))
def test_any_octets_are_answered(tmp_path: Path, octets: bytes) -> None:
    path = tmp_path / "c.toml"
    path.write_bytes(octets)
    answered(path)


@pytest.mark.parametrize("text", ["a = 1", "[a.b]\nc.d = [\n1,\n]\ne = 2"])
def test_lines_are_within_the_text(text: str) -> None:
    assert all(1 <= line <= text.count("\n") + 1 for line in locate(text).values())
