"""Numbers read out digit by digit, in the words of English, Japanese (either kana) and Chinese in Latin letters: `one two three`,
いち に さん, `yi-er-san`."""

from __future__ import annotations

import re
from collections.abc import Mapping

ENGLISH = {"zero": "0", "oh": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
           "eight": "8", "nine": "9"}
PINYIN = {"ling": "0", "yi": "1", "yao": "1", "er": "2", "san": "3", "si": "4", "wu": "5", "liu": "6", "qi": "7", "ba": "8",
          "jiu": "9"}
HIRAGANA = {"ぜろ": "0", "れい": "0", "まる": "0", "いち": "1", "に": "2", "さん": "3", "よん": "4", "し": "4", "ご": "5",
            "ろく": "6", "なな": "7", "しち": "7", "はち": "8", "きゅう": "9", "く": "9"}
KATAKANA = {"".join(chr(ord(c) + 0x60) for c in word): digit for word, digit in HIRAGANA.items()}
_ROOM = r"[ ,\-]{1,2}"
_DOT = r"[ \u3000、・,\-]{1,2}"


def _pattern(words: Mapping[str, str], room: str) -> re.Pattern[str]:
    word = "(?:" + "|".join(sorted(words, key=len, reverse=True)) + ")(?![A-Za-zー])"
    return re.compile(rf"(?<![A-Za-z])(?:[A-Za-z]{{1,2}}{room})?{word}(?:{room}{word}){{5,}}+", re.I)


_ALL = {**ENGLISH, **PINYIN, **HIRAGANA, **KATAKANA}
READERS = tuple((needles, _pattern(words, room)) for needles, words, room in (
    (("seven", "Seven", "nine", "Nine"), ENGLISH, _ROOM), (("liu", "jiu"), PINYIN, _ROOM)))
KANA = tuple((needles, _pattern(words, _DOT)) for needles, words in (
    (("ろく", "はち", "きゅう"), HIRAGANA), (("ロク", "ハチ", "キュウ"), KATAKANA)))
"""Words of which every text has one that the pattern behind them reads: a search for them costs a hundredth of the pattern's."""
_BETWEEN = re.compile(r"[ ,\-\u3000、・]+")


def written(text: str) -> str:
    """The text with numbers that are read out as digits; '' where there are none."""
    read = text
    for needles, pattern in READERS if text.isascii() else READERS + KANA:
        if any(map(text.__contains__, needles)):
            read = pattern.sub(_digits, read)
    return read if read is not text and read != text else ""


def _digits(match: re.Match[str]) -> str:
    return "".join(_ALL.get(word.lower(), word) for word in _BETWEEN.split(match[0]))
