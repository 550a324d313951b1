"""Scripts written so that nobody can read them: in six signs, in faces, in characters that show nothing (ATT&CK T1027.013)."""

from __future__ import annotations

import re

from gateway.model.filename import INVISIBLE

SIGNS = str.maketrans("", "", "[]()!+${}_~.\"'\\/:;=-")
LEAST = 1000                             # characters of a script that are told by their mixture
FACES = ("\uff9f\u0434\uff9f)", "\uff9f\u0398\uff9f", "\uff9f\u03c9\uff9f", "(\uff9f\u0414\uff9f")
UNSEEN = re.compile("[" + "".join(sorted(INVISIBLE)) + "\ufe00-\ufe0f\U000e0100-\U000e01ef]")
MADE_UP = re.compile(r"(?<![\w$])_0x[0-9a-f]{1,8}(?!\w)")
"""Names as a common obfuscator makes them."""
LEAST_MADE_UP = 20
MADE_UP_SHARE = 25                       # of the characters of a script; a page that is saved has such parts among others
MOST_UNSEEN = 200
"""Invisible characters in one script: emoji and languages that join letters have a few."""


def obscured(script: str) -> str:
    """How the script is hidden from its reader, "" for ordinary ones however they are shortened."""
    text = script[:1 << 20]
    if any(face in text for face in FACES):
        return "written in faces"
    if len(UNSEEN.findall(text)) > MOST_UNSEEN:
        return "written in invisible characters"
    dense = "".join(text.split())
    made_up = MADE_UP.findall(text)
    if len(made_up) >= LEAST_MADE_UP and sum(map(len, made_up)) * MADE_UP_SHARE > len(dense):
        return "written in made-up names"
    if len(dense) >= LEAST and len(dense.translate(SIGNS)) * 4 < len(dense):
        return "written in signs"
    return ""


PACKED = re.compile(r"\}\s{0,8}\(\s{0,8}'([^'\\]*+(?:\\.[^'\\]*+)*+)',\s{0,8}(\d{1,2}),\s{0,8}(\d{1,5}),\s{0,8}"
                    r"'([^'\\]*+(?:\\.[^'\\]*+)*+)'\.split\('\|'\)", re.S)
"""A script packed by its words (Dean Edwards, 2004): text, base, count, words."""
WORD = re.compile(r"(?<!\w)\w+(?!\w)")
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
MOST_PACKED = 100
LARGEST_PACKED = 400_000
"""Characters of all packed texts of a page; old libraries have 60,000."""
LARGEST_UNPACKED = 2 << 20


def unpacked(script: str) -> tuple[str, bool]:
    """The text of all packed parts of a script, "" where there are none; False where there was more than is undone."""
    if ".split('|')" not in script:
        return "", True
    made: list[str] = []
    read = size = 0
    for number, found in enumerate(PACKED.finditer(script)):
        read += len(found[1])
        if number >= MOST_PACKED or read > LARGEST_PACKED:
            return "\n".join(made), False
        text, whole = _unpack(found[1], int(found[2]), found[4].split("|")[:int(found[3])], LARGEST_UNPACKED - size)
        made.append(text)
        size += len(text)
        if not whole:
            return "\n".join(made), False
    return "\n".join(made), True


def _unpack(text: str, base: int, words: list[str], room: int) -> tuple[str, bool]:
    """One packed text of at most so many characters; whether that is all of it."""

    def word(found: re.Match[str]) -> str:
        nonlocal room
        number = _number(found[0], base)
        said = words[number] if 0 <= number < len(words) and words[number] else found[0]
        room -= len(said)
        return said if room > 0 else ""

    made = WORD.sub(word, text.replace("\\'", "'").replace("\\\\", "\\"))
    return made, room > 0


def _number(word: str, base: int) -> int:
    """The number a word stands for, -1 where it is none in this base."""
    digits = [DIGITS.find(c) for c in word] if len(word) < 6 else [-1]
    if not 2 <= base <= 62 or min(digits) < 0 or max(digits) >= base:
        return -1
    number = 0
    for digit in digits:
        number = number * base + digit
    return number
