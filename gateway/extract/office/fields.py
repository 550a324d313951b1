"""Field codes of Word documents, whatever wraps them (WordprocessingML, RTF, binary Word). ECMA-376 part 1, 17.16."""

from __future__ import annotations

import re
from itertools import islice

from gateway.extract.bounded import LimitReached
from gateway.extract.office.code import activex
from gateway.extract.office.targets import Place, abroad, own, place, program
from gateway.model.content import Observation
from gateway.model.finding import IncidentCode

FIELD = 20_000                           # characters of one instruction that are read
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*+)"|“([^“”]*)”|(\S+)')
_SWITCH = re.compile(r"\\[^\\]{0,2}\Z")
_NUMBER = re.compile(r"^(?:0x[0-9a-f]+|[0-9]+)$", re.I)
FETCHING = {
    "INCLUDETEXT": "DOC-REMOTE-INCLUDETEXT", "INCLUDE": "DOC-REMOTE-INCLUDETEXT", "IMPORT": "DOC-REMOTE-INCLUDETEXT",
    "LINK": "DOC-REMOTE-OLE", "RD": "DOC-REMOTE-INCLUDETEXT", "DATABASE": "DOC-REMOTE-DATASOURCE", "EMBED": "DOC-REMOTE-OLE",
    "ADDIN": "DOC-REMOTE-OTHER",
}


CONNECTION = re.compile(r"(?:data source|dbq|database)\s{0,9}=\s{0,9}[\"']?((?:https?:|file:|\\\\)[^;\"']{0,1000})", re.I)
"""Where a connection to a data source leads."""
POINTS = frozenset("/\\:.")
"""One of these is in whatever names a file."""
SAYING = frozenset({"SET", "IF", "ASK", "FILLIN"})
"""Fields of which one word may be all that they show ([ECMA-376] 17.16.5)."""
ADDRESS = re.compile(r"(?:https?|ftp|file)://[^\s\"'<>]{3,1000}|\\\\[^\s\"'<>]{3,1000}", re.I)
MOST = 2000                              # values of one document that are kept


class Indirect:
    """Fields that fetch what another field says, and what such fields can say: bookmarks that SET makes, variables, properties.

    Which of them it is at last depends on results that a program works out when it updates fields, so each is tried.
    """

    def __init__(self) -> None:
        self.fetching: dict[str, None] = {}
        self.values: dict[str, None] = {}

    def code(self, instruction: str) -> None:
        """One complete instruction."""
        words = tokens(instruction)
        name = words[0].upper() if words else ""
        if name in SAYING:
            for word in words[1:]:
                self.value(word)
        elif (name in FETCHING or name == "INCLUDEPICTURE") and not any(
                POINTS & set(word) for word in words[2 if name == "LINK" else 1:] if not _SWITCH.match(word)):
            self.fetching[name] = None

    def value(self, text: str) -> None:
        """What a variable or property holds."""
        if len(self.values) <= MOST and POINTS & set(text[:400]):
            self.values[text.strip()[:FIELD]] = None

    def text(self, shown: str) -> None:
        """What a bookmark may stand around: lines of the text that are an address and nothing else."""
        if "//" in shown or "\\\\" in shown:
            for line in filter(ADDRESS.fullmatch, map(str.strip, shown.splitlines())):
                self.value(line)

    def kept(self, said: str) -> None:
        """Addresses in what a document keeps of variables and properties, beside their names."""
        for found in islice(ADDRESS.finditer(said), MOST) if "//" in said or "\\\\" in said else ():
            self.value(found[0])

    def found(self) -> list[Observation]:
        """What those fields would fetch. Raises LimitReached where they could say more than MOST things."""
        if self.fetching and len(self.values) > MOST:
            raise LimitReached(IncidentCode.COUNT, f"more than {MOST} values for fields that fetch")
        made = []
        for name in self.fetching:
            for text in self.values:
                if name == "INCLUDEPICTURE":
                    made += _picture([text])
                elif _far(text):
                    made.append(Observation(FETCHING[name], text))
        return made


def tokens(instruction: str) -> list[str]:
    return [a or b or c for a, b, c in _TOKEN.findall(instruction[:FIELD])][:400]


def quoted(instruction: str) -> str:
    """What a QUOTE field shows: its text, numbers being characters; "" for other fields."""
    words = tokens(instruction)
    if not words or words[0].upper() != "QUOTE":
        return ""
    made = []
    for word in words[1:]:
        if _NUMBER.match(word):
            number = int(word, 0) if word[:2].lower() == "0x" else int(word)
            made.append(chr(number) if number < 0x110000 else "")
        elif not word.startswith("\\"):
            made.append(word)
    return "".join(made)


def judge(instruction: str) -> list[Observation]:
    """Observations about one complete instruction, results of inner fields already put in their place."""
    words = tokens(instruction.replace("\x13", " ").replace("\x14", " ").replace("\x15", " "))
    if not words:
        return []
    name = words[0].upper().lstrip("\\")
    shown = quoted(instruction)
    if shown:
        return judge(shown) if shown.upper().lstrip().startswith(("DDE", "INCLUDE", "LINK", "IMPORT")) else []
    if name.startswith("DDEAUTO") or name == "DDE" or "DDEAUTO" in instruction.upper():
        return [Observation("DOC-DDE", instruction[:400])]
    if name == "INCLUDEPICTURE":
        return _picture(words[1:])
    if name == "HYPERLINK":
        return _hyperlink(words[1:])
    if name in FETCHING:
        connected = [where for word in words[1:] if "=" in word for where in CONNECTION.findall(word)]
        return [Observation(FETCHING[name], w) for w in (*words[1:], *connected) if _far(w)][:4]
    if name in ("CONTROL", "HTMLCONTROL") and len(words) > 1:
        return [activex.named(words[1])]
    if name == "MACROBUTTON":
        return [Observation("DOC-MACROBUTTON", " ".join(words[1:3]))]
    return []


def _far(word: str) -> bool:
    if own(word) or own(word.replace("\\\\", "\\")):
        return False
    return place(word.replace("\\\\", "\\")) in (Place.WEB, Place.SHARE, Place.SCRIPT) or place(word) is Place.SHARE


def _picture(words: list[str]) -> list[Observation]:
    for word in words:
        if word.startswith("\\") and len(word) <= 2:
            continue
        where = place(word.replace("\\\\", "\\"))
        if own(word) or own(word.replace("\\\\", "\\")):
            return []
        if where in (Place.SHARE, Place.SCRIPT) or word.startswith("\\\\"):
            return [Observation("DOC-EXTERNAL-SHARE", word)]
        return [Observation("DOC-EXTERNAL-MEDIA", word)] if where is Place.WEB else []
    return []


def _hyperlink(words: list[str]) -> list[Observation]:
    for word in words:
        where = place(word)
        if where is Place.SCRIPT:
            return [Observation("DOC-LINK-SCHEME", word)]
        switch = word.startswith("\\") and not word.startswith("\\\\")
        if not switch and (program(word.replace("\\\\", "\\")) or program(word)):
            return [Observation("DOC-LINK-PROGRAM", word)]
        if not switch and (abroad(word.replace("\\\\", "\\")) or abroad(word)):
            return [Observation("DOC-LINK-SHARE", word)]
        if where in (Place.WEB, Place.SHARE):
            return [Observation("DOC-LINK", word)]
    return []
