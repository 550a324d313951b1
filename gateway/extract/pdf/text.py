"""The text of PDF pages by PDFium, after the cost of each page was estimated: content streams unpacked and drawn forms counted."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from itertools import chain, islice, pairwise

import pikepdf
import pypdfium2
import pypdfium2.raw as raw
from pypdfium2 import PdfiumError

from gateway.extract.base import Context, Problem, Yield
from gateway.extract.pdf import filled as pdffilled
from gateway.extract.pdf import fonts as pdffonts
from gateway.extract.pdf import letters
from gateway.extract.pdf import revisions as pdfrevisions
from gateway.extract.pdf import spoken as pdfspoken
from gateway.model.content import Observation, Table, Text
from gateway.model.finding import IncidentCode

PAGES_IN = 60                            # pages whose cost is looked at inbound: bombs
READ_IN = 4                              # pages whose text is read inbound (links, passwords, lures: what is met first)
PAGES_OUT = 5_000                        # pages whose text is read outbound (customer data)
PAGES_OVER = 100                         # of a file that has more: held whatever it says
CONTENT_IN = 6 << 20                     # octets of page content that are counted inbound
PAGE_IN = 2 << 20                        # of one page that is read inbound: PDFium takes 0.2 s and 100 MB for one MB
CONTENT_OUT = 24 << 20
SHOWN = 200_000                          # pieces of text of one page; a large map has 50,000
REPEATED, PIECES = 2, 100_000
"""Pieces of text that all pages show for one octet of the file, where they are so many: one content drawn on page after page."""
SHOWS = re.compile(rb"T[jJ](?![A-Za-z0-9])")
SPACED = 40                              # words of a page from which on it may be spaced out
CHARACTERS = 20_000                      # characters of such a page that are put together
LEADING = 6                              # points: less than between two lines, more than letters of one line differ
ROOM = 1.7                               # usual steps from one letter to the next
NUMBER = re.compile("[0-9]{6}")           # in a line, from which on letters are known to go on to the right
MOST_ROWS = 20_000                       # of cells in one file
ANNOTATIONS = 200                        # of a page that are looked at for whether they show anything
SILENT = frozenset({raw.FPDF_ANNOT_LINK, raw.FPDF_ANNOT_POPUP, raw.FPDF_ANNOT_UNKNOWN})
REVISIONS = 4                            # before the last one whose text is read
PAGES_EARLIER = 20                       # of each of them
LEADERS = re.compile("[ \t]?[.．·…]{5,}[ \t]?")
"""Dots that lead from a label to its value."""
DOTS = (".....", "．．．．．", "·····", "………")
TAIL, ACROSS = 400, 40                   # characters of a page's end or beginning, and of those put together
PAGE_NUMBER = re.compile(r"\n[^\n0-9]{0,8}[0-9]{1,4}(?:\s?[/／]\s?[0-9]{1,4})?[^\n0-9]{0,8}\s*\Z")
ENDED = ".。．!！?？;；"
FONTS, LIGATURE = 200, 400
"""Fonts of a page whose meanings are looked at, and octets of one that tell what a letter stands for, up to which it is one: a few
characters, of four digits each, and comments."""
FORMS = 16                               # forms within forms that are followed
DRAWN = re.compile(rb"/([^\s/<>\[\](){}%]{1,127})\s+Do(?![A-Za-z0-9])")
ERRORS = (pikepdf.PdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, RuntimeError, OverflowError)

pdffonts.use()


def text(data: bytes, password: str, context: Context, repaired: pikepdf.Pdf) -> Iterator[Yield]:
    """Text a page; what cannot be read is told: outbound, where customer data is looked for, as a problem."""
    document = _for_text(data, password, repaired)
    if document is None:
        yield from _unread(context, "the PDF cannot be opened", IncidentCode.MALFORMED)
        return
    known: set[str] = set()
    ends = pdfrevisions.ends_of_revisions(data)[-REVISIONS - 1:-1] if context.outbound else []
    cells: list[tuple[str, ...]] = []
    costs = Costs(CONTENT_OUT if context.outbound else CONTENT_IN)
    above = ""
    try:
        limit = min(len(document), PAGES_OUT if context.outbound else PAGES_IN)
        if len(document) > limit and context.outbound:
            yield Problem(IncidentCode.COUNT, f"more than {limit} pages")
            limit = PAGES_OVER
        for number in range(limit):
            cost = costs.page(repaired, number)
            if cost > costs.left:
                code = IncidentCode.RATIO if cost > costs.packed * context.limits.ratio else IncidentCode.SIZE
                if code is IncidentCode.RATIO:
                    yield Problem(code, f"page {number + 1} draws more than {costs.left} octets")
                else:
                    yield from _unread(context, f"page {number + 1} is too large", code)
                return
            if (flood := _flood(costs, number, len(data), context)) is not None:
                yield flood
                return
            costs.left -= cost
            if context.outbound or (number < READ_IN and cost <= PAGE_IN):
                for part in chain(_spoken(costs, number, context), _page(document, number, context, cells, repaired)):
                    if isinstance(part, Text):
                        if ends:
                            known.update(part.content.split("\n"))
                        if over := _over(above, part.content):
                            yield Text(over, f"pages {number} and {number + 1}")
                        above = part.content
                    yield part
            elif number < READ_IN:
                yield from _unread(context, f"page {number + 1} is too large", IncidentCode.SIZE)
        if cells:                                         # one table: it goes on without its heading on the next page
            yield Table("cells of the pages", tuple(cells))
        if ends and costs.left > costs.budget // 2:
            yield from _earlier(data, password, known, ends)
    finally:
        document.close()


def _flood(costs: Costs, number: int, size: int, context: Context) -> Problem | None:
    """What is too much on a page, and on those before, whatever it costs."""
    if costs.body > max(context.limits.ratio_floor, costs.packed * context.limits.ratio):
        return Problem(IncidentCode.RATIO, f"what page {number + 1} draws is packed more than {context.limits.ratio} to 1")
    if costs.shown > SHOWN:
        return Problem(IncidentCode.COUNT, f"page {number + 1} shows more than {SHOWN} pieces of text")
    if costs.pieces > max(PIECES, REPEATED * size):
        return Problem(IncidentCode.RATIO, f"{number + 1} pages show {costs.pieces} pieces of text in {size} octets")
    return None


def _spoken(costs: Costs, number: int, context: Context) -> Iterator[Yield]:
    if costs.said and context.outbound:
        yield Text(costs.said, f"page {number + 1}", hidden=True)


def _page(document: pypdfium2.PdfDocument, number: int, context: Context, cells: list[tuple[str, ...]],
          repaired: pikepdf.Pdf) -> Iterator[Yield]:
    """`cells`: rows of the pages before, to which those of this one are added."""
    try:
        page = _drawn(document, number) if context.outbound else document[number]
        textpage = page.get_textpage()
        content = textpage.get_text_range()
        if context.outbound:
            spaced, fields = spaced_out(content), pdffilled.letters(repaired, number)
            if len(cells) < MOST_ROWS and (cells or spaced or fields or letters.wanted(content, textpage)):
                cells += letters.rows(page, textpage, fields)
            if spaced:
                placed = by_place(textpage)
                content += "\n\n" + (placed if NUMBER.search(placed) else downwards(content))
        textpage.close()
        page.close()
    except PdfiumError:
        yield from _unread(context, f"page {number + 1}", IncidentCode.MALFORMED)
        return
    if content.strip():
        content = content.replace("\r\n", "\n").replace("\ufffe", "-")
        yield Text(LEADERS.sub(": ", content) if any(dots in content for dots in DOTS) else content, f"page {number + 1}")


def _over(above: str, below: str) -> str:
    """The end of a page and the beginning of the next one, where a number or its label may go on from one to the other."""
    last = PAGE_NUMBER.sub("", above[-TAIL:]).rstrip().rpartition("\n")[2][-ACROSS:]
    first = below[:TAIL].lstrip().partition("\n")[0][:ACROSS]
    goes_on = last and first and last[-1] not in ENDED and any(map(str.isdigit, first))
    return f"{last}\n{first}" if goes_on else ""


def _drawn(document: pypdfium2.PdfDocument, number: int) -> pypdfium2.PdfPage:
    """The page with what its annotations and form fields show."""
    page = document[number]
    for index in range(min(raw.FPDFPage_GetAnnotCount(page), ANNOTATIONS)):
        annotation = raw.FPDFPage_GetAnnot(page, index)
        shows = raw.FPDFAnnot_GetSubtype(annotation) not in SILENT
        raw.FPDFPage_CloseAnnot(annotation)
        if shows:
            break
    else:
        return page
    raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY)
    page.close()
    return document[number]


def _earlier(data: bytes, password: str, known: set[str], ends: list[int]) -> Iterator[Yield]:
    """Lines of earlier revisions that the last one does not show: each save may append, and what it replaced is still there."""
    for end in ends:
        try:
            document = pypdfium2.PdfDocument(data[:end], password=password or None)
        except PdfiumError:
            continue                                      # a revision that never was a file of its own
        for number in range(min(len(document), PAGES_EARLIER)):
            try:
                content = document[number].get_textpage().get_text_range()
            except PdfiumError:
                continue
            gone = [line for line in content.splitlines() if line not in known]
            known.update(gone)
            if gone:
                yield Text("\n".join(gone), f"earlier page {number + 1}", hidden=True)
        document.close()


def spaced_out(content: str) -> bool:
    """A page whose letters stand so far apart that each came as a line of its own."""
    lines = content.split()
    return len(lines) >= SPACED and sum(len(line) == 1 for line in lines) * 2 > len(lines)


def by_place(textpage: pypdfium2.PdfTextPage) -> str:
    """The characters of a page put together by where they stand: rows by height, blanks where there is room for two."""
    rows: dict[int, list[tuple[float, str]]] = {}
    for index in range(min(textpage.count_chars(), CHARACTERS)):
        left, bottom, right, top = textpage.get_charbox(index)
        character = textpage.get_text_range(index, 1)
        if character.strip() and right > left:
            rows.setdefault(round((bottom + top) / 2 / LEADING), []).append((left, character))
    return "\n".join(_spelled(sorted(row)) for _, row in sorted(rows.items(), reverse=True))


def downwards(content: str) -> str:
    """Letters that stand below one another, put together in the order they were drawn."""
    return "".join(line if len(line) == 1 else f"\n{line}\n" for line in content.splitlines())


def _spelled(row: list[tuple[float, str]]) -> str:
    """Characters of a row by their left edges, blanks where the next one is much farther than usual."""
    steps = [after[0] - before[0] for before, after in pairwise(row)]
    usual = sorted(steps)[len(steps) // 2] if steps else 0.0
    return row[0][1] + "".join(("  " if step > ROOM * usual else "") + character
                               for step, (_, character) in zip(steps, row[1:], strict=True))


def _unread(context: Context, what: str, code: IncidentCode) -> Iterator[Yield]:
    yield Problem(code, f"text: {what}") if context.outbound else Observation("PDF-NO-TEXT", what)


def _for_text(data: bytes, password: str, repaired: pikepdf.Pdf) -> pypdfium2.PdfDocument | None:
    """The file as it stands, or as qpdf repaired it where PDFium is the stricter one."""
    try:
        return pypdfium2.PdfDocument(data, password=password or None)
    except PdfiumError:
        pass
    out = io.BytesIO()
    try:
        repaired.save(out, encryption=False)
        return pypdfium2.PdfDocument(out.getvalue())
    except (PdfiumError, *ERRORS):
        return None


class Costs:
    """Octets of content a page makes PDFium read, forms drawn n times counted n times. Stops counting above the budget."""

    def __init__(self, budget: int) -> None:
        self.left = budget
        self.budget = budget
        self.packed = 0                  # octets of the page's streams as they stand in the file
        self.body = 0                    # octets that its own ones unpack to
        self.shown = 0                   # pieces of text that the page's own streams show
        self.pieces = 0                  # the same of all pages so far, about
        self.said = ""                   # what the page's own streams say their shapes stand for
        self.forms: dict[tuple[int, int], int] = {}
        self.fonts: dict[tuple[int, int], int] = {}

    def page(self, document: pikepdf.Pdf, number: int) -> int:
        """0 where the page cannot be read: then PDFium will not read it either."""
        self.packed, self.body, self.said = 1, 0, ""
        try:
            page = document.pages[number].obj
            contents = page.get("/Contents")
            streams = list(contents)[:1000] if isinstance(contents, pikepdf.Array) else [contents]
            body = b"\n".join(self.unpacked(s) for s in streams if isinstance(s, pikepdf.Stream))
            self.body = len(body)
            self.said = pdfspoken.text(body)
            self.pieces += body.count(b"Tj") + body.count(b"TJ")
            self.shown = sum(1 for _ in islice(SHOWS.finditer(body), SHOWN + 1)) if len(body) > 2 * SHOWN else 0
            return self.drawn(body, _resources(page), 0)
        except ERRORS:
            return 0

    def unpacked(self, stream: pikepdf.Stream) -> bytes:
        raw = bytes(stream.read_raw_bytes())
        self.packed += len(raw)
        names = stream.get("/Filter")
        wanted = [str(n) for n in names] if isinstance(names, pikepdf.Array) else [str(names)]
        if wanted and wanted[0] in ("/FlateDecode", "/Fl"):
            for _ in wanted:
                try:
                    raw = zlib.decompressobj().decompress(raw, self.budget + 1)
                except zlib.error:
                    return raw
        return raw

    def drawn(self, body: bytes, resources: object, depth: int) -> int:
        cost = len(body) * self.written(resources)
        forms = resources.get("/XObject") if isinstance(resources, pikepdf.Dictionary) else None
        if depth >= FORMS or not isinstance(forms, pikepdf.Dictionary) or cost > self.budget:
            return cost
        counts: dict[bytes, int] = {}
        for name in DRAWN.findall(body):
            counts[name] = counts.get(name, 0) + 1
        for name, count in counts.items():
            form = forms.get("/" + name.decode("latin-1"))
            if isinstance(form, pikepdf.Stream) and str(form.get("/Subtype", "")) == "/Form":
                cost += count * self.form(form, depth)
        return cost

    def written(self, resources: object) -> int:
        """Characters that one letter may stand for (ISO 32000-2, 9.10.3), where they are more than a ligature has; else 1."""
        fonts = resources.get("/Font") if isinstance(resources, pikepdf.Dictionary) else None
        longest, packed = 1, self.packed
        for font in islice(fonts.values(), FONTS) if isinstance(fonts, pikepdf.Dictionary) else ():
            meanings = font.get("/ToUnicode") if isinstance(font, pikepdf.Dictionary) else None
            if isinstance(meanings, pikepdf.Stream):
                if (key := meanings.objgen) not in self.fonts:
                    digits = max(map(len, self.unpacked(meanings).split(b">")))
                    self.fonts[key] = digits // 4 if digits > LIGATURE else 1
                longest = max(longest, self.fonts[key])
        self.packed = packed
        return longest

    def form(self, form: pikepdf.Stream, depth: int) -> int:
        key = form.objgen
        if key not in self.forms:
            self.forms[key] = 0          # a form that draws itself
            self.forms[key] = self.drawn(self.unpacked(form), form.get("/Resources"), depth + 1)
        return self.forms[key]


def _resources(page: pikepdf.Object) -> object:
    """Of the page or of the nodes above it."""
    node: object = page
    for _ in range(30):
        if not isinstance(node, pikepdf.Dictionary):
            return None
        found = node.get("/Resources")
        if found is not None:
            return found
        node = node.get("/Parent")
    return None
