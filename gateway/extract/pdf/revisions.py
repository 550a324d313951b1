"""Earlier revisions of a PDF (ISO 32000-2, 7.5.6): each save may append, and what it replaced still stands in the file.

Readers disagree which revision they show: one that follows a broken cross-reference table, or none, finds a catalog that the
last revision has replaced. What an earlier revision does is told like what the last one does, where it is not the same.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from itertools import pairwise

import pikepdf

from gateway.extract.base import Child, Problem, Yield
from gateway.model.content import Observation
from gateway.model.finding import IncidentCode

END = re.compile(rb"startxref\s{1,20}(\d{1,12})(?:\s{1,20}%%EOF)?")
PREVIOUS = re.compile(rb"/Prev\s{1,20}(\d{1,12}+)(?!\s{1,20}\d{1,12}\s{1,20}R)")
REVISIONS = 100                          # with something in them that could act; each hand that signs or remarks adds one or two
OBJECTS = 200_000                        # of all of them together: twenty revisions of a book
ACTING = re.compile(rb"/(?:JS|JavaScript|OpenAction|AA|Launch|EF|XFA|RichMedia\w*|SubmitForm|ImportData|GoTo[RE]|URI|Names|ObjStm)"
                    rb"(?![A-Za-z0-9])|/[A-Za-z0-9]{0,24}#[0-9A-Fa-f]{2}")
ERRORS = (pikepdf.PdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, RuntimeError, OverflowError,
          RecursionError)
EARLIER = "earlier revision: "
QUIET = frozenset({"DOC-LINK"})
"""What an earlier revision says without its being worth a word."""

Structure = Callable[[pikepdf.Pdf], Iterator[Yield]]


def earlier(data: bytes, password: str, last: list[Yield], structure: Structure) -> Iterator[Yield]:
    """What the revisions before the last one do and hold, beyond `last`, which the last one yielded."""
    ends = ends_of_revisions(data)
    if looped(data):
        yield Problem(IncidentCode.DEPTH, "a revision that follows itself")
    known = {_key(item) for item in last}
    objects = 0
    for number, end in enumerate(e for b, e in pairwise([0, *ends[:-1]]) if ACTING.search(data, b, e)):
        if number >= REVISIONS or objects > OBJECTS:
            yield Problem(IncidentCode.COUNT, f"more than {REVISIONS} revisions, or {OBJECTS} objects in them")
            return
        document = _opened(data[:end], password)
        if document is None:
            continue
        with document:
            objects += len(document.objects)
            for item in _acts(document, structure):
                if _key(item) not in known:
                    known.add(_key(item))
                    yield item


def ends_of_revisions(data: bytes) -> list[int]:
    """Offsets behind the end mark of each revision. A linearized file (annex F) has one more at its beginning, whose table
    leads to what is not there yet."""
    return [match.end() for match in END.finditer(data)]


def looped(data: bytes) -> bool:
    """True where a cross-reference table leads back to itself by the tables before it."""
    tables = [(int(match[1]), match.start()) for match in END.finditer(data)]
    before: dict[int, int] = {}
    previous = PREVIOUS.search(data, min(tables)[0]) if tables else None
    for begin, end in sorted(tables):
        if previous and previous.start() < begin:        # the first one behind `begin`: no octet is searched twice
            previous = PREVIOUS.search(data, begin)
        before.setdefault(begin, int(previous[1]) if previous and previous.end() <= end else -1)    # its own end is the next one
    seen: set[int] = set()
    at = tables[-1][0] if tables else -1
    while at in before and at not in seen:
        seen.add(at)
        at = before[at]
    return at in seen


def _opened(data: bytes, password: str) -> pikepdf.Pdf | None:
    """None for what cannot be read by itself: no reader shows it, and none calls it a revision."""
    try:
        return pikepdf.open(io.BytesIO(data), password=password, suppress_warnings=True, inherit_page_attributes=False,
                            attempt_recovery=False)
    except ERRORS:
        return None


def _acts(document: pikepdf.Pdf, structure: Structure) -> Iterator[Yield]:
    """Actions, scripts and files of a revision."""
    try:
        for item in structure(document):
            if isinstance(item, Observation) and item.code not in QUIET:
                yield Observation(item.code, f"{EARLIER}{item.detail}")
            elif isinstance(item, (Child, Problem)):
                yield item
    except ERRORS:
        yield Problem(IncidentCode.MALFORMED, "an earlier revision of the PDF")


def _key(item: Yield) -> object:
    if isinstance(item, Observation):
        return item.code, item.detail.removeprefix(EARLIER)
    return item.data if isinstance(item, Child) else item
