"""What a blob is, by its leading octets and structure. Names and declarations only tell kinds of text apart.

Answers are lower-case and look like media types. libmagic is slow beside this table, and took Big5 text for a DOS program.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable

from gateway.extract import names as filenames
from gateway.extract.compiled import compiled
from gateway.extract.looks import HTML_TAG, html_like, mail_like, text_like

HEAD = 4096

MAGICS: tuple[tuple[int, bytes, str], ...] = (
    # programs
    (0, b"\x7fELF", "application/x-executable"),
    (0, b"\xfe\xed\xfa\xce", "application/x-mach-binary"),
    (0, b"\xfe\xed\xfa\xcf", "application/x-mach-binary"),
    (0, b"\xce\xfa\xed\xfe", "application/x-mach-binary"),
    (0, b"\xcf\xfa\xed\xfe", "application/x-mach-binary"),
    (0, b"dex\n03", "application/x-dex"),
    (0, b"dey\n03", "application/x-dex"),
    (0, b"cdex0", "application/x-dex"),
    (0, b"vdex0", "application/x-dex"),
    (0, b"\x1bLua", "application/x-bytecode"),
    (0, b"\x1bLJ", "application/x-bytecode"),
    (0, b"BC\xc0\xde", "application/x-bytecode"),
    (0, b"FasdUAS ", "application/x-bytecode"),
    (0, b"PReg\x01\0\0\0", "application/x-registry-hive"),
    (0, b"\0asm\x01\0\0\0", "application/wasm"),
    # archives
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"PK\x05\x06", "application/zip"),
    (0, b"PK\x07\x08", "application/zip"),
    (0, b"PK00PK\x03\x04", "application/zip"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"RE~^", "application/vnd.rar"),
    (0, b"\x1f\x8b\x08", "application/gzip"),
    (0, b"BZh", "application/x-bzip2"),
    (0, b"\xfd7zXZ\0", "application/x-xz"),
    (0, b"LZIP", "application/x-lzip"),
    (0, b"\x28\xb5\x2f\xfd", "application/zstd"),
    (0, b"\x04\x22\x4d\x18", "application/x-lz4"),
    (0, b"\x1f\x9d", "application/x-compress"),
    (0, b"\x1f\xa0", "application/x-compress"),
    (0, b"\x1f\x1e", "application/x-pack"),
    (0, b"\x89LZO\0\r\n\x1a\n", "application/x-lzop"),
    (0, b"MSCF", "application/vnd.ms-cab-compressed"),
    (0, b"ISc(", "application/x-installshield"),
    (0, b"SZDD\x88\xf0\x27\x33", "application/x-ms-compress"),
    (0, b"KWAJ\x88\xf0\x27\xd1", "application/x-ms-compress"),
    (0, b"\x60\xea", "application/x-arj"),
    (7, b"**ACE**", "application/x-ace"),
    (20, b"\xdc\xa7\xc4\xfd", "application/x-zoo"),
    (0, b"07070", "application/x-cpio"),
    (0, b"\xc7\x71", "application/x-cpio"),
    (0, b"!<arch>\n", "application/x-archive"),
    (0, b"\xed\xab\xee\xdb", "application/x-rpm"),
    (0, b"MSWIM\0\0\0", "application/x-ms-wim"),
    (0, b"xar!\0", "application/x-xar"),
    (0, b"ALZ\x01", "application/x-alz"),
    (0, b"EGGA", "application/x-egg"),
    (0, b"StuffIt", "application/x-stuffit"),
    (0, b"SIT!", "application/x-stuffit"),
    (257, b"ustar", "application/x-tar"),
    (0, b"hsqs", "application/x-squashfs"),
    # disk images
    (32769, b"CD001", "application/x-iso9660-image"),
    (32769, b"BEA01", "application/x-iso9660-image"),
    (32769, b"NSR0", "application/x-iso9660-image"),
    (0, b"\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0", "application/x-raw-cd"),
    (0, b"conectix", "application/x-vhd"),
    (0, b"vhdxfile", "application/x-vhdx"),
    (0, b"KDMV", "application/x-vmdk"),
    (0, b"# Disk DescriptorFile", "application/x-vmdk"),
    (0, b"QFI\xfb", "application/x-qcow"),
    (0, b"<<< Oracle VM VirtualBox Disk Image", "application/x-vdi"),
    # documents
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"\x0e\x11\xfc\x0d\xd0\xcf\x11\x0e", "application/x-ole-storage"),
    (0, b"{\\rt", "application/rtf"),
    (0, b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3", "application/onenote"),
    (0, b"\xa1\x2f\xff\x43\xd9\xef\x76\x4c\x9e\xe2\x10\xea\x57\x22\x76\x5f", "application/onenote"),
    (0, b"\x78\x9f\x3e\x22", "application/vnd.ms-tnef"),
    (0, b"ITSF", "application/vnd.ms-htmlhelp"),
    (0, b"\x3f\x5f\x03\x00", "application/winhlp"),
    (0, b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0F", "application/x-ms-shortcut"),
    (0, b"%!PS", "application/postscript"),
    (0, b"\xc5\xd0\xd3\xc6", "application/postscript"),
    (0, b"ActiveMime", "application/x-mso"),
    (4, b"Standard Jet DB", "application/x-msaccess"),
    (4, b"Standard ACE DB", "application/x-msaccess"),
    (0, b"FWS", "application/x-shockwave-flash"),
    (0, b"CWS", "application/x-shockwave-flash"),
    (0, b"ZWS", "application/x-shockwave-flash"),
    (0, b"!BDN", "application/vnd.ms-outlook-pst"),
    (0, b"regf", "application/x-registry-hive"),
    (0, b"(This file must be converted with BinHex", "application/mac-binhex40"),
    (0, b"SQLite format 3\0", "application/vnd.sqlite3"),
    (0, b"AC10", "image/vnd.dwg"),
    # pictures, sound, video, fonts
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (0, b"8BPS", "image/vnd.adobe.photoshop"),
    (0, b"\0\0\0\x0cjP  \r\n\x87\n", "image/jp2"),
    (0, b"\xff\x0a", "image/jxl"),
    (0, b"\0\0\0\x0cJXL \r\n\x87\n", "image/jxl"),
    (0, b"\xd7\xcd\xc6\x9a", "image/wmf"),
    (40, b" EMF", "image/emf"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"MThd", "audio/midi"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"\x1a\x45\xdf\xa3", "video/x-matroska"),
    (0, b"FLV\x01", "video/x-flv"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "video/x-ms-asf"),
    (0, b"\0\0\x01\xba", "video/mpeg"),
    (0, b"\0\x01\0\0\0", "font/ttf"),
    (0, b"OTTO", "font/otf"),
    (0, b"ttcf", "font/collection"),
    (0, b"wOFF", "font/woff"),
    (0, b"wOF2", "font/woff2"),
)
"""Offset, octets, type. First hit wins."""

RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo", b"ACON": "application/x-navi-animation"}
FTYP = {b"avif": "image/avif", b"heic": "image/heic", b"heix": "image/heic", b"mif1": "image/heic", b"M4A ": "audio/mp4"}

LIGHT = frozenset({
    "message/rfc822", "multipart/related", "text/plain", "text/html", "text/xml", "text/calendar", "text/csv", "text/vcard",
    "text/x-script", "application/json", "application/x-empty", "message/delivery-status",
})
"""Taken apart before all else: they may hold the password of an attachment."""

NO_READER_NEEDED = ("image/", "audio/", "video/", "font/", "text/")
"""Inert media: complete after the type check and YARA."""

INERT = frozenset({
    "application/x-empty", "application/json", "application/octet-stream", "application/pgp-keys", "application/pgp-signature",
    "application/pkcs7-signature", "application/x-pem", "application/postscript", "message/delivery-status",
    "application/x-dosexec", "application/x-executable", "application/x-mach-binary", "application/java-vm", "application/x-dex",
    "application/wasm", "application/x-bytecode", "application/x-ms-shortcut", "application/x-msdos-program",
    "application/vnd.sqlite3", "application/x-registry-hive", "application/x-shockwave-flash", "application/winhlp",
    "application/x-navi-animation", "application/asn1",
})
"""Complete without a reader: either inert, or a detector names it by its type alone."""

EXTENSIONS_OF_HTML = frozenset({"htm", "html", "xhtml", "xht", "shtml", "hta", "mhtml", "mht"})


def identify(data: bytes, names: Iterable[str] = (), declared: str = "") -> str:
    """The detected type of a blob. Linear in the first few kilobytes; never raises."""
    if not data:
        return "application/x-empty"
    head = bytes(data[:HEAD])
    if head.startswith((b"MZ", b"ZM")):
        kind = _mz(data)
        if kind:
            return kind
    if head.startswith(b"\xca\xfe\xba\xbe"):
        return _cafebabe(head)
    if head.startswith(b"\xca\xfe\xba\xbf") and len(head) >= 8 and head[4:7] == b"\0\0\0":
        return "application/x-mach-binary"
    for offset, magic, kind in MAGICS:
        if data.startswith(magic, offset):
            return _refine(kind, data)
    return _structured(data, head) or _text(data, head, names, declared)


def _mz(data: bytes) -> str:
    """A DOS header. Two letters of text are not: real ones have binary content in the 64-octet header."""
    head = data[:64]
    if len(data) < 28 or text_like(data[:512]):
        return ""
    if len(data) >= 64:
        at = struct.unpack_from("<I", data, 60)[0]
        if data[at:at + 4] == b"PE\0\0" or data[at:at + 2] in (b"NE", b"LE", b"LX"):
            return "application/x-dosexec"
    return "application/x-dosexec" if b"\0" in head else ""


def _cafebabe(head: bytes) -> str:
    """Java class or Mach-O fat binary: the latter has few architectures where the former has its version (45 and up)."""
    if len(head) >= 8 and struct.unpack_from(">I", head, 4)[0] < 20:
        return "application/x-mach-binary"
    return "application/java-vm"


def _refine(kind: str, data: bytes) -> str:
    if kind == "application/zip":
        return _zip(data)
    if kind == "application/x-ole-storage":
        return _ole(data)
    if kind == "application/x-bzip2":
        return kind if data[3:4] in b"123456789" and data[4:10] in (b"1AY&SY", b"\x17rE8P\x90") else _structured_or_text(data)
    if kind == "application/postscript" and b" PDF-" in data[:40]:
        return "application/pdf"                         # the other header that readers take (ISO 32000-1, annex H.3)
    if kind in ("application/x-arj", "image/jxl", "application/x-cpio", "audio/mpeg") and text_like(data[:512]):
        return "text/plain"
    return kind


def _structured_or_text(data: bytes) -> str:
    head = bytes(data[:HEAD])
    return _structured(data, head) or _text(data, head, (), "")


def _zip(data: bytes) -> str:
    """OOXML and OpenDocument by the names that stand in the container; which office program is for their reader."""
    if data[30:38] == b"mimetype" and b"application/vnd.oasis.opendocument" in data[38:128]:
        return "application/vnd.oasis.opendocument"
    if b"[Content_Types].xml" in data[:65536] or b"[Content_Types].xml" in data[-262144:]:
        return "application/vnd.openxmlformats"
    if b"_rels/.rels" in data[-262144:]:
        return "application/vnd.openxmlformats"
    return "application/zip"


MSI_CLASSES = tuple(
    struct.pack("<IHH", n, 0, 0) + b"\xc0\0\0\0\0\0\0F" for n in (0x000C1084, 0x000C1086, 0x000C1082)
)
"""Class ids of the root entry: package, patch, transform ([MS-CFB] 2.6.4; Windows Installer SDK)."""


def _ole(data: bytes) -> str:
    """Installer packages by the root's class id, Outlook messages by their property stream; the rest is for its reader."""
    if len(data) >= 512:
        shift = struct.unpack_from("<H", data, 30)[0]
        first = struct.unpack_from("<I", data, 48)[0]
        root = (first + 1) << (shift if shift in (9, 12) else 9)
        if data[root + 80:root + 96] in MSI_CLASSES:
            return "application/x-msi"
    if "__properties_version1.0".encode("utf-16-le") in data:
        return "application/vnd.ms-outlook"
    return "application/x-ole-storage"


def _structured(data: bytes, head: bytes) -> str:
    """Formats that a fixed offset does not give away."""
    if head[:4] == b"RIFF":
        return RIFF.get(head[8:12], "application/octet-stream")
    if head[4:8] == b"ftyp":
        return FTYP.get(head[8:12], "video/mp4")
    if compiled(head):
        return "application/x-bytecode"
    if head[:2] == b"BM" and len(data) >= 26 and struct.unpack_from("<I", data, 14)[0] in (12, 40, 52, 56, 64, 108, 124):
        return "image/bmp"
    if head[:4] in (b"\0\0\x01\0", b"\0\0\x02\0") and 0 < struct.unpack_from("<H", data.ljust(8, b"\0"), 4)[0] < 256:
        return "image/x-icon"
    if head[2:7] in (b"-lh0-", b"-lh1-", b"-lh4-", b"-lh5-", b"-lh6-", b"-lh7-", b"-lhd-", b"-lzs-", b"-lz4-", b"-lz5-"):
        return "application/x-lzh"
    if b"%PDF-" in head[:1024 + 5]:
        return "application/pdf"
    if head[:3] == b"\x5d\0\0" and len(data) > 13 and head[5:13] in (b"\xff" * 8, head[5:10] + b"\0\0\0"):
        return "application/x-lzma"
    if len(head) >= 512 and _tar_checksum(head[:512]):
        return "application/x-tar"
    if data[-512:-504] == b"conectix":
        return "application/x-vhd"
    if data[-512:-508] == b"koly":
        return "application/x-apple-diskimage"
    if head[:1] == b"0" and (kind := _der(head)):
        return kind
    if len(data) > 64 and head[510:512] == b"\x55\xaa" and head[:1] in (b"\xeb", b"\xe9", b"\x33", b"\xfa"):
        return "application/x-raw-disk-image"
    if len(head) > 2 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2 and not text_like(head[:512]):
        return "audio/mpeg"
    return ""


def _tar_checksum(block: bytes) -> bool:
    """Old tar without the ustar magic: the checksum field holds the sum of the block with itself as blanks."""
    try:
        wanted = int(block[148:156].strip(b" \0") or b"x", 8)
    except ValueError:
        return False
    return wanted == sum(block[:148]) + 8 * 32 + sum(block[156:512])


PKCS7 = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07"
PKCS9 = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01"
DER_HEAD = 160
"""Octets in which the first object id stands: its length in front of it may have been written with up to 127."""


def _der(head: bytes) -> str:
    """PKCS #7 by its object ids 1.2.840.113549.1.7.2 (signed), .3 (enveloped), with lengths in any form; other DER
    (certificates) is inert. "" for what only begins like it."""
    if PKCS7 in head[:DER_HEAD] or PKCS9 in head[:DER_HEAD]:
        return "application/pkcs7-mime"
    return "application/asn1" if head[1:2] in (b"\x80", b"\x82", b"\x83") else ""


PEM_HEADS = (
    (b"-----BEGIN PGP SIGNED", "text/plain"),
    (b"-----BEGIN PGP MESSAGE", "application/pgp-encrypted"),
    (b"-----BEGIN PGP SIGNATURE", "application/pgp-signature"),
    (b"-----BEGIN PGP PUBLIC", "application/pgp-keys"),
    (b"-----BEGIN PKCS7", "application/x-pem"),
    (b"-----BEGIN ", "application/x-pem"),
)
DECLARED_TEXT = {
    "text/html": "text/html", "application/xhtml+xml": "text/html", "text/calendar": "text/calendar", "text/csv": "text/csv",
    "text/vcard": "text/vcard", "text/x-vcard": "text/vcard", "message/delivery-status": "message/delivery-status",
    "message/rfc822": "message/rfc822", "message/global": "message/rfc822",
}
MAIL_EXTENSIONS = frozenset({"eml", "mht", "mhtml", "nws", "emlx"})
XML_HEAD = re.compile(rb"^\s*<\?xml[\s\x00]|^\s*<[A-Za-z_][\w.-]{0,60}:[\w.-]{1,60}\s+xmlns", re.I)
OFFICE_XML = re.compile(
    rb"schemas\.microsoft\.com/office/(?:word/2003|2006/xmlPackage)|urn:schemas-microsoft-com:office:spreadsheet|"
    rb"urn:oasis:names:tc:opendocument|<\?mso-application|ns\.adobe\.com/xdp")
"""Word, Excel and OpenDocument documents that are one XML file."""
SVG = re.compile(rb"<(?:\w{1,20}:)?svg[\s>]", re.I)
CARDS = ((b"BEGIN:VCARD", "text/vcard"), (b"BEGIN:V", "text/calendar"))
"""Components by themselves too: some calendars open them (RFC 5545, 3.4 and 3.6)."""
PAGE = re.compile(rb"<!doctype\s+html|<html|<body|<head", re.I)


def _text(data: bytes, head: bytes, names: Iterable[str], declared: str) -> str:
    endings = filenames.extensions(names)
    shown = bool(endings & EXTENSIONS_OF_HTML) or declared in ("text/html", "application/xhtml+xml")
    if not text_like(head):
        if mail_like(head.replace(b"\0", b"")):           # with NUL or binary parts
            return "message/rfc822"
        if endings & {"csv", "tsv"} and text_like(head[:64]):
            return "text/csv"                            # spreadsheets read what they can
        page = HTML_TAG.match(head.lstrip()) or (shown and HTML_TAG.search(data[:1 << 16]))
        return "text/html" if page else _trailing(data)
    body = _to_ascii(head)
    for prefix, kind in PEM_HEADS:
        if body.lstrip().startswith(prefix):
            return kind
    if "pdf" in endings and b"endobj" in data[:1 << 16] and b"<<" in body:
        return "application/pdf"                         # without a header: some readers mend that
    if mail_like(body) or (endings & MAIL_EXTENSIONS and b":" in body[:200]) or declared in ("message/rfc822", "message/global"):
        return "message/rfc822"
    drawn = "svg" in endings or declared == "image/svg+xml"
    if (SVG.search(body[:2048]) and not PAGE.search(body)) or (drawn and SVG.search(_to_ascii(data[:1 << 16]))):
        return "image/svg+xml"
    if (body.lstrip()[:5] == b"<?xml" or XML_HEAD.search(body)) and OFFICE_XML.search(body):
        return "application/x-office-xml"
    if html_like(body) or shown:
        return "text/html"
    if XML_HEAD.search(body):
        return "text/xml"
    for begin, kind in CARDS:
        if body.lstrip()[:15].upper().startswith(begin):
            return kind
    if "csv" in endings or "tsv" in endings or declared == "text/csv":
        return "text/csv"
    if declared in DECLARED_TEXT:
        return DECLARED_TEXT[declared]
    trailing = _trailing(data)
    return trailing if trailing != "application/octet-stream" else "text/plain"


def _to_ascii(head: bytes) -> bytes:
    """UTF-16 and UTF-8 marks removed, so that the patterns above hold."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return head[2:].replace(b"\0", b"")
    if head[:3] == b"\xef\xbb\xbf":
        return head[3:]
    return head.replace(b"\0", b"") if b"\0" in head else head


def _trailing(data: bytes) -> str:
    """A ZIP found by its end record, as unpackers find it, whatever stands before it (APPNOTE 4.3.16)."""
    return _zip(data) if data.rfind(b"PK\x05\x06", max(0, len(data) - 65557)) >= 0 else "application/octet-stream"


CONTAINER_EXTENSIONS = frozenset({
    "zip", "zipx", "7z", "rar", "tar", "gz", "tgz", "bz2", "tbz2", "xz", "txz", "zst", "lz", "lz4", "lzo", "lzma",
    "br", "sz", "lrz", "cab", "arj", "ace", "lzh", "lha", "arc", "zoo", "alz", "egg", "sit", "sitx", "sqx", "uha",
    "zpaq", "paq8", "kgb", "b1", "wim", "swm", "esd", "xar", "cpio", "iso", "img", "udf", "vhd", "vhdx", "vmdk",
    "vdi", "qcow2", "dmg", "ima", "nrg", "mdf", "ccd", "toast", "squashfs",
})
"""Names under which systems mount or unpack a file of any content."""


def names_container(names: Iterable[str]) -> bool:
    return bool(filenames.extensions(names) & CONTAINER_EXTENSIONS)


def is_light(kind: str) -> bool:
    return kind in LIGHT


def needs_reader(kind: str) -> bool:
    """True for containers and active formats: without a reader such a node is UNSUPPORTED, never clean."""
    return not kind.startswith(NO_READER_NEEDED) and kind not in INERT
