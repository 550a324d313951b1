"""What is fuzzed and what counts as a find: one row a parser of our own, with octets to start from.

A target may raise what the walk turns into a MALFORMED incident (`walk.MALFORMED`); the targets that take names and
literals may raise nothing at all. Everything else is a find, and so is what takes longer than the fuzzer's time limit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gateway.extract import names
from gateway.extract.archive.zip import ZIP
from gateway.extract.base import Context, Extractor, Node
from gateway.extract.mime import fields, headers
from gateway.extract.mime.extractor import MIME
from gateway.extract.office.ole import OLE
from gateway.extract.office.rtf import RTF
from gateway.extract.pdf import scripts as pdfscript
from gateway.extract.script import literals, obscure
from gateway.extract.text.inlined import INLINED
from gateway.extract.walk import MALFORMED
from gateway.model import filename
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.deadline import Limits
from tests.builders.archives import Member, make_zip
from tests.builders.documents import STARTS_AND_RUNS, compound, ole1, ole_native, vba_project, xlm_workbook
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
}
