"""Landlock by its three system calls (Linux 5.13; landlock(7)): which files a process and its children may still reach.

The numbers are the same on every architecture. What an older kernel does not know is left out, and said so.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_VERSION = 1                             # flag of landlock_create_ruleset: which ABI is there
_PATH_BENEATH = 1

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
READ_AND_EXECUTE = EXECUTE | READ_FILE | READ_DIR

_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""ABI -> number of file rights it knows: 1 has 13, 2 adds refer, 3 truncate, 5 ioctl on devices."""

_NET_RIGHTS = 0b11                       # bind and connect TCP, ABI 4
_SCOPES = 0b11                           # abstract Unix sockets and signals to outside, ABI 6

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Grant:
    """What stays allowed beneath a path."""

    path: Path
    rights: int = READ_AND_EXECUTE


def abi() -> int:
    """The kernel's Landlock ABI; 0 where there is none."""
    return max(0, _libc.syscall(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION)))


def restrict(grants: Iterable[Grant] = ()) -> str:
    """Denies all file access but `grants`, TCP, and signals and abstract sockets to outside. Needs no_new_privs.

    Returns what it holds, for `doctor`. Raises OSError where the kernel refuses.
    """
    version = abi()
    if version == 0:
        raise OSError("the kernel has no Landlock, or a filter around us forbids it")
    rights = (1 << _FILE_RIGHTS.get(version, 16)) - 1
    fields = [rights, _NET_RIGHTS if version >= 4 else 0, _SCOPES if version >= 6 else 0]
    length = 8 if version < 4 else 16 if version < 6 else 24
    ruleset = _call(_CREATE, struct.pack("=QQQ", *fields), ctypes.c_size_t(length), ctypes.c_uint32(0))
    try:
        for grant in grants:
            _allow(ruleset, grant, rights)
        _call(_RESTRICT, ctypes.c_int(ruleset), ctypes.c_uint32(0))
    finally:
        os.close(ruleset)
    return f"ABI {version}"


def _allow(ruleset: int, grant: Grant, rights: int) -> None:
    try:
        parent = os.open(grant.path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        allowed = grant.rights & rights
        if not grant.path.is_dir():
            allowed &= ~READ_DIR
        rule = struct.pack("=Qi", allowed, parent)
        _call(_ADD, ctypes.c_int(ruleset), ctypes.c_int(_PATH_BENEATH), rule, ctypes.c_uint32(0))
    finally:
        os.close(parent)


def _call(number: int, *arguments: object) -> int:
    result = _libc.syscall(number, *arguments)
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return int(result)
