"""A judge for tests of the cell: the message says what shall go wrong. Loaded by zygotes through `python_path`."""

from __future__ import annotations

import ctypes
import os
import resource
import socket
import time

from gateway.extract.base import NeedsDeepLane
from gateway.inspection import child
from gateway.model.artifact import Artifact, ArtifactKind, ArtifactTree
from gateway.model.errors import ConfigError
from gateway.model.finding import Finding, Incident, IncidentCode, Inspection, Severity, Summary

LIBC = ctypes.CDLL(None, use_errno=True)
HELD: list[bytearray] = []


def _try(action):
    """What became of a forbidden act: evidence says it."""
    try:
        return f"done: {action()!r}"
    except BaseException as error:
        return f"refused: {type(error).__name__} {getattr(error, 'errno', '')}"


def _syscall(number, *arguments):
    ctypes.set_errno(0)
    if LIBC.syscall(number, *arguments) < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return "allowed"


def _fork():
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    return pid


def _thread():
    import _thread
    return _thread.start_new_thread(lambda: None, ())


def _layers():
    return {
        "user": os.geteuid(),
        "nprocs": resource.getrlimit(resource.RLIMIT_NPROC),
        "core": resource.getrlimit(resource.RLIMIT_CORE),
        "files": resource.getrlimit(resource.RLIMIT_NOFILE)[1],
        "no-new-privs": LIBC.prctl(39, 0, 0, 0, 0),
        "seccomp": LIBC.prctl(21, 0, 0, 0, 0),
        "pid": os.getpid(),
    }


ACTS = {
    b"open key": lambda: open("/etc/shadow"),
    b"open source": lambda: open(__file__),
    b"open write": lambda: open("/tmp/escaped", "w"),
    b"list": lambda: os.listdir("/"),
    b"environ": lambda: open("/proc/self/environ"),
    b"fork": _fork,
    b"thread": _thread,
    b"kill parent": lambda: os.kill(os.getppid() or 1, 9),
    b"kill everyone": lambda: os.kill(-1, 9),
    b"write message": lambda: os.pwrite(MESSAGE, b"x", 0),
    b"late import": lambda: __import__("ftplib"),
    b"unlimit": lambda: resource.setrlimit(resource.RLIMIT_DATA, (resource.RLIM_INFINITY,) * 2),
    b"clone3": lambda: _syscall(435, 0, 0),
    b"landlock": lambda: _syscall(444, None, 0, 1),
}
FATAL = {
    b"socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
    b"ptrace": lambda: _syscall(101, 0, 0, 0, 0),
    b"exec": lambda: os.execve("/bin/true", ["true"], {}),
    b"mount": lambda: _syscall(165, b"none", b"/", b"tmpfs", 0, 0),
    b"unshare": lambda: LIBC.unshare(0x10000000),
    b"setuid": lambda: _syscall(105, 0),
}
MESSAGE = -1


def _allocate(data):
    while True:
        HELD.append(bytearray(8 << 20))
        HELD[-1][::4096] = b"x" * len(HELD[-1][::4096])


def _flood(data):
    fd = _connection()
    while True:
        os.write(fd, b"\x0b" + b"\xff" * 65536)


def _spin(data):
    while True:
        pass


def _regex(data):
    import re
    re.match(r"(a+)+$", "a" * 60 + "b")


CRIMES = {
    b"hang": _spin,
    b"hang in C": _regex,
    b"sleep": lambda data: time.sleep(600),
    b"nap": lambda data: time.sleep(0.4),
    b"segfault": lambda data: ctypes.string_at(1),
    b"abort": lambda data: os.abort(),
    b"allocate": _allocate,
    b"flood": _flood,
    b"recurse": lambda data: _recurse(0),
    b"raise": lambda data: {}["secret customer data"],
    b"exit": lambda data: os._exit(0),
    b"garbage": lambda data: os.write(_connection(), b"\x0b\x04\x00\x00\x00{\"a\""),
    b"huge header": lambda data: os.write(_connection(), b"\x0b\xff\xff\xff\xff"),
    b"half": lambda data: (os.write(_connection(), b"\x0b\x10\x00\x00\x00{"), os._exit(0)),
    b"wrong kind": lambda data: os.write(_connection(), b"\x63\x00\x00\x00\x00"),
}


def _recurse(n):
    return _recurse(n + 1)


def _connection():
    """The child's connection: the only socket it has."""
    for fd in range(3, 64):
        try:
            if os.fstat(fd).st_mode & 0o170000 == 0o140000:
                return fd
        except OSError:
            continue
    raise AssertionError


class Judge:
    signature_version = "fake-1"

    def __init__(self, lane, resources):
        self.lane = lane
        self.resources = resources
        self.seen = 0

    def inspect(self, data, request, tools):
        self.seen += 1
        word, _, argument = data.partition(b":")
        if word in CRIMES:
            CRIMES[word](data)
        if data.endswith(b"poison"):
            ctypes.string_at(1)
        if word == b"deep" and self.lane == "plain":
            raise NeedsDeepLane("application/zip")
        return _inspection(data, self._evidence(word, argument, tools), word == b"incident")

    def _evidence(self, word, argument, tools):
        if word == b"act":
            return _try(ACTS[argument])
        if word == b"fatal":
            return _try(FATAL[argument])
        if word == b"layers":
            return repr(_layers())
        if word == b"fds":
            return repr([fd for fd in range(64) if _open(fd)])
        if word == b"resource":
            return os.pread(self.resources["index"], 100, 0).decode()
        if word == b"write message":
            return _try(lambda: [os.pwrite(fd, b"x", 0) for fd in range(3, 32) if _open(fd)])
        if argument.startswith(b"tool"):
            _, name, parameter, content = argument.split(b"|", 3)
            key, _, value = parameter.partition(b"=")
            try:
                return tools.run(name.decode(), content, **{key.decode(): value.decode()}).decode()
            except Exception as error:
                return f"{type(error).__name__}: {error}"
        return f"{self.lane} {os.getpid()} {self.seen}"

    def preview(self, data, request):
        if data.startswith(b"segfault"):
            ctypes.string_at(1)
        return {"headers": [("Subject", "x")], "texts": [("message", "body", data.decode("latin-1"))], "macros": [],
                "artifacts": [("message", "message", "message/rfc822", str(len(data)))]}


def _open(fd):
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True


def _inspection(data, evidence, incident):
    root = Artifact(0, None, ArtifactKind.MESSAGE, size=len(data))
    return Inspection(
        ArtifactTree((root,)), findings=(Finding("TEST-EVIDENCE", "data", Severity.LOW, 0, (evidence[:500],)),),
        incidents=(Incident(IncidentCode.MALFORMED, 0),) if incident else (), cpu_ms=child.cpu_seconds() * 1000,
        summary=Summary(subject=repr(data.decode("latin-1")), body_sha256="0" * 64) if data.startswith(b"Subject") else Summary(),
        signature_version="fake-1")


def prepare(lane):
    """Nothing to load ahead."""


def build(lane, resources, material):
    if material.get('own_numbers') == ['broken']:
        raise ConfigError('no such rule', 'x.yar:3')
    return Judge(lane, dict(resources))
