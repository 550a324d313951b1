"""libarchive from memory: one pass over the members of an archive, bounded, without touching a file.

The formats a caller wants are named, never "all": libarchive's guessing would call many a text an mtree archive.
"""

from __future__ import annotations

import locale
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from ctypes import byref, c_char_p, c_int, c_longlong, c_size_t, c_void_p, cast, string_at
from dataclasses import dataclass

from libarchive import ffi
from libarchive.exception import ArchiveError

from gateway.extract.bounded import Budget, Damaged

STORED = frozenset({"tar", "cpio", "ar"})   # members lie there as they are: libarchive counts them late
REGULAR, DIRECTORY, SYMLINK = 0o100000, 0o040000, 0o120000
LONGEST_PATH = 1024                      # octets of a target; systems take 4,096 at most, people write a hundred
BLANKS = 16                              # octets that may fill up a short one

with suppress(locale.Error):
    locale.setlocale(locale.LC_CTYPE, "C.UTF-8")   # libarchive turns UTF-16 names into the locale's charset
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


def members(data: bytes, formats: Sequence[str], budget: Budget, *, filters: Sequence[str] = ("none",),
            password: bytes | None = None, options: bytes = b"", packed: int = 1) -> Iterator[Member]:
    """The members in order, each made of at least `packed` octets: libarchive says late what some methods took (PPMd). Raises
    Damaged where the archive cannot be followed further, LimitReached by the budget."""
    try:
        with _open(data, formats, filters, password, options) as handle:
            entry = ffi.entry_new()
            try:
                yield from _walk(handle, entry, budget, len(data) if STORED.issuperset(formats) and "none" in filters else packed)
            finally:
                ffi.entry_free(entry)
    except ArchiveError as error:
        raise Damaged(_reason(error)) from error


def _walk(handle: int, entry: int, budget: Budget, packed: int) -> Iterator[Member]:
    while True:
        status = ffi.read_next_header2(handle, entry)
        if status == ffi.ARCHIVE_EOF:
            return
        name = ffi.entry_pathname(entry) or _name_utf8(entry) or b""
        kind = ffi.entry_filetype(entry) & 0o170000
        link = ffi.entry_symlink(entry) or ffi.entry_hardlink(entry) or b""
        data, fault, detail = _content(handle, budget, packed)
        hole = 0 if link or fault or kind != REGULAR else ffi.entry_size(entry) - len(data)
        if hole > 0:                                          # a sparse file ends in one
            budget.announced(hole, max(packed, len(data)), data)
        if fault and not data and _encrypted(entry):
            fault = "encrypted"
        elif kind == SYMLINK and not fault and not data and _no_path(link, ffi.entry_size(entry)):
            fault, detail = "damaged", "a link that is no path"
        yield Member(name, data, kind, link, fault, detail)


def _no_path(link: bytes, size: int) -> bool:
    """True for a file whose mode says link: libarchive takes its octets for the target and stops at the first zero. A target in
    another charset has other octets, but not a few of many."""
    return len(link) > LONGEST_PATH or size > 4 * len(link) + BLANKS


def _content(handle: int, budget: Budget, packed: int) -> tuple[bytes, str, str]:
    """(octets, fault, detail) of the entry at hand, made of at least `packed` octets; holes of sparse files are zeros."""
    made = bytearray()
    start = ffi.filter_bytes(handle, -1)
    block, size, offset = c_void_p(), c_size_t(), c_longlong()
    while True:
        fault = detail = ""
        size.value = 0
        try:
            status = ffi.read_data_block(handle, byref(block), byref(size), byref(offset))
            if status == ffi.ARCHIVE_WARN:       # a wrong checksum, told with the last block
                fault, detail = "damaged", "wrong checksum"
        except ArchiveError as error:
            status, detail = error.retcode, _reason(error)
            fault = _fault(detail)
        if status == ffi.ARCHIVE_EOF or (fault and not size.value):
            budget.spend(len(made))
            return bytes(made), fault, detail
        hole = offset.value - len(made)
        if hole > 0:
            budget.announced(len(made) + hole, max(ffi.filter_bytes(handle, -1) - start, packed), made)
            made += bytes(hole)
        made += string_at(block, size.value) if size.value else b""
        budget.check(made, max(ffi.filter_bytes(handle, -1) - start, packed))
        if fault:
            budget.spend(len(made))
            return bytes(made), fault, detail


def _reason(error: ArchiveError) -> str:
    """libarchive's own words, shortened; they name formats and methods, never content."""
    return "".join(c for c in str(error.msg or "unreadable") if c.isascii() and c.isprintable())[:60]


def _fault(reason: str) -> str:
    low = reason.lower()
    if "passphrase" in low or "encrypt" in low or "password" in low:
        return "encrypted"
    return "unsupported" if "unsupported" in low or "not supported" in low or "unknown codec" in low else "damaged"
