"""What the scripts of a page do when it is opened, and the files they hold: read in them, and seen where they are played."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING

from gateway.extract.base import Child, Problem, Yield
from gateway.extract.page.asks import asks_password
from gateway.extract.page.deeds import told
from gateway.extract.page.doors import door, is_library
from gateway.extract.page.played import Play
from gateway.extract.page.shown import LEAST_SHOWN, SMALL, SMALL_SHARE, WORD, parts, to_read
from gateway.extract.script import literals, numbers, obscure
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation, Text
from gateway.model.finding import IncidentCode

if TYPE_CHECKING:
    from gateway.extract.page.html import Page

TAGS = frozenset({"iframe", "object", "embed", "applet", "foreignobject", "form", "meta", "base", "handler"})
"""Elements worth knowing, whatever prefix stands before their names."""
AFTER_FLOOD = 1 << 20                    # characters of script that are still read once the page is held for its mass
APART_UP_TO = 4 << 20                    # characters of a page that writes files in which they are looked for everywhere
CODE = 12 << 20
"""Characters of all scripts of a page that are searched; three chart libraries have nine million."""
ENTITY = re.compile(r"<!ENTITY\s{1,40}[^>\[]{0,200}?"
                    r"(?:SYSTEM\s|[\"'][^\"'>]{0,4000}(?:<|&#0{0,6}60;|&#x0{0,6}3c;|javascript:|"
                    r"(?:&[A-Za-z][\w.-]{0,60};\s?){4}))", re.I)
"""One that brings markup or another document. Drawing programs write entities for their name spaces."""
SHEET = re.compile(r"<\?xml-stylesheet[^>]{0,400}href\s{0,8}=\s{0,8}[\"']\s{0,8}data:", re.I)
STYLED = re.compile(r"<\?xml-stylesheet[^<>]{0,400}?href\s{0,8}=\s{0,8}[\"']\s{0,8}(?:#|data:)", re.I)
MADE = re.compile(r"<xsl:(?:element|attribute)\s[^<>]{0,200}?name\s{0,8}=\s{0,8}[\"'](?:on|script|[^\"'<]{0,80}\{)|"
                  r"disable-output-escaping\s{0,8}=\s{0,8}[\"']yes", re.I)
"""A style sheet of its own that makes elements whose names it puts together (XSLT 1.0, 7.1.2 and 16.4)."""
DEFAULTED = re.compile(r"<!ATTLIST\s[^<>]{1,400}?\s(?:on[a-z]{3,30}\s{1,40}\w{1,20}\s{1,40}(?:#FIXED\s{1,40})?[\"']|"
                       r"[\w:.-]{1,60}\s{1,40}\w{1,20}\s{1,40}(?:#FIXED\s{1,40})?[\"']\s{0,8}(?:javascript|data):)", re.I)
"""An attribute that runs, given to elements by a declaration (XML 1.0, 3.3.2)."""
TRANSFORMED = re.compile(
    r"<\?xml-stylesheet[^<>]{0,400}?type\s{0,8}=\s{0,8}[\"'](?:text|application)/xslt?(?:\+xml)?[\"']", re.I)
SCRIPT_URI = re.compile(r"data:(?:text|application)/(?:x-)?(?:java|ecma|j)script[;,]", re.I)
CDATA = re.compile(r"\]\]>\s{0,40}<!\[CDATA\[")
"""Where a script of XML goes on in the next section (XML 1.0, 2.7)."""
WRITES_PAGE = re.compile(r"document\s*\.\s*write|innerHTML\s*=|outerHTML\s*=|insertAdjacentHTML|"
                         r"(?<!\w)eval\s*\(|(?-i:Function)\s*\(|srcdoc", re.I)
WRITES_FILES = re.compile(r"createObjectURL|msSaveOrOpenBlob|msSaveBlob|\.download\s*=|['\"]download['\"]|new\s+(?:Blob|File)\s*\(|"
                          r"FileSaver|saveAs\s*\(", re.I)
STARTS_BY_ITSELF = re.compile(r"\.click\s*\(|dispatchEvent|msSaveOrOpenBlob|location(?:\.href)?\s*=|location\.(?:assign|replace)|"
                              r"\.navigate\s*\(|onload", re.I)
DECODES = re.compile(r"atob|fromCharCode|charCodeAt|unescape|decodeURIComponent|Uint8Array|parseInt|TextDecoder|fromBase64", re.I)


ACTS = (
    # what it is, how it is written, words that stand in every way of writing it
    ("HTML-WRITES-FILE", WRITES_FILES,
     ("createobjecturl", "mssave", "download", "blob", "file", "saveas")),
    ("HTML-AUTOSTART", STARTS_BY_ITSELF, ("click", "dispatchevent", "mssave", "location", "navigate", "onload")),
    ("HTML-DECODES", DECODES,
     ("atob", "fromcharcode", "charcodeat", "unescape", "decodeuri", "uint8array", "parseint", "textdecoder", "frombase64")),
    ("HTML-WRITES-PAGE", WRITES_PAGE, ("document", "erhtml", "adjacenthtml", "eval", "function", "srcdoc")),
)
VALUE = re.compile(r"\s([A-Za-z_:][\w:.-]{0,60}+)\s{0,8}+=\s{0,8}+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>]++))")
MOST_VALUES = 100_000
MAKES_OCTETS = re.compile(
    r"(?:Uint8|Uint16|Uint32|Int8|Int32|BigUint64|Float64)Array(?!\(\[0xEF)|DataView|charCodeAt|codePointAt|ArrayBuffer", re.I)
"""Other octets than a byte order mark for spreadsheets."""
WAITS = re.compile(r"<button|type\s{0,8}=\s{0,8}[\"']?(?:submit|button|file)|<\w[^<>]{0,400}\son(?:click|submit|change)\s{0,8}=|"
                   r"(?<!document)(?<!window)\.(?:on(?:click|submit|change)\s{0,4}=|addEventListener\s{0,4}\(\s{0,4}[\"'](?:click|submit|change))|"
                   r"\.(?:on|click|submit|change)\s{0,4}\(\s{0,4}(?:[\"'](?:click|submit|change)|function)", re.I)
"""Something of a page that its reader has to press first."""
DRAWING = re.compile(r"\.to(?:DataURL|Blob)\s{0,4}\(")
"""What is drawn by hand is saved so: signatures."""
PIECES_UP_TO = 1 << 20
"""Characters of a page in which data in pieces is looked for."""
PIECE = 16
"""Characters of a word of which data is put together; words to read are shorter or have signs between."""
TOKENS = re.compile(r"(?<![0-9A-Za-z])(?:[0-9A-Za-z]{1,3}[ \t\r\n,;:|._%-]{1,2}){60,}+")
"""Octets in some base with signs between: no sixty words of a language are so short."""
LEAST_MOVED = 160
LEAST_KINDS = 72
LONGEST_VALUES = 1 << 20
"""Characters of one attribute, joined, that are tried in every coding of literals."""
LONG_VALUES = frozenset({
    "class", "id", "for", "name", "style", "href", "src", "d", "points", "transform", "action", "integrity", "srcset", "xmlns",
    "content",
})
TRIES = 2000                             # places of one word that are looked at


def _first(pattern: re.Pattern[str], words: tuple[str, ...], script: str, lower: str) -> str:
    """What the pattern finds, looked for around its words only: an alternation over megabytes takes seconds."""
    for word in words:
        at = lower.find(word)
        for _ in range(TRIES):
            if at < 0:
                break
            found = pattern.search(script, max(0, at - 16), at + 80)
            if found:
                return found[0][:60]
            at = lower.find(word, at + 1)
    return ""


def active(page: Page, source: str, play: Play | None = None) -> Iterator[Yield]:
    """Scripts as text and children, files found in literals, and what the page does with them."""
    if SCRIPT_URI.search(source):
        page.scripts += (data.decode("utf-8", "replace") for media, data in literals.data_uris(source) if "script" in media)
    script = CDATA.sub("", "\n".join(page.scripts))
    if len(script) > CODE:
        yield Problem(IncidentCode.COUNT, f"more than {CODE} characters of script")
        script = script[:CODE]
    if script.strip():
        yield Observation("HTML-SCRIPT", f"{len(script)} characters")
        packed, whole = obscure.unpacked(script)
        if not whole:
            yield Problem(IncidentCode.COUNT, "more packed script than any page has")
            script = script[:AFTER_FLOOD]
        script = f"{script}\n{packed}" if packed else script
        yield Text(script, "script", hidden=True)
        lower = script.encode("ascii", "replace").lower().decode("ascii")
        acts = {code: seen for code, pattern, told in ACTS if (seen := _first(pattern, told, script, lower))}
        yield from (Observation(code, seen) for code, seen in acts.items())
        writes = "HTML-WRITES-FILE" in acts
        if writes:
            yield from _makes(page, source, script)
        found = list(islice(literals.literals(script), literals.MOST_LITERALS + 1))
        if len(found) > literals.MOST_LITERALS:
            yield Problem(IncidentCode.COUNT, f"more than {literals.MOST_LITERALS} literals")
        drawn = numbers.size(script)
        if drawn > numbers.MOST_CHARACTERS:
            yield Problem(IncidentCode.COUNT, f"more than {numbers.MOST_CHARACTERS} characters of numbers")
        elif len(found) <= literals.MOST_LITERALS:
            for how, data in (*literals.payloads(script, found), *(_apart(page, source, script) if writes else ())):
                yield from _payload("HTML-LITERAL", how, data)
        size = literals.opaque(found)
        if size:
            yield Observation("HTML-OPAQUE", str(size))
        if drawn * 2 > len(source):
            yield Observation("HTML-MOSTLY-NUMBERS", str(drawn))
        hidden = obscure.obscured(script)
        if hidden:
            yield Observation("HTML-OBSCURED", hidden)
        mass = literals.mass(found)
        if mass * (SMALL_SHARE if len(source) < SMALL else 2) > len(source):
            yield Observation("HTML-MOSTLY-LITERAL", str(mass))
    yield from _structure(page, source, script, play)
    if play is not None:
        yield from told(page, source, play)
    if "data:" in source or "DATA:" in source:
        for media, data in literals.data_uris(source):
            yield from _payload("HTML-DATA-URI", media, data)


def _structure(page: Page, source: str, script: str, play: Play | None) -> Iterator[Observation]:
    """What is told without looking into literals."""
    if page.downloads:
        yield Observation("HTML-DOWNLOAD")
    asks = asks_password(source)
    if asks:
        yield Observation("HTML-PASSWORD")
    way = "" if asks else door(page, source, script, play)    # who is asked has something to do first
    if way:
        yield Observation("HTML-DOOR", way)
    for tag in sorted({name.rpartition(":")[2] for name in page.tags} & TAGS):
        yield Observation("HTML-TAG", tag)
    entity = ENTITY.search(source)
    if entity or SHEET.search(source):
        yield Observation("HTML-ENTITY", "markup" if entity and not entity[0].rstrip().upper().endswith("SYSTEM") else "")
    if "<!ATTLIST" in source and DEFAULTED.search(source):
        yield Observation("HTML-ENTITY", "markup")
    if "xml-stylesheet" in source:
        styled = STYLED.search(source) and MADE.search(source)
        if styled or (page.drawn_alone and TRANSFORMED.search(source)):
            yield Observation("HTML-ENTITY", "sheet")


def _makes(page: Page, source: str, script: str) -> Iterator[Observation]:
    """Whether a page that writes a file makes its octets itself: there is nothing else on it, or it is mostly data in pieces."""
    if MAKES_OCTETS.search(script) is None or is_library(script):
        return
    if to_read(page, source) < LEAST_SHOWN:
        yield Observation("HTML-MAKES-OCTETS", "drawing" if DRAWING.search(script) else "")
    elif WAITS.search(source) is None:
        yield Observation("HTML-MAKES-AT-ONCE")
    if len(source) <= PIECES_UP_TO:
        text = "".join((*page.visible, " ", *page.hidden))
        pieces = chain(_literal_pieces((script, *parts(source, "style")[1])), _placed(source), WORD.findall(text))
        size = sum(len(p) for p in pieces if len(p) >= PIECE and literals.opaque_like(p))
        size += max(sum(len(found[0]) for found in TOKENS.finditer(where)) for where in (source, text))
        size += 0 if source.isascii() else _of_one_page(source)
        if size * (2 * SMALL_SHARE if len(source) < SMALL else 2) > len(source):
            yield Observation("HTML-MOSTLY-PIECES", str(size))


def _of_one_page(source: str) -> int:
    """Characters beyond ASCII where nearly all stand within 512 code points and most of those occur: octets moved there.
    Alphabets have fewer letters, ideographs and Hangul are strewn wider."""
    counted = Counter(c for c in source if c > "\x7f")
    total = counted.total()
    if total < LEAST_MOVED:
        return 0
    blocks: Counter[int] = Counter()
    for character, times in counted.items():
        blocks[ord(character) >> 8] += times
    first = blocks.most_common(1)[0][0]
    here = max((first, first + 1), (first - 1, first), key=lambda pair: blocks[pair[0]] + blocks[pair[1]])
    kinds = sum(1 for c in counted if ord(c) >> 8 in here)
    return total if kinds >= LEAST_KINDS and (blocks[here[0]] + blocks[here[1]]) * 10 > total * 9 else 0


def _literal_pieces(sources: tuple[str, ...]) -> Iterator[str]:
    return (value for source in sources for _, _, value in islice(literals.strings(source), literals.MOST_LITERALS))


def _placed(source: str) -> Iterator[str]:
    """The values of attributes that pages use for nothing long."""
    for found in islice(VALUE.finditer(parts(source, "script")[0]), MOST_VALUES):
        if found[1].lower() not in LONG_VALUES:
            yield found[2] or found[3] or found[4] or ""


def _apart(page: Page, source: str, script: str) -> Iterator[tuple[str, bytes]]:
    """Files that stand in no literal: in the words of the page, in comments and patterns of the script, in attributes and
    styles, also in many pieces."""
    for text in ("".join(page.visible), "".join(page.hidden), script):
        if len(text) <= APART_UP_TO:
            yield from literals.loose(html.unescape(text))
    if len(source) <= APART_UP_TO:
        for text in _values(source):
            found = tuple(literals.loose(text))
            yield from found or (literals.decoded(text) if literals.SHORTEST <= len(text) <= LONGEST_VALUES else ())


def _values(source: str) -> Iterator[str]:
    """The values of each attribute joined, whatever elements it stands at; the strings of all styles joined."""
    joined: dict[str, list[str]] = {}
    for found in islice(VALUE.finditer(parts(source, "script")[0]), MOST_VALUES):
        joined.setdefault(found[1].lower(), []).append(html.unescape(found[2] or found[3] or found[4] or ""))
    yield from ("".join(values) for values in joined.values())
    yield "".join(value for style in parts(source, "style")[1] for _, _, value in literals.strings(style))


def _payload(code: str, how: str, data: bytes) -> Iterator[Yield]:
    kind = literals.identify(data)
    if code == "HTML-LITERAL" and kind == "text/html" and asks_password(data.decode("latin-1")):
        yield Observation("HTML-HIDDEN-FORM", how)
    yield Observation(code, f"{how} {kind}")
    yield Child(data, ArtifactKind.OBJECT, (), label=how, detected_type=kind)
