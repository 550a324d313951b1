"""Pictures that hold data: barcodes by zxing, text by Tesseract in the tool lane. Scanned PDF pages too. Of inbound mail only the
words of a few pictures, where something stays locked: they may say its password.

English first: it reads digits and Latin letters in any script's picture in a fifth of the time. Where that found numbers,
a second pass in the language of the mail alone reads headings and names, line by line across the page: beside English,
Tesseract takes the half of all ideographs for misprinted letters. Turned and inverted pictures are tried where nothing was read.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from PIL import AvifImagePlugin, Image, PngImagePlugin

from gateway.extract import floods
from gateway.extract.base import Child, Context, Node, Problem, ToolFailed, ToolsSpent, Yield
from gateway.extract.page import modules
from gateway.extract.pictures import (
    accounts,
    agreed,
    ahead,
    barcodes,
    boxes,
    cards,
    columns,
    frames,
    further,
    grey,
    heif,
    legible,
    lettering,
    numerals,
    overlaid,
    paper,
    pattern,
    prepare,
    scripts,
    sense,
    spelled,
    texture,
    upright,
    zones,
)
from gateway.extract.pictures import words as picture_words
from gateway.identifiers.terms import Labels
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Text
from gateway.model.finding import IncidentCode

AvifImagePlugin.DEFAULT_MAX_THREADS = 1                  # the cell starts no threads
Image.init()                                              # plugins are modules: none can be imported in the cell
BROKEN = frames.BROKEN
MOST_PIXELS = ahead.MOST_PIXELS
MOST_PAGES = 8
MOST_UNREAD, LARGEST_UNREAD = 4, 4 << 20
"""Pictures of inbound mail that may be read for passwords, and octets of each."""
FEW_LINES = 1_000_000
"""Pixels of a fitted picture of a few lines: its words are read although no number was, which may be written in ideographs."""
LIES = re.compile(r"Rotate: ([0-9]+)\n.*confidence: ([0-9.]+)")
SURE = 1.0
TURNS = {"180": Image.Transpose.ROTATE_180, "90": Image.Transpose.ROTATE_270, "270": Image.Transpose.ROTATE_90}
"""Tesseract turns clockwise, PIL the other way."""
HEIC = "image/heic"
SOURCES = (HEIC, "image/png", "image/jpeg", "image/gif", "image/tiff", "image/bmp", "image/webp", "image/jp2",
           "image/avif", "image/vnd.adobe.photoshop")
RASTER = re.compile(rb"P[1-6]\s|\x0a[\x00\x02-\x05]\x01[\x01\x02\x04\x08]|\x01\xda[\x00\x01][\x01\x02]\x00[\x01-\x03]|\x28\0\0\0"
                    rb"[\s\S]{2}\0\0[\s\S]{2}\0\0\x01\0[\x01\x04\x08\x10\x18\x20]\0|"
                    rb"\0[\x01\x00][\x02\x03\x0a\x0b\x01\x09][\s\S]{9}[\s\S]{4}[\x08\x10\x18\x20]")
"""How rarer kinds of pictures begin: PNM, PCX, SGI, a bitmap without the head of a file, TGA."""

UNKNOWN = ("application/octet-stream", "text/plain")


class PictureExtractor:
    name = "pictures"

    def claims(self, node: Node) -> bool:
        return (node.type in SOURCES or node.type == "application/pdf"
                or (node.type in UNKNOWN and RASTER.match(node.data) is not None))

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        if not context.outbound and not context.reading:
            if node.type != "application/pdf" and len(context.unread) < MOST_UNREAD and len(node.data) <= LARGEST_UNREAD:
                context.unread.append((self, node))
            return
        if context.unread_told:
            return
        if node.type == "application/pdf":
            yield from _scanned_pages(node.data, context)
            return
        if context.lettered % ahead.EVERY == 0 and ahead.crowded(context):
            context.unread_told = True
            yield Problem(IncidentCode.COUNT, f"more than {ahead.MOST} pictures with letters")
            return
        if node.artifact.label == modules.DRAWN:
            yield from _told(barcodes.read(Image.open(io.BytesIO(node.data)).convert("L"))[0], modules.DRAWN)
            return
        if node.type == HEIC:
            flood, what = floods.picture(node.type, node.data)
            if flood:
                yield Problem(IncidentCode(flood), what)
                return
            try:
                shot = heif.grey(node.data, MOST_PIXELS)
            except ValueError as error:
                yield Problem(IncidentCode.MALFORMED, f"picture of a telephone: {error}")
                return
            if shot is not None:
                yield from _read(shot, context, "picture")
                return
        try:
            Image.MAX_IMAGE_PIXELS, PngImagePlugin.MAX_TEXT_CHUNK = MOST_PIXELS, floods.TEXT
            file = Image.open(io.BytesIO(node.data))
            pages = range(max(1, getattr(file, "n_frames", 1)))       # 0: of a drawing without layers
            if file.format != "TIFF":
                pages = frames.moments(min(len(pages), floods.MOVED // (file.width * file.height)))
        except Image.DecompressionBombError:
            yield Problem(IncidentCode.SIZE, "picture of too many pixels")
        except BROKEN:                                    # else no picture a reader could see either
            if node.type == HEIC and heif.shows(node.data):
                yield Problem(IncidentCode.UNSUPPORTED, "picture of a telephone in another coding")
        else:
            said = picture_words.words(file)
            if said:
                yield Text(said, "property", hidden=True)
            slices = context.slices.get(node.artifact.sha256)
            if slices is None:
                yield from _pages(file, pages, context)
            elif slices and (whole := frames.put_together(slices)) is not None:
                yield from _read(whole, context, "picture")


def _pages(file: Image.Image, pages: range, context: Context) -> Iterator[Yield]:
    """Every page of a TIFF; of what moves, some pictures that are not alike."""
    last: Image.Image | None = None
    for number in pages[:MOST_PAGES]:
        if context.unread_told:
            return
        try:
            if number:
                file.seek(number)
            if file.width * file.height > MOST_PIXELS:
                yield Problem(IncidentCode.SIZE, "picture of too many pixels")
                return
            if file.format == "JPEG":
                file.draft(None, legible.half(file.size))
            picture = grey.grey(file)
        except BROKEN as error:
            if number:                                    # no reader sees anything of a picture whose first page is broken
                yield Problem(IncidentCode.MALFORMED, f"page {number + 1} of a picture: {type(error).__name__}")
            return
        if picture is not None and not frames.alike(picture, last):
            last = picture
            yield from _read(picture, context, f"page {number + 1} picture" if len(pages) > 1 else "picture")
    if len(pages) > MOST_PAGES:
        yield Problem(IncidentCode.COUNT, f"more than {MOST_PAGES} pages in a picture")


def _scanned_pages(data: bytes, context: Context) -> Iterator[Yield]:
    """What the pages of a PDF file show beside their text."""
    if context.drawn > paper.IN_ALL:
        return                                            # that was told of another file
    for shown in paper.pages(data, paper.IN_ALL - context.drawn):
        if context.unread_told:
            return
        if isinstance(shown, Problem):
            context.drawn += context.drawn == paper.IN_ALL
            yield shown
        elif shown.code:
            yield from _told(barcodes.read(shown.picture)[0], shown.source)
        else:
            context.drawn += 1
            yield from _read(shown.picture, context, shown.source)


def _told(codes: list[bytes], source: str) -> Iterator[Yield]:
    return (Child(said, ArtifactKind.TEXT, label=f"{source} barcode") for said in codes)


def _read(picture: Image.Image, context: Context, source: str) -> Iterator[Yield]:
    picture = legible.within(picture)
    if texture.tiled(picture):
        return
    found, picture = barcodes.read(picture)
    yield from _told(found, source)
    if context.tools is None or grey.blank(picture):
        return
    context.allowed.look(picture.width * picture.height)
    letters = lettering.threes(picture)
    if (type_ := overlaid.apart(picture, letters)) is not None:
        picture, letters = type_, lettering.threes(type_)
    if letters < lettering.THREES:
        return
    context.lettered += 1
    context.allowed.read += 1
    try:
        for language, text in zones.beside(_ocr(picture, letters, context)) if context.outbound else _said(picture, context):
            yield Text(cards.korean(text) if scripts.korean(context.heard) else text, f"ocr {language} {source}")
    except ToolFailed as error:
        if str(error).endswith("is not installed") or picture.width * picture.height < ahead.DOCUMENT:
            return                                        # a picture without a reader is inert; doctor names the missing reader
        context.unread_told = isinstance(error, ToolsSpent)
        yield Problem(IncidentCode.TIMEOUT, f"text in a picture: {error}")


def _said(picture: Image.Image, context: Context) -> Iterator[tuple[str, str]]:
    """Language and text as they were read, nothing put right: a password looks like nothing else."""
    prepared = legible.fit(picture)
    for known, tool in (("eng", "tesseract"), (scripts.language(context.heard), "tesseract-rows")):
        yield known, _tool(tool, prepared, context, languages=known)


def _ocr(picture: Image.Image, letters: int, context: Context) -> Iterator[tuple[str, str]]:
    """Language and text of each pass that read something. `letters`: of lettering.threes."""
    picture, prepared = prepare.prepared(picture, letters)
    def read(shown: Image.Image, tool: str) -> str:
        return _tesseract(shown, "eng", context, tool)

    prepared, text = further.unruled(prepared, read(prepared, "tesseract"), letters, read, "tesseract")
    fluent = sense.fluent(text)
    few = letters >= lettering.PAGE and not fluent and len(sense.LONG_NUMBERS.findall(text)) < sense.ENOUGH
    doubtful = few and (not agreed.known(text) or legible.sideways(prepared))
    straight, first = prepared, text
    if doubtful:
        prepared, text = _turned(picture, prepared, text, context)
    if doubtful and sense.legible(text) < sense.FEW_WORDS:
        prepared, text = _mended(picture, prepared, text, context)
    languages, named = scripts.language(context.heard), ""
    small = doubtful and prepared.width * prepared.height < FEW_LINES and not sense.spelled(text)
    if (small or further.numbered(text)) and not (fluent or sense.fluent(text)):
        try:
            languages, named = _in_language(prepared, context)
            if not doubtful and not sense.labelled(named) and legible.sideways(prepared):
                prepared, text, languages, named = _laid(picture, prepared, text, context)
            if prepared is not straight and not sense.labelled(named) and sense.labelled(
                    other := _named(straight, languages, context)):
                prepared, text, named = straight, first, other             # it lay right: a few ideographs tell that badly
        except ToolFailed:
            yield "eng", cards.faced(text)
            raise
        text, named, more = further.compared(prepared, text, named, read)
        if more:
            yield "eng", cards.faced(more)
        if text.strip():
            yield "eng", cards.faced(cards.titled(text, Labels()))
        yield from _labelled(named, languages, f"{text}\n{more}")
        if languages != scripts.JAPANESE and len(cards.RESIDENCE.findall(text + named)) >= sense.ENOUGH:
            yield from _labelled(agreed.agreed(text, _named(prepared, scripts.JAPANESE, context))[1], scripts.JAPANESE, text)
    elif text.strip():
        yield "eng", cards.faced(text)
    if sense.NUMBERS.search(text) and not fluent:
        yield from _otherwise(picture, languages, context)
    if further.upended(text):
        yield from _upended(prepared, languages, context)
    if letters >= lettering.PAGE and not fluent and upright.likely(straight, named):
        yield from _upright(picture, straight, languages, context)


def _in_language(prepared: Image.Image, context: Context) -> tuple[str, str]:
    """Language and text of a reading in that of the mail, or in its second one where that alone has labels."""
    languages = scripts.language(context.heard)
    named = _named(prepared, languages, context)
    if (second := scripts.other(context.heard)) and not sense.labelled(named) and sense.labelled(
            other := _named(prepared, second, context)):
        return second, other
    return languages, named


def _laid(picture: Image.Image, prepared: Image.Image, text: str, context: Context) -> tuple[Image.Image, str, str, str]:
    """A page of numbers that goes up or down, which are read all the same, turned for its labels: the fitted picture, its text, the
    language of those and its text in that."""
    turned, found = _turned(picture, prepared, text, context)
    return turned, found, *_in_language(turned, context)


def _upended(prepared: Image.Image, languages: str, context: Context) -> Iterator[tuple[str, str]]:
    """What stands on its head beside what does not."""
    turned = prepared.transpose(Image.Transpose.ROTATE_180)
    text = _tesseract(turned, "eng", context)
    yield "eng", cards.faced(text)
    text, named = agreed.agreed(text, _named(turned, languages, context))
    yield from _labelled(named, languages, text)


def _upright(picture: Image.Image, straight: Image.Image, languages: str, context: Context) -> Iterator[tuple[str, str]]:
    """What stands in columns."""
    laid = legible.fit(picture.transpose(Image.Transpose.ROTATE_90))
    if straight.height >= upright.TWICE * laid.width:
        straight = laid.transpose(Image.Transpose.ROTATE_270)
    lines = _tesseract(laid, "eng", context, "tesseract-rows")
    upwards = _tool("tesseract-columns", straight, context, languages=f"{languages}_vert")
    if said := upright.said(upwards, lines):
        yield "eng", lines
        yield languages, legible.mended(said)


def _named(prepared: Image.Image, languages: str, context: Context) -> str:
    """A fitted picture as it is read across in the language of its labels, a long list line by line whatever room is in it."""
    if columns.downwards(text := _tool("tesseract-rows", prepared, context, languages=languages)):
        text = _tool("tesseract-block", prepared, context, languages=languages)
    return columns.parted(legible.mended(numerals.read(text)))


def _labelled(named: str, languages: str, english: str) -> Iterator[tuple[str, str]]:
    """That reading with its labels where they belong, and numbers of the `english` one that have a shape of their own."""
    known = Labels()
    if named.strip():
        read = spelled.labels(columns.closed(named), known)
        yield languages, cards.faced(cards.titled(cards.entitled(read, english, known), known))
        told = (cards.listed(read, known, english), cards.social(read, english), accounts.named(read, english))
        for numbers in filter(None, told):
            yield languages, numbers
    if side := columns.beside(named):
        yield languages, side


def _otherwise(picture: Image.Image, languages: str, context: Context) -> Iterator[tuple[str, str]]:
    """What stands in lines that lie otherwise than most of them."""
    for turn in legible.slants(picture):
        tilted = legible.fit(picture, turn)
        yield "eng", _tesseract(tilted, "eng", context)
        yield languages, _tesseract(tilted, languages, context, "tesseract-rows")


def _mended(picture: Image.Image, prepared: Image.Image, text: str, context: Context) -> tuple[Image.Image, str]:
    """A picture of which next to nothing was read, fit for reading, and its text: straight where it lies far askew, or without the
    dots of a printer, where it is legible so."""
    for changed in (legible.straightened(picture), pattern.without(picture, pattern.IN_TYPE)):
        if changed is not None:
            fitted = legible.fit(changed)
            found = _tesseract(fitted, "eng", context)
            if sense.legible(found) >= sense.FEW_WORDS:
                return fitted, found
    return prepared, text


def _turned(picture: Image.Image, prepared: Image.Image, text: str, context: Context) -> tuple[Image.Image, str]:
    """The picture and its text as it should lie: as Tesseract judges, and where next to nothing was read, as it reads best.

    Tesseract reads lines that go up or down too, but not in rows: these tell how it lies.
    """
    aside = legible.sideways(prepared)
    best = (sense.legible(text), prepared, text)
    if aside or best[0] < sense.FEW_WORDS:                # lines without any form are read as such, and tell how a page lies
        lines = _tesseract(prepared, "eng", context, "tesseract-rows")
        score = sense.legible(lines)
        best = (score, prepared, text) if aside else max(best, (score, prepared, lines), key=lambda one: one[0])
    lies = LIES.search(_tool("tesseract-turn", prepared, context))
    sure = [TURNS[lies[1]]] if lies and lies[1] != "0" and float(lies[2]) >= SURE else []
    if aside:
        turns = list(dict.fromkeys([*sure, TURNS["90"], TURNS["270"]]))
    else:
        turns = sure or (list(TURNS.values()) if best[0] < sense.FEW_WORDS else [])
    for turn in turns:
        turned = legible.fit(picture.transpose(turn))
        found = _tesseract(turned, "eng", context, "tesseract" if turn == TURNS["180"] else "tesseract-rows")
        score = sense.legible(found)
        if score > best[0]:
            best = (score, turned, found)
        if score >= sense.FEW_WORDS and sense.NUMBERS.search(found) and not aside:
            break
    if not sure and not sense.NUMBERS.search(best[2]):
        return prepared, text
    turned, found = best[1:]
    if turned is prepared:
        return turned, found
    if (boxed := boxes.joined(turned)) is not None:
        turned, found = boxed, _tesseract(boxed, "eng", context, "tesseract-rows")
    return further.unruled(turned, found, 0, lambda shown, tool: _tesseract(shown, "eng", context, tool), "tesseract-rows")


def _tesseract(picture: Image.Image, languages: str, context: Context, tool: str = "tesseract") -> str:
    return legible.mended(cards.stacked(_tool(tool, picture, context, languages=languages)))


def _tool(tool: str, picture: Image.Image, context: Context, **parameters: str) -> str:
    assert context.tools is not None
    out = io.BytesIO()
    bare = picture.copy()
    bare.info = {}                                        # how it was packed
    bare.save(out, "TIFF", compression="raw")             # to press it again costs as much as to look at it
    return context.tools.run(tool, out.getvalue(), **parameters).decode("utf-8", "replace")


PICTURES = PictureExtractor()
