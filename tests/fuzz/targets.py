"""What is fuzzed and what counts as a find: one row a parser of our own, with octets to start from.

A target may raise what the walk turns into a MALFORMED incident (`walk.MALFORMED`); the targets that take names and
literals may raise nothing at all. Everything else is a find, and so is what takes longer than the fuzzer's time limit.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gateway.extract import lnk, names
from gateway.extract.archive import ace, arj, cab, compressed, lzh, msi, rar, sevenzip, tar
from gateway.extract.archive.zip import ZIP
from gateway.extract.base import Context, Extractor, Node
from gateway.extract.carve import CARVE
from gateway.extract.disks.disk import DISK
from gateway.extract.disks.iso import ISO
from gateway.extract.disks.rawdisc import RAW_DISC
from gateway.extract.guarded import MALFORMED, PANIC
from gateway.extract.identify import identify
from gateway.extract.mail import macfile, msg, tnef
from gateway.extract.mime import fields, headers
from gateway.extract.mime.extractor import MIME
from gateway.extract.office import onenote, words
from gateway.extract.office.binary.ole import OLE
from gateway.extract.office.hangul import hwp3
from gateway.extract.office.markup import flat, iwork, odf, ooxml
from gateway.extract.office.richtext.rtf import RTF
from gateway.extract.page import webarchive
from gateway.extract.pdf import scripts as pdfscript
from gateway.extract.pdf.document import PDF
from gateway.extract.pdf.postscript import POSTSCRIPT
from gateway.extract.pictures.metafile import METAFILE
from gateway.extract.registry_plain import LIGHT
from gateway.extract.script import literals, obscure
from gateway.extract.text.inlined import INLINED
from gateway.extract.workbook import sheets, xlm
from gateway.model import filename
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.deadline import Limits
from tests.builders.archives import Member, make_zip
from tests.builders.discs import fat_of, iso_of
from tests.builders.documents import (
    STARTS_AND_RUNS,
    biff,
    compound,
    docx,
    ole1,
    ole_native,
    package,
    pdf,
    vba_project,
    xlm_workbook,
)
from tests.builders.hostile_mail import HOSTILE

LIMITS = Limits(expanded=16 << 20, ratio_floor=1 << 20, artifacts=200, parts=200)


@dataclass(frozen=True)
class Target:
    """`run` takes octets; `may_raise` are exceptions that have a name in the walk."""

    run: Callable[[bytes], None]
    seeds: Callable[[], Iterator[bytes]]
    may_raise: tuple[type[Exception], ...] = ()


def _through(extractor: Extractor, kind: str) -> Callable[[bytes], None]:
    def run(data: bytes) -> None:
        node = Node(Artifact(0, None, ArtifactKind.PART, ("a.bin",), size=len(data)), data, kind)
        for _ in extractor.extract(node, Context(LIMITS, passwords=["infected"])):
            pass
    return run


def _among(*extractors: Extractor) -> Callable[[bytes], None]:
    """All of these that claim the octets for what they look like."""
    def run(data: bytes) -> None:
        node = Node(Artifact(0, None, ArtifactKind.PART, ("a.bin",), size=len(data)), data, identify(data))
        for extractor in extractors:
            if not extractor.claims(node):
                continue
            try:
                for _ in extractor.extract(node, Context(LIMITS, outbound=True, passwords=["infected"])):
                    pass
            except MALFORMED:
                continue
            except BaseException as error:
                if type(error).__module__ != PANIC:       # the walk names it a crash; the library is not ours
                    raise
    return run


def _names(data: bytes) -> None:
    """A field of a part header as every reading sees it, and what is made of the names in it."""
    _, params, _ = fields.parameters(data)
    found = [*fields.file_names(params), *fields.sloppy_names(data), headers.decoded(data), data.decode("utf-8", "replace")]
    fields.encodings(data)
    filename.extensions(found)
    names.observe(found)


def _literals(data: bytes) -> None:
    text = data.decode("latin-1")
    list(literals.payloads(text))
    list(literals.data_uris(text))
    found = list(literals.literals(text))
    literals.opaque(found)
    literals.mass(found)
    obscure.unpacked(text)
    pdfscript.harmless(text)
    pdfscript.acts(text)
    pdfscript.only_functions(text)


def _mails() -> Iterator[bytes]:
    yield from list(HOSTILE.values())[::3]


def _zips() -> Iterator[bytes]:
    yield make_zip(Member(b"a.txt", b"hello" * 50), Member("請求.exe".encode("cp932"), b"MZ", method=0, descriptor=True))
    yield make_zip(Member(b"a.txt", b"x", local_name=b"a.exe"), before=b"stub", comment=b"c") + make_zip(Member(b"b", b"y"))


def _compounds() -> Iterator[bytes]:
    yield vba_project({"M": STARTS_AND_RUNS})
    yield compound({"Workbook": xlm_workbook()})
    yield compound({"WordDocument": b"\xec\xa5" + bytes(700), "ObjectPool/_1/\x01Ole10Native": ole_native("x.js", b"1")})


def _rtfs() -> Iterator[bytes]:
    yield b"{\\rtf1\\ansi\\ansicpg950{\\fonttbl{\\f0\\fcharset136 a;}}{\\object\\objemb{\\*\\objclass Package}{\\*\\objdata " + \
        ole1("Package", ole_native("x.js", b"1")).hex().encode() + b"}}\\'a4\\'a4\\u20013?\\bin4 abcd}"
    yield b"{\\rt{\\*\\template \\u104?\\u116?http://h.example/x}{\\field{\\*\\fldinst DDEAUTO c:\\\\x \"y\"}}\\trowd a\\cell b\\cell\\row}"


def _fields() -> Iterator[bytes]:
    yield b"application/octet-stream; name*0*=big5''%a5%40; name*1=\"b.exe\"; x=(c;\"y\\\"z)"
    yield b"attachment; filename=\"=?utf-8?B?5aCx5YO5?= =?iso-2022-jp?B?GyRCNEF7GyhC?=.exe\"; filename*=UTF-16''%FE%FF%00a"
    yield "a\u202efdp.exe\0.txt:$DATA. ".encode()


def _scripts() -> Iterator[bytes]:
    yield b"var a='TVqQAA'+\"MAAAAEAAAA\"+`//8AALgA`; x=[77,90,0x90,0]; atob(a.split('').reverse().join(''))"
    yield b"\\x4d\\u005a%4d%5a data:application/octet-stream;base64,TVqQAAMAAAAEAAAA app.launchURL('x')"


def _pdfs() -> Iterator[bytes]:
    yield pdf("/OpenAction 6 0 R", ("6 0 obj\n<< /S /JavaScript /JS (app.alert\\(1\\)) >>\nendobj",))
    yield pdf("/AcroForm << /Fields [6 0 R] >>", ("6 0 obj\n<< /FT /Tx /T (a) /V <FEFF0041> /Subtype /Widget >>\nendobj",))


def _discs() -> Iterator[bytes]:
    yield iso_of(joliet=3, rock_ridge="1.09")[32768:]
    yield fat_of([(b"A       EXE", "請求書.exe", b"MZ" + bytes(700)), (b"\xe5B      TXT", "", b"gone")])


def _archives() -> Iterator[bytes]:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.PAX_FORMAT) as out:
        member = tarfile.TarInfo("請求.exe")
        member.size = 2
        out.addfile(member, io.BytesIO(b"MZ"))
    yield made.getvalue()
    yield gzip.compress(b"hello", mtime=0) + bz2.compress(b"there") + lzma.compress(b"all")
    yield b"Rar!\x1a\x07\x01\x00" + bytes(40)
    yield b"7z\xbc\xaf\x27\x1c\0\4" + bytes(60)
    yield b"MSCF" + bytes(60)
    yield b"\x60\xea\x20\0\x1e" + bytes(60)
    yield b"\x20\x20-lh0-" + bytes(40)
    yield bytes(7) + b"**ACE**" + bytes(60)


def _documents() -> Iterator[bytes]:
    yield docx()
    yield package({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<office:document-content/>"})
    yield biff((0x809, b"\0\6\5\0" + bytes(12)), (0x85, bytes(8) + b"\1\0a"), (0xFC, bytes(12)), (0x0A, b""))
    yield b"\x78\x9f\x3e\x22\1\0\1\x06\x90\x08\0\4\0\0\0\0\0\0\0\4\0"
    yield b"L\0\0\0\1\x14\2\0\0\0\0\0\xc0\0\0\0\0\0F\x80\0\0\0" + bytes(60)
    yield b"HWP Document File V3.00 \x1a\1\2\3\4\5" + bytes(200)
    yield b"\xd7\xcd\xc6\x9a" + bytes(60)
    yield b"%!PS\n/a {(x) run} def a\n"
    yield b"bplist00\xd1\1\2QaQb\x08\x0b\x0d" + bytes(32)


def _texts() -> Iterator[bytes]:
    yield b"<html><body><script>var a=atob('TVqQ');new Blob([a])</script><a href='javascript:x()' download=a.exe>x</a></body></html>"
    yield b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nATTACH;ENCODING=BASE64;VALUE=BINARY:TVqQ\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    yield b'{"a": [1, {"b": "\\u0041123456789"}]}'
    yield b"INSERT INTO t VALUES (1, 'A123456789'), (2, 'B');\n"
    yield b"From a@b Sat Jan  1 00:00:00 2022\nSubject: x\n\nbody\n"
    yield b"TABLE\n0,1\n\"EXCEL\"\nVECTORS\n0,2\n\"\"\nDATA\n0,0\n\"\"\n-1,0\nBOT\n1,0\n\"x\"\n-1,0\nEOD\n"
    yield b"SQLite format 3\0" + bytes(84)


TARGETS: dict[str, Target] = {
    "mime": Target(_through(MIME, "message/rfc822"), _mails, MALFORMED),
    "zip": Target(_through(ZIP, "application/zip"), _zips, MALFORMED),
    "ole": Target(_through(OLE, "application/x-ole-storage"), _compounds, MALFORMED),
    "rtf": Target(_through(RTF, "application/rtf"), _rtfs, MALFORMED),
    "literals": Target(_literals, _scripts),
    "names": Target(_names, _fields),
    "inlined": Target(_through(INLINED, "text/plain"), lambda: iter(
        (b"begin 644 a\n#0V%T\n`\nend\n", b"=ybegin line=128 size=3 name=a\n\x6b=}\n=yend\n",
         b"(This file must be converted with BinHex 4.0)\n:#d0[G(BZ!*!%:")), MALFORMED),
    "pdf": Target(_among(PDF), _pdfs),
    "discs": Target(_among(ISO, RAW_DISC, DISK, CARVE), _discs),
    "archives": Target(_among(
        sevenzip.SEVENZIP, rar.RAR, tar.TAR, compressed.COMPRESSED, cab.CAB, lzh.LZH, arj.ARJ, ace.ACE, msi.MSI, macfile.MAC_FILE), _archives),
    "documents": Target(_among(
        ooxml.OOXML, odf.ODF, flat.OFFICE_XML, words.OFFICE_WORDS, sheets.SHEETS, xlm.BIFF, msg.MSG, tnef.TNEF, onenote.ONENOTE, iwork.IWORK,
        hwp3.HWP3, lnk.LNK, POSTSCRIPT, METAFILE, webarchive.WEB_ARCHIVE), _documents),
    "texts": Target(_among(*LIGHT), _texts),
}
