"""Labels that say a document must not leave: Microsoft sensitivity labels, the Sensitivity field, marking lines.

A marking is a line that is nothing but a marking (社外秘, 機密, STRICTLY CONFIDENTIAL - INTERNAL USE ONLY), in a header, footer,
title, watermark or the first lines: the word inside a sentence or a disclaimer is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from gateway.detect.base import Scope, Tally
from gateway.identifiers.characters import says
from gateway.identifiers.normalise import view
from gateway.identifiers.words import LABELS, files
from gateway.model.content import Sample, Table, Text
from gateway.model.finding import Finding, Severity

FIRST_LINES, LAST_LINES = 4, 2
LONGEST = 80
"""Characters of a marking line."""
FIRST_ROWS = 3
"""Rows of a sheet in which a cell that stands alone is read like a first line."""
FORWARDS, PAGE = 20_000, 20_000
"""Characters of a body in which subjects of forwarded mail are looked for; of a page."""
DECORATION = " \t\r\n*#=_~-–—.,:!★☆●○◎■□◆※<>()[]{}【】〔〕《》〈〉『』「」|/\\'\"·•"
SEPARATOR = r"[\s\-–—:/|,;.·・*★☆()\[\]【】〔〕「」『』<>()]*"
SEGMENT = re.compile(r"\t+|[ \u3000]{2,}|[|｜•·©]|\s[-–—/]\s")
"""What parts the left, middle and right of a page's margin, and a firm's name from a marking."""
COUNTED = re.compile(r"(?:page|pages|p|of|共|第|頁|页|ページ|[0-9]{1,4}|[年月日/.:,、\s-]){1,12}")
"""Page numbers and dates, which stand beside a marking in a margin."""
LAPSE = re.compile(r"\s*[★☆▲]{1,3}\s*(?:[0-9]{1,2}\s*(?:年|个月|個月|月)|长期|長期|启用前|啟用前)$|\s*(?:保密)?期限\s*:\s*\S{1,6}$|"
                   r"\s\([a-z]?[0-5]$")
"""How long a Chinese state or trade secret is one (GB/T 9704: 机密★3年), and the number of a level: Confidential (C3)."""
SPACED = re.compile(r"(?<=[\u3400-\u9fff])[ \u3000]+(?=[\u3400-\u9fff](?:[ \u3000]|$))")
CLAUSE = re.compile(r"[,，、。;；：?？!！]|[.:](?: |$)")
WEAK = frozenset({"secret", "restricted", "sensitive", "classified"})
"""Words that names end with as well."""
FORWARDED = re.compile(r"^[>\s*]{0,8}(?:Subject|主旨|主题|主題|件名|제목)\s*[:：][ \t*]*([^\r\n]{1,200})", re.I | re.M)
BRACKETED = re.compile(r"[\[【〔(（《]([^\]】〕)）》]{1,40})[\]】〕)）》]")
REPLIED = re.compile(r"^(?:(?:re|fw|fwd|回覆|转发|轉寄|答复|回复)\s*:\s*)*+", re.I)
FIELD = re.compile(r"header x-[\w-]{0,30}(?:classification|sensitivity|confidentiality|marking|security-label)[\w-]{0,10}")
"""Fields of other products that label mail."""
FIELD_PART = re.compile("[;,]")
FIELD_KEY = re.compile(r"(?:[\w.-]{0,20}(?:classification|sensitivity|marking|label|level)|sec)", re.I)
PROTECTED = re.compile(r"sec\s*=\s*(protected|secret|top-?secret|official:? ?sensitive)", re.I)
"""Security classifications of the Australian Email Protective Marking Standard."""
CAPTIONED = re.compile(r"^[ \t>|]{0,8}(?:密等(?:及解密條件(?:或保密期限)?)?|密級|密级)[ \t]{0,4}[:：]([^\r\n]{1,80})", re.M)
"""The level of a letter of Taiwan's authorities (文書處理手冊), which stands below its addresses."""
UNTIL = re.compile(r"[(/（／][^)）]{0,30}解密.*$")
"""When it ends, behind it."""
OPTION = re.compile(r"([■☑☒▣✔✓●◉□☐○◯])[ \u3000]{0,2}([^■☑☒▣✔✓●◉□☐○◯\s]{1,20})")
EMPTY = "□☐○◯"
SPELLED = re.compile(r"(?:[a-z] {1,8}){5,40}[a-z]")
"""Words whose letters stand apart: C O N F I D E N T I A L, and further from those of the next word, or not."""
GRADES = re.compile("(?:classification|sensitivity|confidentiality|level|class|等級?|等级|密級|密级|级别|分級|程度|區分|区分|"
                    "機密度|レベル|등급)$")
"""How captions of levels end."""
DASHES = re.compile(r" {1,8}[-–—/|] {1,8}")
WIDE = re.compile(" {2,}")
TAGS = re.compile(r"[\[【〔(<《]([^\]】〕)>》]{1,40})[\]】〕)>》]\s*")
LED = re.compile(r"([^:]{2,30}):\s*\S")
"""A subject that says its level first: 機密：董事會議紀錄."""
PIECES = re.compile(r"[_\-—–.\s]+")
CLASSED = re.compile(r"^CLASS:CONFIDENTIAL\r?$", re.M)
"""RFC 5545 section 3.8.1.3: what the field Sensitivity is to a mail."""
LIST = 3
"""Markings on lines of their own from which on they tell which levels there are; two below their caption."""
SIGNATURE = re.compile(r"^-- ?\r?$", re.M)
MSIP = re.compile(r"MSIP_Label_[0-9A-Fa-f\-]{8,40}_Name\s*=?\s*([^;\r\n]{1,120})")
MSIP_NAME = re.compile(r"MSIP_Label_[0-9A-Fa-f\-]{8,40}_Name", re.I)
LINES_OF_A_MARGIN = 200
MARGINS = ("header", "footer", "title", "watermark", "first page", "master")


def _tables(local: Sequence[Path]) -> tuple[re.Pattern[str], frozenset[str], frozenset[str], dict[str, str]]:
    marks: set[str] = set()
    beside: set[str] = set()
    public: set[str] = set()
    for file in files(LABELS, local):
        public |= {view(m).text.lower() for m in file.words("public")}
        marks |= {view(m).text.lower() for m in file.words("marks")}
        beside |= {view(m).text.lower() for m in file.words("with")}
    ordered = sorted(marks | beside, key=len, reverse=True)
    alternation = "|".join(re.escape(w).replace(r"\ ", r"\s+") for w in ordered)
    # possessive by construction: every step eats a whole word and its separators
    line = re.compile(f"(?:(?:{alternation})(?![a-z]){SEPARATOR}){{1,6}}")
    return line, frozenset(marks), frozenset(public), {word.replace(" ", ""): word for word in ordered}


def _any_mark(marks: Iterable[str]) -> re.Pattern[str]:
    ordered = sorted(marks, key=len, reverse=True)
    return re.compile("|".join(rf"(?<![a-z])(?<!non[- ])(?<!not ){re.escape(m)}(?![a-z])".replace(r"\ ", r"\s+") for m in ordered))


_LINE, MARKS, PUBLIC, _JOINED = _tables(())
_MARK = _any_mark(MARKS)


def install(local: Sequence[Path]) -> None:
    """Adds the markings of local folders. Once a process, before the first text; raises ConfigError for a bad file."""
    global _LINE, MARKS, PUBLIC, _JOINED, _MARK
    _LINE, MARKS, PUBLIC, _JOINED = _tables(local)
    _MARK = _any_mark(MARKS)


def marking(line: str) -> str:
    """The marking that a line is, '' where it is anything else or says something else too."""
    if not 0 < len(line) <= LONGEST:
        return ""
    text = LAPSE.sub("", view(line).text.lower().strip(DECORATION))
    if not text:
        return ""
    if not _LINE.fullmatch(text):
        text = _together(text)
        if not _LINE.fullmatch(text):
            return ""
    return max((found.group() for found in _MARK.finditer(text)), key=len, default="")     # 密級：機密


def _together(text: str) -> str:
    """Letters that stand apart as the word they are."""
    parts = DASHES.split(text)
    if all(map(SPELLED.fullmatch, parts)):
        return " - ".join(_JOINED.get(part.replace(" ", "")) or " ".join(word.replace(" ", "") for word in WIDE.split(part))
                          for part in parts)
    return SPACED.sub("", text)                           # 機　密


def chosen(line: str) -> str:
    """The marking that is ticked in a line of levels: 密等：□普通　■機密. One tick; most of what there is to tick are levels."""
    options = OPTION.findall(line[:LONGEST * 2])
    ticked = [name for box, name in options if box not in EMPTY]
    levels = sum(bool(marking(name)) or _level(name) in PUBLIC for _, name in options)
    return marking(ticked[0]) if len(options) > 1 and len(ticked) == 1 and levels * 2 > len(options) else ""


def margin(line: str) -> str:
    """The marking in a line of a page's margin, where a firm's name, a date or the number of the page may stand beside it.
    A line that offers several levels to choose from marks nothing."""
    if found := marking(line):
        return found
    if not _mentions(line[:LONGEST * 3]):
        return ""
    segments = [kept for piece in SEGMENT.split(line[:LONGEST * 3]) if (kept := _uncounted(piece))]
    marks = {mark for segment in segments if (mark := marking(segment))}
    if len(marks) != 1 or any(_level(s) in PUBLIC for s in segments):
        return ""
    return marks.pop()


def _mentions(line: str) -> bool:
    """Whether a marking stands anywhere in the line: most lines of a page are done with by that."""
    text = " ".join(view(line).text.lower().split())
    return any(mark in text for mark in MARKS)


def _level(text: str) -> str:
    return view(text).text.lower().strip(DECORATION)


def _printed(lines: Sequence[str]) -> Iterator[str]:
    """The markings at the top and bottom of a printed page, where one blank may be all that is left of the way from a firm's
    name to the marking. Two such lines are rows of a table of things and their levels."""
    ends = {line: mark for line in (*lines[:FIRST_LINES], *lines[-LAST_LINES:]) if (mark := _behind(line))}
    if len(ends) == 1 and sum(_level(line.rpartition(" ")[2]) in MARKS | PUBLIC for line in lines) < 2:
        yield from ends.values()


def _behind(line: str) -> str:
    """The marking at the end of a line whose other words are a name: ○○銀行 機密; not that of a sentence."""
    if len(line) > LONGEST or not _mentions(line):
        return ""
    words = _uncounted(line).split()
    for i in range(1, len(words)):
        name, tail = words[:i], " ".join(words[i:])
        if (mark := marking(tail)) and len(mark) > 1 and mark not in WEAK and not tail[0].islower():
            named = all(word[0].isupper() or not word[0].isascii() for word in name)
            return mark if named and not CLAUSE.search(" ".join(name)) else ""
    return ""


def _uncounted(piece: str) -> str:
    """Without page numbers and dates at its ends."""
    words = piece.split()
    while words and COUNTED.fullmatch(words[-1].lower()):
        words.pop()
    while words and COUNTED.fullmatch(words[0].lower()):
        del words[0]
    return " ".join(words)


class Labels:
    """LABEL-SENSITIVITY (Microsoft label or Sensitivity field) and LABEL-MARKING (a line)."""

    def __init__(self, scope: Scope) -> None:
        self.active = scope.outbound
        self.count = 0

    def look(self, sample: Sample) -> Iterator[Finding]:
        if not self.active:
            return
        seen: set[tuple[str, str]] = set()
        for code, label in (*_names(sample.artifact.names), *self._tables(sample.tables), *self._texts(sample)):
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
            if table.source.startswith(MARGINS):
                lines = ("\t".join(row) for row in table.rows[:LINES_OF_A_MARGIN])
                yield from (("LABEL-MARKING", mark) for line in lines if (mark := margin(line)))
            if table.source != "properties":
                yield from _cells(table)
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
            elif FIELD.fullmatch(source):
                if found := _field(text.content.strip()):
                    yield "LABEL-SENSITIVITY", found
            elif source.startswith("header subject"):
                yield from _subject(text.content)
            elif source.startswith("header "):
                yield from _msip(text)
            else:
                yield from _msip(text)
                yield from _lines(text, source)


def _field(value: str) -> str:
    """The marking in a field of another product: by itself or beside its number (C3 - Confidential), or as the value of a key."""
    if found := PROTECTED.search(value):
        return found[1].lower()
    for part in FIELD_PART.split(value[:LONGEST * 4]):
        key, equals, said = part.rpartition("=")
        if (not equals or FIELD_KEY.fullmatch(key.strip())) and (mark := margin(said.strip())):
            return mark
    return ""


def forbids(label: str) -> str:
    """The mark in a sensitivity label's name, as in `Confidential - All Employees`; '' for Public, General and unknown ones."""
    found = _MARK.search(view(label).text.lower())
    return found.group() if found else ""


def _names(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Markings in the names of a file: in brackets ([機密]計畫.docx), or of East Asia at an end of it (計画書_社外秘.docx)."""
    for name in names:
        pieces = PIECES.split(name[:LONGEST * 4])
        ends = [piece for piece in (pieces[0], *pieces[-2:-1]) if len(piece) > 1 and not piece.isascii()] if len(pieces) > 2 else []
        for piece in (*(match[1] for match in BRACKETED.finditer(name[:LONGEST * 4])), *ends):
            if found := marking(piece):
                yield "LABEL-MARKING", found


def _subject(text: str) -> Iterator[tuple[str, str]]:
    """A subject that is a marking, or begins with one, in brackets or before a colon."""
    said = view(text[:LONGEST * 4]).text.strip()
    said = REPLIED.sub("", said)
    found = marking(said)
    while not found and (tag := TAGS.match(said)):
        found, said = marking(tag[1]), said[tag.end():]
    if not found and (led := LED.match(said)) and (mark := marking(led[1])) not in WEAK:
        found = mark
    if found:
        yield "LABEL-MARKING", found


def _cells(table: Table) -> Iterator[tuple[str, str]]:
    """A first row with nothing but a marking in it (社外秘, 密等 | 機密), or a last one under columns or sentences, or a caption of
    levels with a marking beside it among other fields, unless these rows list which levels there are.
    """
    ends = [[text for cell in row if (text := cell.strip())] for row in table.rows[:FIRST_ROWS]]
    fields = [pair for row in ends for pair in _graded(row)]
    if any(len(row) > 1 or CLAUSE.search("".join(row)) for row in ends):             # else a list, and the last thing in it
        ends += [[text for cell in row if (text := cell.strip())] for row in table.rows[FIRST_ROWS:][-LAST_LINES:]]
    rows = list(map(" ".join, ends)) + fields
    found = {mark for row in rows if (mark := marking(row))}
    if len(found) == 1 and not any(_level(row) in PUBLIC for row in rows):
        yield "LABEL-MARKING", found.pop()


def _graded(row: Sequence[str]) -> Iterator[str]:
    """The cells beside a caption of levels, where other fields stand beside them: 文件編號 | BK-001 | 機密等級 | 機密."""
    if _mentions(" ".join(row)[:PAGE]):
        captions = {cell for cell in row if len(cell) <= LONGEST and _captions(cell)}
        levels = [cell for cell in row if cell not in captions and (_level(cell) in PUBLIC or marking(cell))]
        yield from (level for caption, level in pairwise(row) if caption in captions and levels == [level])


def _captions(line: str) -> bool:
    """Whether a line only says that a level follows: 機密等級, Classification."""
    return GRADES.search(level := _level(line)) is not None and _LINE.fullmatch(level) is not None


def _msip(text: Text) -> Iterator[tuple[str, str]]:
    if says(text.content, "MSIP_Label"):
        for match in MSIP.finditer(text.content):
            found = forbids(match[1])
            if found:
                yield "LABEL-SENSITIVITY", found


def _listed(lines: Sequence[str]) -> bool:
    """Whether the lines list which levels there are, one a line."""
    marks = {mark for line in lines if (mark := marking(line))}
    captioned = any(_LINE.fullmatch(_level(line)) and not marking(line) for line in lines)
    return len(marks) >= LIST - captioned


def _register(lines: Sequence[str]) -> bool:
    """Whether the lines of a page list documents and the level of each, which may stand in a line of its own."""
    levels = [level for line in lines if line.strip() and (level := _level(line.split()[-1])) in MARKS | PUBLIC]
    return len(levels) > LIST and len(set(levels)) > 1


def _lines(text: Text, source: str) -> Iterator[tuple[str, str]]:
    """Marking lines where markings stand: everywhere in margins and properties, else at the beginning and the end."""
    content = text.content
    read = marking
    if source.startswith((*MARGINS, "property", "properties")):
        lines, read = content.splitlines()[:LINES_OF_A_MARGIN], margin
        if source == "property" and any(_level(line) in PUBLIC for line in lines):     # sheets named after the levels there are
            lines = []
    else:
        lines = [line for line in content[:2000].splitlines() if line.strip()][:FIRST_LINES]
        if source == "body":                              # what stands alone at the end, before the signature
            lines += [line for line in SIGNATURE.split(content, maxsplit=1)[0][-200:].splitlines() if line.strip()][-1:]
        lines = [] if _listed(lines) else lines
        for line in lines:
            if found := chosen(line):
                yield "LABEL-MARKING", found
        for match in CAPTIONED.finditer(content[:2000]):
            if found := marking(UNTIL.sub("", match[1])) or chosen(match[1]):
                yield "LABEL-MARKING", found
        if content.startswith("BEGIN:VCALENDAR") and CLASSED.search(content):
            yield "LABEL-SENSITIVITY", "confidential"
        for match in FORWARDED.finditer(content[:FORWARDS]):
            yield from _subject(match[1])
        if source.startswith(("page", "slide")):
            lines += [line for line in content[-1000:].splitlines() if line.strip()][-LAST_LINES:]
            read = margin
            whole = [line for line in content[:PAGE].splitlines() if line.strip()]
            lines = lines[:1] if _register(whole) else lines
            for found in _printed(whole):
                yield "LABEL-MARKING", found
    for line in lines:
        found = read(line)
        if found:
            yield "LABEL-MARKING", found
