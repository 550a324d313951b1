"""The text of PDF pages by PDFium, after the cost of each page was estimated: content streams unpacked and drawn forms counted."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from itertools import islice, pairwise

import pikepdf
import pypdfium2
from pypdfium2 import PdfiumError

from gateway.extract.base import Context, Problem, Yield
from gateway.model.content import Observation, Text
from gateway.model.finding import IncidentCode

PAGES_IN = 60                            # pages whose cost is looked at inbound: bombs
READ_IN = 4                              # pages whose text is read inbound (links, passwords, lures: what is met first)
PAGES_OUT = 5_000                        # pages whose text is read outbound (customer data)
CONTENT_IN = 6 << 20                     # octets of page content that are counted inbound
PAGE_IN = 2 << 20                        # of one page that is read inbound: PDFium takes 0.2 s and 100 MB for one MB
CONTENT_OUT = 24 << 20
SHOWN = 200_000                          # pieces of text of one page; a large map has 50,000
SHOWS = re.compile(rb"T[jJ](?![A-Za-z0-9])")
SPACED = 40                              # words of a page from which on it may be spaced out
CHARACTERS = 20_000                      # characters of such a page that are put together
LEADING = 6                              # points: less than between two lines, more than letters of one line differ
ROOM = 1.7                               # usual steps from one letter to the next
FORMS = 16                               # forms within forms that are followed
DRAWN = re.compile(rb"/([^\s/<>\[\](){}%]{1,127})\s+Do(?![A-Za-z0-9])")
ERRORS = (pikepdf.PdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, RuntimeError, OverflowError)


def text(data: bytes, password: str, context: Context, repaired: pikepdf.Pdf) -> Iterator[Yield]:
    """Text a page; what cannot be read is told: outbound, where customer data is looked for, as a problem."""
    document = _for_text(data, password, repaired)
    if document is None:
        yield from _unread(context, "the PDF cannot be opened", IncidentCode.MALFORMED)
        return
    costs = Costs(CONTENT_OUT if context.outbound else CONTENT_IN)
    try:
        limit = min(len(document), PAGES_OUT if context.outbound else PAGES_IN)
        for number in range(limit):
            cost = costs.page(repaired, number)
            if cost > costs.left:
                code = IncidentCode.RATIO if cost > costs.packed * context.limits.ratio else IncidentCode.SIZE
                if code is IncidentCode.RATIO:
                    yield Problem(code, f"page {number + 1} draws more than {costs.left} octets")
                else:
                    yield from _unread(context, f"page {number + 1} is too large", code)
                return
            if costs.shown > SHOWN:
                yield Problem(IncidentCode.COUNT, f"page {number + 1} shows more than {SHOWN} pieces of text")
                return
            costs.left -= cost
            if context.outbound or (number < READ_IN and cost <= PAGE_IN):
                yield from _page(document, number, context)
            elif number < READ_IN:
                yield from _unread(context, f"page {number + 1} is too large", IncidentCode.SIZE)
        if context.outbound and len(document) > limit:
            yield Problem(IncidentCode.COUNT, f"more than {limit} pages")
    finally:
        document.close()


def _page(document: pypdfium2.PdfDocument, number: int, context: Context) -> Iterator[Yield]:
    try:
        page = document[number]
        textpage = page.get_textpage()
        content = textpage.get_text_range()
        if context.outbound and spaced_out(content):
            content += "\n\n" + by_place(textpage)
        textpage.close()
        page.close()
    except PdfiumError:
        yield from _unread(context, f"page {number + 1}", IncidentCode.MALFORMED)
        return
    if content.strip():
        yield Text(content.replace("\r\n", "\n").replace("\ufffe", "-"), f"page {number + 1}")


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
        self.shown = 0                   # pieces of text that the page's own streams show
        self.forms: dict[tuple[int, int], int] = {}

    def page(self, document: pikepdf.Pdf, number: int) -> int:
        """0 where the page cannot be read: then PDFium will not read it either."""
        self.packed = 1
        try:
            page = document.pages[number].obj
            contents = page.get("/Contents")
            streams = list(contents)[:1000] if isinstance(contents, pikepdf.Array) else [contents]
            body = b"\n".join(self.unpacked(s) for s in streams if isinstance(s, pikepdf.Stream))
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
        cost = len(body)
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
