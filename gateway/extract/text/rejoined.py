"""Second readings of outbound text: what soft line breaks cut, what programs put together from pieces, line ends written out."""

from __future__ import annotations

import codecs
import html
import re

from gateway.extract.text.garbled import restored
from gateway.extract.text.spoken import written

SOFT = re.compile(r"(?<!^--)(?<! {2}) \r?\n(?:>{1,9} ?)?", re.M)
"""A soft break of format=flowed with DelSp=yes (RFC 3676, 4.2): the blank is none of the text. `-- ` begins a signature, and more
than two blanks fill up the last column of a table."""
JOINED = re.compile(r"(?<=[0-9A-Za-z])([\"'`])\s{0,8}(?:\+|\.{1,2}|\|\||&|<>)\s{0,8}[NnfFrRuUbB]?\1(?=[0-9A-Za-z])")
"""Two literals that a program puts together: `"A123" + "456789"`, `'A123' || '456789'`."""
ESCAPED = re.compile(r"\\{1,3}([nrt])")
OPENED = re.compile(r"[:=(\[,] ?[\"'`](?=[^\"'`\\\n]{3,400}\\{1,3}n)")
"""Where a literal begins that has lines: its first one is none of what stands before it."""
_MEANT = {"n": "\n", "r": "\r", "t": "\t"}
COLOURS = re.compile(r"\x1b\[[0-9;]{0,20}[A-Za-z]")
"""What a terminal takes for colours and places (ECMA-48, 8.3)."""
LENGTHS = re.compile(r"^[*$][0-9]{1,9}\r?\n", re.M)
"""Lines that say how many or how long, before each value of a Redis log (RESP)."""
FOLD = re.compile(r"\r?\n[ \t]")
DUMPED = re.compile(r"\]=>\r?\n[ \t]{0,80}(?:string\([0-9]{1,6}\)|int\(|float\()[ ]?")
"""What PHP's var_dump has between a key and its value."""
LEAST = 3


def readings(text: str) -> list[str]:
    """The text as it reads without its soft breaks and with its literals in one, where it has several."""
    found = []
    if text.count(" \n") + text.count(" \r\n") - text.count("   \n") - text.count("   \r\n") >= LEAST:
        found.append(SOFT.sub("", text))
    others = (concatenated, unescaped, plain, written, unfolded, told, parted, restored)
    found += filter(None, (other(text) for other in others))
    return found


def said(text: str) -> list[str]:
    """The text of a page as it says that it is to be read, and with what is read out in it."""
    return list(filter(None, (other(text) for other in (written, told, parted, referenced, restored))))


REFERENCES = 8


def referenced(text: str) -> str:
    """The text with characters that it shows as references (`&#65;`: written as such twice); '' where there are few."""
    return html.unescape(text) if text.count("&#") >= REFERENCES else ""


def plain(text: str) -> str:
    """The text without what is for a terminal or a program that reads it; '' where there is none."""
    if "\x1b[" in text:
        return COLOURS.sub("", text)
    if "]=>" in text and DUMPED.search(text):
        return DUMPED.sub("]=> ", text)
    return LENGTHS.sub("", text) if text.startswith("*") and LENGTHS.match(text) else ""


BACKWARDS = re.compile(r"倒(?:過|过)?(?:來|来|著|着|序|寫|写)|逆(?:順|序|から|さ)|거꾸로|역순|"
                       r"(?:written|read|spelled|typed|are|is)(?: them)? (?:backwards?|in reverse|reversed)(?![A-Za-z])", re.I)
MOVED = re.compile(r"[rR][oO][tT]-?13")
TURNING, TELLING = ("ot13", "OT13", "ot-13", "OT-13"), ("ackward", "ACKWARD", "evers", "EVERS", "倒", "逆", "거꾸로", "역순")
"""One of these is in every text that the one or the other matches: a search for a word costs a hundredth of a pattern's."""
WORD = re.compile(r"[0-9A-Za-z]{8,24}(?![0-9A-Za-z])")
TURNED_LINES = 2000


def told(text: str) -> str:
    """The text as it says itself that it is to be read: its numbers backwards, its letters moved by half the alphabet."""
    if any(map(text.__contains__, TURNING)) and MOVED.search(text) is not None:
        return codecs.encode(text, "rot13")
    if not any(map(text.__contains__, TELLING)) or BACKWARDS.search(text) is None:
        return ""
    made, times = WORD.subn(lambda m: m[0][::-1] if sum(map(str.isdigit, m[0])) >= 8 else m[0], text, TURNED_LINES)
    return made if times >= LEAST else ""


_PART = (r"(?: ?[0-9]{1,2} ?(?:[碼码位桁]|자리|digits?)[數数字]?|[一二三四五六七八九十]{1,2}[碼码位桁][數数字]?|[半段]|"
         r" ?(?:여섯|일곱)? ?자리)[^0-9A-Za-z\n]{0,4}")
PARTED = re.compile(rf"(?:[前上앞]|(?<![A-Za-z])[Ff]irst){_PART}([A-Z]{{0,2}}[0-9]{{3,14}})"
                    rf"[^0-9A-Za-z\n]{{0,6}}(?:(?:and )?(?:the )?last|[後后末尾下뒤뒷]){_PART}([0-9]{{1,14}}[0-9X])(?![0-9A-Za-z])")
"""A number that is told in two parts: 前八碼 12345678，後八碼 12345678."""
REST = ("後", "后", "末", "尾", "下", "뒤", "뒷", " last ")


def parted(text: str) -> str:
    """The text with numbers that are told in two parts in one; '' where there are few."""
    if not any(text.count(mark) >= LEAST for mark in REST):
        return ""
    made, times = PARTED.subn(r"\1\2", text)
    return made if times >= LEAST else ""


def unfolded(text: str) -> str:
    """A calendar or card without its folds (RFC 5545, 3.1); '' for any other text."""
    return FOLD.sub("", text) if text.startswith("BEGIN:V") else ""


def unescaped(text: str) -> str:
    """The text with line ends and tabs that are written out, as in logs and literals of programs; '' where there are few."""
    if text.count("\\n") + text.count("\\t") + text.count("\\r") < LEAST:
        return ""
    return ESCAPED.sub(lambda m: _MEANT[m[1]], OPENED.sub("\n", text))


def concatenated(text: str) -> str:
    """The text with literals that are put together in one; '' where there are few."""
    operators = (joined for quote, those in OPERATORS.items() if quote in text for joined in those)
    made, times = JOINED.subn("", text) if any(map(text.__contains__, operators)) else ("", 0)
    return made if times >= LEAST else ""


OPERATORS = {quote: tuple(f"{quote}{room}{sign}" for room in ("", " ", "\n") for sign in "+.|&<") for quote in "\"'`"}
