"""External tools: only what the table allows, bounded, and in a lane that can reach nothing else."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import io
import math
import os
import select
import socket
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from gateway.extract.allowance import Allowance
from gateway.extract.base import ToolFailed
from gateway.inspection import protocol, tools, wire
from gateway.inspection.tools import ChildTools, Programs, Question, Tool, decode_question, encode_question, program
from gateway.inspection.wire import Kind, ProtocolError
from tests.builders.waiting import until
from tests.gateway.inspection.conftest import Cell, evidence, judge, start_cell

ZIP = io.BytesIO()
with zipfile.ZipFile(ZIP, "w") as archive:
    archive.writestr("名單.txt", "hello tool lane")

here = {name for name, tool in tools.TOOLS.items() if program(tool)}
seven_zip = pytest.mark.skipif("7zz-list" not in here, reason="no 7-Zip on this machine; `doctor` says so there")


@pytest.fixture(scope="module")
def tooled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cell]:
    cell = start_cell(tmp_path_factory.mktemp("tools"))
    cell.start("tool")
    yield cell
    for zygote in cell.zygotes.values():
        zygote.stop()


async def run(cell: Cell, name: bytes, parameter: bytes, content: bytes) -> str:
    pool = cell.pool()
    try:
        return evidence(await judge(pool, b"deep:tool|" + name + b"|" + parameter + b"|" + content))
    finally:
        await pool.close()


@seven_zip
async def test_an_archive_is_listed_and_unpacked(tooled: Cell) -> None:
    listed = await run(tooled, b"7zz-list", b"password=", ZIP.getvalue())
    assert "Path = 名單.txt" in listed and "Size = 15" in listed
    assert await run(tooled, b"7zz-extract", b"password=", ZIP.getvalue()) == "hello tool lane"


@seven_zip
async def test_a_tool_that_fails_says_so(tooled: Cell) -> None:
    assert await run(tooled, b"7zz-extract", b"password=x", b"no archive") in ("", "ToolFailed: 7zz-extract: ended with 7")


async def test_what_the_table_does_not_allow_never_leaves_the_child(tooled: Cell) -> None:
    assert await run(tooled, b"sh", b"command=id", b"") == "ToolFailed: no such tool"
    assert await run(tooled, b"7zz-list", b"pass=x", b"") == "ToolFailed: other parameters than the tool has"
    assert await run(tooled, b"tesseract", b"languages=-v", b"") == "ToolFailed: a parameter of another shape than allowed"


async def test_without_a_tool_lane_a_tool_fails_in_words(cell: Cell) -> None:
    pool = cell.pool()
    pool.tool = None
    said = evidence(await judge(pool, b"deep:tool|7zz-list|password=|x"))
    assert said == "ToolFailed: 7zz-list: no tool lane"
    await pool.close()


@pytest.mark.parametrize("value", [
    [], "7zz-list", ["7zz-list"], ["7zz-list", {"password": ""}], ["7zz-list", [], 0], [1, {}, 0], ["7zz-list", {"password": 1}, 0],
    ["7zz-list", {"password": "a\nb"}, 0], ["7zz-list", {"password": "x" * 200}, 0], ["7zz-list", {"password": "", "more": ""}, 0],
    ["tesseract", {"languages": "../../etc"}, 0], ["tesseract", {"languages": ""}, 0], ["rm", {}, 0],
    ["7zz-list", {"password": ""}, 1000], ["7zz-list", {"password": ""}, -1], ["7zz-list", {"password": ""}, True],
])
def test_questions_are_checked(value: object) -> None:
    with pytest.raises(ProtocolError):
        decode_question(protocol.dumps(value))


def test_a_question_survives() -> None:
    question = Question("tesseract", {"languages": "chi_tra_vert+jpn+eng"})
    assert decode_question(encode_question(question)) == question


def test_programs_are_found_once(tmp_path: Path) -> None:
    absent = Tool(("/nonexistent/x", "nopackage:bin/x"), (), {}, 1, 1)
    assert program(absent) is None
    script = tmp_path / "x"
    script.write_text("")
    script.chmod(0o755)
    assert program(Tool(("/nonexistent/x", str(script)), (), {}, 1, 1)) == str(script)
    assert Programs({"a": str(script), "b": str(script)}).folders() == (tmp_path.resolve(),)


def test_no_tool_may_write_or_ask() -> None:
    for name, tool in tools.TOOLS.items():
        assert all(a.count("{") == a.count("}") for a in tool.arguments), name
        assert set(tool.parameters) == {a.split("{")[1].split("}")[0] for a in tool.arguments if "{" in a}
        assert 0 < tool.output <= 512 << 20


async def test_a_tool_that_is_stopped_leaves_nothing_behind(tooled: Cell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed by the clock: the program goes with its child, and no zombie stays with the zygote."""
    if "tesseract" not in here:
        pytest.skip("no tesseract on this machine; `doctor` says so there")
    slow = dataclasses.replace(tools.TOOLS["tesseract"], seconds=0.02)
    monkeypatch.setitem(tools.TOOLS, "tesseract", slow)
    picture = io.BytesIO()
    Image.effect_noise((1200, 1200), 90).save(picture, "PNG")
    zygote = tooled.zygotes["tool"].process.pid
    inner = Path(f"/proc/{zygote}/task/{zygote}/children").read_text().split()[0]
    for _ in range(3):
        said = await run(tooled, b"tesseract", b"languages=eng", picture.getvalue())
        assert said.startswith("ToolFailed: tesseract: no answer")
    await asyncio.sleep(0.3)
    await run(tooled, b"7zz-list", b"password=", b"")

    def states() -> list[str]:
        with contextlib.suppress(OSError):           # one that ends while we look
            return [Path(f"/proc/{pid}/stat").read_text().rsplit(") ")[1][0]
                    for pid in Path(f"/proc/{inner}/task/{inner}/children").read_text().split()]
        return ["Z"]

    await until(lambda: "Z" not in states() and len(states()) <= 3)


def answered(allowed: Allowance, tool: str, answer: bytes) -> int:
    """Seconds that the tool is asked for, where the parent answers so; 0 where it is not asked."""
    ours, parents = socket.socketpair()
    child = ChildTools(ours)
    child.allowed = allowed
    wire.send(parents, Kind.TOOL_ANSWER, answer)
    with pytest.raises(ToolFailed):
        child.run(tool, b"x", **({"languages": "eng"} if tool == "tesseract" else {"password": ""}))
    try:
        if not select.select([parents], [], [], 0)[0]:
            return 0
        frame = wire.receive(parents, frozenset({Kind.TOOL}), wire.REQUEST_LIMIT)
        os.close(frame.fd)
        return decode_question(frame.payload).seconds
    finally:
        ours.close()
        parents.close()


@pytest.mark.parametrize(("small", "tool", "seconds"), [
    (math.inf, "7zz-extract", 30), (2.5, "7zz-extract", 3), (900.0, "7zz-extract", 30), (2.5, "tesseract", 3), (900.0, "tesseract", 20)])
def test_no_program_has_more_time_than_its_message(small: float, tool: str, seconds: int) -> None:
    assert answered(Allowance(small), tool, tools.encode_answer("no")) == seconds


def test_what_a_program_used_is_taken_from_what_its_message_may() -> None:
    allowed, counted = Allowance(2.5), []
    allowed.recount = lambda: counted.append(allowed.programs)
    assert answered(allowed, "tesseract", tools.encode_answer("no", 1.2)) == 3 and allowed.programs == 1.2 and counted == [1.2]
    assert answered(allowed, "tesseract", tools.encode_answer("no", 9.0)) == 2
    assert answered(allowed, "tesseract", tools.encode_answer("no")) == 0


def test_the_budget_for_reading_is_no_ones_but_pictures() -> None:
    allowed = Allowance(1.5, programs=1.5)
    assert allowed.left() <= 0
    allowed.read = 1
    assert answered(allowed, "tesseract", tools.encode_answer("no", 2.0)) == 12


@pytest.mark.parametrize("answer", [
    b'"ok"', b'["ok"]', b'["ok", "x"]', b'[1, 2]', b'["ok", NaN]', b'["ok", -1]', b'["ok", 1e999]', b'["ok", 1%b]' % (b"0" * 400)])
def test_what_is_no_answer_is_told(answer: bytes) -> None:
    with pytest.raises((ToolFailed, ProtocolError)):
        tools.decode_answer(answer)
