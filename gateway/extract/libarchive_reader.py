"""libarchive from memory: one pass over the members of an archive, bounded, without touching a file.

The formats a caller wants are named, never "all": libarchive's guessing would call many a text an mtree archive.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ctypes import Array, c_char, c_char_p, c_int, c_void_p, cast, create_string_buffer
from dataclasses import dataclass

from libarchive import ffi
from libarchive.exception import ArchiveError

from gateway.extract.bounded import Budget, Damaged

PIECE = 1 << 16                          # octets asked of libarchive at a time
REGULAR, DIRECTORY, SYMLINK = 0o100000, 0o040000, 0o120000

ffi.logger.disabled = True              # its warnings repeat member names
_library = ffi.libarchive
_encrypted = _library.archive_entry_is_encrypted
_encrypted.argtypes, _encrypted.restype = [c_void_p], c_int
_name_utf8 = _library.archive_entry_pathname_utf8
_name_utf8.argtypes, _name_utf8.restype = [c_void_p], c_char_p
_set_options = _library.archive_read_set_options
_set_options.argtypes, _set_options.restype = [c_void_p, c_char_p], c_int
_error_text = _library.archive_error_string
_error_text.argtypes, _error_text.restype = [c_void_p], c_char_p


@dataclass(frozen=True, slots=True)
class Member:
    """One entry. `fault` says why its data are missing or cut: "" | "encrypted" | "damaged" | "unsupported"."""

    name: bytes
    data: bytes
    kind: int = REGULAR                  # file type bits of st_mode
    link: bytes = b""
    fault: str = ""
    detail: str = ""


@contextmanager
def _open(data: bytes, formats: Sequence[str], filters: Sequence[str], password: bytes | None,
          options: bytes) -> Iterator[int]:
    handle = ffi.read_new()
    try:
        if password:
            ffi.read_add_passphrase(handle, password)
        for name in filters:
            ffi.get_read_filter_function(name)(handle)
        for name in formats:
            ffi.get_read_format_function(name)(handle)
        if options:
            _set_options(handle, options)
        ffi.read_open_memory(handle, cast(c_char_p(data), c_void_p), len(data))
        yield handle
    finally:
        ffi.read_free(handle)


def members(data: bytes, formats: Sequence[str], budget: Budget, *, filters: Sequence[str] = ("none",), password: bytes | None = None,
            options: bytes = b"") -> Iterator[Member]:
    """The members in order. Raises Damaged where the archive cannot be followed further, LimitReached by the budget."""
    try:
        with _open(data, formats, filters, password, options) as handle:
            entry = ffi.entry_new()
            try:
                yield from _walk(handle, entry, budget)
            finally:
                ffi.entry_free(entry)
    except ArchiveError as error:
        raise Damaged(_reason(error)) from error


def _walk(handle: int, entry: int, budget: Budget) -> Iterator[Member]:
    buffer = create_string_buffer(PIECE)
    while True:
        status = ffi.read_next_header2(handle, entry)
        if status == ffi.ARCHIVE_EOF:
            return
        name = ffi.entry_pathname(entry) or _name_utf8(entry) or b""
        kind = ffi.entry_filetype(entry) & 0o170000
        link = ffi.entry_symlink(entry) or ffi.entry_hardlink(entry) or b""
        data, fault, detail = _content(handle, buffer, budget)
        if fault and _encrypted(entry):
            data, fault = b"", "encrypted"
        yield Member(name, data, kind, link, fault, detail)


def _content(handle: int, buffer: Array[c_char], budget: Budget) -> tuple[bytes, str, str]:
    made = bytearray()
    start = ffi.filter_bytes(handle, -1)
    while True:
        try:
            got = ffi.read_data(handle, buffer, PIECE)
        except ArchiveError as error:
            budget.spend(len(made))
            reason = _reason(error)
            return bytes(made), _fault(reason), reason
        if got == 0:
            budget.spend(len(made))
            return bytes(made), "", ""
        made += buffer.raw[:got] if got < PIECE else buffer.raw
        budget.check(made, max(ffi.filter_bytes(handle, -1) - start, 1))


def _reason(error: ArchiveError) -> str:
    """libarchive's own words, shortened; they name formats and methods, never content."""
    return "".join(c for c in str(error.msg or "unreadable") if c.isascii() and c.isprintable())[:60]


def _fault(reason: str) -> str:
    low = reason.lower()
    if "passphrase" in low or "encrypt" in low or "password" in low:
        return "encrypted"
    return "unsupported" if "unsupported" in low or "not supported" in low or "unknown codec" in low else "damaged"
