"""System call filters (seccomp-bpf, seccomp(2)), compiled once by libseccomp and loaded with prctl.

The cell's filters are allow-lists: what stands in no table is answered EPERM, so that a library which merely looks
for a file goes on without it. FATAL kills the process instead: no parser has an innocent reason to call these.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import tempfile
from collections.abc import Sequence
from functools import cache

import pyseccomp

from gateway.inspection.libc import prctl

_PR_SET_SECCOMP = 22
_MODE_FILTER = 2
_INSTRUCTION = 8                         # octets of one struct sock_filter


class _Program(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))
    octets: ctypes.Array[ctypes.c_char]


FATAL = (
    "execve", "execveat", "ptrace", "process_vm_readv", "process_vm_writev", "socket", "connect", "bind", "listen", "mount",
    "umount2", "pivot_root", "chroot", "setns", "unshare", "bpf", "keyctl", "add_key", "request_key", "perf_event_open",
    "userfaultfd", "io_uring_setup", "init_module", "finit_module", "delete_module", "kexec_load", "open_by_handle_at",
    "name_to_handle_at", "personality", "reboot", "swapon", "setuid", "setgid", "setresuid", "setresgid", "setgroups", "capset",
)

CHILD = (
    # memory
    "brk", "mmap", "munmap", "mremap", "mprotect", "madvise", "membarrier", "futex", "futex_waitv",
    # its connection and the descriptors it was given
    "read", "readv", "pread64", "preadv", "write", "writev", "pwrite64", "lseek", "close", "close_range", "fstat", "fcntl",
    "dup", "dup2", "dup3", "sendmsg", "recvmsg", "sendto", "recvfrom", "poll", "ppoll", "select", "pselect6", "shutdown",
    # itself
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "restart_syscall", "exit", "exit_group", "getpid", "gettid",
    "getuid", "geteuid", "getgid", "getegid", "getrusage", "rseq", "set_robust_list", "set_tid_address", "arch_prctl", "getcpu",
    "sched_yield", "sched_getaffinity", "sysinfo", "uname",
    # time and chance
    "clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep", "gettimeofday", "times", "setitimer", "getrandom",
)

ZYGOTE = (
    "fork", "vfork", "wait4", "waitid", "accept4", "accept", "getsockopt", "setsockopt", "getsockname", "socketpair", "pidfd_open",
    "pidfd_send_signal", "epoll_wait", "epoll_pwait", "epoll_ctl", "epoll_create1", "prctl", "pipe2", "getppid", "memfd_create",
    "ftruncate", "ioctl", "seccomp",
)
"""What the zygote needs beside CHILD: forking (see `zygote_filter`), its socket, and an eye on its children."""

DEEP = ("memfd_create", "ftruncate")
"""What a deep child needs beside CHILD: it hands octets to an external tool in a memfd."""

TOOL_FATAL = tuple(c for c in FATAL if c not in ("execve", "execveat"))

_AT_EMPTY_PATH = 0x1000                  # fstat(3) is newfstatat(fd, "", AT_EMPTY_PATH) in glibc since 2.33
_SIGNAL_MASK = 0xFF                      # of clone(2)'s flags: the exit signal
_FORK_FLAGS = 0x01200000                 # CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID: what fork(3) asks of clone(2)


def child_filter(deep: bool) -> bytes:
    """For a forked child: no files, no sockets, no processes. prlimit on itself alone."""
    calls = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.EPERM))
    _add(calls, pyseccomp.ALLOW, CHILD + (DEEP if deep else ()))
    _add_conditional(calls)
    _finish(calls, FATAL)
    return _compile(calls)


def zygote_filter() -> bytes:
    """For a zygote: what a child may, and forking, but no threads, no new namespaces, no program."""
    calls = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.EPERM))
    _add(calls, pyseccomp.ALLOW, tuple(dict.fromkeys(CHILD + ZYGOTE)))
    _add_conditional(calls)
    calls.add_rule(pyseccomp.ALLOW, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, ~(_SIGNAL_MASK | _FORK_FLAGS) & (2**64 - 1), 0))
    _finish(calls, FATAL)
    return _compile(calls)


def tool_filter() -> bytes:
    """For the tool lane: programs of /usr may start, so this one is a list of what is forbidden."""
    calls = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    _add(calls, pyseccomp.ERRNO(errno.EPERM), TOOL_FATAL)
    return _compile(calls)


def load(program: bytes) -> None:
    """Puts a compiled filter on this process, for good. Needs no_new_privs. Raises OSError."""
    prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.addressof(described(program)))


@cache
def described(program: bytes) -> _Program:
    """As the kernel wants it. Asked for before a fork it is no work for the child."""
    octets = ctypes.create_string_buffer(program, len(program))
    wanted = _Program(len(program) // _INSTRUCTION, ctypes.addressof(octets))
    wanted.octets = octets               # lives as long as what points to it
    return wanted


def _add_conditional(calls: pyseccomp.SyscallFilter) -> None:
    """Limits of itself alone; the state of descriptors, not of paths."""
    calls.add_rule(pyseccomp.ALLOW, "prlimit64", pyseccomp.Arg(0, pyseccomp.EQ, 0))
    with contextlib.suppress(OSError):
        calls.add_rule(pyseccomp.ALLOW, "newfstatat", pyseccomp.Arg(3, pyseccomp.MASKED_EQ, _AT_EMPTY_PATH, _AT_EMPTY_PATH))


def _finish(calls: pyseccomp.SyscallFilter, fatal: Sequence[str]) -> None:
    # glibc tries clone3 first, whose flags a filter cannot see, and takes clone when told there is no such call.
    _add(calls, pyseccomp.ERRNO(errno.ENOSYS), ("clone3",))
    _add(calls, pyseccomp.KILL_PROCESS, fatal)


def _add(calls: pyseccomp.SyscallFilter, action: int, names: Sequence[str]) -> None:
    for name in names:
        try:
            calls.add_rule(action, name)
        except OSError:
            # libseccomp does not know the call on this architecture or is older than it: the default action holds.
            continue


def _compile(calls: pyseccomp.SyscallFilter) -> bytes:
    with tempfile.TemporaryFile() as file:
        calls.export_bpf(file)
        return os.pread(file.fileno(), os.fstat(file.fileno()).st_size, 0)
