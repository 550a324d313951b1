"""One line an event, whatever stands in it and whoever reads it or not."""

from __future__ import annotations

import ast
import contextlib
import json
import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.ops.clock import SystemClock
from gateway.ops.events import EVENTS, LINE, PATIENCE, JsonEvents, encode

NASTY = "a\r\n{\"event\": \"forged\"}\x1b[2J\u202eexe\u2028\ud800"


@pytest.fixture
def pipe():
    ready, told = os.pipe()
    yield ready, told
    for fd in (ready, told):
        with contextlib.suppress(OSError):
            os.close(fd)


def test_one_line_with_its_time_first(pipe) -> None:
    ready, told = pipe
    JsonEvents(SystemClock(), told, {"process": "edge-1"}).emit("verdict", id="x", size=3, findings=["A-B"])
    line = os.read(ready, 9999)
    assert line.endswith(b"\n") and line.count(b"\n") == 1
    value = json.loads(line)
    assert list(value) == ["time", "event", "process", "id", "size", "findings"]
    assert value["time"].endswith("+00:00") and value["event"] == "verdict"


def test_what_mail_says_cannot_forge_a_line() -> None:
    line = encode({"event": "x", "reason": NASTY, NASTY: 1})
    assert line.count(b"\n") == 1 and line.isascii()
    assert all(octet >= 0x20 for octet in line[:-1])
    assert json.loads(line)["event"] == "x"


def test_a_closed_pipe_is_counted(pipe) -> None:
    ready, told = pipe
    os.close(ready)
    events = JsonEvents(SystemClock(), told)
    events.emit("ready")
    assert events.dropped == 1


def test_a_closed_descriptor_is_counted() -> None:
    ready, told = os.pipe()
    os.close(told)
    os.close(ready)
    events = JsonEvents(SystemClock(), told)
    events.emit("ready")
    assert events.dropped == 1


def test_a_reader_that_sleeps_does_not_stop_mail(pipe) -> None:
    _, told = pipe
    events = JsonEvents(SystemClock(), told)
    for _ in range(40):
        events.emit("verdict", reason="x" * 300, more=["y" * 300] * 8)
        if events.dropped > 2:
            break
    assert events.dropped > 2


def test_a_reader_that_sleeps_costs_one_wait_until_it_wakes(pipe) -> None:
    """50 ms for each line would be ten mails a second."""
    ready, told = pipe
    events = JsonEvents(SystemClock(), told)
    while not events.dropped:
        events.emit("verdict", more=["y" * 300] * 8)
    began = time.monotonic()
    for _ in range(200):
        events.emit("verdict", more=["y" * 300] * 8)
    assert events.dropped > 200 and time.monotonic() - began < 200 * PATIENCE / 2
    os.read(ready, 1 << 20)
    before = events.dropped
    events.emit("verdict")
    events.emit("verdict")
    assert events.dropped == before and os.read(ready, 1 << 20).count(b"\n") == 2


@given(st.dictionaries(st.text(min_size=1, max_size=9).filter(lambda k: k not in ("time", "event", "id")), st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=900) | st.binary(max_size=9),
    lambda inner: st.lists(inner, max_size=40) | st.dictionaries(st.text(max_size=9), inner, max_size=40), max_leaves=60), max_size=40))
def test_any_fields_make_one_short_line(fields) -> None:
    line = encode({"event": "x", **fields})
    assert len(line) <= LINE and line.count(b"\n") == 1
    assert json.loads(line)["event"] == "x"


def test_long_values_are_cut_and_said() -> None:
    value = json.loads(encode({"event": "x", "id": "i", "a": "y" * 9999, "b": ["z" * 299] * 30}))
    assert value["truncated"] is True and value["id"] == "i"
    assert json.loads(encode({"event": "x", "a": "y" * 301}))["a"] == "y" * 300 + "…"


def test_the_reference_and_the_sources_know_the_same_events() -> None:
    root = Path(__file__).parents[3]
    text = (root / "docs/reference/events.md").read_text("utf-8")
    rows = dict((c.strip(" `") for c in line.split("|")[1:3]) for line in text.splitlines() if line.startswith("| `"))
    assert rows == dict(EVENTS)
    emitted = {
        node.args[0].value for path in (root / "gateway").rglob("*.py") for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "emit" and node.args
        and isinstance(node.args[0], ast.Constant)}
    assert emitted <= set(EVENTS)


def test_lines_that_nobody_takes_are_counted_where_it_matters() -> None:
    lost: list[int] = []
    reader, writer = os.pipe()
    os.close(reader)
    events = JsonEvents(SystemClock(), writer, dropping=lambda: lost.append(1))
    events.emit("ready")
    os.close(writer)
    events.emit("ready")
    assert len(lost) == events.dropped == 2
