"""What a blob is, by its leading octets and structure. Names and declarations only tell kinds of text apart.

Answers are lower-case and look like media types. libmagic is slow beside this table, and took Big5 text for a DOS program.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterable

from gateway.extract import names as filenames
from gateway.extract.compiled import beheaded, compiled
from gateway.extract.looks import HTML_TAG, card_like, html_like, mail_like, speaks_of_pdf, text_like
from gateway.extract.magics import FTYP, MAGICS, PLAUSIBLE, RIFF
from gateway.extract.pretended import pretended

HEAD = 4096

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
    "application/x-navi-animation", "application/asn1", "application/x-matlab-data",
})
"""Complete without a reader: either inert, or a detector names it by its type alone."""

EXTENSIONS_OF_HTML = frozenset({"htm", "html", "xhtml", "xht", "shtml", "hta", "mhtml", "mht"})
PAGES = frozenset({"htm", "html", "shtml"})
"""Names under which browsers look for markup behind anything."""


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
            return _shown(_refine(kind, data), data, names, declared)
    if beheaded(data):
        return "application/x-dosexec"
    return _shown(_structured(data, head), data, names, declared)


def _shown(found: str, data: bytes, names: Iterable[str], declared: str) -> str:
    """What a name makes of content with some magic: text may begin like a picture, and a browser shows the page that it looks
    for under the name of one, whatever stands before it."""
    if not found:
        return _text(data, bytes(data[:HEAD]), names, declared)
    if found.startswith(NO_READER_NEEDED) and pretended(found, data):
        written = _text(data, bytes(data[:HEAD]), names, declared)
        return "text/plain" if written == "application/octet-stream" else written
    if found.startswith(NO_READER_NEEDED) and filenames.extensions(names) & PAGES and HTML_TAG.search(data[:1 << 16]):
        return "text/html"
    return found


def _mz(data: bytes) -> str:
    """A DOS header. Two letters of text are not: real ones have binary content in the 64-octet header. Windows looks at the
    first two octets of it and at the last four only; what stands between may be anything."""
    head = data[:64]
    if len(data) < 28:
        return ""
    at = struct.unpack_from("<I", data, 60)[0] if len(data) >= 64 else 0
    if at and data[at:at + 4] == b"PE\0\0":
        return "application/x-dosexec"
    if text_like(data[:512]):
        return ""
    if at and data[at:at + 2] in (b"NE", b"LE", b"LX"):
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
    if kind in PLAUSIBLE and not PLAUSIBLE[kind](data[:8192]):
        return _structured_or_text(data)
    if kind == "application/x-cpio" and CPIO.match(data[:128]):
        return kind
    if kind in ("application/x-arj", "image/jxl", "application/x-cpio", "audio/mpeg") and text_like(data[:512]):
        return "text/plain"
    return kind


CPIO = re.compile(rb"07070(?:7[0-7]{70}|[12][0-9A-Fa-f]{104})")
"""A header in digits, before text (cpio(5))."""


def _structured_or_text(data: bytes) -> str:
    return _structured(data, head := bytes(data[:HEAD])) or _text(data, head, (), "")


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
_PROPERTIES, _VERSION = "__properties_version".encode("utf-16-le"), "1.0\0".encode("utf-16-le")


def _ole(data: bytes) -> str:
    """Installer packages by the root's class id, Outlook messages by their property stream; the rest is for its reader."""
    if len(data) >= 512:
        shift = struct.unpack_from("<H", data, 30)[0]
        first = struct.unpack_from("<I", data, 48)[0]
        root = (first + 1) << (shift if shift in (9, 12) else 9)
        if data[root + 80:root + 96] in MSI_CLASSES:
            return "application/x-msi"
    return "application/vnd.ms-outlook" if outlook(data) else "application/x-ole-storage"


def outlook(data: bytes) -> bool:
    """A compound file with the property stream of a message ([MS-OXMSG] 2.4); names of streams have no case ([MS-CFB] 2.6.4)."""
    at = data.find(_VERSION)
    while at >= 0:
        if data[max(at - len(_PROPERTIES), 0):at].lower() == _PROPERTIES:
            return True
        at = data.find(_VERSION, at + 1)
    return False


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
    if LZH.match(head, 2):
        return "application/x-lzh"
    if head[:1] == b"0" and _der(head) == "application/pkcs7-mime":
        return "application/pkcs7-mime"                  # a signed PDF stands in it in one piece
    at = head.find(b"%PDF-", 0, 1024 + 5)
    if at >= 0 and not speaks_of_pdf(data, head):       # the first member of an old tar stands behind its block
        return "application/x-tar" if at >= 512 and _tar_checksum(head[:512]) else "application/pdf"
    if head[:3] == b"\x5d\0\0" and len(data) > 13 and head[5:13] in (b"\xff" * 8, head[5:10] + b"\0\0\0"):
        return "application/x-lzma"
    if head[:1] == b"\x78" and _zlib(head):
        return "application/zlib"
    if ARC.match(head):
        return "application/x-arc"
    if len(head) >= 512 and _tar_checksum(head[:512]):
        return "application/x-tar"
    if data[-512:-504] == b"conectix":
        return "application/x-vhd"
    if data[-512:-508] == b"koly":
        return "application/x-apple-diskimage"
    if data[-8:] == b"cdsaencr":
        return "application/x-enciphered"                # a disk image of macOS with its head at the end
    if head[:1] == b"0" and (kind := _der(head)):
        return kind
    if len(data) > 64 and head[510:512] == b"\x55\xaa" and (
            head[:1] in (b"\xeb", b"\xe9", b"\x33", b"\xfa") or _parted(head, len(data))):
        return "application/x-raw-disk-image"
    if len(head) > 2 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2 and not text_like(head[:512]):
        return "audio/mpeg"
    return ""


LZH = re.compile(rb"-(?:lh[0-9a-eg-x]|lz[s2-8]|pm[0-2s])-(?=.{13}[\0-\3])", re.S)
"""Methods of LHA, LArc and PMarc, and the level of the header (LHa for UNIX, header.doc)."""
ARC = re.compile(rb"\x1a[\x01-\x0b](?=.{13}[\0-\xff]{16})[!#-'()+\-.0-9;=@-\[\]-{}~\x80-\xff]{1,12}\0", re.S)
"""A member of ARC or PAK: mark, method, a name of DOS with a zero behind it (ARC 5.20)."""


def _parted(head: bytes, size: int) -> bool:
    """A table of partitions behind no boot code, or some of another kind: each entry is empty or lies within the disk."""
    entries = [struct.unpack_from("<B3xB3xII", head, at) for at in range(446, 510, 16)]
    used = [(first, length) for _, kind, first, length in entries if kind]
    return (all(status in (0, 0x80) for status, _, _, _ in entries)
            and any(0 < first * 512 < size and length for first, length in used) and all(length for _, length in used))


def _zlib(head: bytes) -> bool:
    """A stream by itself (RFC 1950): the checksum of its two octets, no dictionary, and it unpacks as far as it is looked at."""
    if len(head) < 8 or int.from_bytes(head[:2], "big") % 31 or head[1] & 0x20:
        return False
    try:
        return bool(zlib.decompressobj().decompress(head, 64))
    except zlib.error:
        return False


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
    (b"-----BEGIN PGP SIGNED", "text/plain"), (b"-----BEGIN PGP MESSAGE", "application/pgp-encrypted"),
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
    rb"urn:oasis:names:tc:opendocument|<\?mso-application|ns\.adobe\.com/xdp|schemas\.microsoft\.com/visio/2003|"
    rb"urn:schemas-microsoft-com:office:visio")
"""Word, Excel, Visio and OpenDocument documents that are one XML file."""
SVG = re.compile(rb"<(?:\w{1,20}:)?svg[\s>]", re.I)
CARD_EXTENSIONS = frozenset({"ics", "ical", "icalendar", "vcs", "ifb", "vcf"})
XHTML = re.compile(rb"=\s{0,8}[\"']\s{0,8}http://www\.w3\.org/1999/xhtml|[\"']http://www\.w3\.org/1999/xhtml[\"']\s{0,8}>")
ACTIVE = re.compile(rb"<(?:[\w.-]{1,40}:)?(?:script|iframe|object|embed|form)[\s>/]|\son[a-z]{3,30}\s{0,8}=", re.I)
"""Data that a browser runs as a page: elements of one under any prefix (Namespaces in XML)."""
SHEETED = re.compile(rb"<\?xml-stylesheet[^>]{0,400}href\s{0,8}=\s{0,8}[\"']\s{0,8}(?:#|data:)", re.I)
"""Data that brings its own style sheet: a browser shows what that makes of it (Associating Style Sheets with XML, 4)."""
BROUGHT = re.compile(
    rb"<!ENTITY|<!ATTLIST|xml-stylesheet|<!DOCTYPE(?:\s+html|[^>\[]{0,400}(?:SYSTEM|PUBLIC))|"
    rb"\sxmlns(?::[\w.-]{1,60})?\s{0,8}=\s{0,8}[\"'][^\"'<>]{0,400}&")
"""Of XML that a namespace may come from unseen: entities, defaults, style sheets, other files."""
PAGE = re.compile(rb"<!doctype\s+html|<html|<body|<head", re.I)


def _text(data: bytes, head: bytes, names: Iterable[str], declared: str) -> str:
    endings = filenames.extensions(names)
    shown = bool(endings & EXTENSIONS_OF_HTML) or declared in (
        "text/html", "application/xhtml+xml", "text/enriched", "text/richtext")
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
    if not shown:                                         # descriptions of appointments are pages often (X-ALT-DESC)
        card = card_like(body, bool(endings & CARD_EXTENSIONS))
        if card:
            return card
    drawn = "svg" in endings or declared == "image/svg+xml"
    pictured = SVG.search(body[:2048]) and not PAGE.search(body) and (drawn or not shown)
    if pictured or (drawn and SVG.search(_to_ascii(data[:1 << 16]))):
        return "image/svg+xml"
    if (body.lstrip()[:5] == b"<?xml" or XML_HEAD.search(body)) and OFFICE_XML.search(body):
        return "application/x-office-xml"
    begins = body.lstrip()[:5]
    if not shown and (begins == b"<?xml" or ("xml" in endings and begins[:1] == b"<")) and _plain_xml(data):
        return "text/xml"
    if html_like(body) or shown or (body.lstrip()[:1] == b"<" and XHTML.search(data[:1 << 16]) and ACTIVE.search(data[:1 << 20])):
        return "text/html"
    if XML_HEAD.search(body):
        return "text/html" if b"xml-stylesheet" in body and SHEETED.search(body) else "text/xml"
    if "csv" in endings or "tsv" in endings or declared == "text/csv":
        return "text/csv"
    if declared in DECLARED_TEXT:
        return DECLARED_TEXT[declared]
    trailing = _trailing(data)
    return trailing if trailing != "application/octet-stream" else "text/plain"


def _plain_xml(data: bytes) -> bool:
    """XML in which no browser finds an element of a page, whatever the names of its elements: their namespace is not there
    (Namespaces in XML, 6), nor anything that might bring it."""
    text = _to_ascii(data)
    return not (b"http://www.w3.org/1999/xhtml" in text or b"http://www.w3.org/2000/svg" in text or BROUGHT.search(text))


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
    "daa", "isz", "uif", "cdi", "b5i", "b6i", "bwt", "vfd", "flp", "hdd", "gho", "tib", "ova", "sparseimage", "cramfs", "pea",
    "rz", "uc2", "gca", "dgca", "yz1", "ha", "lim", "bh", "rk", "imp", "kz", "bz3", "lz5", "liz", "zz", "tlz", "tzst", "tbz",
    "tbr", "taz", "pma", "lzs", "aar", "cpgz", "erofs", "sqsh",
    "aes", "axx", "crypt", "enc", "gpg", "hc", "pgp", "tc",
})
"""Names under which systems mount or unpack a file of any content, or decipher one."""


def names_container(names: Iterable[str]) -> bool:
    return bool(filenames.extensions(names) & CONTAINER_EXTENSIONS) or any(VOLUME.search(name) for name in names)


VOLUME = re.compile(r"\.(?:7z|zip|zipx|rar|tar|tgz|gz|bz2|xz|iso|img|wim|cab|arj|lzh|egg|alz)\.[0-9]{3}$|\.z[0-9]{2}$", re.I)
"""A part of an archive that was cut in pieces; all but the first begin anywhere."""


FRAMED = frozenset({
    "application/gzip", "application/zstd", "application/x-xz", "application/x-lz4", "application/x-lzop", "application/x-lzma",
    "application/vnd.ms-cab-compressed",
})
"""Types that store what does not pack in blocks with a head each: a file begins and ends whole in them, in pieces between."""

OPENED = frozenset({
    "pdf", "docx", "docm", "dotx", "dotm", "xlsx", "xlsm", "xlsb", "xltx", "xltm", "xlam", "pptx", "pptm", "ppsx", "ppsm",
    "potx", "potm", "ppam", "doc", "xls", "ppt", "zip", "jar", "apk",
})
"""Names whose programs find the beginning or the end of their file behind other octets."""


def framed(kind: str, names: Iterable[str]) -> bool:
    """True for packed files that no name passes for another: what looks like a document in them is a member's."""
    return kind in FRAMED and not filenames.extensions(names) & OPENED


def is_light(kind: str) -> bool:
    return kind in LIGHT


def needs_reader(kind: str) -> bool:
    """True for containers and active formats: without a reader such a node is UNSUPPORTED, never clean."""
    return not kind.startswith(NO_READER_NEEDED) and kind not in INERT
