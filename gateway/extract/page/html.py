"""HTML and SVG: what a reader sees, what is hidden from him, what scripts and data URIs hold.

Scripts of a page that is opened as a file are played (`played`)."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import unquote

from gateway.extract import nesting
from gateway.extract.base import Child, Context, Node, Problem, Yield
from gateway.extract.charset import readings
from gateway.extract.page import code as pagecode
from gateway.extract.page import filled, unseen, values
from gateway.extract.page import tables as html_tables
from gateway.extract.page.asks import without_files
from gateway.extract.page.beyond import beyond_web
from gateway.extract.page.markup import expanded, mirrored
from gateway.extract.page.played import MOST_WORDS, Play, play
from gateway.extract.page.saved import saved_links
from gateway.extract.passwords import candidates
from gateway.extract.text import rejoined
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation, Table, Text
from gateway.model.finding import IncidentCode

OPENING = re.compile(r"<(?:(!--)|(/?)([A-Za-z][A-Za-z0-9:-]{0,40})|[!?])")
META_CHARSET = re.compile(rb"<meta[^>]{1,200}charset\s*=\s*[\"']?([A-Za-z0-9_-]{2,40})", re.I)
LITERAL = "[CDATA["
"""What begins a piece of text in XML, behind its first two signs; to browsers a comment, elsewhere than in pictures."""
CONDITION = re.compile(r"\[if [^\]<>]{1,80}\]>", re.I)
"""The beginning of a comment whose content Word and Outlook show."""
ATTRIBUTE = re.compile(r"([A-Za-z_:][\w:.-]{0,60})\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
TAG = re.compile(r"""(?:[^>"'=]++|=\s*+(?:"[^"]*+"|'[^']*+')|["'=])*+>""")
QUOTED = re.compile(r"=\s{0,8}(?:\"[^\">]*>|'[^'>]*>)")
"""The sign that ends tags, within a quoted value: most pages have none."""
LONGEST_TAG = 1 << 16
QUOTES = 8 << 20
"""Characters of one page in which the ends of tags with open quotes are looked for."""
CLOSING = {name: re.compile(rf"</{name}", re.I) for name in ("script", "style", "title", "textarea", "noscript", "xmp")}
BLOCKS = frozenset({
    "address", "article", "blockquote", "br", "center", "dd", "div", "dl", "dt", "fieldset", "figure", "footer",
    "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section",
    "table", "tbody", "tfoot", "thead", "tr", "ul", "option", "caption", "text", "svg:text",
})
CELLS = frozenset({"td", "th", "label", "output", "legend"})
"""Beside what follows them there is room, and for a reader of the markup too."""
READINGS = frozenset({"rt", "rp"})
"""How an ideograph is read (HTML 4.5.10): stands within words, and is none of them."""
FILLED = frozenset({"input", "img"})
VOID = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"})
HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt|em|%)?\s*(?:[;!\"']|$)|opacity\s*:\s*0(?:\.0+)?\s*(?:[;!\"']|$)|"
    r"max-height\s*:\s*0|mso-hide\s*:\s*all", re.I)
APART = re.compile(r"display\s*:\s*(?:inline-block|table-cell|inline-table|inline-flex)|float\s*:\s*(?:left|right)|"
                   r"position\s*:\s*absolute", re.I)
"""Styles that set an element beside others with room between, whatever the markup has there."""
STYLED = re.compile(r"(?<![\w-])content\s*:\s*(?:\"([^\"]{4,2000})\"|'([^']{4,2000})')", re.I)
"""Text that a style sets before or behind an element (CSS 2.2 section 12.2)."""
SEAM, SEAMS = "\ufdd0", 6
"""Stands between two neighbours that are alike, no blank between: cells that a style of elsewhere sets apart, or a word in pieces.
Both readings are given where a page has so many."""
SEAM_MARK = re.compile(f"{SEAM}(?![\\s:：;,，、。.)）<])")
"""Before a mark that ends a word there is none."""
ROOM = re.compile(r"(?:&nbsp;|&#160;|\xa0){2,}+")
"""Blanks that stay: what people part columns by."""
COLUMNS = re.compile(r" {2,}")
LINK_ATTRIBUTES = frozenset({"href", "src", "action", "formaction", "data", "xlink:href", "background", "poster", "srcset"})
ANIMATED = frozenset({"values", "to", "from", "by"})
"""Attributes by which an animation sets another one, an address too (SVG 1.1 section 19.2)."""
STYLE_SHARE = re.compile(r"(?:url\(|@import)\s{0,8}[\"']?\s{0,8}((?:file:|\\\\)[^\"')\s]{1,400})", re.I)
MOST_SHARES = 200
CODE_SCHEME = re.compile(r"(?:javascript|vbscript):", re.I)
ANIMATES = re.compile(r"(?:java|vb)script:|^\s{0,20}(?:https?:|//)", re.I)
BLANKS = dict.fromkeys(range(33))
"""Characters that browsers drop in the scheme of an address (WHATWG URL, basic parser)."""
DROPPED = dict.fromkeys(map(ord, "\t\r\n"))
"""Characters that browsers drop anywhere in an address."""
TEXT_ATTRIBUTES = frozenset({"alt", "title", "placeholder", "value", "content", "aria-label", "label", "summary"})
CHOICE = ("select", "name")
"""What the values of a list to choose from are, before the first of them."""
WEB = ("https://", "http://", "mailto:")
RECODED = ("utf-16", "utf-32", "iso2022")
"""Charsets whose octets do not show the markup: rules are asked about the characters as well."""
MAX_LINKS = 2000
SCRIPTED = re.compile(r"<(?:[\w-]{1,40}:)?script|[\s/\"']on[a-z]{3,30}\s{0,8}=|(?:java|vb)script:|srcdoc", re.I)
"""Anything that runs, however the markup around it is read."""
RAW_TEXTS = frozenset({"title", "textarea", "xmp"})
"""Elements whose content is no markup in HTML, and is some in XML (HTML 13.1.2.5)."""
BODIES = 2
"""Nodes below which a page without a name is no body of the message."""
ELEMENTS = 400_000
"""Tags and comments of one page that are read: a table of 30,000 rows has 350,000."""
LINKS = 60_000
"""Links and pictures of one page that are read."""
FRAMES = 20
"""Pages within one page that are read by themselves; the rest is read as its scripts are."""
AFTER_FLOOD = 1 << 20
"""Characters of a page that are still read where it has more pages within it or deeper ones than any page."""
ATTRIBUTES = 2_000
"""Attributes of one element that are read."""
HIDDEN = 60_000
"""Elements of one page that hide something: a list of 20,000 rows with two hidden columns has 40,000."""


@dataclass(slots=True)
class Page:
    """One pass over the markup."""

    visible: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    frames: list[str] = field(default_factory=list)                    # pages within the page, by attribute
    links: list[tuple[str, str, int]] = field(default_factory=list)   # tag, address, index into `visible` where it stands
    veils: int = 0                       # elements that hide what is in them
    rows: list[tuple[str, ...]] = field(default_factory=list)
    handlers: bool = False
    tags: set[str] = field(default_factory=set)
    downloads: bool = False
    named: list[tuple[str, str]] = field(default_factory=list)         # name under which a link saves what it carries itself
    quoted: bool = False                 # a sign that ends tags stands within quotes
    quotes: int = 0                      # characters read for the end of tags with a quote left open
    closed: tuple[str, int] = ("", -1)   # the last end tag, and where it ended
    seams: int = 0                       # neighbours that are alike
    flood: str = ""                      # what there is more of than any page needs

    def full(self, elements: int) -> bool:
        """True where no more is read of it."""
        if elements >= ELEMENTS and not self.flood:
            self.flood = f"more than {ELEMENTS} elements"
        if self.veils > HIDDEN:
            self.flood = f"more than {HIDDEN} hidden elements"
        return self.flood != ""

    @property
    def drawn(self) -> bool:
        """True where elements are drawn by reference (SVG 2 section 5.6)."""
        return not self.tags.isdisjoint(("use", "svg:use"))

    @property
    def drawn_alone(self) -> bool:
        """True for a picture (SVG 2 section 5.1), which needs no style sheet that makes another document of it."""
        return not self.tags.isdisjoint(("svg", "svg:svg")) and self.tags.isdisjoint(("html", "body", "xsl:stylesheet"))

    @property
    def said(self) -> tuple[int, int, int, bool, bool, str]:
        return len(self.links), len(self.scripts), len(self.hidden), self.handlers, self.downloads, self.flood


class HtmlExtractor:
    name = "html"

    def claims(self, node: Node) -> bool:
        return node.type in ("text/html", "image/svg+xml")

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        meta = META_CHARSET.search(node.data[:4096])
        declared = node.charset or (meta[1].decode("ascii") if meta else "")
        page = Page()
        source = ""
        texts = readings(node.data, declared)
        run = 2 if texts[0][1] == "utf-7" else 1          # no browser of today reads that: it may be chance
        deep = ""
        for number, (source, charset) in enumerate(texts):
            source = mirrored(expanded(source)) if context.outbound else expanded(source)
            deep = deep or nesting.page(source)
            source = source[:AFTER_FLOOD] if deep else source
            page = parse(source, context.outbound)
            yield Text(shown := words(page.visible), "body", charset)
            yield from (Text(again, "body", charset) for again in (rejoined.said(shown) if context.outbound else ()))
            if page.seams >= SEAMS:
                yield Text(words([SEAM_MARK.sub("\t", "".join(page.visible))]), "body", charset)
            if page.hidden:
                yield Text(words(page.hidden), "hidden", charset, hidden=True)
            if page.rows:
                yield Table("table", tuple(page.rows))
            if number < run:
                if charset.startswith(RECODED) and not context.outbound:
                    yield Text(source, "script markup", charset, hidden=True)
                yield from pagecode.active(page, source, _played(node, context, page, source))
                for script in page.scripts if context.outbound else ():
                    if joined := rejoined.concatenated(script):
                        yield Text(joined, "script", hidden=True)
                    for value in values.records(script):
                        yield Child(value, ArtifactKind.TEXT, label="script value", detected_type="application/json")
                for frame in page.frames[:FRAMES] if context.outbound else ():
                    yield Child(frame.encode("utf-8", "replace"), ArtifactKind.TEXT, label="srcdoc", detected_type="text/html")
        flood = deep or page.flood or (nesting.drawing(source) if page.drawn else "")
        if flood:
            yield Problem(IncidentCode.COUNT, flood)
        for tag, address in _unique_links(page):
            yield Observation("HTML-LINK", f"{tag} {address}")
            if not address.startswith((*WEB, "#", "cid:")):
                yield from beyond_web(tag, address, _opened(node, context))


def _played(node: Node, context: Context, page: Page, source: str) -> Play | None:
    """A page that is opened as a file; no program for mail runs scripts of bodies, and those of pictures are told as such."""
    if context.outbound or node.type != "text/html" or not _opened(node, context) or page.flood:
        return None
    if SCRIPTED.search(source) is None and not any(CODE_SCHEME.match(address) for _, address, _ in page.links):
        return None
    return play(source, context.stage, tuple(islice(candidates(context), MOST_WORDS)))


def _opened(node: Node, context: Context) -> bool:
    """Whether a page is a file, and no body of a message."""
    artifact = node.artifact
    called = artifact.label and not artifact.label[0].isdigit()            # parts are called by their places
    return bool(artifact.names or called or artifact.depth > BODIES or artifact.parent in context.saved)


def words(pieces: list[str]) -> str:
    text = "".join(pieces).replace(SEAM, "")
    if "nbsp" in text or "\xa0" in text or "#160" in text:
        text = ROOM.sub("\t", text).replace("&nbsp;", " ")
    return re.sub(r"[ \t]*\n\s*", "\n", re.sub(r"[ \t]{2,}", " ", html.unescape(text).replace("\xa0", " "))).strip()


def _unique_links(page: Page) -> list[tuple[str, str]]:
    found = list(dict.fromkeys((tag, address[:2048]) for tag, address, _ in page.links))
    return found[:MAX_LINKS] + [one for one in found[MAX_LINKS:] if not one[1].startswith((*WEB, "#", "cid:"))]


def parse(source: str, full: bool = False) -> Page:
    """Markup to page. A tag ends at the next `>`; scripts and styles end at their closing tag, or with the document."""
    page = Page(quoted=QUOTED.search(source) is not None)
    out, veil, depth = page.visible, "", 0             # the element that hides, and how often it is nested in itself
    tables = html_tables.Tables(words, page.rows)
    at, typed, xml = 0, False, source[:400].lstrip().startswith("<?xml")         # `typed`: within text whose blanks stay
    styles: dict[tuple[str, str], bool] = {}
    dull: set[tuple[str, str]] = set()                 # tags that said nothing: tables repeat them for each cell
    for count in range(ELEMENTS + 1):
        if page.full(count):
            break
        match = OPENING.search(source, at)
        piece = source[at:match.start() if match else len(source)]
        out.append(COLUMNS.sub("\t", piece) if typed else piece)
        if match is None:
            break
        if not match[3]:
            at = _unnamed(page, source, match, full)
            continue
        at = _tag_end(page, source, match.end())
        name, closing = match[3].lower(), bool(match[2])
        typed = full and not closing if name == "pre" else typed
        out.append("\n" if name in BLOCKS else "\t" if name in CELLS else "")
        if not closing:
            attributes = source[match.end():at - 1]
            page.tags.add(name)
            if full:
                out.append(_before(page, name, attributes, match.start(), styles))
            tag = (name, attributes)
            if "=" in attributes and tag not in dull and not _attributes(page, name, attributes, full, len(page.visible)):
                dull.add(tag)
            if name.endswith(":script"):
                page.scripts.append(source[at:source.find("</", at)])
            if name in CLOSING and not (xml and name in RAW_TEXTS):
                at = _raw(page, name, source, at, full)
            elif not veil and (_hides(name, attributes, styles) or (full and (name in READINGS or unseen.flagged(attributes)))):
                veil, depth, out, page.veils = name, 0, page.hidden, page.veils + 1
        if veil and name == veil:
            depth += -1 if closing else 1
            if depth <= 0:
                veil, out = "", page.visible
        page.closed = (name, at) if closing else page.closed
        if full and name in html_tables.NAMES:
            tables.tag(name, closing, "" if closing else attributes, out)
    return page


def _unnamed(page: Page, source: str, match: re.Match[str], full: bool) -> int:
    """Where a literal begins, or a declaration ends. A comment is filed; of one that Word shows only its beginning is one."""
    at = match.end()
    if not match[1]:
        return at + len(LITERAL) if full and source.startswith(LITERAL, at) else _tag_end(page, source, at)
    condition = CONDITION.match(source, at) if full else None
    if condition is not None:
        return condition.end()
    end = source.find("-->", at)
    page.hidden.append(content := source[at:end if end >= 0 else len(source)])
    if full and html_tables.CELL_TAG.search(content) is not None:
        page.frames.append(content)                      # a table that somebody took out of the page
    return end + 3 if end >= 0 else len(source)


def _tag_end(page: Page, source: str, start: int) -> int:
    """Behind the `>` that ends a tag. One within a quoted value does not (HTML 13.2.5.36), but quotes are often left open."""
    end = source.find(">", start)
    if end >= 0 and page.quoted and (source.count('"', start, end) | source.count("'", start, end)) & 1 and page.quotes < QUOTES:
        whole = TAG.match(source, start, start + LONGEST_TAG)
        page.quotes += LONGEST_TAG if whole is None else whole.end() - start
        return end + 1 if whole is None else whole.end()
    return end + 1 or len(source)


def _before(page: Page, name: str, attributes: str, at: int, styles: dict[tuple[str, str], bool]) -> str:
    """What stands before an element that begins at an offset: what _beside says, or a seam."""
    room = _beside(name, attributes, styles) if "=" in attributes else ""
    if page.closed != (name, at) or name in BLOCKS or name in CELLS:
        return room
    page.seams += 1
    return room or SEAM


def _hides(name: str, attributes: str, styles: dict[tuple[str, str], bool]) -> bool:
    return "=" in attributes and name not in VOID and _styled(attributes, HIDDEN_STYLE, styles)


def _beside(name: str, attributes: str, styles: dict[tuple[str, str], bool]) -> str:
    """What stands between an element and the text before it: room, what the element shows itself, or nothing."""
    if name in FILLED:
        return filled.shown(name, attributes)
    called = html_tables.CALLED.search(attributes) if "data-" in attributes and name not in CELLS else None
    if called is not None:
        return f"{called[1]}: "
    return "\t" if name not in BLOCKS and "style" in attributes and _styled(attributes, APART, styles) else ""


def _styled(attributes: str, style: re.Pattern[str], known: dict[tuple[str, str], bool]) -> bool:
    """Whether an element has such a style. Rows of a table say the same thing again and again."""
    key = (style.pattern, attributes)
    if key not in known:
        known[key] = ":" in attributes and style.search(without_files(attributes)) is not None
    return known[key]


def _raw(page: Page, name: str, source: str, at: int, full: bool) -> int:
    """Content of an element whose content is no markup."""
    end = CLOSING[name].search(source, at)
    stop = end.start() if end else len(source)
    content = source[at:stop]
    if name == "style" and ("\\\\" in content or "file:" in content):
        _styles(page, content, len(page.visible))
    if name == "script" or (name == "style" and "expression(" in content):
        page.scripts.append(content)                     # values that old browsers work out
    elif name in RAW_TEXTS:
        page.visible.append(content + "\n")
    elif name == "noscript":
        return at
    elif full and name == "style" and "content" in content:
        page.hidden.extend(f"{one or other}\n" for one, other in STYLED.findall(content))
    return stop


def _styles(page: Page, style: str, position: int) -> None:
    """Files the shares that a style loads from; browsers want each backslash twice (CSS 2.2 section 4.1.3), Word does not."""
    for found in islice(STYLE_SHARE.finditer(style), MOST_SHARES):
        share = found[1].replace("\\\\", "\\") if found[1].startswith("\\" * 4) else found[1]
        page.links.append(("style", share, position))


def _attributes(page: Page, name: str, attributes: str, full: bool, position: int) -> bool:
    """Files what the attributes of a tag say; whether that was anything."""
    before = page.said
    for count, match in enumerate(ATTRIBUTE.finditer(attributes)):
        if count >= ATTRIBUTES:
            page.flood = f"more than {ATTRIBUTES} attributes"
            break
        key = match[1].lower()
        value = match[2] if match[2] is not None else match[3] if match[3] is not None else match[4]
        if key in LINK_ATTRIBUTES or (key in ANIMATED and ANIMATES.search(html.unescape(value)[:200].translate(BLANKS))):
            address = html.unescape(value).strip().translate(DROPPED)
            scheme = None if address.startswith(WEB) else CODE_SCHEME.match(address[:80].translate(BLANKS))
            if scheme:
                page.scripts.append(unquote(address))
                address = scheme[0].lower() + address.partition(":")[2]
            page.links.append(("form" if key == "formaction" else name, address, position))
            if len(page.links) > LINKS:
                page.flood = f"more than {LINKS} links"
                break
        elif key.startswith("on") and len(key) > 3:
            page.handlers = True
            page.scripts.append(html.unescape(value))
        elif key == "download":
            page.downloads = True
        elif key == "style" and ("\\\\" in value or "file:" in value):
            _styles(page, html.unescape(value), position)
        elif key == "attributename" and value[:2].lower() == "on":
            page.handlers = True                         # an animation that sets a handler
            page.scripts.append(html.unescape(value))
        elif full and value and (key in TEXT_ATTRIBUTES or (name, key) == CHOICE):
            page.hidden.append(value + "\n")
        if name in ("iframe", "frame") and key == "srcdoc":
            page.scripts.append(html.unescape(value))
            page.frames.append(html.unescape(value))
    if "download" in attributes:
        page.downloads = True
        page.named.extend(saved_links(attributes))
    return page.said != before


HTML = HtmlExtractor()
