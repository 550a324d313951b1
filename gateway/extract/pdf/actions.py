"""Actions, scripts and embedded files of PDF dictionaries (ISO 32000-2, 12.6, 7.11.4, 12.7)."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from itertools import islice

import pikepdf

from gateway.extract.base import Child, Problem, Yield
from gateway.extract.bounded import LimitReached, counted
from gateway.extract.office.targets import Place, abroad, carries_share, place, program
from gateway.extract.pdf import scripts as pdfscript
from gateway.extract.pdf import xfa as pdfxfa
from gateway.extract.pdf.filters import Unknown, filters, unfilter
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation, Text
from gateway.model.deadline import Limits
from gateway.model.finding import IncidentCode

SCRIPT_TYPE = "text/x-pdf-script"
SCRIPT, FORM = 1 << 20, 8 << 20         # octets of one script, and of one packet of a form, that are read
DEPTH = 30                               # direct dictionaries within one another
FILES = 500                              # embedded files of one document
PACKETS = 400                            # names and contents of an XML form (XFA 3.3: some ten packets)
SCRIPTS = 2_000                          # different ones; a form that calculates has some for each of a few hundred fields
Identity = tuple[int, int]
LOOPED = (-1, -1)                        # stands in the set of actions where a name tree leads back to itself
CROWDED = (-2, -2)                       # and where there are more triggers than are looked at
PAGE_TRIGGERS = ("/O", "/C", "/PO", "/PV", "/PC", "/PI")     # opened, closed, visible: nobody clicked
PRESSED = frozenset({"/D", "/U"})
NAMING = ("/Base", "/URL", "/D")         # of relative links (ISO 32000-2, 12.6.4.8), for signers (12.7.5.5), of a clip (13.2.4.2)
TELLING = frozenset({"/S", "/JS", "/OnInstantiate", "/Win", "/Subtype", "/EF", "/F", "/UF", "/XFA", "/Type", *NAMING})
"""Entries without one of which a dictionary does nothing."""
NEIGHBOUR = re.compile(r"(?:(?:\.\.|[^\\/:%*?\"<>|\s.]{1,60})/){0,4}[^\\/:%*?\"<>|\s.]{1,120}\.pdf", re.I)
"""Another PDF file of the same set: to launch it is to follow a link."""
LINKS = 200
ANNOTATIONS = 20_000                     # of one page whose triggers are looked at; a map of a town has some thousand
PAGES = 100_000                          # of one document: about 0.4 s
MOST = 10_000                            # actions of one list, names of one node
LZW = 100_000                            # packed octets that may be unpacked by LZW, which grows 2,700 times at most


def automatic(document: pikepdf.Pdf) -> set[Identity | int]:
    """Identities of the actions that run without a click: by the catalog, by names, by a page that opens."""
    found: set[Identity | int] = set()
    root = document.Root
    _mark(root.get("/OpenAction"), found)
    _mark_all(root.get("/AA"), found)
    names = root.get("/Names")
    if isinstance(names, pikepdf.Dictionary):
        _mark_tree(names.get("/JavaScript"), found, 0, set())
    for count, page in enumerate(document.pages):
        if count >= PAGES:
            found.add(CROWDED)
            break
        _mark_all(page.obj.get("/AA"), found)
        annotations = page.obj.get("/Annots")
        if isinstance(annotations, pikepdf.Array):
            for annotation in _first(annotations, ANNOTATIONS, found):
                extra = annotation.get("/AA") if isinstance(annotation, pikepdf.Dictionary) else None
                if isinstance(extra, pikepdf.Dictionary):
                    for trigger in PAGE_TRIGGERS[2:]:
                        _mark(extra.get(trigger), found)
    return found


def _mark(action: object, found: set[Identity | int], depth: int = 0) -> None:
    """An action and those that follow it by /Next."""
    if depth > DEPTH:
        return
    if isinstance(action, pikepdf.Array):
        for item in _first(action, MOST, found):
            _mark(item, found, depth + 1)
    elif isinstance(action, (pikepdf.Dictionary, pikepdf.Stream)):
        key = identity(action)
        if key in found:
            return
        found.add(key)
        following = action.get("/Next")
        if following is not None:
            _mark(following, found, depth + 1)


def _first(items: pikepdf.Array, most: int, found: set[Identity | int]) -> list[pikepdf.Object]:
    """As many items as are looked at; more are told."""
    if len(items) > most:
        found.add(CROWDED)
    return [items[at] for at in range(min(len(items), most))]


def _mark_all(actions: object, found: set[Identity | int]) -> None:
    if isinstance(actions, pikepdf.Dictionary):
        for action in _values(actions, MOST):
            _mark(action, found)


def _values(item: pikepdf.Object, most: int | None = None) -> list[pikepdf.Object]:
    """By `items`: keys may be octets of any charset (names of choices in Chinese forms), and `get` takes UTF-8 only."""
    return [value for _, value in islice(item.items(), most)]


def _mark_tree(node: object, found: set[Identity | int], depth: int, seen: set[Identity | int]) -> None:
    """A name tree of scripts. Nodes that are their own children, or each other's, are walked once."""
    if not isinstance(node, pikepdf.Dictionary):
        return
    if depth > DEPTH or identity(node) in seen:
        found.add(LOOPED)
        return
    seen.add(identity(node))
    names = node.get("/Names")
    if isinstance(names, pikepdf.Array):
        for item in _first(names, 2 * MOST, found)[1::2]:
            _mark(item, found)
    kids = node.get("/Kids")
    if isinstance(kids, pikepdf.Array):
        for kid in _first(kids, MOST, found):
            _mark_tree(kid, found, depth + 1, seen)


def places(document: pikepdf.Pdf) -> set[Identity | int]:
    """Identities of the actions of links and of the outline: those lead to places; forms alone have scripts that a click starts."""
    found: set[Identity | int] = set()
    for item in document.objects:
        if not isinstance(item, pikepdf.Dictionary):
            continue
        notes = item.get("/Annots")
        inside = _first(notes, ANNOTATIONS, set()) if isinstance(notes, pikepdf.Array) else []
        for entry in (item, *(note for note in inside if isinstance(note, pikepdf.Dictionary))):
            if str(entry.get("/Subtype", "")) == "/Link" or ("/Title" in entry and "/FT" not in entry):
                _mark(entry.get("/A"), found)
    return found


def passing(document: pikepdf.Pdf) -> set[Identity | int]:
    """Identities of the actions of fields and notes that typing, leaving or passing over them starts: not the mouse's button."""
    found: set[Identity | int] = set()
    for item in document.objects:
        if not isinstance(item, pikepdf.Dictionary):
            continue
        notes = item.get("/Annots")
        inside = _first(notes, ANNOTATIONS, set()) if isinstance(notes, pikepdf.Array) else []
        for entry in (item, *inside):
            extra = entry.get("/AA") if isinstance(entry, pikepdf.Dictionary) else None
            for trigger in extra.keys() - PRESSED if isinstance(extra, pikepdf.Dictionary) else ():
                _mark(extra.get(trigger), found)
    return found


def identity(item: pikepdf.Object) -> Identity | int:
    """Object and generation number; direct objects are told apart by what they say."""
    number = item.objgen
    return number if number != (0, 0) else hash(item.unparse())


class Reader:
    """Reads dictionaries once each and yields what they do."""

    def __init__(self, automatic: set[Identity | int], allowance: int, limits: Limits) -> None:
        self.automatic = automatic
        self.left = allowance
        self.limits = limits
        self.done: set[Identity | int] = set()
        self.scripts: set[str] = set()
        self.links: dict[str, None] = {}
        self.files = 0
        self.unnamed: list[pikepdf.Stream] = []
        self.waiting: list[tuple[Identity | int, pikepdf.Object]] = []  # scripts that a click starts

    def anything(self, item: pikepdf.Object, depth: int = 0) -> Iterator[Yield]:
        """An object and the direct ones in it; indirect ones come by themselves."""
        if depth > DEPTH:
            return
        if isinstance(item, pikepdf.Array):
            for inner in item:
                if isinstance(inner, (pikepdf.Dictionary, pikepdf.Array)) and not inner.is_indirect:
                    yield from self.anything(inner, depth + 1)
            return
        if not isinstance(item, (pikepdf.Dictionary, pikepdf.Stream)):
            return
        yield from self.dictionary(item, auto=False)
        for inner in _values(item):
            if isinstance(inner, (pikepdf.Dictionary, pikepdf.Array)) and not inner.is_indirect:
                yield from self.anything(inner, depth + 1)

    def dictionary(self, item: pikepdf.Object, auto: bool) -> Iterator[Yield]:
        key = identity(item)
        if key in self.done:
            return
        self.done.add(key)
        keys = item.keys()                                # asked once: an entry that is not there costs 4 us to ask for
        if keys.isdisjoint(TELLING):
            return
        auto = auto or key in self.automatic
        kind = str(item.get("/S")) if "/S" in keys and isinstance(item.get("/S"), pikepdf.Name) else ""
        if "/JS" in keys and not (auto or kind == "/Rendition"):
            self.waiting.append((key, item.get("/JS")))
        elif "/JS" in keys or "/OnInstantiate" in keys:
            yield from self.script(item.get("/JS", item.get("/OnInstantiate")), True)
        if kind == "/Launch" and NEIGHBOUR.fullmatch(_target(item)):
            yield from self.elsewhere("/GoToR", item, auto)
        elif kind == "/Launch" or ("/Win" in keys and "/S" in keys):
            yield Observation("PDF-LAUNCH", _target(item))
        elif kind in ("/SubmitForm", "/ImportData"):
            target = _target(item)
            shared = any(place(word) is Place.SHARE for word in target.split())
            yield Observation("PDF-REMOTE-SHARE" if shared else "PDF-SUBMIT-AUTO" if auto else "PDF-SUBMIT", target)
        elif kind in ("/GoToR", "/GoToE", "/Thread"):
            yield from self.elsewhere(kind, item, auto)
        elif kind == "/URI":
            yield from self.link(_string(item.get("/URI")), auto)
        elif kind == "/Rendition" or kind == "/Movie" or kind == "/Sound":
            yield Observation("PDF-MEDIA", kind[1:])
        subtype = str(item.get("/Subtype")) if "/Subtype" in keys else ""
        if subtype == "/RichMedia" or kind == "/RichMediaExecute":
            yield Observation("PDF-RICH-MEDIA", subtype)
        if "/EF" in keys and isinstance(item.get("/EF"), pikepdf.Dictionary):
            yield from self.file(item)
        elif kind == "" and not keys.isdisjoint(("/F", "/UF")) and isinstance(item.get("/F", item.get("/UF")), pikepdf.String):
            yield from self.elsewhere("/F", item, auto)
        named = (_string(item.get(key)) for key in NAMING if key in keys and isinstance(item.get(key), pikepdf.String))
        yield from (Observation("PDF-REMOTE-SHARE", target) for target in named if abroad(target))
        if "/XFA" in keys:
            yield from self.xfa(item.get("/XFA"))
        if "/Type" in keys and str(item.get("/Type")) == "/EmbeddedFile" and isinstance(item, pikepdf.Stream):
            self.loose(item)

    # -- what they do

    def script(self, value: object, auto: bool) -> Iterator[Yield]:
        source = self.source(value)
        if not source.strip() or source in self.scripts:
            return
        self.scripts.add(source)
        if len(self.scripts) > SCRIPTS:
            raise LimitReached(IncidentCode.COUNT, f"more than {SCRIPTS} scripts")
        acts = [] if pdfscript.checks_version(source) else pdfscript.acts(source)
        if acts:
            code = "PDF-SCRIPT-ACTS" if auto or not pdfscript.SEEN.issuperset(acts) else "PDF-SCRIPT"
        elif pdfscript.harmless(source) or pdfscript.checks_version(source):
            code = "PDF-SCRIPT-HARMLESS"
        elif auto:
            code = "PDF-SCRIPT-FUNCTIONS" if pdfscript.tame(source) else "PDF-SCRIPT-AUTO"
        else:
            code = "PDF-SCRIPT"
        yield Observation(code, ", ".join(acts) or source[:200])
        yield Child(source.encode("utf-8", "replace"), ArtifactKind.TEXT, ("script",), detected_type=SCRIPT_TYPE,
                    texts=(Text(source, "script", hidden=True),))

    def source(self, value: object, most: int = SCRIPT) -> str:
        """Raises LimitReached where it has more than `most` octets: what stands behind them would run, too."""
        if isinstance(value, pikepdf.Stream):
            raw = b"".join(p.data for p in self.stream(value) if isinstance(p, Child))
            text = _decode(raw[:most]) if len(raw) <= most else None
        else:
            text = _string(value)
        if text is None or len(text) > most:
            raise LimitReached(IncidentCode.COUNT, f"script or form of more than {most >> 20} MiB")
        return text

    def elsewhere(self, kind: str, item: pikepdf.Object, auto: bool) -> Iterator[Yield]:
        target = _target(item)
        if place(target) in (Place.SHARE, Place.SCRIPT):
            yield Observation("PDF-REMOTE-SHARE", target)
        elif place(target) is Place.WEB:
            yield Observation("PDF-LINK-AUTO" if auto else "PDF-REMOTE", target)
        elif kind == "/GoToE" and auto:
            yield Observation("PDF-OPENS-EMBEDDED", target)

    def link(self, target: str, auto: bool) -> Iterator[Yield]:
        where = place(target)
        if where is Place.SCRIPT:
            yield Observation("DOC-LINK-SCHEME", target)
        elif (where is Place.SHARE and (auto or abroad(target))) or (where is Place.OTHER and carries_share(target)):
            yield Observation("PDF-REMOTE-SHARE", target)
        elif program(target):
            yield Observation("DOC-LINK-PROGRAM", target)
        elif auto and where is Place.WEB:
            yield Observation("PDF-LINK-AUTO", target)
        elif target and target not in self.links and len(self.links) < LINKS:
            self.links[target] = None
            yield Observation("DOC-LINK", target)

    def file(self, item: pikepdf.Object) -> Iterator[Yield]:
        """A file specification with embedded streams, one for each platform."""
        names = tuple(dict.fromkeys(n for n in (_string(item.get(k)) for k in ("/UF", "/F", "/Unix", "/Mac", "/DOS")) if n))
        streams = item.get("/EF")
        for stream in _values(streams, 10):
            if not isinstance(stream, pikepdf.Stream) or identity(stream) in self.done:
                continue
            self.done.add(identity(stream))
            made = list(self.embedded(stream, names))
            yield from made
            sealed = str(item.get("/AFRelationship", "")) == "/EncryptedPayload"     # ISO 32000-2, 7.6.7
            if sealed and not any(isinstance(part, Child) and b"%PDF-" in part.data[:1024] for part in made):
                yield Problem(IncidentCode.ENCRYPTED, "PDF under rights management")

    def loose(self, stream: pikepdf.Stream) -> None:
        """An embedded file whose specification comes later or never: kept until all others are known."""
        self.done.discard(identity(stream))
        self.unnamed.append(stream)

    def rest(self, document: pikepdf.Pdf) -> Iterator[Yield]:
        """Scripts that a click starts, and embedded streams that were not reached by any file specification."""
        odd = places(document) if self.waiting else set()
        if self.waiting:
            unasked = passing(document)
            odd |= {key for key, value in self.waiting if key in unasked and pdfscript.only_talks(self.source(value))}
        for key, value in sorted(self.waiting, key=lambda pair: pair[0] not in odd):
            yield from self.script(value, key in odd)
        for stream in self.unnamed:
            if identity(stream) not in self.done:
                self.done.add(identity(stream))
                yield from self.embedded(stream, ())

    def embedded(self, stream: pikepdf.Stream, names: tuple[str, ...]) -> Iterator[Yield]:
        self.files += 1
        if self.files > FILES:
            raise LimitReached(IncidentCode.COUNT, f"more than {FILES} embedded files")
        declared = str(stream.get("/Subtype", ""))[1:].lower()
        yield Observation("PDF-EMBEDDED", names[0] if names else "")
        for item in self.stream(stream):
            yield Child(item.data, ArtifactKind.OBJECT, names, declared, "attachment") if isinstance(item, Child) else item

    def stream(self, stream: pikepdf.Stream) -> Iterator[Child | Problem]:
        """Decoded octets. Deflate is bounded by us; other filters never grow far."""
        room = max(0, min(self.left, max(self.limits.ratio_floor, self.limits.ratio * 1024)))
        found = filters(stream)
        data = bytes(stream.read_raw_bytes())
        room = max(room, min(self.left, self.limits.ratio * len(data)))
        try:
            if any(name in ("/LZWDecode", "/LZW") for name in found) and len(data) <= LZW:
                data = bytes(stream.read_bytes())
                found = []
            for name in found:
                data = unfilter(name, data, room)
        except Unknown as error:
            yield Problem(IncidentCode.UNSUPPORTED, f"filter {error}")
        except OverflowError:
            yield Problem(IncidentCode.RATIO, f"embedded stream of more than {room} octets")
            return
        except (zlib.error, ValueError, pikepdf.PdfError):
            yield Problem(IncidentCode.MALFORMED, "embedded stream")
        self.left -= len(data)
        yield Child(data, ArtifactKind.OBJECT)

    def xfa(self, value: object) -> Iterator[Yield]:
        """XML forms: scripts between their tags, and programs that data connections may call."""
        parts = list(counted(value, PACKETS, "packets of a form")) if isinstance(value, pikepdf.Array) else [value]
        packets = []
        for part in parts:
            packet = self.source(part, FORM)
            if "<" in packet:
                packets.append(packet)
            if isinstance(part, pikepdf.Stream) and packet.lstrip("\ufeff \t\r\n").startswith("<"):
                self.done.add(identity(part))             # some writers call each packet an embedded file
        yield Observation("PDF-XFA", f"{len(packets)} packets")
        whole = "".join(packets)
        yield from pdfxfa.form(whole)
        if whole:
            yield Child(whole.encode("utf-8", "replace"), ArtifactKind.TEXT, ("form.xml",), detected_type=SCRIPT_TYPE,
                        texts=(Text(re.sub(r"<[^>]{0,4000}>", " ", whole), "form", hidden=True),))


def _string(value: object) -> str:
    if isinstance(value, pikepdf.String):
        return _decode(bytes(value))
    if isinstance(value, pikepdf.Name):
        return str(value)[1:]
    if isinstance(value, pikepdf.Dictionary):
        return _target(value)
    return ""


def _decode(raw: bytes) -> str:
    """A text string: UTF-16 or UTF-8 by its mark, else PDFDocEncoding; legal UTF-8 and CJK octets of careless producers."""
    if raw[:2] in (b"\xfe\xff", b"\xff\xfe"):
        return raw.decode("utf-16", "replace")
    for charset in ("utf-8-sig", "cp950", "cp932", "gb18030"):
        try:
            return raw.decode(charset)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def _target(item: pikepdf.Object) -> str:
    """What an action names: a file specification, a URL, a command with its parameters."""
    found: list[str] = []
    for key in ("/F", "/UF", "/URI", "/Unix", "/Mac", "/DOS", "/P", "/O"):
        value = item.get(key)
        if isinstance(value, (pikepdf.String, pikepdf.Dictionary)):
            found.append(_string(value))
    windows = item.get("/Win")
    if isinstance(windows, pikepdf.Dictionary):
        found.append(_target(windows))
    return " ".join(dict.fromkeys(f for f in found if f))[:500]
