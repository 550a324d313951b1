"""The few calls of the C library that Python 3.11 does not offer, each raising OSError."""

from __future__ import annotations

import ctypes
import os

_libc = ctypes.CDLL(None, use_errno=True)
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REC, MS_PRIVATE = 1, 2, 4, 8, 0x4000, 0x40000
MNT_DETACH = 2
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38

_CAPABILITY_VERSION_3 = 0x20080522


def _checked(result: int) -> int:
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return result


def prctl(option: int, *arguments: int) -> int:
    padded = (*arguments, 0, 0, 0, 0)[:4]
    return _checked(_libc.prctl(option, *(ctypes.c_ulong(a) for a in padded)))


def unshare(flags: int) -> None:
    _checked(_libc.unshare(ctypes.c_int(flags)))


def mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    _checked(_libc.mount(source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), data.encode()))


def detach(target: str) -> None:
    _checked(_libc.umount2(target.encode(), ctypes.c_int(MNT_DETACH)))


def pivot_root(new: str, old: str) -> None:
    number = _PIVOT_ROOT.get(os.uname().machine)
    if number is None:
        raise OSError("pivot_root is not known on this architecture")
    _checked(_libc.syscall(number, new.encode(), old.encode()))


def drop_capabilities() -> None:
    """Gives up every capability of this process (capset(2))."""
    head = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    none = (ctypes.c_uint32 * 6)()
    _checked(_libc.capset(ctypes.byref(head), ctypes.byref(none)))


MADV_COLLAPSE = 25                       # since Linux 6.1


def madvise(address: int, length: int, advice: int) -> None:
    _checked(_libc.madvise(ctypes.c_void_p(address), ctypes.c_size_t(length), ctypes.c_int(advice)))


class _Mallinfo(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in (
        "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost")]


class Heap:
    """The heap of the C library as it is. Raises AttributeError where it is not glibc's, 2.33 or newer (mallinfo2(3))."""

    def __init__(self) -> None:
        self.malloc, self.free, sbrk, info = _libc.malloc, _libc.free, _libc.sbrk, _libc.mallinfo2
        self.malloc.argtypes, self.malloc.restype = (ctypes.c_size_t,), ctypes.c_size_t
        self.free.argtypes = (ctypes.c_size_t,)
        sbrk.argtypes, sbrk.restype = (ctypes.c_ssize_t,), ctypes.c_size_t
        info.restype = _Mallinfo
        self.top_size = int(info().keepcost)
        self.top: int = sbrk(0) - self.top_size
