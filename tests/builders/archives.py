"""Archives made on the spot: a ZIP writer that can lie in every field, and 7-Zip's command for what Python cannot write."""

from __future__ import annotations

import struct
import subprocess
import zlib
from dataclasses import dataclass
from pathlib import Path

from gateway.extract.base import Child, Context, Extractor, Node, Problem, Yield
from gateway.extract.identify import identify
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Observation
from gateway.model.deadline import Limits


@dataclass
class Member:
    """One ZIP entry; `local_*` and `central_*` override what that header says."""

    name: bytes
    data: bytes = b""
    method: int = 8
    flags: int = 0
    local_name: bytes | None = None
    local_method: int | None = None
    local_size: int | None = None
    central_crc: int | None = None
    central_size: int | None = None
    descriptor: bool = False
    extra: bytes = b""
    gap: bytes = b""                     # octets before the local header
    attributes: int = 0


def deflate(data: bytes) -> bytes:
    machine = zlib.compressobj(9, zlib.DEFLATED, -15)
    return machine.compress(data) + machine.flush()


def make_zip(*members: Member, before: bytes = b"", after: bytes = b"", comment: bytes = b"", count: int | None = None,
             shift: bool = True) -> bytes:
    out = bytearray(before)
    base = len(before) if shift else 0
    central = bytearray()
    for m in members:
        out += m.gap
        at = len(out) - base
        packed = deflate(m.data) if m.method == 8 else m.data
        crc = zlib.crc32(m.data)
        flags = m.flags | (8 if m.descriptor else 0)
        sizes = (0, 0, 0) if m.descriptor else (crc, len(packed), m.local_size if m.local_size is not None else len(m.data))
        local_name = m.local_name if m.local_name is not None else m.name
        out += struct.pack("<4s5H3L2H", b"PK\3\4", 20, flags, m.method if m.local_method is None else m.local_method, 0, 0x21, *sizes,
                           len(local_name), len(m.extra)) + local_name + m.extra + packed
        if m.descriptor:
            out += struct.pack("<4s3L", b"PK\7\x08", crc, len(packed), len(m.data))
        central += struct.pack("<4s6H3L5H2L", b"PK\1\2", 0x0314, 20, flags, m.method, 0, 0x21, m.central_crc if m.central_crc is not None else crc,
                               len(packed), m.central_size if m.central_size is not None else len(m.data), len(m.name), len(m.extra), 0, 0, 0,
                               m.attributes, at) + m.name + m.extra
    start = len(out) - base
    out += central
    number = len(members) if count is None else count
    out += struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, number, number, len(central), start, len(comment)) + comment
    return bytes(out) + after


def pieces(data: bytes, count: int) -> list[bytes]:
    """As many pieces of (nearly) the same length."""
    size = -(-len(data) // count)
    return [data[at * size:(at + 1) * size] for at in range(count)]


def spanned_zip(files: dict[str, bytes], count: int, early: int = 0) -> list[bytes]:
    """Volumes of stored members, the directory in a last one by itself, but so many octets that stand before; each entry by its
    volume and its place in that."""
    whole, places = b"PK\7\x08", []
    for name, data in files.items():
        places.append(len(whole))
        whole += struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 0, 0, 0x21, zlib.crc32(data), len(data), len(data), len(name), 0)
        whole += name.encode() + data
    size = -(-len(whole) // (count - 1))
    central = b""
    for at, (name, data) in zip(places, files.items(), strict=True):
        central += struct.pack("<4s6H3L5H2L", b"PK\1\2", 0x0314, 20, 0, 0, 0, 0x21, zlib.crc32(data), len(data), len(data), len(name),
                               0, 0, at // size, 0, 0, at % size) + name.encode()
    number = len(files)
    volumes = pieces(whole, count - 1)
    start = (count - 2, len(volumes[-1])) if early else (count - 1, 0)
    end = struct.pack("<4s4H2LH", b"PK\5\6", count - 1, start[0], number, number, len(central), start[1], 0)
    return [*volumes[:-1], volumes[-1] + central[:early], central[early:] + end]


def seven_zip(folder: Path, files: dict[str, bytes], kind: str, *options: str) -> bytes:
    """An archive made by 7zz from files of these names."""
    source = folder / "in"
    for name, data in files.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes(data)
    target = folder / f"out.{kind}"
    target.unlink(missing_ok=True)
    subprocess.run(["7zz", "a", f"-t{kind}", *options, str(target), *files], cwd=source, check=True, stdout=subprocess.DEVNULL)
    return target.read_bytes()


def take_apart(extractor: Extractor, data: bytes, *names: str, kind: str = "", passwords: tuple[str, ...] = (),
               limits: Limits | None = None, anomalies: tuple[str, ...] = ()) -> list[Yield]:
    """What an extractor yields for a blob, as if it were a mail's only part."""
    artifact = Artifact(0, None, ArtifactKind.PART, names, size=len(data), anomalies=anomalies)
    node = Node(artifact, data, kind or identify(data, names))
    assert extractor.claims(node), node.type
    return list(extractor.extract(node, Context(limits or Limits(), passwords=list(passwords))))


def content(found: list[Yield]) -> dict[str, bytes]:
    return {c.names[0] if c.names else c.label: c.data for c in found if isinstance(c, Child)}


def codes(found: list[Yield]) -> set[str]:
    """Codes of all observations and problems, those about children too."""
    own = {o.code for o in found if isinstance(o, Observation)} | {p.code.value for p in found if isinstance(p, Problem)}
    return own | {o.code for c in found if isinstance(c, Child) for o in c.observations}
