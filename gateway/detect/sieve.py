r"""What a pattern cannot do without: words that stand in whatever it matches. They are found in one pass over a text, at a
hundredth of the cost of the patterns, so that of a hundred forms only those are tried whose words are all there.

The words are read off the patterns: `Set\s+(?:a|b)\s*=\s*CreateObject` has no match where there is no `set`, no `createobject`,
or neither `a` nor `b`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import yara

from gateway.detect.yara_rules import compiled

Words = frozenset[str]
"""One of them has to be there, in whatever letters."""
LEAST = 2
"""Characters of a word that the engine of signatures looks for; single signs are looked for one by one."""
FEW = 4
"""Characters of a set that are looked for one by one."""
REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)


def needed(parsed: Any) -> list[Words]:
    """Of each of these one word stands in all that a parsed pattern matches."""
    found: list[Words] = []
    run = ""
    for operation, value in parsed:
        if operation is codes.LITERAL:
            run += chr(value).lower()
            continue
        if operation is not codes.AT:
            found, run = found + ([frozenset((run,))] if run else []), ""
        found += _inner(operation, value)
    return list(dict.fromkeys(found + ([frozenset((run,))] if run else [])))


def _inner(operation: Any, value: Any) -> Iterator[Words]:
    """What one item of a pattern needs: groups, what is repeated at least once, small sets, one word of each alternative."""
    if operation is codes.SUBPATTERN:
        yield from needed(value[3])
    elif operation is codes.ASSERT:
        yield from needed(value[1])
    elif operation in REPEATS and value[0]:
        yield from needed(value[2])
    elif operation is codes.IN and len(value) <= FEW and all(kind is codes.LITERAL for kind, _ in value):
        yield frozenset(chr(sign).lower() for _, sign in value)
    elif operation is codes.BRANCH:
        ways = [needed(way) for way in value[1]]
        if all(ways):
            yield frozenset().union(*(max(way, key=_rarity) for way in ways))


def _rarity(words: Words) -> tuple[int, int]:
    """How much is gained by looking for these: long ones are rarer, and one is rarer than one of many."""
    return min(map(len, words)), -len(words)


class Sieve:
    """The patterns of a list that a text may match, all of them for texts without regard to letters."""

    def __init__(self, forms: Sequence[str]) -> None:
        self.forms = tuple(re.compile(form, re.IGNORECASE) for form in forms)
        wanted = [needed(parser.parse(form)) for form in forms]
        self.signs = [[words for words in one if min(map(len, words)) < LEAST] for one in wanted]
        self.rules = compiled({"": "\n".join(_rule(number, [words for words in one if words not in self.signs[number]])
                                             for number, one in enumerate(wanted))})

    def passed(self, text: str) -> list[int]:
        """Numbers of the patterns whose words all stand in a text, in order."""
        low = text.lower()
        try:
            matches = self.rules.match(data=text.encode("latin-1", "replace"), fast=True)
            numbers = sorted(int(match.rule[1:]) for match in matches)
        except yara.Error:
            numbers = list(range(len(self.forms)))       # all of them are tried
        return [number for number in numbers if all(any(word in low for word in words) for words in self.signs[number])]


def _rule(number: int, wanted: Sequence[Words]) -> str:
    """A rule of the engine that holds where the words of one pattern are there."""
    names = {word: f"$w{place}" for place, word in enumerate(sorted(frozenset().union(*wanted)))}
    strings = "".join(f'{name} = "{_escaped(word)}" nocase private\n' for word, name in names.items())
    condition = " and ".join(f"({' or '.join(names[word] for word in sorted(words))})" for words in wanted)
    return f"rule f{number} {{ {f'strings: {strings}' if strings else ''} condition: {condition or 'true'} }}"


def _escaped(word: str) -> str:
    return "".join(f"\\x{ord(sign):02x}" for sign in word)
