"""RTF: embedded objects however their hex digits are hidden, templates, field codes, and the text in all code pages."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain

from gateway.extract.base import Child, Context, Node, Problem, Yield
from gateway.extract.office import fields, objects, properties, targets
from gateway.extract.office.code.activex import by_class
from gateway.extract.office.richtext import rtfobjects, rtftokens
from gateway.extract.office.richtext.rtftokens import BINARY, CHARSETS, CLOSE, OCTET, OPEN, SILENT, SYMBOL, TEXT, WORD, tokens
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation, Table, Text
from gateway.model.finding import IncidentCode

CAPTURED = {b"objdata": "object", b"objclass": "class", b"fldinst": "field", b"template": "template",
            b"objname": "name", b"nextfile": "subdocument", b"htmltag": "html", b"mmdatasource": "source",
            b"mmheadersource": "source", b"mmodsosrc": "source", b"mmconnectstr": "source", b"mmodsoudl": "source",
            b"mmconnectstrdata": "source", b"mmodsoudldata": "source", b"file": "subdocument", b"xform": "transform",
            b"oleclsid": "class id",
            b"docvar": "value", b"staticval": "value", b"hlinkbase": "base", b"propname": "property"}
READ = frozenset({"field", "template", "subdocument", "source", "transform", "class id", "value", "base", "property"})
DIGITS = re.compile("[0-9A-Fa-f]{8,20000}")
HEXED = frozenset(kind.encode() for kind in rtfobjects.HEXED)
SPECIAL = {b"par": "\n", b"line": "\n", b"sect": "\n", b"page": "\n", b"tab": "\t", b"emdash": "—", b"endash": "–", b"lquote": "‘",
           b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”", b"bullet": "•", b"emspace": " ", b"enspace": " ", b"qmspace": " ",
           b"sv": "\n"}                  # the value of a shape: a watermark's letters are one
CELLS = frozenset({b"cell", b"nestcell"})
STORIES = {b"header": "header", b"headerl": "header", b"headerr": "header", b"headerf": "header", b"footer": "footer",
           b"footerl": "footer", b"footerr": "footer", b"footerf": "footer", b"footnote": "footnote", b"annotation": "comment",
           b"info": "property"}
for _name in (*CHARSETS.values(), *rtftokens.PAGES.values(),):
    codecs.lookup(_name)                 # nothing can be imported once the cell is locked
DEPTH = 1_000                            # groups within one another; tables in tables in text boxes have 60
OBJECTS = 500
MOST = {"binary": 5_000, "picture": 20_000, "template": 100, "subdocument": 1_000}
TAKEN = 20_000
"""Runs of octets (one a picture or object), pictures, templates; and fields, of which a thousand pages have 5,000, and the like."""
MOST_FONTS = 30_000                      # of one file: more overflow the reader's table (CVE-2023-21716)
TOKENS = 1_200_000                       # of one file: about 2 s; a book of a thousand pages has half of that


@dataclass(slots=True)
class _State:
    """What a group inherits from the one around it."""

    silent: bool = False
    capture: int = -1                    # index of the open capture, -1 for none
    charset: str = ""
    skip: int = 1                        # \\ucN
    hidden: bool = False
    story: str = "body"


@dataclass(slots=True)
class _Capture:
    kind: str
    level: int = 0                       # of the group it stands in; deeper ones are inside it
    direct: bytearray = field(default_factory=bytearray)        # digits and text of the group itself
    nested: bytearray = field(default_factory=bytearray)        # and of the groups inside it
    text: list[str] = field(default_factory=list)
    binary: bytearray = field(default_factory=bytearray)
    escaped: int = 0                     # ASCII characters written as \u escapes


@dataclass(slots=True)
class _Reader:
    data: bytes
    stack: list[_State] = field(default_factory=list)
    state: _State = field(default_factory=_State)
    captures: list[_Capture] = field(default_factory=list)
    stories: dict[tuple[str, bool], list[str]] = field(default_factory=dict)
    cells: list[str] = field(default_factory=list)
    rows: list[tuple[str, ...]] = field(default_factory=list)
    cell_from: dict[tuple[str, bool], int] = field(default_factory=dict)       # of each story
    fonts: dict[int, str] = field(default_factory=dict)
    font: int = 0
    in_fonts: int = 0
    listed: int = 0                      # entries of the font table
    default: str = "cp1252"
    octets: bytearray = field(default_factory=bytearray)
    to_skip: int = 0
    star: bool = False
    ruled: bool = False                  # it has tables of its own
    flags: set[str] = field(default_factory=set)
    flood: str = ""                      # what there is more of than any document needs
    counts: dict[str, int] = field(default_factory=dict)

    def run(self) -> None:
        for count, (kind, content, number) in enumerate(tokens(self.data)):
            if count >= TOKENS:
                self.flood = f"more than {TOKENS} tokens"
            if kind == OPEN:
                if self.octets:
                    self.flush()
                if len(self.stack) >= DEPTH:
                    self.flood = f"more than {DEPTH} groups within one another"
                self.stack.append(self.state)
                self.star = False
            elif kind == CLOSE:
                if self.octets:
                    self.flush()
                if self.in_fonts and len(self.stack) <= self.in_fonts:
                    self.in_fonts = 0
                closed, self.state = self.state, self.stack.pop() if self.stack else _State()
                self.to_skip = 0
                if closed.story != self.state.story:             # a note or a header ends a line, with or without its \\par
                    self.stories.get((closed.story, closed.hidden), []).append("\n")
                if closed.capture > self.state.capture and self.captures[closed.capture].kind == "html":
                    self.tagged("".join(self.captures[closed.capture].text).lower())
            elif kind == WORD:
                self.word(content, number)
            elif kind == SYMBOL:
                self.symbol(content)
            elif kind == OCTET:
                self.octet(content)
            elif kind == TEXT:
                self.text(content)
            elif kind == BINARY:
                self.binary(content)
            if self.flood:
                break
        self.flush()

    def mine(self) -> _State:
        """The state of this group alone: groups share their parent's until they change something."""
        if self.stack and self.stack[-1] is self.state:
            self.state = replace(self.state)
        return self.state

    def word(self, name: bytes, number: int | None) -> None:
        if name == b"u" and number is not None:
            self.flush()
            self.put(chr(number & 0xFFFF))
            if self.state.capture >= 0 and 0x20 < number & 0xFFFF < 0x7F:
                self.captures[self.state.capture].escaped += 1
            self.to_skip = self.state.skip
            return
        if self.octets:
            self.flush()
        self.to_skip = 0
        if name in CELLS and not self.star:
            self.close_cell()
        elif name in SPECIAL:
            self.put(SPECIAL[name])
        elif name in CAPTURED:
            self.captures.append(_Capture(CAPTURED[name], len(self.stack)))
            self.count(CAPTURED[name])
            self.mine().capture = len(self.captures) - 1
        elif name in HEXED and self.state.capture < 0:
            self.captures.append(_Capture(name.decode(), len(self.stack)))
            state = self.mine()
            state.capture, state.silent = len(self.captures) - 1, True
            if name == b"pict":
                self.count("picture")
        elif self.star and self.state.capture >= 0 and self.captures[self.state.capture].kind in READ:
            state = self.mine()
            state.capture, state.silent = -1, True        # a destination that nobody knows: its text is not shown
        elif name in SILENT or (self.star and name not in STORIES and name not in (b"shpinst", b"shptxt", b"objocx", b"do",
                                                                                   b"sp", b"sv", b"ud")
                                and self.state.capture < 0 and not name.startswith(b"obj")):
            self.mine().silent = True
            if name == b"fonttbl":
                self.in_fonts = len(self.stack)
        elif name in STORIES:
            self.mine().story = STORIES[name]
        else:
            self.formatting(name, number)
        self.star = False

    def count(self, kind: str) -> None:
        """Mail that was a page has a tag of it in each group: those are no references."""
        self.counts[kind] = self.counts.get(kind, 0) + 1
        if self.counts[kind] > MOST.get(kind, TAKEN) and kind != "html":
            self.flood = f"more than {MOST.get(kind, TAKEN)} of {kind}"

    def formatting(self, name: bytes, number: int | None) -> None:
        if name == b"f" and number is not None:
            self.font = number
            self.listed += bool(self.in_fonts)
            self.mine().charset = self.fonts.get(number, "")
        elif name == b"fcharset" and number is not None:
            self.fonts[self.font] = CHARSETS.get(number, "") if number else ""
        elif name == b"cpg" and number is not None:
            self.fonts[self.font] = rtftokens.PAGES.get(number, "")
        elif name == b"ansicpg" and number is not None:
            self.default = rtftokens.PAGES.get(number, self.default)
        elif name == b"uc" and number is not None:
            self.mine().skip = min(10, max(0, number))
        elif name == b"v":
            self.mine().hidden = number != 0
        elif name == b"plain":
            if self.state.hidden or self.state.charset:
                state = self.mine()
                state.hidden, state.charset = False, ""
        elif name in CELLS:
            self.close_cell()
        elif name in (b"row", b"nestrow"):
            self.close_row()
        elif name == b"trowd":
            self.ruled = True
        elif name in (b"objupdate", b"objautlink", b"objlink", b"objocx", b"objhtml", b"objattph"):
            self.flags.add(name.decode())

    def symbol(self, sign: bytes) -> None:
        if sign == b"*":
            self.star = True
        elif sign in b"{}\\":
            self.text(sign)
        elif sign == b"~":
            self.put("\u00a0")
        elif sign in b"\r\n":
            self.put("\n")
        elif sign == b"_":
            self.put("-")
        elif sign == b"'" and self.state.capture >= 0:
            # A broken \\'xx drops the digit that waits for its other half: Word starts the octet anew.
            taken = self.captures[self.state.capture]
            if len(taken.direct) % 2:
                taken.direct.pop()

    def octet(self, digits: bytes) -> None:
        if self.to_skip:
            self.to_skip -= 1
            return
        self.octets.append(int(digits, 16))

    def text(self, raw: bytes) -> None:
        if self.to_skip:
            cut = min(self.to_skip, len(raw))
            self.to_skip -= cut
            raw = raw[cut:]
            if not raw:
                return
        if self.state.capture >= 0:
            taken = self.captures[self.state.capture]
            if taken.kind == "object" or taken.kind in rtfobjects.HEXED:
                (taken.direct if len(self.stack) == taken.level else taken.nested).extend(raw)
                return
        self.octets += raw

    def binary(self, raw: bytes) -> None:
        self.flush()
        self.count("binary")
        if self.state.capture >= 0:
            self.captures[self.state.capture].binary += raw

    def flush(self) -> None:
        """Decodes the octets that gathered by the font's code page."""
        if self.octets:
            raw, self.octets = self.octets, bytearray()
            charset = self.state.charset or self.default
            self.put(raw.decode("ascii" if raw.isascii() and charset != "johab" else charset, "replace"))

    def put(self, text: str) -> None:
        state = self.state
        if state.capture >= 0:
            self.captures[state.capture].text.append(text)
        elif not state.silent:
            self.stories.setdefault((state.story, state.hidden), []).append(text)

    def close_cell(self) -> None:
        story = (self.state.story, self.state.hidden)
        body = self.stories.setdefault(story, [])
        start = self.cell_from.get(story, 0)
        whole = body[-1] if start == len(body) - 1 else "".join(body[start:])
        # The first cell of a row begins after the last paragraph; earlier paragraphs are body text.
        text = whole if self.cells else whole.rpartition("\n")[2] or whole
        self.cells.append(text.strip())
        body.append("\t")
        self.cell_from[story] = len(body)

    def tagged(self, tag: str) -> None:
        """A tag of the page that a mail was ([MS-OXRTFEX]): it parts cells where RTF's own do not."""
        if not self.ruled and ("</td" in tag or "</th" in tag):
            self.close_cell()
        elif not self.ruled and "</tr" in tag:
            self.close_row()

    def close_row(self) -> None:
        if self.cells:
            self.rows.append(tuple(self.cells))
            self.cells = []
        story = (self.state.story, self.state.hidden)
        body = self.stories.setdefault(story, [])
        body.append("\n")
        self.cell_from[story] = len(body)


class Rtf:
    name = "rtf"

    def claims(self, node: Node) -> bool:
        return node.type == "application/rtf" or b"{\\rt" in node.data[:64]

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        reader = _Reader(node.data)
        reader.run()
        for (source, hidden), pieces in reader.stories.items():
            text = "".join(pieces)
            if text.strip():
                yield Text(_surrogates(text), source + (" hidden" if hidden else ""), hidden=hidden)
        if reader.rows:
            yield Table("table", tuple(tuple(_surrogates(c) for c in row) for row in reader.rows))
        yield from _captures(reader, context.outbound)
        page = "" if context.outbound else "".join(chain.from_iterable(c.text for c in reader.captures if c.kind == "html"))
        if "<" in page:                                  # what Outlook shows in place of the RTF around it ([MS-OXRTFEX])
            octets = _surrogates(page).encode("utf-8", "replace")
            yield Child(octets, ArtifactKind.TEXT, ("body.html",), "text/html", detected_type="text/html")
        if reader.flood:
            yield Problem(IncidentCode.COUNT, reader.flood)


def _surrogates(text: str) -> str:
    """Pairs of \\u that make one character; lone halves are replaced."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _loaded(kind: str, text: str, escaped: int) -> list[Observation]:
    """A template or subdocument; Latin letters written as \\u escapes hide an address from readers that match octets."""
    judged = targets.judge({"template": "attachedTemplate", "transform": "transform"}.get(kind, "subDocument"), text)
    if judged is None and not targets.own(text) and (escaped >= 3 or text.lower().startswith(("http", "ftp", "\\\\"))):
        judged = Observation("DOC-REMOTE-TEMPLATE", text)
    return [judged] if judged else []


def _merged(text: str) -> list[Observation]:
    """Where a form letter takes its addresses from (RTF 1.9.1, mail merge): a path, or the string of a connection."""
    if DIGITS.fullmatch(text):
        text = bytes.fromhex(text[:len(text) // 2 * 2]).replace(b"\0", b"").decode("latin-1")
    if targets.own(text):
        return []
    if targets.place(text) in (targets.Place.WEB, targets.Place.SHARE) or fields.CONNECTION.search(text):
        return [Observation("DOC-REMOTE-DATASOURCE", text[:400])]
    return []


NAMES: dict[str, Callable[[str], Observation | None]] = {
    "base": lambda text: properties.judge("HyperlinkBase", text), "property": lambda text: properties.judge(text, ""),
    "class id": by_class, "class": objects.by_name, "name": objects.by_name}
"""What is judged by itself."""


def _captures(reader: _Reader, outbound: bool) -> Iterator[Yield]:
    seen, indirect = set[Observation](), fields.Indirect()
    objects_seen, own = 0, list[tuple[str, str]]()        # properties of the author's own, and variables
    for taken in reader.captures:
        text = _surrogates("".join(taken.text))
        found: list[Observation] = []
        if taken.kind == "field":
            found = fields.judge(text)
            indirect.code(text)
        elif taken.kind == "value":
            indirect.kept(text)
            own.append((own.pop()[0] if own and not own[-1][1] else "", text))
        elif taken.kind in ("template", "subdocument", "transform"):
            found = _loaded(taken.kind, text.strip(), taken.escaped)
        elif taken.kind == "source":
            found = _merged(text.strip())
        elif taken.kind in NAMES:
            named = NAMES[taken.kind](text.strip())
            found = [named] if named else []
            own += [(text, "")] if taken.kind == "property" else []
        elif taken.kind in rtfobjects.HEXED:
            yield from rtfobjects.hidden(taken.kind, taken.direct, taken.binary)
            if outbound and taken.kind == "pict":
                yield from rtfobjects.picture(taken.direct, taken.binary)
        elif taken.kind == "object":
            objects_seen += 1
            if objects_seen <= OBJECTS:
                yield from rtfobjects.embedded(taken.direct, taken.nested, taken.binary)
        for observation in found:
            if observation not in seen:
                seen.add(observation)
                yield observation
    if own:
        yield Table("properties", tuple(own))
    for pieces in reader.stories.values() if indirect.fetching else ():
        indirect.text("".join(pieces))
    yield from (one for one in indirect.found() if one not in seen)
    if objects_seen > OBJECTS:
        yield Problem(IncidentCode.COUNT, f"more than {OBJECTS} objects")
    if reader.flags & {"objautlink", "objlink"}:
        yield Observation("RTF-LINK", "linked object")
    if "objupdate" in reader.flags and objects_seen:
        yield Observation("RTF-UPDATE", "object is loaded on opening")
    if reader.listed > MOST_FONTS:
        yield Problem(IncidentCode.COUNT, f"more than {MOST_FONTS} fonts")
    yield from rtfobjects.drawn(reader.data)
    yield from rtfobjects.valued(reader.data)
    yield from rtfobjects.odd(reader.data)
    if reader.flags & {"objocx", "objhtml"}:
        yield Observation("DOC-ACTIVEX", "control")


RTF = Rtf()
