"""Rules from outside folders: compiled file by file, so that one bad rule never takes the rest down, and profiled.

A bad rule is blanked out by its lines and the file tried again; what depends on it goes with it, each with its own message.
Their severity stands in their metadata: `severity`, or `score` as signature-base has it (75 and above is high).
"""

from __future__ import annotations

import io
import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import yara

from gateway.model.finding import Severity

EXTERNALS = {"filename": "", "filepath": "", "extension": "", "filetype": "", "owner": ""}
"""Variables that public rules use; nothing a sender writes ever stands in them."""
MOST_BAD = 500                           # rules of one file that are blanked out before the whole file is refused
SLOW, REFUSED = 0.05, 0.5                # CPU seconds for one MiB of samples: a rule is told, a rule is left out
SHARE = 0.2                              # seconds for one MiB from which a file is looked at rule by rule
GROUP = 200                              # rules of a file that are measured together before each one is
_RULE = re.compile(r"^[ \t]*(?:(?:private|global)[ \t]+)*+rule[ \t]+(\w+)", re.MULTILINE)
_INCLUDE = re.compile(r"^[ \t]*include[ \t]+\"", re.MULTILINE)
_PLACE = re.compile(r"(?:\((\d+)\)|line (\d+)): (.*)", re.DOTALL)

Meter = Callable[[], float]
Cost = Callable[[str], float]


@dataclass(slots=True)
class Source:
    """One file: `text` is what is left of it, `refused` and `slow` are (line, message)."""

    name: str
    text: str
    refused: list[tuple[int, str]] = field(default_factory=list)
    slow: list[tuple[int, str]] = field(default_factory=list)

    @property
    def rules(self) -> int:
        return len(_RULE.findall(self.text))


def cleaned(source: Source) -> bool:
    """Blanks out what does not compile, line numbers kept. False where nothing is left."""
    for _ in range(MOST_BAD):
        if not source.rules:
            return False
        found = problem(source.text)
        if found is None:
            return True
        line, message = found
        source.refused.append((line, message))
        if not blank(source, line):
            source.text = ""
            return False
    source.refused.append((1, f"more than {MOST_BAD} rules of this file do not compile"))
    source.text = ""
    return False


def problem(text: str) -> tuple[int, str] | None:
    """Line and message of the first thing that is wrong; None where it compiles."""
    include = _INCLUDE.search(text)
    if include:
        return text.count("\n", 0, include.start()) + 1, "include is not allowed: a file stands for itself"
    try:
        yara.compile(source=text, externals=EXTERNALS, includes=False)
    except yara.Error as error:
        found = _PLACE.search(str(error))
        line = int(found[1] or found[2]) if found else 1
        return line or text.count("\n") + 1, (found[3] if found else str(error)).splitlines()[0][:200]
    return None


def blank(source: Source, line: int) -> bool:
    """Takes out the rule that stands at a line. False where none does."""
    block = _block(source.text, line)
    if block is None:
        return False
    start, end = block
    source.text = source.text[:start] + re.sub(r"[^\n]", "", source.text[start:end]) + source.text[end:]
    return True


def _block(text: str, line: int) -> tuple[int, int] | None:
    """From a rule's first line up to the next rule's, around a line of the file."""
    starts = [m.start() for m in _RULE.finditer(text)]
    at = 0
    for _ in range(line - 1):
        at = text.find("\n", at) + 1
        if not at:
            at = len(text)
            break
    end_of_line = text.find("\n", at)
    end_of_line = len(text) if end_of_line < 0 else end_of_line
    before = [start for start in starts if start <= end_of_line]
    if not before:
        return None
    following = [start for start in starts if start > before[-1]]
    return before[-1], following[0] if following else len(text)


@cache
def samples() -> tuple[bytes, ...]:
    """What rules must not be slow on: repeated octets, prose, code, numbers, and octets without order."""
    noise = bytearray()
    state = 0x2545F491
    for _ in range(64 << 10):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        noise.append(state >> 16 & 0xFF)
    prose = b"Dear Sir or Madam, please find attached the report for the third quarter. " * 900
    code = b"function a(b){var c=document.getElementById('x');eval(unescape('%61%62'));return b+c;}\n" * 750
    page = b"<html><body><script src='http://example.com/a.js'></script><p>text &amp; more</p></body></html>\n" * 700
    return bytes(64 << 10), b"A" * (64 << 10), bytes(noise), prose, code, page, b"4D5A9000 0x41,0x42,0x43, " * 2600


def profile(source: Source, cost: Cost) -> None:
    """Flags rules that are slow on any sample, and blanks out those that are much too slow. `cost` gives CPU seconds for
    one MiB of the sample on which some rules take longest, infinity where they do not end."""
    together = cost(source.text)
    if together < (SHARE if source.rules > 1 else SLOW):
        return
    for name, line, alone in list(_suspects(source.text, cost)):
        each = cost(alone) if source.rules > 1 else together
        if each >= REFUSED:
            how = "does not end" if math.isinf(each) else f"{each:.2f} s for 1 MiB"
            source.slow.append((line, f"{name}: {how}, left out"))
            blank(source, line)
        elif each >= SLOW:
            source.slow.append((line, f"{name}: {each:.2f} s for 1 MiB"))


def measured(text: str, corpus: Sequence[bytes], meter: Meter) -> float:
    """CPU seconds for one MiB of the sample on which these rules take longest. It may not end: the engine looks at its
    time limit only between matches, so ask in a process that can be killed."""
    rules = yara.compile(source=text, externals=EXTERNALS, includes=False)
    worst = 0.0
    for sample in corpus:
        began = meter()
        rules.match(data=sample)
        worst = max(worst, (meter() - began) * (1 << 20) / max(4096, len(sample)))
    return worst


def harmless(texts: Sequence[str], corpus: Sequence[bytes], meter: Meter) -> bool:
    """Whether no rule of these files can be slow or match most of our samples, with which `corpus` begins: asked of many files
    at once, as folders have a rule a file. Raises yara.Error where one does not compile."""
    rules = yara.compile(sources={str(number): text for number, text in enumerate(texts)}, externals=EXTERNALS, includes=False)
    ours, hits = len(samples()), Counter[tuple[str, str]]()
    for number, sample in enumerate(corpus):
        began = meter()
        matches = rules.match(data=sample)
        if (meter() - began) * (1 << 20) / max(4096, len(sample)) >= SLOW:
            return False
        hits.update((match.namespace, match.rule) for match in matches if number < ours)
    return 2 * max(hits.values(), default=0) <= ours


def wide(text: str) -> list[str]:
    """Names of the rules that match most of our samples: those hold nothing, so such a rule would hold all mail."""
    rules = yara.compile(source=text, externals=EXTERNALS, includes=False)
    corpus = samples()
    found = Counter(match.rule for sample in corpus for match in rules.match(data=sample))
    return [name for name, times in found.items() if 2 * times > len(corpus)]


def leave_out(source: Source, names: Collection[str]) -> None:
    """Blanks out the rules of these names, as such that match anything."""
    for found in [m for m in _RULE.finditer(source.text) if m[1] in names]:
        line = source.text.count("\n", 0, found.start(1)) + 1
        source.refused.append((line, f"{found[1]}: matches anything"))
        blank(source, line)


def _suspects(text: str, cost: Cost) -> Iterator[tuple[str, int, str]]:
    """Each rule that may be slow: its name, its line, and what it is alone, with what it may refer to, imports and private
    rules. Public collections come as one file of ten thousand rules, so groups of them are asked about first."""
    blocks = [(m[1], m.start()) for m in _RULE.finditer(text)]
    ends = [*(start for _, start in blocks[1:]), len(text)]
    head = text[:blocks[0][1]] if blocks else text
    bodies = [(name, start, text[start:end]) for (name, start), end in zip(blocks, ends, strict=True)]
    private = "".join(body for _, _, body in bodies if _is_private(body))
    for at in range(0, len(bodies), GROUP):
        group = bodies[at:at + GROUP]
        if len(bodies) > GROUP and cost(head + private + "".join(b for _, _, b in group if not _is_private(b))) < SHARE:
            continue
        for name, start, body in group:
            alone = head + ("" if _is_private(body) else private) + body
            try:
                yara.compile(source=alone, externals=EXTERNALS, includes=False)
            except yara.Error:
                continue                     # it refers to other rules: it is measured with its file only
            yield name, text.count("\n", 0, start) + 1, alone


def _is_private(body: str) -> bool:
    return "private" in body[:20]


def compiled(sources: Sequence[Source]) -> bytes:
    """All files together, each a namespace of its own."""
    out = io.BytesIO()
    named = {f"{number}": source.text for number, source in enumerate(sources) if source.rules}
    yara.compile(sources=named, externals=EXTERNALS, includes=False).save(file=out)
    return out.getvalue()


def loaded(octets: bytes) -> yara.Rules:
    """Only ever give it what `compiled` wrote and nobody changed: the engine trusts it."""
    return yara.load(file=io.BytesIO(octets))


def severity(meta: Mapping[str, Any]) -> Severity:
    """Of a rule's metadata; a rule that says nothing is one that somebody chose to have."""
    word = str(meta.get("severity", "")).upper()
    if word in Severity.__members__:
        return Severity[word]
    score = meta.get("score", meta.get("threat_level"))
    if isinstance(score, int) and not isinstance(score, bool):
        return Severity.HIGH if score >= 75 else Severity.MEDIUM if score >= 50 else Severity.LOW
    return Severity.HIGH
