"""What the scripts of a page do when it is opened, and the files they hold: read in them, and seen where they are played."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from gateway.extract.base import Child, Problem, Yield
from gateway.extract.identify import identify
from gateway.extract.page.asks import asks_password, met, speaks_of_secret
from gateway.extract.page.deeds import told
from gateway.extract.page.doors import CUT, WEB, door, is_library
from gateway.extract.page.played import Play
from gateway.extract.page.shown import LEAST_SHOWN, MOST_SHOWN, SMALL, SMALL_SHARE, SOME_SHOWN, said, to_read
from gateway.extract.script import literals, numbers, obscure
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation, Text
from gateway.model.finding import IncidentCode

if TYPE_CHECKING:
    from gateway.extract.page.html import Page

AT_ONCE = frozenset({"turns into another page", "is covered by another page"})
"""What happens to a page before anybody could type into a field of it."""
TAGS = frozenset({"iframe", "object", "embed", "applet", "foreignobject", "form", "meta", "base", "handler"})
"""Elements worth knowing, whatever prefix stands before their names."""
AFTER_FLOOD = 1 << 20                    # characters of script that are still read once the page is held for its mass
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
REACHED = re.compile(r"(?:https?|wss?):|[\\/]{2}", re.I)
STARTS_OTHERWISE = re.compile(r"\.click\s{0,4}[,.)]|\.src\s{0,4}=(?!=)|\[[\"'`](?:click|src)[\"'`]\]", re.I)
"""A press that is called for, and frames that show a file: only where nothing else came of a page."""
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
TYPED = re.compile(r"<textarea[\s>]|\scontenteditable[\s=>]|"
                   r"<input(?![^<>]{0,400}?type\s{0,8}=\s{0,8}[\"']?"
                   r"(?:hidden|submit|search|button|check|radio|image|email))[\s/>]", re.I)
"""Fields for words and numbers."""
NAMED = re.compile(r"(?<=[\s\"'])(?:placeholder|aria-label|title)\s{0,8}=\s{0,8}"
                   r"(?:\"[^\"]{1,200}|'[^']{1,200}|[^\s\"'<>]{1,200})", re.I)
"""What a field says of itself."""
CODED = re.compile(r"(?P<q>[\"'`])(?!data:)(?=[^\"'`]{0,400}?[0-9+/=])[=A-Za-z0-9+/_-]{24,}(?P=q)")
"""A literal of at least a dozen octets in hexadecimal or base64, any way round."""
PROGRAM_NAME = re.compile(
    r"[\"'`][^\"'`<>/\\]{1,120}\.(?:exe|scr|pif|cpl|dll|ms[ip]|msix|appx|jse|vb[se]|ws[fh]|hta|bat|cmd|ps1|lnk|iso|vhdx?|jar|chm|xll|sct)"
    r"[\"'`]|(?:download[\"']?\s{0,4}[=:,]|msSave(?:OrOpen)?Blob\s{0,4}\([^;]{1,200},|new\s{1,4}File\s{0,4}\([^;]{1,200},)"
    r"\s{0,4}[\"'`][^\"'`<>/\\]{1,120}\.(?:js|url|reg|sct|docm|xlsm|pptm|library-ms|searchconnector-ms|rdp|msc)[\"'`]", re.I)
"""What a page calls a file that it makes. Names of scripts stand in any page, unless they are what it is saved as."""
DECODED = r"(?:atob|fromBase64|decodeURIComponent|unescape)\s{0,4}\(\s{0,4}(?:window\.)?%s(?![\w$])"
"""A name that is decoded and stands nowhere in the page."""
MOST_LACKS = 20
LEAST_NUMBERS = 200
MOST_NAMED = 200
"""Links of a page that save what they hold, which are read under their names; the rest is read without."""
MOST_CUT = 64 << 10
"""Characters of script in which a field is looked for across strings that are cut in two, as nobody writes one."""
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
        if "HTML-WRITES-FILE" in acts and "HTML-DECODES" in acts:
            yield from _writes(page, source, script, "HTML-AUTOSTART" in acts, play)
        found = list(islice(literals.literals(script), literals.MOST_LITERALS + 1))
        if len(found) > literals.MOST_LITERALS:
            yield Problem(IncidentCode.COUNT, f"more than {literals.MOST_LITERALS} literals")
        drawn = numbers.size(script)
        if drawn > numbers.MOST_CHARACTERS:
            yield Problem(IncidentCode.COUNT, f"more than {numbers.MOST_CHARACTERS} characters of numbers")
        elif len(found) <= literals.MOST_LITERALS:
            for how, data in literals.payloads(script, found):
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
        if mass * (SMALL_SHARE if len(source) < SMALL else 2) > len(source) and not _saved(play, mass):
            yield Observation("HTML-MOSTLY-LITERAL", str(mass))
    yield from _structure(page, source, script, play)
    if play is not None:
        yield from told(page, source, play)
    if "data:" in source or "DATA:" in source:
        for name, address in page.named[:MOST_NAMED]:
            for media, data in literals.data_uris(address):
                yield Child(data, ArtifactKind.OBJECT, (name,), label=media)
        for media, data in literals.data_uris(source):
            yield from _payload("HTML-DATA-URI", media, data)


def _writes(page: Page, source: str, script: str, starts: bool, play: Play | None) -> Iterator[Observation]:
    """Of a page that can make a file of something coded, and whose play may have shown none."""
    if _unseen(page, source, script, play):
        yield Observation("HTML-FILE-UNSEEN")
    elif (starts or STARTS_OTHERWISE.search(script)) and _waits(script, play):
        yield Observation("HTML-FILE-WAITS")


def _structure(page: Page, source: str, script: str, play: Play | None) -> Iterator[Observation]:
    """What is told without looking into literals."""
    if page.downloads:
        yield Observation("HTML-DOWNLOAD")
    asks = asks_password(source)
    sent = _hands_over(play) or (_sends(page, play) and to_read(page, source) < SOME_SHOWN)
    if asks or (sent and _speaks(page, source, play)):
        yield Observation("HTML-PASSWORD")
        if sent:
            yield Observation("HTML-PASSWORD-SENT")
    if not asks and len(script) < MOST_CUT and asks_password(CUT.sub("", script)):
        yield Observation("HTML-HIDDEN-FORM", "cut")
    way = door(page, source, script, play)
    if way and (not asks or _at_once(way, play) or not asks_password(met(source))):     # who is asked has something to do first
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


def _at_once(way: str, play: Play | None) -> bool:
    """Whether a page becomes another one before anybody could type."""
    return way in AT_ONCE or (play is not None and any(act.unasked for act in play.of("goes")))


def _speaks(page: Page, source: str, play: Play | None) -> bool:
    """Whether a page without a field for passwords names one, and something may be typed into it, or what is pressed is told."""
    told = play is not None and any(act.phase == "click" and act.kind == "asks" for act in play.acts)
    if not told and TYPED.search(source) is None:
        return False
    shown = "".join(page.visible)[:MOST_SHOWN]
    named = " ".join(found[0] for found in islice(NAMED.finditer(source), TRIES))
    return speaks_of_secret(html.unescape(f"{shown} {named}")) or (play is not None and speaks_of_secret(play.shown))


def _sends(page: Page, play: Play | None) -> bool:
    """Whether what is typed into a page goes to the web: by its form, or by a script that was played."""
    to = {tag for tag, address, _ in page.links if WEB.match(address) or address[:7].lower() == "mailto:"}
    if "form" in to or ("base" in to and "form" in page.tags):
        return True
    return play is not None and any(act.phase == "click" and act.kind in ("asks", "submits") for act in play.acts)


def _hands_over(play: Play | None) -> bool:
    """Whether a script gave the web what was typed, however much the page has to read: those of sites have a form."""
    return play is not None and any(act.kind == "asks" and act.more == "given" and REACHED.match(act.detail) for act in play.acts)


def _unseen(page: Page, source: str, script: str, play: Play | None) -> bool:
    """Whether a page with nothing to read makes a file of octets, and its play showed neither which nor something to read: it
    waits for a word, hides from the player, or was not played to its end."""
    if play is not None and play.followed and (play.of("file") or said(play.shown, LEAST_SHOWN) > LEAST_SHOWN):
        return False
    return to_read(page, source) < LEAST_SHOWN and not is_library(script)


def _saved(play: Play | None, mass: int) -> bool:
    """Whether a page was played to its end and so much of it went into files, which are judged by themselves."""
    return play is not None and play.followed and sum(len(act.octets) for act in play.of("file")) * 2 > mass


def _waits(script: str, play: Play | None) -> bool:
    """Whether a page holds something coded and could make a file, and its play has seen none: it makes it for others, or later."""
    if play is None or play.of("file") or is_library(script):
        return False
    if play.of("died") and not play.of("library") and len(script) < MOST_CUT:
        return True                                      # of something that the play has not, before it made its file
    if any(re.search(DECODED % re.escape(act.detail[:80]), script) for act in islice(play.of("lacks"), MOST_LACKS)):
        return True                                      # of what another file brings
    return any(form.search(script) for form in (CODED, PROGRAM_NAME)) or numbers.size(script) > LEAST_NUMBERS


def _payload(code: str, how: str, data: bytes) -> Iterator[Yield]:
    kind = identify(data)
    if code == "HTML-LITERAL" and kind == "text/html" and asks_password(data.decode("latin-1")):
        yield Observation("HTML-HIDDEN-FORM", how)
    yield Observation(code, f"{how} {kind}")
    yield Child(data, ArtifactKind.OBJECT, (), label=how, detected_type=kind)
