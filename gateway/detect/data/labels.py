"""Labels that say a document must not leave: Microsoft sensitivity labels, the Sensitivity field, marking lines.

A marking is a line that is nothing but a marking (社外秘, 機密, STRICTLY CONFIDENTIAL - INTERNAL USE ONLY), in a header, footer,
title, watermark or the first lines: the word inside a sentence or a disclaimer is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from gateway.detect.base import Scope, Tally
from gateway.identifiers.normalise import view
from gateway.identifiers.words import LABELS, files
from gateway.model.content import Sample, Table, Text
from gateway.model.finding import Finding, Severity

FIRST_LINES, LAST_LINES = 4, 2
LONGEST = 80
"""Characters of a marking line."""
DECORATION = " \t\r\n*#=_~-.,:!★☆●○◎■□◆※<>()[]{}【】〔〕《》〈〉『』「」|/\\'\"·•"
SEPARATOR = r"[\s\-:/|,;.·・*()\[\]【】〔〕「」『』<>()]*"
SUBJECT_TAG = re.compile(r"^(?:(?:re|fw|fwd|回覆|转发|轉寄|答复|回复)\s*:\s*)*[\[【〔(<《]([^\]】〕)>》]{1,40})[\]】〕)>》]", re.I)
MSIP = re.compile(r"MSIP_Label_[0-9A-Fa-f\-]{8,40}_Name\s*=?\s*([^;\r\n]{1,120})")
MSIP_NAME = re.compile(r"MSIP_Label_[0-9A-Fa-f\-]{8,40}_Name", re.I)
MARGINS = ("header", "footer", "title", "watermark", "first page", "master")
NOT_MARKED = ("header subject", "header from", "header to", "header cc")


def _tables(local: Sequence[Path]) -> tuple[re.Pattern[str], frozenset[str]]:
    marks: set[str] = set()
    beside: set[str] = set()
    for file in files(LABELS, local):
        marks |= {view(m).text.lower() for m in file.words("marks")}
        beside |= {view(m).text.lower() for m in file.words("with")}
    ordered = sorted(marks | beside, key=len, reverse=True)
    alternation = "|".join(re.escape(w).replace(r"\ ", r"\s+") for w in ordered)
    # possessive by construction: every step eats a whole word and its separators
    return re.compile(f"(?:(?:{alternation})(?![a-z]){SEPARATOR}){{1,6}}"), frozenset(marks)


def _any_mark(marks: Iterable[str]) -> re.Pattern[str]:
    ordered = sorted(marks, key=len, reverse=True)
    return re.compile("|".join(rf"(?<![a-z]){re.escape(m)}(?![a-z])".replace(r"\ ", r"\s+") for m in ordered))


_LINE, MARKS = _tables(())
_MARK = _any_mark(MARKS)


def install(local: Sequence[Path]) -> None:
    """Adds the markings of local folders. Once a process, before the first text; raises ConfigError for a bad file."""
    global _LINE, MARKS, _MARK
    _LINE, MARKS = _tables(local)
    _MARK = _any_mark(MARKS)


def marking(line: str) -> str:
    """The marking that a line is, '' where it is anything else or says something else too."""
    if not 0 < len(line) <= LONGEST:
        return ""
    text = view(line).text.lower().strip(DECORATION)
    if not text or not _LINE.fullmatch(text):
        return ""
    found = _MARK.search(text)
    return found.group() if found else ""


class Labels:
    """LABEL-SENSITIVITY (Microsoft label or Sensitivity field) and LABEL-MARKING (a line)."""

    def __init__(self, scope: Scope) -> None:
        self.active = scope.outbound
        self.count = 0

    def look(self, sample: Sample) -> Iterator[Finding]:
        if not self.active:
            return
        seen: set[tuple[str, str]] = set()
        for code, label in (*self._tables(sample.tables), *self._texts(sample)):
            if (code, label) not in seen:
                seen.add((code, label))
                self.count += 1
                yield Finding(code, "label", Severity.HIGH, sample.artifact.id, (label,), rule="label")

    def conclude(self, tally: Tally) -> Iterable[Finding]:
        if self.count:
            tally.identifiers["label"] = self.count
        return ()

    def _tables(self, tables: Iterable[Table]) -> Iterator[tuple[str, str]]:
        for table in tables:
            if table.source != "properties":
                continue
            for row in table.rows:
                name, value = row[0], row[1] if len(row) > 1 else ""
                if MSIP_NAME.fullmatch(name) and forbids(value):
                    yield "LABEL-SENSITIVITY", forbids(value)

    def _texts(self, sample: Sample) -> Iterator[tuple[str, str]]:
        for text in sample.texts:
            source = text.source.lower()
            if source.startswith("header sensitivity"):
                if text.content.strip().lower() == "company-confidential":    # RFC 2156 section 2.1
                    yield "LABEL-SENSITIVITY", "company-confidential"
            elif source.startswith("header subject"):
                tag = SUBJECT_TAG.match(view(text.content).text.strip())
                found = marking(tag[1] if tag else text.content)
                if found:
                    yield "LABEL-MARKING", found
            elif source.startswith("header "):
                yield from _msip(text)
            else:
                yield from _msip(text)
                yield from _lines(text, source)


def forbids(label: str) -> str:
    """The mark in a sensitivity label's name, as in `Confidential - All Employees`; '' for Public, General and unknown ones."""
    found = _MARK.search(view(label).text.lower())
    return found.group() if found else ""


def _msip(text: Text) -> Iterator[tuple[str, str]]:
    if "MSIP_Label" in text.content:
        for match in MSIP.finditer(text.content):
            found = forbids(match[1])
            if found:
                yield "LABEL-SENSITIVITY", found


def _lines(text: Text, source: str) -> Iterator[tuple[str, str]]:
    """Marking lines where markings stand: everywhere in margins and properties, else at the beginning and the end."""
    content = text.content
    if source.startswith((*MARGINS, "property", "properties")):
        lines = content.splitlines()[:200]
    else:
        lines = [line for line in content[:2000].splitlines() if line.strip()][:FIRST_LINES]
        if source.startswith(("page", "slide")):
            lines += [line for line in content[-1000:].splitlines() if line.strip()][-LAST_LINES:]
    for line in lines:
        found = marking(line)
        if found:
            yield "LABEL-MARKING", found
