"""iCalendar (RFC 5545) and vCard (RFC 6350): files that stand in a property, unfolded and decoded."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator

from gateway.extract import nesting
from gateway.extract.base import Child, Context, Node, Problem, Yield
from gateway.extract.mime.fields import file_names
from gateway.extract.office.targets import PROGRAM, Place, place, program
from gateway.extract.script.literals import data_uris
from gateway.extract.text.inlined import from_base64
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation
from gateway.model.finding import IncidentCode

FOLDS = (b"\r\n ", b"\r\n\t", b"\n ", b"\n\t")
WORTH = re.compile(rb"ENCODING=|VALUE=BINARY|;(?:BASE64|QUOTED-PRINTABLE)[;:]|:data:|FMTTYPE=\"?text/html", re.I)
PAGE = re.compile(rb"FMTTYPE=\"?text/html(?![^;]*;\s*ENCODING=)", re.I)
"""A description as a page (X-ALT-DESC), which calendars show."""
ESCAPED = re.compile(rb"\\([\\;,nN])")
MAX_PARAMETERS = 2000
"""Octets of a property's parameters; what is longer is no calendar any program wrote."""
ENCODED = re.compile(rb"(?:ENCODING=\"?|(?:^|;))(BASE64|B|QUOTED-PRINTABLE)(?![A-Z])", re.I)
"""vCard 2.1 and vCalendar 1.0 name it without saying what it is."""
BINARY = re.compile(rb"VALUE=\"?BINARY", re.I)
"""Base64 whatever else is said (RFC 5545, 3.3.1)."""
NAME = re.compile(rb"(?:X-)?(?:FILENAME|APPLE-FILENAME|NAME)=\"?([^\";:\r\n]{1,255})", re.I)
MAX_FILES = 1000
"""Portraits in the address book of a telephone, say."""
ALARM = re.compile(rb"[ \t]*(BEGIN|END):VALARM", re.I)
POINTS = re.compile(rb"(?:[A-Za-z0-9-]{1,60}\.)?(?:ATTACH|URL|SOURCE|CONFERENCE|STRUCTURED-DATA|FBURL|CALURI|CALADRURI)[;:]", re.I)
"""Properties that hold an address people click on."""
PICTURED = re.compile(rb"(?:[A-Za-z0-9-]{1,60}\.)?(?:PHOTO|LOGO|SOUND|KEY)(?:;[^:\r\n]{0,200})?:[ \t]?(?:file:|\\\\)", re.I)
"""What a card shows or plays that is not in it, but on a share."""
SOUNDS = re.compile(rb"[ \t]*(?:[A-Za-z0-9-]{1,60}\.)?(?:AALARM|PALARM|MALARM)[;:]", re.I)
"""Alarms of vCalendar 1.0 (2.3): a sound, a program, a mail; what they need stands behind the last of three semicolons."""
TORN = re.compile(rb"[^:\r\n]{0,400}(?:ENCODING=|;)QUOTED-PRINTABLE", re.I)


class IcsExtractor:
    name = "ics"

    def claims(self, node: Node) -> bool:
        return node.type in ("text/calendar", "text/vcard")

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        flood = nesting.cards(node.data)
        if flood:
            yield Problem(IncidentCode.COUNT, flood)
            return
        data = narrowed(node.data)
        for fold in FOLDS:
            data = data.replace(fold, b"")
        count = 0
        alarm = False
        for line in _lines(data):
            edge = ALARM.match(line)
            if edge:
                alarm = edge[1].lower() == b"begin"
            elif POINTS.match(line):
                label, _, value = _property(line)
                yield from _elsewhere(label, value, alarm)
            elif PICTURED.match(line):
                yield from _elsewhere("picture", _property(line)[2], True)
            elif SOUNDS.match(line):
                yield from _elsewhere("alarm", _property(line)[2].rpartition(b";")[2], True)
            if not WORTH.search(line[:MAX_PARAMETERS]):
                continue
            label, parameters, value = _property(line)
            if PAGE.search(parameters) and b"<" in value and not context.outbound:
                yield Child(ESCAPED.sub(_unescaped, value), ArtifactKind.TEXT, detected_type="text/html", label=label)
                continue
            for payload in _payloads(label, parameters, value):
                count += 1
                if count > MAX_FILES:
                    yield Problem(IncidentCode.COUNT, f"more than {MAX_FILES} files in a calendar or card")
                    return
                yield Observation("ICS-FILE", label)
                name = NAME.search(parameters)
                names = tuple(file_names([("name", name[1])])) if name else ()
                yield Child(payload, ArtifactKind.OBJECT, names, label=label)


def narrowed(data: bytes) -> bytes:
    """UTF-16, with its mark or without, as UTF-8: a property begins with a letter of ASCII, whose other octet is NUL."""
    if data[:2] not in (b"\xff\xfe", b"\xfe\xff") and data[:2].count(0) != 1:
        return data
    wide = "utf-16-be" if data[:2] == b"\xfe\xff" or data[:1] == b"\0" else "utf-16-le"
    return data.decode(wide, "replace").removeprefix("\ufeff").encode("utf-8", "replace")


def _elsewhere(label: str, value: bytes, alarm: bool) -> Iterator[Yield]:
    """A file that is not in the calendar: a program that a click or an alarm starts, a sound that an alarm fetches."""
    target = value.strip()[:2048].decode("utf-8", "replace")
    where = place(target)
    path = "\\" in target or target[:5].lower() == "file:" or label.rpartition(".")[2] == "attach"
    if where is Place.LOCAL and not path:
        return                                           # a web address without its scheme
    if program(target) or (alarm and where is Place.WEB and PROGRAM.search(target)):
        yield Observation("DOC-LINK-PROGRAM", target)
    elif where is Place.SHARE:
        yield Observation("DOC-EXTERNAL-SHARE" if alarm else "DOC-LINK", target)
    elif where in (Place.SCRIPT, Place.OTHER) and target[:4].lower() != "cid:":
        yield Observation("HTML-LINK", f"a {target}")


def _unescaped(found: re.Match[bytes]) -> bytes:
    """Signs of text values (RFC 5545, 3.3.11)."""
    return b"\n" if found[1] in b"nN" else found[1]


def _lines(data: bytes) -> Iterator[bytes]:
    """Lines; quoted-printable ones go on behind a soft line break without a fold (vCard 2.1, vCalendar 1.0)."""
    torn: list[bytes] = []
    for line in data.split(b"\n"):
        line = line.rstrip(b"\r")
        if line.endswith(b"=") and (torn or TORN.match(line)):
            torn.append(line[:-1])
            continue
        yield b"".join((*torn, line))
        torn.clear()
    yield b"".join(torn)


def _property(line: bytes) -> tuple[str, bytes, bytes]:
    """(name, parameters, value); the value begins at the first colon outside quotes."""
    end = line.find(b":")
    while 0 <= end < MAX_PARAMETERS and line.count(b'"', 0, end) % 2:
        end = line.find(b":", end + 1)
    if not 0 <= end < MAX_PARAMETERS:
        return "", b"", b""
    name, _, parameters = line[:end].partition(b";")
    return name.decode("ascii", "replace").lower()[:60], parameters, line[end + 1:]


def _payloads(label: str, parameters: bytes, value: bytes) -> Iterator[bytes]:
    encoding = ENCODED.search(parameters)
    if encoding[1].upper() != b"QUOTED-PRINTABLE" if encoding else BINARY.search(parameters):
        yield from_base64(value)
    elif encoding and label in ("attach", "photo", "logo", "sound", "key"):
        yield binascii.a2b_qp(value)
    elif value[:5].lower() == b"data:":
        yield from (data for _, data in data_uris(value.decode("latin-1")))


ICS = IcsExtractor()
