"""Words that say what a value is: the heading of its column, the label before it. Data in signatures/terms."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gateway.identifiers.characters import LETTER, MARGIN, Characters
from gateway.identifiers.normalise import view
from gateway.identifiers.trie import Trie
from gateway.identifiers.words import TERMS, files

WINDOW = 32
"""Characters before a value in which its label is looked for."""


AGAINST = frozenset({"serial", "phone", "company", "email", "name"})
"""Kinds that speak for one value only: behind a number they say nothing of the next one."""
LONGEST_WORD = 24
"""Characters of a label, as a rule."""
CROSSED = 7
"""Digits between a label and a value from which on there is another number between them."""


_SCRIPTS = re.compile("(?<=[\u3041-\u9fff\uac00-\ud7a3])(?=[a-z])|(?<=[a-z])(?=[\u3041-\u9fff\uac00-\ud7a3])")
"""Where letters of East Asia and of Rome meet: word processors put room there, which is a blank in the text of a PDF."""


_HALVED = {ord(unicodedata.normalize("NFKC", half + voiced)): half + voiced
           for voiced in ("\uff9e", "\uff9f", "") for half in map(chr, range(0xff66, 0xff9e))
           if len(unicodedata.normalize("NFKC", half + voiced)) == 1}
"""Kana as half their width, which host systems and forms have: a voiced one takes two."""


def _load(section: str, local: Sequence[Path]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for file in files(TERMS, local):
        for kind, words in file.mapping(section).items():
            for word in words:
                plain = view(word).text.lower()
                for written in {plain, _SCRIPTS.sub(" ", plain), word.translate(_HALVED).lower()}:
                    found.setdefault(written, set()).add(kind)
    return {word: frozenset(kinds) for word, kinds in found.items()}


WORDS = _load("kinds", ())
CLOSE = _load("close", ())
"""Words that count right before a value only."""


def _trie(words: Iterable[str]) -> str:
    """One pattern of many words that tries a character once: the longest word that fits, a blank standing for _ and - too."""
    root: dict[str, Any] = {}
    for word in words:
        node = root
        for character in word:
            node = node.setdefault(character, {})
        node[""] = {}
    return _branch(root)


def _branch(node: dict[str, Any]) -> str:
    ends = "" in node
    parts = [("[ _\\-]?" if c == " " else re.escape(c)) + _branch(below) for c, below in node.items() if c]
    if not parts:
        return ""
    joined = parts[0] if len(parts) == 1 and not ends else f"(?:{'|'.join(parts)})"
    return joined + "?" if ends else joined


def _pattern() -> re.Pattern[str]:
    """Latin words end at what is no Latin letter; the others anywhere."""
    latin = [w for w in WORDS if w[0].isascii() and w[0].isalpha()]
    other = [w for w in WORDS if w not in set(latin)]
    first = "".join(sorted({re.escape(w[0]) for w in WORDS}))
    return re.compile(f"(?=[{first}])(?:(?<![a-z])(?:{_trie(latin)})(?![a-z])|{_trie(other)})")


_PATTERN = _pattern()


def _trie_of_words() -> Trie:
    return Trie(sorted({**WORDS, **CLOSE}, key=len, reverse=True))


_TRIE = _trie_of_words()


@dataclass(frozen=True, slots=True)
class Words:
    """The words of the table in a text: a superset of what `Labels` would read."""

    ends: np.ndarray                     # in order
    kinds: np.ndarray                    # for each a number in `sets`
    sets: list[frozenset[str]]
    close: np.ndarray                    # for each whether it counts right before a value only
    touched: np.ndarray                  # ends of these and of what hides a word: `account no` in `account nothing`

    def before(self, text: str, starts: np.ndarray) -> Words:
        """Without the close words that do not stand right before one of these places, which are in order."""
        kept = ~self.close
        for i in np.flatnonzero(self.close).tolist():
            end = int(self.ends[i])
            following = int(np.searchsorted(starts, end))
            start = int(starts[following]) if following < len(starts) else len(text) + RIGHT_BEFORE
            kept[i] = start - end <= RIGHT_BEFORE and not text[end:start].strip(_BETWEEN + _COPULA)
        return Words(self.ends[kept], self.kinds[kept], self.sets, self.close[kept], self.touched)

    def all(self) -> frozenset[str]:
        return NONE.union(*(self.sets[i] for i in set(self.kinds.tolist())))


def words(text: Characters) -> Words:
    """Where words of the table stand in a text."""
    start, ends, number = _TRIE.find(text)
    if not len(start):
        nothing = np.empty(0, np.int64)
        return Words(nothing, nothing, [], np.empty(0, bool), nothing)
    whole = (text.kinds[ends + MARGIN - 1] & text.kinds[ends + MARGIN] & LETTER) == 0
    known, kinds = _renumbered(number)
    spelled = [_TRIE.written[i] for i in known.tolist()]
    kinds = kinds[whole]
    close = np.array([word in CLOSE and word not in WORDS for word in spelled])
    return Words(ends[whole], kinds, [_kinds(word) or CLOSE.get(word, NONE) for word in spelled], close[kinds], ends)


def _renumbered(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The different values in the order in which they come first; for each value its place among these."""
    first = np.full(int(values.max()) + 1, len(values))
    first[values[::-1]] = np.arange(len(values))[::-1]
    known = np.argsort(first, kind="stable")[:int((first < len(values)).sum())]
    places = np.empty(len(first), np.int64)
    places[known] = np.arange(len(known))
    return known, places[values]


_DIRECT = {**CLOSE, **WORDS}


def _by_last(known: Iterable[str]) -> dict[str, list[int]]:
    """By the last character of words, how long those may be that end with it, long ones first."""
    found: dict[str, set[int]] = {}
    for word in known:
        found.setdefault(word[-1], set()).add(len(word))
    return {last: sorted(sizes, reverse=True) for last, sizes in found.items()}


_LENGTHS = _by_last(_DIRECT)
RIGHT_BEFORE = 3
"""Characters between a close word and its value."""
_BETWEEN = " :=-#№\"'([<>*_./\u3000"
"""What stands between a label and its value."""
_OTHER = re.compile(r"[0-9].*(?:[:=]|(?<![a-z])(?:id|no)\.?)[ \"']{0,2}\Z", re.S)
"""The value of a label and another label, of what is not known: `Balance 253,693 Ref: `."""
_MEASURED = re.compile(
    r" ?(?:餘額|余额|結餘|结余|残高|잔액|[總总][数數額额計计]|合[計计]|"
    r"(?<=s) (?:checked|processed|verified|renewed|scanned|opened|closed)(?![a-z])|"
    r"(?:balance|total|count|module|sample|reader|scanner|page|screen|form|summary|validation|lookup|growth|issued|volume|target|migration|cover)s?(?![a-z])|"
    r"(?:[\u3041-\u9fff](?<![及與与和或暨並并と])){0,6}(?:[数數量率額额]|手[数數續续][料費费])[量目]?"
    r"(?:(?![\u3041-\u9fff])|(?=[はがもの是為为約约]))|"
    r"[\u4e00-\u9fff]{0,3}(?:模[組组块]|モジュ[ー-]ル|[畫画]面|レイアウト|[頁页]面|アプリ|機能|功能|系[統统]|システム|[統统][計计]|格式|フォ[ー-]マット|[問问][題题]|[爭争][議议]|事宜|[業业][務务](?!員)|規[定則则]|规[定则]|[須须]知|"
    r"目[標标]|(?:移[轉转行]|迁移)(?![至到入先於于])|[檢检]核|校[驗验]|チェック(?!済)|(?:[套夾夹]|ケ[ー-]ス|カバ[ー-])(?![\u3041-\u9fff])|"
    r"[辨識识][識别別](?![碼码號号])|(?:api|app|ocr)(?![a-z])))")
"""What is no number of a label's own behind it: the balance of an account, how many there are, the program that reads passports."""
_OR = ("/", "或")
"""What stands between two words of one label: 護照/身分證."""
_COPULA = "是为為はの"
_COPULAS = (" is", " was", " are", " of")
_JOINTS = str.maketrans(".-", "  ")
_SQUEEZE = re.compile(r"[ _\-]+")
_HUMP = re.compile("(?<=[a-z])(?=[A-Z])")
"""Where a name of a program begins its next word: `setPassportNo`."""
_SPREAD = re.compile("(?<![\u3041-\u9fff\uac00-\ud7a3])[\u3041-\u9fff\uac00-\ud7a3]"
                     "(?: {1,3}[\u3041-\u9fff\uac00-\ud7a3](?![\u3041-\u9fff\uac00-\ud7a3]))++")
_WRAPPED = re.compile("(?<=[\u3041-\u9fff\uac00-\ud7a3]) +(?=[\u3041-\u9fff\uac00-\ud7a3]|-[\u30a1-\u30fa])"
                      "|(?<=[\u30a1-\u30fa]-) +(?=[\u3041-\u9fff])")
"""Where the line of a heading ends; the long vowel mark is a hyphen by then."""
NONE: frozenset[str] = frozenset()


def gathered(text: str) -> str:
    """The text with labels that are spread over their line, as on forms, as words: `口 座 番 号`."""
    return _SPREAD.sub(lambda m: m[0].replace(" ", ""), text) if " " in text and not text.isascii() else text


def _unwrapped(cell: str) -> str:
    """A heading that its narrow column broke in two lines, as the word it is: `個人 番号`."""
    return _WRAPPED.sub("", cell) if " " in cell and not cell.isascii() else cell


def install(local: Sequence[Path]) -> None:
    """Adds the terms of local folders. Once a process, before the first text; raises ConfigError for a bad file."""
    global WORDS, CLOSE, _PATTERN, _TRIE, _DIRECT, _LENGTHS
    WORDS, CLOSE = _load("kinds", local), _load("close", local)
    _PATTERN, _TRIE = _pattern(), _trie_of_words()
    _DIRECT = {**CLOSE, **WORDS}
    _LENGTHS = _by_last(_DIRECT)


def _kinds(word: str) -> frozenset[str]:
    direct = WORDS.get(word)
    if direct is not None:
        return direct
    plain = _SQUEEZE.sub(" ", word)
    return WORDS.get(plain) or WORDS.get(plain.replace(" ", "")) or _loose(plain)


def _loose(word: str) -> frozenset[str]:
    bare = word.replace(" ", "")
    return next((kinds for known, kinds in WORDS.items() if _SQUEEZE.sub("", known) == bare), NONE)


def _direct(tail: str) -> str:
    """The longest word that a text ends with, '' where there is none."""
    for length in _LENGTHS.get(tail[-1:], ()):
        word = tail[-length:]
        if len(word) == length and word in _DIRECT:
            before = tail[-length - 1:-length]
            if not (word[0].isascii() and before.isascii() and before.isalpha()):
                return word
    return ""


class Labels:
    """Reads labels; remembers what it read. One per message."""

    def __init__(self) -> None:
        self._seen: dict[str, frozenset[str]] = {}

    def heading(self, cell: str) -> frozenset[str]:
        """All kinds a column heading names; empty where it names none or is no heading but text."""
        if len(cell) > 60:
            return NONE
        known = self._seen.get("\0" + cell)
        if known is None:
            lowered = _HUMP.sub(" ", _unwrapped(gathered(cell))).lower()
            matches = [_kinds(m.group()) for m in _PATTERN.finditer(lowered) if not _MEASURED.match(lowered, m.end())]
            known = frozenset().union(*matches)
            self._remember("\0" + cell, known)
        return known

    @staticmethod
    def one_word(line: str) -> bool:
        """Whether a line is one word of the table, of several words though it be: `Residence Card No.`."""
        return line.lower().strip(_BETWEEN) in WORDS

    def before(self, window: str) -> frozenset[str]:
        """The kinds of the last word in the text before a value: the nearest label."""
        known = self._seen.get(window)
        if known is None:
            known = self._at_the_end(window)
            self._remember(window, known)
        return known

    @staticmethod
    def ended(line: str) -> frozenset[str]:
        """The kinds of the word that a line ends with."""
        tail = _HUMP.sub(" ", gathered(line[-WINDOW:])).lower().rstrip(_BETWEEN)
        if tail.endswith(_COPULAS):
            tail = tail.rpartition(" ")[0].rstrip(_BETWEEN)
        word = _direct(tail[:-1] if tail and tail[-1] in _COPULA else tail)
        return _DIRECT[word] if word else NONE

    def near_end(self, text: str, behind: int) -> frozenset[str]:
        """The kinds of the last word of a line where no more than so many characters follow it."""
        tail = text[-behind - LONGEST_WORD:]
        words = list(_PATTERN.finditer(_HUMP.sub(" ", tail).lower()))
        return _kinds(words[-1].group()) if words and words[-1].end() >= len(tail) - behind else NONE

    def _at_the_end(self, window: str) -> frozenset[str]:
        """The word right before the value, by a look-up; failing that the last word anywhere in the window."""
        lowered = _HUMP.sub(" ", gathered(window)).lower()
        tail = lowered.rstrip(_BETWEEN)
        if tail and tail[-1] in _COPULA:
            tail = tail[:-1]
        if "_" in tail:
            tail = tail.replace("_", " ")                 # id_card_no is no card_no
        word = _direct(tail) if tail[-1:] in _LENGTHS else ""
        if "." in tail or "-" in tail:                    # nor are nhi.card.no and nhi-card-no
            word = max(word, _direct(tail.translate(_JOINTS)), key=len)
        if word:
            kinds = _DIRECT[word]
            while (tail := tail[:-len(word)].rstrip(" "))[-1:] in _OR and (word := _direct(tail := tail[:-1].rstrip(" "))):
                kinds |= _DIRECT[word]
            return kinds
        words = list(_PATTERN.finditer(lowered))
        if not words:
            return NONE
        last = words[-1]
        if _MEASURED.match(lowered, last.end()):
            return NONE
        kinds = _kinds(last.group())
        between = lowered[last.end():]
        against, other = kinds <= AGAINST, _OTHER.search(between) is not None
        crossed = (against and other) or ((against or other) and sum(map(str.isdigit, between)) >= CROSSED)
        return NONE if crossed else kinds

    def _remember(self, key: str, kinds: frozenset[str]) -> None:
        if len(self._seen) > 20000:
            self._seen.clear()
        self._seen[key] = kinds
