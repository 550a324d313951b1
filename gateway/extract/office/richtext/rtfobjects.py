"""Embedded objects of RTF: hex digits, however hidden, or octets; and files among the digits of pictures and data."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.extract.base import Child, Yield
from gateway.extract.bounded import counted
from gateway.extract.office import objects, targets
from gateway.extract.office.binary import blips
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation

HEX = re.compile(rb"[^0-9A-Fa-f]+")
HEXED = {"pict": (), "datastore": (b"\xd0\xcf\x11\xe0",), "themedata": (b"PK\x03\x04",), "fontemb": (), "blipuid": (),
         "datafield": ()}
"""Destinations of hex digits beside objects, and how their content begins where a word processor wrote it."""
Octets = bytes | bytearray
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"BM", b"\xd7\xcd\xc6\x9a")
BITMAP, METAFILE = b"\x28\0\0\0", b"\x01\0\x09\0"
PLACEABLE = b"\xd7\xcd\xc6\x9a" + bytes(18)
"""The head of a metafile in a file ([MS-WMF] 2.3.2.3)."""
FILES = (b"MZ", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x7fELF", b"{\\rt", b"Rar!", b"MSCF", b"7z\xbc\xaf",
         b"L\0\0\0\x01\x14\x02\0", b"%PDF")
DRAWN = re.compile(rb"\\sn\s{1,4}(?:pib(?:Print)?Name|(?:line)?[fF]illBlipName)\s{0,4}\}\s{0,8}\{\\sv\s{1,4}([^{}]{3,1000})\}|"
                   rb"\\hl(?:src|loc)\s{1,4}([^{}]{3,1000})\}")
FRAGMENTS = re.compile(b"pFragments")
PROPERTY = re.compile(rb"(?<!\\)\\sn(?![a-z])")
NAMED_WITHIN = 300                       # octets between a property's mark and its name, whatever stands between them
ESCAPE = re.compile(rb"\\(?:'([0-9a-fA-F]{2})|([\\{}]))")
VALUE = re.compile(rb"\\sv(?=[\s{}\\])")
MOST_VALUE = 600                         # octets of a property
ADDRESS = re.compile(rb"\\\\|\\'5c|\\u92|file:|smb:|\\'66", re.I)
BRACE = re.compile(rb"\\[\s\S]|[{}]")
WRITTEN = re.compile(rb"\\'([0-9a-fA-F]{2})|\\u(\d{1,5})[? ]?|\\([\\{}])|\\[a-zA-Z]{1,32}-?\d{0,10} ?|\\\*|[{}\r\n]")
MOST_DRAWN = 300_000                     # linked pictures of drawings in one file, and properties: thousands of shapes have as many

CHARACTERS = 64                          # of the text of a number (dfrxst): more overflow the reader (CVE-2016-7193)
LEVELS = 9                               # of a list (RTF 1.9.1, list tables): more overflow the reader (CVE-2014-1761)
OVERRIDDEN = re.compile(rb"\\listoverridecount\s{0,9}0{0,20}(\d{1,9})")
OVERRIDE = re.compile(rb"\\listoverride(?![a-z])")


def odd(data: bytes) -> Iterator[Observation]:
    """What no word processor writes, and overflows one that believes it."""
    if any(PROPERTY.search(data, max(0, found.start() - NAMED_WITHIN), found.start()) for found in FRAGMENTS.finditer(data)):
        yield Observation("RTF-OBJECT-ODD", "drawing property pFragments")      # CVE-2010-3333
    if b"listoverridecount" in data and (
            any(int(found[1]) > LEVELS for found in OVERRIDDEN.finditer(data))
            or any(part.count(b"\\lfolevel") > LEVELS for part in OVERRIDE.split(data))):
        yield Observation("RTF-OBJECT-ODD", f"a list with more than {LEVELS} levels")
    if data.count(b"\\dfrxst") > CHARACTERS:
        yield Observation("RTF-OBJECT-ODD", f"a number with more than {CHARACTERS} characters")


def hidden(kind: str, direct: Octets, binary: Octets) -> Iterator[Yield]:
    """A file among the digits of a picture or of a word processor's own data: droppers unpack it from there."""
    own = HEXED[kind]
    head = HEX.sub(b"", bytes(direct[:64]))
    for start in (bytes(binary[:16]), bytes.fromhex(head[:len(head) // 2 * 2].decode("ascii"))):
        if start.startswith(FILES) and not (own and start.startswith(own)):
            digits = HEX.sub(b"", bytes(direct))
            made = bytes(binary) if binary else bytes.fromhex(digits[:len(digits) // 2 * 2].decode("ascii"))
            yield Child(made, ArtifactKind.OBJECT, ("embedded object",))
            return


def picture(direct: Octets, binary: Octets) -> Iterator[Child]:
    """A picture as a file of its own: bitmaps and metafiles stand here without the head that files have."""
    digits = HEX.sub(b"", bytes(direct))
    made = bytes(binary) if binary else bytes.fromhex(digits[:len(digits) // 2 * 2].decode("ascii"))
    if made.startswith(BITMAP):
        made = blips.as_file(made)
    elif made.startswith(METAFILE):
        made = PLACEABLE + made
    if made.startswith(PICTURES) or made[40:44] == b" EMF":
        yield Child(made, ArtifactKind.IMAGE, label="picture")


def embedded(direct: Octets, nested: Octets, binary: Octets) -> Iterator[Yield]:
    """One object: hex digits of the group, with or without inner groups, at either nibble, or binary."""
    readings: list[bytes] = [bytes(binary)] if binary else []
    digits = HEX.sub(b"", bytes(direct))
    both = HEX.sub(b"", bytes(direct) + bytes(nested))
    for run in dict.fromkeys((digits, both)):
        readings += [bytes.fromhex(run[shift:][:(len(run) - shift) // 2 * 2].decode("ascii")) for shift in (0, 1)
                     if len(run) > shift + 1]
    if binary and digits:
        readings.insert(1, readings[1] + bytes(binary))       # digits go on as octets
    best = next((r for r in readings if _sensible(r)), None)
    if best is None:
        if any(readings):
            yield Observation("RTF-OBJECT-ODD", f"{len(max(readings, key=len))} octets")
            yield from _content(max(readings, key=len))
        return
    made = objects.ole1(best)
    if made is None:
        yield Observation("RTF-OBJECT-ODD", "no object header")
        yield from _content(best)
        return
    named = objects.by_name(made.class_name)
    yield named or Observation("RTF-OBJECT", made.class_name[:80])
    if made.linked:
        judged = targets.judge("oleObject", made.topic)
        if judged is not None:
            yield judged
    child = objects.native(made.data) if named is not None and named.code == "OLE-PACKAGE" else None
    if child is not None:
        yield Observation("OLE-PACKAGE", child.names[0] if child.names else "")
        yield child
    else:
        yield from _content(made.data)


def drawn(data: bytes) -> Iterator[Observation]:
    """What drawings fetch and where they lead: linked pictures are properties of a shape, its link has a group of its own."""
    seen: set[str] = set()
    for found in counted(DRAWN.finditer(data), MOST_DRAWN, "linked pictures"):
        target = ESCAPE.sub(lambda m: bytes([int(m[1], 16)]) if m[1] else m[2], found[1] or found[2]).decode("latin-1").strip()
        judged = targets.judge("image" if found[1] else "hyperlink", target) if target not in seen else None
        seen.add(target)
        if judged is not None and judged.code not in ("DOC-LINK", "DOC-EXTERNAL-MEDIA"):
            yield judged


def valued(data: bytes) -> Iterator[Observation]:
    """Shares of the world that a drawing's property names, by whatever property and however it is written."""
    seen: set[str] = set()
    for found in counted(VALUE.finditer(data), MOST_DRAWN, "properties of drawings"):
        piece = _value(data, found.end())
        if ADDRESS.search(piece) is None:
            continue
        text = _text(piece)
        if text not in seen and targets.abroad(text):
            seen.add(text)
            yield Observation("DOC-EXTERNAL-SHARE", text[:400])


def _value(data: bytes, begin: int) -> bytes:
    """What stands there, up to the brace that closes the group."""
    end = data.find(b"}", begin, begin + MOST_VALUE)
    piece = data[begin:end if end >= 0 else begin + MOST_VALUE]
    return _group(data[begin:begin + MOST_VALUE]) if b"{" in piece or piece.endswith(b"\\") else piece


def _group(piece: bytes) -> bytes:
    """Up to the brace that closes the group."""
    depth = 0
    for brace in BRACE.finditer(piece):
        depth += 1 if brace[0] == b"{" else -1 if brace[0] == b"}" else 0
        if depth < 0:
            return piece[:brace.start()]
    return piece


def _text(piece: bytes) -> str:
    """What a group says: escapes read, control words and braces gone."""
    def one(sign: re.Match[bytes]) -> bytes:
        if sign[1]:
            return bytes([int(sign[1], 16)])
        return bytes([int(sign[2])]) if sign[2] and int(sign[2]) < 128 else sign[3] or b""
    return WRITTEN.sub(one, piece).decode("latin-1").strip()


def _sensible(data: bytes) -> bool:
    made = objects.ole1(data)
    return objects.COMPOUND in data or (made is not None and (bool(made.class_name) or made.linked))


def _content(data: bytes) -> Iterator[Yield]:
    """The data of an object as a child; a compound file inside it begins at its own magic."""
    at = data.find(objects.COMPOUND)
    if at >= 0:
        yield Child(data[at:], ArtifactKind.OBJECT, ("embedded object",))
    elif data:
        yield Child(data, ArtifactKind.OBJECT, ("embedded object",))
    if objects.EQUATION_ID in data or b"equation" in data[:200].lower():
        yield Observation("OLE-EQUATION", "class id")
    yield from objects.moniker(data[:65536])
