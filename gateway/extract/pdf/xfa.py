"""XML forms (XFA 3.3), in a PDF or as a file of their own (.xdp): what their scripts and addresses do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from gateway.extract.base import Yield
from gateway.extract.bounded import counted
from gateway.extract.office.targets import Place, place
from gateway.extract.pdf import scripts as pdfscript
from gateway.model.content import Observation

SCRIPT = re.compile(r"<(?:\w{1,20}:)?script(?:\s[^>]{0,400})?>([^<]{0,100000}(?:<(?!/)[^<]{0,20000}){0,50})")
EVENT = re.compile(r"(?<!\w)activity\s{0,9}=\s{0,9}[\"']([^\"'<>]{1,40})")
TARGET = re.compile(r"<\?xml-stylesheet[^<>]{0,400}?href\s{0,4}=\s{0,4}[\"']([^\"'>]{3,1000})|"
                        r"<(?:\w{1,20}:)?submit[^<>]{0,400}?target\s{0,4}=\s{0,4}[\"']([^\"'>]{3,1000})|"
                        r"<(?:\w{1,20}:)?image[^<>]{0,400}?href\s{0,4}=\s{0,4}[\"']([^\"'>]{3,1000})|"
                        r"<(?:\w{1,20}:)?(?:wsdlAddress|soapAddress|uri)>\s{0,20}([^<>]{3,1000})")
"""What a form fetches from or sends to by itself: style sheets, submission, pictures, connections (XFA 3.3, 17 and 22)."""
CLICKED = frozenset({"", "click", "mouseDown", "mouseUp", "preSubmit", "postSubmit"})
OPENING = frozenset({"initialize", "ready", "docReady", "docClose", "form:ready", "layout:ready"})
"""What comes with opening or closing a form: there it talks to nobody who asked for it. In a field it says what is missing."""
SENT = re.compile(r"<(?:\w{1,20}:)?(submit|execute)[\s/>]")
"""What a form does without a script: send itself, call a service of the web (XFA 3.3, 17)."""
MOST = 200_000                           # submissions of one form, and scripts
GOES = re.compile(r"(?<!\w)gotoURL(?:[\"']\s{0,9}\])?\s{0,9}\(|"
                  r"(?<![\w.])(?:Get|Post|Put)\s{0,9}\(\s{0,9}[\"'](?:[a-z]{2,8}:|[\\/]{2})|"
                  r"(?<![\w.])(?-i:Get|Post|Put)\s{0,9}\(\s{0,9}[$A-Za-z_]", re.I)
"""What XML forms open or fetch: host methods, and FormCalc's functions of the web (XFA 3.3, 25). A button may do that."""


REFERENCE = re.compile(r"<pdf\s[^<>]{0,400}?(?<!\w)href\s{0,4}=\s{0,4}[\"']([^\"'<>]{3,1000})")
"""The PDF that a form belongs to, where it lies elsewhere: opened with it (XFA 3.3, 24)."""


def form(whole: str) -> Iterator[Yield]:
    """Entities, addresses on shares, and scripts that open, send or build something."""
    if re.search(r"<!(?:DOCTYPE|ENTITY)", whole[:65536]):
        yield Observation("PDF-XFA-ENTITY", "")
    for target in dict.fromkeys(map("".join, TARGET.findall(whole))):
        if place(target) in (Place.SHARE, Place.SCRIPT):
            yield Observation("PDF-REMOTE-SHARE", target)
    reference = REFERENCE.search(whole)
    if reference is not None and place(reference[1]) in (Place.WEB, Place.SHARE):
        yield Observation("PDF-LINK-AUTO", reference[1])
    for found in counted(SENT.finditer(whole), MOST, "submissions of a form"):
        event = _event(whole, found.start())
        if event not in CLICKED:
            yield Observation("PDF-SUBMIT-AUTO", f"XFA {event}: {found[1]}")
    for event, script in scripts(whole):
        acts = [a for a in pdfscript.acts(script) if a != "talks to the reader" or event in OPENING]
        if event != "click" and GOES.search(pdfscript.joined(script)):
            acts.append("opens an address")
        if acts:
            yield Observation("PDF-SCRIPT-ACTS", f"XFA {event}: " + ", ".join(acts))


def scripts(whole: str) -> Iterator[tuple[str, str]]:
    """Event and source of the scripts in an XML form."""
    for found in counted(SCRIPT.finditer(whole), MOST, "scripts of a form"):
        yield _event(whole, found.start()) or "script", unescape(found.group(1))


def _event(whole: str, at: int) -> str:
    """The event in which something stands, "" where none is near."""
    events = EVENT.findall(whole[max(0, at - 300):at])
    return events[-1] if events else ""
