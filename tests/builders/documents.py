"""Harmless documents made at test time: compound files, VBA projects, office packages, PDF files, RTF objects."""

from __future__ import annotations

import io
import struct
import zipfile

FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
SECTOR, MINI = 512, 64
CLASS_ZERO = bytes(16)
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
STARTS_AND_RUNS = 'Attribute VB_Name = "Module1"\r\nSub AutoOpen()\r\n If 1 = 2 Then Shell "cmd /c rem", vbHide\r\nEnd Sub\r\n'
HARMLESS_MACRO = 'Attribute VB_Name = "Module1"\r\nFunction Tax(x)\r\n Tax = x * 5 / 100\r\nEnd Function\r\n'


def class_id(text: str) -> bytes:
    """A class id as it stands in a compound file."""
    a, b, c, d, e = text.split("-")
    return struct.pack("<IHH", int(a, 16), int(b, 16), int(c, 16)) + bytes.fromhex(d + e)


def compound(streams: dict[str, bytes], root: str = "", classes: dict[str, str] | None = None) -> bytes:
    """A compound file ([MS-CFB] version 3). Paths are parted by "/"; storages are made on the way."""
    entries: list[list] = [["Root Entry", 5, -1, class_id(root) if root else CLASS_ZERO, b""]]
    index = {"": 0}
    for path, data in streams.items():
        parts = path.split("/")
        for depth in range(1, len(parts) + 1):
            key = "/".join(parts[:depth])
            if key in index:
                continue
            leaf = depth == len(parts)
            class_text = (classes or {}).get(key, "")
            entries.append([parts[depth - 1], 2 if leaf else 1, index["/".join(parts[:depth - 1])],
                            class_id(class_text) if class_text else CLASS_ZERO, data if leaf else b""])
            index[key] = len(entries) - 1
    return _write(entries)


def _write(entries: list[list]) -> bytes:
    sectors: list[bytes] = []
    fat: list[int] = []

    def chain(data: bytes) -> int:
        if not data:
            return END
        first = len(sectors)
        count = -(-len(data) // SECTOR)
        for n in range(count):
            sectors.append(data[n * SECTOR:(n + 1) * SECTOR].ljust(SECTOR, b"\0"))
            fat.append(first + n + 1 if n + 1 < count else END)
        return first

    mini = bytearray()
    minifat: list[int] = []
    starts: list[int] = []
    for _, kind, _, _, data in entries:
        if kind != 2 or not data:
            starts.append(END if kind == 2 else 0)
        elif len(data) >= 4096:
            starts.append(chain(data))
        else:
            first, count = len(minifat), -(-len(data) // MINI)
            mini += data.ljust(count * MINI, b"\0")
            minifat += [first + n + 1 for n in range(count - 1)] + [END]
            starts.append(first)
    starts[0] = chain(bytes(mini))
    mini_first = chain(struct.pack(f"<{len(minifat)}I", *minifat).ljust(-(-len(minifat) * 4 // SECTOR) * SECTOR, b"\xff")) if minifat else END
    directory = chain(_directory(entries, starts, len(mini)))
    fat_count = 1
    while fat_count * 128 < len(sectors) + fat_count:
        fat_count += 1
    fat_first = len(sectors)
    fat += [FAT] * fat_count
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(fat_count * SECTOR, b"\xff")
    difat = [fat_first + n for n in range(fat_count)] + [FREE] * (109 - fat_count)
    header = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, fat_count,
              directory, 0, 4096, mini_first, 1 if minifat else 0, END, 0, difat[0])[:56])
    header = header[:76] + struct.pack("<109I", *difat)
    return header + b"".join(sectors) + table


def _directory(entries: list[list], starts: list[int], mini: int) -> bytes:
    out = []
    for number, (name, kind, parent, ident, data) in enumerate(entries):
        kids = [n for n, e in enumerate(entries) if e[2] == number]
        siblings = [n for n, e in enumerate(entries) if e[2] == parent and n > number] if parent >= 0 else []
        raw = name.encode("utf-16-le")
        size = mini if number == 0 else len(data)
        out.append(raw.ljust(64, b"\0") + struct.pack("<HBBIII", len(raw) + 2, kind, 1, FREE, siblings[0] if siblings else FREE,
                   kids[0] if kids else FREE) + ident + bytes(20) + struct.pack("<IQ", starts[number], size))
    while len(out) % 4:
        out.append(bytes(64) + struct.pack("<HBBIII", 0, 0, 0, FREE, FREE, FREE) + bytes(16) + bytes(20) + struct.pack("<IQ", 0, 0))
    return b"".join(out)


def vba_compressed(data: bytes) -> bytes:
    """A CompressedContainer of literal tokens only."""
    out = bytearray(b"\x01")
    for at in range(0, len(data), 3000):
        piece = data[at:at + 3000]
        body = b"".join(b"\0" + piece[n:n + 8] for n in range(0, len(piece), 8))
        out += struct.pack("<H", (len(body) - 1) | 0xB000) + body
    return bytes(out)


def vba_streams(modules: dict[str, str], codepage: int = 1252, charset: str = "cp1252", cache: bytes = b"",
                project: bytes = b"\xcc\x61\xff\xff\0\0\0") -> dict[str, bytes]:
    """The streams of one VBA storage; `cache` stands before each module's source as its compiled code."""
    def record(kind: int, body: bytes) -> bytes:
        return struct.pack("<HI", kind, len(body)) + body

    directory = record(1, b"\1\0\0\0") + record(3, struct.pack("<H", codepage)) + record(4, b"P")
    directory += struct.pack("<HI", 9, 4) + b"\0\0\0\0\0\0" + record(0x0F, struct.pack("<H", len(modules)))
    streams = {"_VBA_PROJECT": project}
    for name, source in modules.items():
        raw = name.encode(charset)
        directory += record(0x19, raw) + record(0x47, name.encode("utf-16-le")) + record(0x1A, raw)
        directory += record(0x32, name.encode("utf-16-le")) + record(0x31, struct.pack("<I", len(cache))) + record(0x21, b"") + record(0x2B, b"")
        streams[name] = cache + (vba_compressed(source.encode(charset, "replace")) if source else b"")
    streams["dir"] = vba_compressed(directory + record(0x10, b""))
    return streams


def vba_project(modules: dict[str, str], prefix: str = "VBA/", **options: object) -> bytes:
    """vbaProject.bin."""
    return compound({prefix + name: data for name, data in vba_streams(modules, **options).items()})  # type: ignore[arg-type]


def package(parts: dict[str, str | bytes], deflated: bool = True) -> bytes:
    """A ZIP of parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED) as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), data, archive.compression)
    return out.getvalue()


def relations(*found: tuple[str, str] | tuple[str, str, bool]) -> str:
    """A .rels part: (last step of the type, target, external)."""
    rows = "".join(
        f'<Relationship Id="rId{n}" Type="{RELATION}{f[0]}" Target="{f[1]}"{" TargetMode=" + chr(34) + "External" + chr(34) if f[2:] else ""}/>'
        for n, f in enumerate(found, 1))
    return f'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{rows}</Relationships>'


def docx(body: str = "<w:p><w:r><w:t>Hello</w:t></w:r></w:p>", more: dict[str, str | bytes] | None = None,
         links: tuple = ()) -> bytes:
    """A Word package with this body; `links` are relationships of the document part."""
    return package({
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
                               '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": relations(("officeDocument", "word/document.xml")),
        "word/document.xml": f"<?xml version=\"1.0\"?><w:document {W}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": relations(*links), **(more or {})})


def field_runs(*codes: str) -> str:
    """A complex field whose instruction is split over runs."""
    runs = "".join(f"<w:r><w:instrText>{c}</w:instrText></w:r>" for c in codes)
    return f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>{runs}<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'


def pdf(catalog: str = "", objects: tuple[str | bytes, ...] = (), text: str = "Hello", page: str = "") -> bytes:
    """A PDF of one page. Further objects are numbered from 6."""
    stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode("latin-1")
    body: list[bytes] = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>".encode("latin-1"), b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> "
        + page.encode("latin-1") + b" >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream), b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        *(o.encode("latin-1") if isinstance(o, str) else o for o in objects)]
    out = bytearray(b"%PDF-1.7\n")
    offsets = []
    for number, item in enumerate(body, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, item)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(body) + 1) + b"".join(b"%010d 00000 n \n" % o for o in offsets)
    return bytes(out + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(body) + 1, start))


def pdf_file(name: str, data: bytes) -> tuple[str, bytes]:
    """Objects 6 and 7: a file specification and its embedded stream."""
    return (f"<< /Type /Filespec /F ({name}) /UF ({name}) /EF << /F 7 0 R >> >>",
            b"<< /Type /EmbeddedFile /Length %d >>\nstream\n%s\nendstream" % (len(data), data))


def ole_native(name: str, data: bytes) -> bytes:
    """An Ole10Native stream."""
    raw = name.encode("ascii") + b"\0"
    body = b"\x02\0" + raw + b"C:\\x\\" + raw + b"\0\0\x03\0" + struct.pack("<I", len(raw)) + raw + struct.pack("<I", len(data)) + data
    return struct.pack("<I", len(body)) + body


def ole1(class_name: str, data: bytes) -> bytes:
    """An OLE 1.0 embedded object."""
    raw = class_name.encode("ascii") + b"\0"
    return struct.pack("<III", 0x501, 2, len(raw)) + raw + struct.pack("<III", 0, 0, len(data)) + data


def biff(*records: tuple[int, bytes]) -> bytes:
    return b"".join(struct.pack("<HH", kind, len(body)) + body for kind, body in records)


def xlm_workbook(state: int = 0, auto: bool = True, formula: bytes = b"\x17\x03\x00cmd\x42\x01\x6e\x00") -> bytes:
    """A BIFF8 stream with one macro sheet."""
    name = struct.pack("<HBBHHHBBBB", 0x21, 0, 1, 0, 0, 0, 0, 0, 0, 0) + b"\0\x01"
    records = [(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 6)), (0x85, struct.pack("<IBBBB", 0, state, 1, 1, 0) + b"M")]
    records += [(0x18, name)] if auto else []
    records += [(0x0A, b""), (0x809, struct.pack("<HHHHII", 0x600, 0x40, 0, 0, 0, 6)),
                (0x06, bytes(20) + struct.pack("<H", len(formula)) + formula), (0x0A, b"")]
    return biff(*records)
