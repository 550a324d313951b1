"""PDF (ISO 32000-2): structure by pikepdf (qpdf), text by PDFium, both from memory.

Every indirect object is looked at, in object streams too and whether it can be reached or not; names arrive unescaped. A file
that needs repair is read after qpdf's repair; one that cannot be read at all is MALFORMED.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain, islice

import pikepdf
import pypdfium2

from gateway.extract import floods
from gateway.extract.base import Child, Context, Node, Problem, Yield
from gateway.extract.effort import PDF_GUESS
from gateway.extract.identify import framed
from gateway.extract.office.sheets import asked
from gateway.extract.passwords import candidates
from gateway.extract.pdf import actions as pdfactions
from gateway.extract.pdf import crowds as pdfcrowds
from gateway.extract.pdf import loops as pdfloops
from gateway.extract.pdf import revisions as pdfrevisions
from gateway.extract.pdf import text as pdftext
from gateway.extract.pdf import words as pdfwords
from gateway.extract.pdf.filters import filters
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation, Text
from gateway.model.finding import IncidentCode

CONTAINERS = (b"PK\x03\x04", b"MSCF\0\0\0\0", b"\xd0\xcf\x11\xe0", b"Rar!", b"7z\xbc\xaf", b"\x78\x9f\x3e\x22")
MEMBERS = frozenset({"application/x-lzh", "application/x-arj", "application/x-cpio", "application/x-archive",
                     "application/pkcs7-mime", "application/x-ms-wim", "application/x-squashfs", "application/x-xar",
                     "application/x-ace"})
"""Archives and signed messages in which a stored PDF lies in one piece: read as one in any case, but what stands around it is
the archive's."""
GUESSES = 80                             # passwords tried on one file
ACTING = 12_000                          # of them with links, actions or files: a manual of 3000 pages has 8000
TAIL = 64                                # octets behind the last %%EOF that are more than padding
END = b"\n%%EOF\n"
ENDS = 1024                              # octets at the end in which the last %%EOF is looked for
REGULAR = (b"0", b"\0")                 # types of a tar's members
JUNK = 8                                 # octets before %PDF- that are more than a line end
ERRORS = (pikepdf.PdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, RuntimeError, OverflowError,
          RecursionError)
INTERESTING = re.compile(
    rb"/(?:JS|JavaScript|OpenAction|AA|Launch|EF|EmbeddedFiles?|XFA|RichMedia\w*|SubmitForm|ImportData|GoTo[RE]|URI|Movie|Rendition|Sound|"
    rb"Thread|SetOCGState|Collection|3D|U3D|OnInstantiate|Flash|Win|GoTo3DView|Base|URL|MCD)(?![A-Za-z0-9])|/U?F[ ]?[(<](?!<)|"
    rb"/S[ ][0-9]")
"""What tells that a dictionary may act: the kind of an action may stand in an object of its own."""
SHOWN = (b"/Contents (", b"/Contents <", b"/V (", b"/V <")
"""Words of notes and fields."""
ACTION = re.compile(rb"/(?:JS|JavaScript|Launch|OpenAction|AA|EF|XFA|SubmitForm|ImportData|GoTo[RE]|RichMedia\w*)(?![A-Za-z0-9])")
ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
HEADING = 1 << 16                        # octets in which the first object begins
FIRST = re.compile(rb"\d\s{1,9}\d{1,5}\s{1,9}obj(?![a-z])")
MARKUP = re.compile(rb"<\s{0,8}(?:script[\s>]|hta:application|html[\s>]|job[\s>])", re.I)
MATRIX = re.compile(rb"/FontMatrix\s{0,9}\[[^\[\]()<>]{0,200}[(<]")
"""Text in place of a number: a viewer of browsers ran it as code (CVE-2024-4367)."""
DUPLICATE = re.compile(r"duplicated key /(?:OpenAction|AA|A|JS|Next|Win|JavaScript|Names|EF)(?![A-Za-z0-9])")
"""What qpdf says of an entry that stands twice: it takes the last one, other readers the first."""


def _warm() -> None:
    """qpdf opens /dev/urandom at its first AES key and keeps it: that must be before the cell is locked."""
    out = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(out, encryption=pikepdf.Encryption(owner="o", user=""))
    with pikepdf.open(io.BytesIO(out.getvalue())) as document:
        document.Root.unparse(resolved=True)
    pypdfium2.PdfDocument(out.getvalue()).close()


_warm()


class Pdf:
    name = "pdf"

    def claims(self, node: Node) -> bool:
        """A stored PDF in an archive or compound file begins near its start too: that one comes as a child."""
        if node.type == "application/pdf":
            return True
        start = node.data.find(b"%PDF-", 0, 1024 + 5)
        member = (node.type == "application/x-tar" and _first_member(node.data, start)) or framed(node.type, node.artifact.names)
        return start >= 0 and not (member or node.data.startswith(CONTAINERS)
                                   or node.type.startswith(("text/", "message/", "multipart/")))

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        if node.type not in MEMBERS:
            yield from _edges(node.data)
        if floods.deep(node.data):
            yield Problem(IncidentCode.DEPTH, "arrays or dictionaries within one another")
        said = floods.object_streams(node.data)
        if len(said) > floods.OBJECT_STREAMS:
            yield Problem(IncidentCode.COUNT, f"more than {floods.OBJECT_STREAMS} object streams")
            return
        if floods.bursting(node.data, said):
            yield Problem(IncidentCode.RATIO, "an object stream that unpacks to more than any table of objects")
            return
        if crowd := pdfcrowds.before(node.data, said):
            yield Problem(IncidentCode.COUNT, crowd)
            return
        try:
            document, password = _open(node.data, context)
        except pikepdf.PasswordError:
            yield Problem(IncidentCode.ENCRYPTED, "PDF")
            return
        except ERRORS as error:
            if node.type not in MEMBERS:                 # of a member that is packed or in pieces, its own reader makes one
                yield from _unreadable(node.data, error)
            return
        with document:
            if password:
                yield Observation("PDF-PASSWORD", "opened with a password of the message")
            last: list[Yield] = []
            try:
                crowd = pdfcrowds.after(document)
            except ERRORS:                                # no tree of pages: told below
                crowd = ""
            if crowd:
                yield Problem(IncidentCode.COUNT, crowd)
                return
            try:
                for item in structure(document, context, len(node.data)):
                    last.append(item)
                    yield item
            except ERRORS as error:
                yield Problem(IncidentCode.MALFORMED, f"PDF structure: {type(error).__name__}")
            yield from pdfrevisions.earlier(node.data, password, last, lambda made: structure(made, context, len(node.data), True))
            if b"/XRefStm" in node.data:
                yield from _hybrid(node.data, password, document, context)
            if context.outbound:
                yield from pdfwords.words(document)
            problems = [item for item in last if isinstance(item, Problem)]
            if any(item.code is IncidentCode.RATIO or item.detail == pdfloops.ENDLESS for item in problems):
                return                                    # what is laid out or drawn of it may cost any amount
            yield from pdftext.text(node.data, password, context, document)


def _first_member(data: bytes, start: int) -> bool:
    """True where what begins at `start` is the content of a regular file of a tar: its header is the block in front, or the first
    one and large enough (a signed PDF in a tar)."""
    block = start - start % 512
    header = data[block - 512:block]
    if header[257:262] == b"ustar" and header[156:157] in REGULAR and not data[block:start].strip():
        return True
    size = data[124:135].strip(b" \0")
    octal = size and not size.strip(b"01234567")
    return data[156:157] in REGULAR and bool(octal) and 512 <= start < 512 + int(size, 8)


def _open(data: bytes, context: Context) -> tuple[pikepdf.Pdf, str]:
    """The document and the password that opened it; raises PasswordError when none did."""
    for word in chain(("",), islice(candidates(context), GUESSES)):
        if word and not context.effort.spend(PDF_GUESS):
            break
        try:
            found = pikepdf.open(io.BytesIO(_ended(data)), password=word, suppress_warnings=True, inherit_page_attributes=False)
        except pikepdf.PasswordError:
            continue
        if word:
            context.fits(word)
        return found, word
    raise pikepdf.PasswordError("no password fits")


def _ended(data: bytes) -> bytes:
    """With the end of its last object and of itself: where a file breaks off in or right behind an object, qpdf's repair loses
    that one, other readers do not."""
    tail = b"" if b"%%EOF" in data[-ENDS:] else END
    opened = data.rfind(b" obj")
    if opened > data.rfind(b"endobj"):
        stream = data.rfind(b"stream", opened)
        tail = (b"\nendstream" if stream >= 0 and data[stream - 3:stream] != b"end" else b"") + b"\nendobj" + END
    return data + tail if tail else data


def _unreadable(data: bytes, error: Exception) -> Iterator[Yield]:
    """Neither reader can make sense of it, or no password opens it, but a certificate (ISO 32000-1, 7.6.4) or a shop's licence:
    what actions its octets name is still told."""
    if "unsupported encryption filter" in str(error):
        yield Problem(IncidentCode.ENCRYPTED, "PDF for holders of a certificate or licence")
    else:
        yield Problem(IncidentCode.MALFORMED, f"PDF: {type(error).__name__}")
    if re.search(rb"/(?:JS|JavaScript|Launch)(?![A-Za-z0-9])", data):
        yield Observation("PDF-DAMAGED-ACTION", "")


def _edges(data: bytes) -> Iterator[Yield]:
    """What stands before the header and behind the last end mark is a file of its own to other programs."""
    start = data.find(b"%PDF-", 0, 1029)
    if start > JUNK and data[:start].strip():
        yield Observation("PDF-LEADING", f"{start} octets")
        yield Child(data[:start], ArtifactKind.OBJECT, label="before the document")
    first = FIRST.search(data, max(start, 0), max(start, 0) + HEADING)
    if first is not None and (page := MARKUP.search(data, max(start, 0), first.start())) is not None:
        yield Observation("PDF-DAMAGED-ACTION", "a page between the header and the first object")
        yield Child(data[page.start():], ArtifactKind.OBJECT, label="a page", detected_type="text/html")
    end = data.rfind(b"%%EOF")
    if end >= 0 and re.search(rb"\d \d+ obj\s", data[end:end + (1 << 20)]) and INTERESTING.search(data[end:]):
        yield Observation("PDF-DAMAGED-ACTION", "objects behind the end of the document")
    if end >= 0 and len(data) - end - 5 > TAIL and data[end + 5:].strip(b"\0 \t\r\n\x1a"):
        yield Observation("PDF-TRAILING", f"{len(data) - end - 5} octets")
        yield Child(data[end + 5:].lstrip(b"\r\n"), ArtifactKind.OBJECT, label="behind the document")


@dataclass(slots=True)
class _Excess:
    """What objects of one file cost their reader beyond what they weigh; each kind is told once."""

    made: int = 0                        # octets of streams that are packed more than 100 to 1
    bombs: bool = False
    looped: bool = False
    known: dict[tuple[int, int], int] = field(default_factory=dict)

    def told(self, item: pikepdf.Object, said: bytes, number: int) -> Iterator[Problem]:
        """`said`: its dictionary as it is written."""
        if not self.looped and pdfloops.KINDS.search(said) and (loop := pdfloops.repeated(item, self.known)):
            self.looped = True
            yield Problem(IncidentCode.DEPTH, loop)
        if isinstance(item, pikepdf.Stream) and not self.bombs:
            dense = _dense(item, number)
            self.made += max(dense, floods.STREAM + 1 if dense > floods.CONTENT and _content(item.stream_dict) else 0)
            if self.made > floods.STREAM or _bomb(item) or _drawn_without_end(item):
                self.bombs = True
                yield Problem(IncidentCode.RATIO, "streams that unpack to more than any page needs")


def structure(document: pikepdf.Pdf, context: Context, packed: int, earlier: bool = False) -> Iterator[Yield]:
    """Actions, scripts, embedded files, forms. The streams of an earlier revision are those of the last one, or cost nothing."""
    automatic = pdfactions.automatic(document)
    if pdfactions.LOOPED in automatic:
        yield Problem(IncidentCode.DEPTH, "a name tree that leads back to itself")
    if pdfactions.CROWDED in automatic:
        yield Problem(IncidentCode.COUNT, "more pages, annotations or actions than are looked at")
    loop = pdfloops.outline(document)
    if loop:
        yield Problem(IncidentCode.DEPTH, loop)
    reader = pdfactions.Reader(automatic, context.allowance(packed), context.limits)
    yield from reader.dictionary(document.Root, auto=False)
    acting, excess = 0, _Excess()
    shown: dict[str, None] = {}
    head: pikepdf.Dictionary | pikepdf.Array
    for count, item in enumerate(document.objects):
        if count >= pdfcrowds.OBJECTS:
            yield Problem(IncidentCode.COUNT, f"more than {pdfcrowds.OBJECTS} objects")
            break
        if isinstance(item, pikepdf.Stream):
            head = item.stream_dict
        elif isinstance(item, (pikepdf.Dictionary, pikepdf.Array)):
            head = item
        else:
            continue
        said = head.unparse(resolved=True)
        if not context.outbound and any(mark in said for mark in SHOWN):
            pdfwords.shown(head, shown)
        if b"/FontMatrix" in said and MATRIX.search(said):
            yield Observation("PDF-SCRIPT-ACTS", "a font matrix that is code")
        if INTERESTING.search(said):
            acting += 1
            if acting > ACTING:
                yield Problem(IncidentCode.COUNT, f"more than {ACTING} links and actions")
                break
            yield from reader.anything(item)
        if not earlier:
            yield from excess.told(item, said, count)
    yield from reader.rest(document)
    if shown and asked.NARROW.within("\n".join(shown).encode("utf-8", "replace")):
        yield Text("\n".join(shown), "notes and fields")
    warnings = [str(warning) for warning in document.get_warnings()]
    if any(DUPLICATE.search(warning) for warning in warnings):
        yield Observation("PDF-DAMAGED-ACTION", "an entry that stands twice in a dictionary")
    if any("reconstruct" in warning for warning in warnings):
        yield from _outside_the_table(document, reader)


def _hybrid(data: bytes, password: str, document: pikepdf.Pdf, context: Context) -> Iterator[Yield]:
    """What the plain tables of a hybrid file call free, its object streams too: looked for as if there were no table."""
    torn = io.BytesIO(data.replace(b"startxref", b"startxxxx"))
    try:
        whole = pikepdf.open(torn, password=password, suppress_warnings=True, inherit_page_attributes=False)
    except ERRORS as error:
        yield Problem(IncidentCode.MALFORMED, f"PDF with two tables: {type(error).__name__}")
        return
    with whole:
        reader = pdfactions.Reader(set(), context.allowance(len(data)), context.limits)
        yield from _outside_the_table(whole, reader, hybrid=document)


def _outside_the_table(document: pikepdf.Pdf, reader: pdfactions.Reader, hybrid: pikepdf.Pdf | None = None) -> Iterator[Yield]:
    """Object streams of a file whose table of objects is broken: qpdf leaves them alone, other readers rebuild from them. In a
    `hybrid` file (ISO 32000-2, 7.5.8.4) those with objects that its plain table calls free: qpdf believes that one."""
    for item in islice(document.objects, pdfcrowds.OBJECTS):
        if isinstance(item, pikepdf.Stream) and item.stream_dict.get("/Type") == pikepdf.Name.ObjStm:
            made = b"".join(part.data for part in reader.stream(item) if isinstance(part, Child))
            if hybrid is not None and not _unseen(hybrid, made):
                continue
            if ACTION.search(ESCAPE.sub(lambda match: bytes.fromhex(match[1].decode("ascii")), made)):
                yield Observation("PDF-DAMAGED-ACTION", "an object stream outside the table of objects")
                return


def _unseen(document: pikepdf.Pdf, made: bytes) -> bool:
    """True where an object stream holds an object that the reader of the file does not know. Its numbers stand in front."""
    numbers = re.match(rb"\s*(?:\d{1,7}\s+\d{1,9}\s+){1,1000}", made)
    found = numbers[0].split()[::2] if numbers else []
    return any(document.get_object((int(number), 0)) is None for number in found)


def _dense(stream: pikepdf.Stream, number: int) -> int:
    """Octets of one that is packed more than 100 to 1 and no picture. Small ones count as long as there are not too many."""
    length = stream.stream_dict.get("/Length")
    if isinstance(length, int) and length < (64 if number < floods.OBJECT_STREAMS else 4096):
        return 0
    if str(stream.stream_dict.get("/Subtype", "")) == "/Image" or not set(filters(stream)[:1]) & {"/FlateDecode", "/Fl"}:
        return 0
    return floods.dense(bytes(stream.read_raw_bytes()))


def _content(said: pikepdf.Dictionary) -> bool:
    """Whether a stream may be what a page draws: only such say nothing of what they are."""
    return not set(said.keys()) - {"/Length", "/Filter", "/DecodeParms"}


def _bomb(stream: pikepdf.Stream) -> bool:
    """Streams that deflate alone can have made this large from so little."""
    length = stream.stream_dict.get("/Length")
    layers = sum(name in ("/FlateDecode", "/Fl") for name in filters(stream))
    most = floods.IMAGE if str(stream.stream_dict.get("/Subtype", "")) == "/Image" else floods.STREAM
    if not layers or (layers == 1 and isinstance(length, int) and length < most // 1032):
        return False
    return floods.deflate(bytes(stream.read_raw_bytes()), layers, most)


def _drawn_without_end(stream: pikepdf.Stream) -> bool:
    """Pictures of more pixels than their octets can tell, patterns of more tiles than a page has points."""
    said = stream.stream_dict
    with suppress(TypeError, ValueError, IndexError, OverflowError):
        if said.get("/Subtype") == pikepdf.Name.Image:
            return floods.vast(int(said.get("/Width", 0)), int(said.get("/Height", 0)), int(said.get("/Length", 0)))
        if said.get("/PatternType", 0) == 1:
            matrix = [float(number) for number in said.get("/Matrix", (1, 0, 0, 1))]
            scale = matrix[0] * matrix[3] - matrix[1] * matrix[2]
            return 0 < abs(float(said.get("/XStep", 0)) * float(said.get("/YStep", 0)) * scale) < floods.TILE
    return False


PDF = Pdf()
