"""Compiled code that no program header tells: object files, code of interpreters, programs of firmware and of old systems."""

from __future__ import annotations

import struct

from gateway.extract.looks import text_like

BEGINS = (
    b"Joy!peff",                         # classic Mac OS (PEF)
    b"\xc6\x1f\xbc\x03\xc1\x03\x19\x1f",    # Hermes (React Native)
    bytes.fromhex("a3484bbe986c4aa9994c530a86d6487d"),   # AutoIt
    b"PANDA\0\0\0",                        # Ark (HarmonyOS)
    b"Cr24\x02\0\0\0", b"Cr24\x03\0\0\0",  # browser extensions
    b"\xde\xc0\x17\x0b",                  # LLVM bitcode in its wrapper
    b"RITE0",                            # mruby
)
ERLANG = b"BEAM"                         # in an IFF file
BUNDLE, FILES = b"\4\0\0\0", b'{"files":'    # code of an Electron program (asar): lengths, then a list of files as JSON
PYTHON = frozenset(b"\x0b\x0c\x0d\x0e\xf2\xf3")          # second octet of the version that CR LF follows
PACKETS = b"\n\r\r\n"
"""A capture of network packets (pcapng, section header block)."""
MACHINES = frozenset((0x014C, 0x01C0, 0x01C2, 0x0200, 0x8664, 0xAA64, 0x5032, 0x5064, 0x6264))
WINDOWS = (b"\x4c\1", b"\x64\x86", b"\x64\xaa", b"\xc4\1")
"""x86, x64, ARM64 and ARM (PE format, 3.3.1)."""
FAR = 4096
FIRMWARE = range(10, 14)
"""Subsystems of UEFI: application, two kinds of driver, ROM (PE specification, Windows subsystem)."""


def compiled(head: bytes) -> bool:
    """True where nothing but compiled code begins so."""
    if head.startswith(BEGINS) or head[8:12] == ERLANG or (head[:4] == BUNDLE and head[16:25] == FILES):
        return True
    old_unix = head[1:4] == b"\x01\x64\0" and head[:1] in (b"\x07", b"\x08", b"\x0b", b"\xcc")
    return old_unix or _python(head) or _object(head) or _firmware(head)


def beheaded(data: bytes) -> bool:
    """A program of Windows whose first two octets are others: loaders put them back, or need none (ATT&CK T1027)."""
    at = struct.unpack_from("<I", data, 60)[0] if len(data) >= 256 else 0
    return (64 <= at < FAR and data[at:at + 4] == b"PE\0\0" and data[at + 4:at + 6] in WINDOWS
            and data[at + 24:at + 26] in (b"\x0b\1", b"\x0b\2"))


def _python(head: bytes) -> bool:
    if head[:4] == PACKETS:
        return False
    return head[2:4] == b"\r\n" and len(head) > 16 and head[1] in PYTHON and not text_like(head[:64])


def _object(head: bytes) -> bool:
    """COFF: machine, a few sections, no optional header, the first section's name."""
    if head[:2] in (b"\x4c\x01", b"\x64\x86", b"\x64\xaa") and head[16:18] == b"\0\0" and 0 < head[2] < 97 and head[3] == 0:
        return head[20:21] in (b".", b"/")
    return False


def _firmware(head: bytes) -> bool:
    """Terse executable (UEFI Platform Initialization, volume 1, section 15.2)."""
    if head[:2] != b"VZ" or len(head) < 40:
        return False
    machine, sections, subsystem = struct.unpack_from("<HBB", head, 2)
    return machine in MACHINES and 0 < sections < 97 and subsystem in FIRMWARE
