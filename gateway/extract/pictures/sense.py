"""Whether what was read of a picture makes sense: by its words, its numbers, the labels it has."""

from __future__ import annotations

import re

from gateway.extract.pictures import agreed
from gateway.identifiers.characters import Characters
from gateway.identifiers.normalise import view
from gateway.identifiers.registry import IDENTIFYING
from gateway.identifiers.terms import words

WORDS = re.compile(r"[0-9A-Za-z]{2,}")
MIXED = re.compile(r"[A-Za-z]+|[0-9]+|[A-Z]{1,2}[0-9]{5,}[A-Z]{0,2}|[0-9]{15,}X|[A-Z][a-z]+[0-9]")
"""What words of a readable text are."""
SPELLED = re.compile(r"[A-Z]?[a-z]+")
"""Half of the words of prose at the least; other scripts are misread as capitals, tables have numbers."""
FEW_WORDS = 4
NUMBERS = re.compile(r"[0-9][0-9 \-/.]{4,}[0-9]")
LONG_NUMBERS = re.compile(r"[0-9]{8}")
ENOUGH = 3
"""Long numbers read of a picture from which on it lies as it should."""
SQUARES = 4
"""Squares with lettering, of the largest size of type, for one word at the least. Measured: tables read whole have 0.5 to 2."""
PROSE, ODD, READ = 80, 50, 0.85
"""Words of a page of prose at the least; one of so many of them may be misread; what part of its characters words are."""
RULES = 10
"""One line of prose in so many may have a stroke; of what is read of a table between ruled lines more have."""


def fluent(text: str) -> bool:
    """Whether it is a page of Latin prose that lies as it should: nearly all of it was read as words. Another language, or a turned
    page, leaves pieces."""
    read = WORDS.findall(text)
    odd = sum(MIXED.fullmatch(word) is None for word in read)
    return (len(read) >= PROSE and _spelled(read) and odd * ODD <= len(read)
            and sum(map(len, read)) >= READ * len("".join(text.split())) and not _ruled(text))


def _ruled(text: str) -> bool:
    """Whether it was read of a table between lines."""
    lines = [line for line in text.split("\n") if line.strip()]
    return RULES * sum("_" in line or "|" in line for line in lines) > len(lines)


def spelled(text: str) -> bool:
    """Whether its words are those of a language in Latin letters, for the most part."""
    return _spelled(WORDS.findall(text))


def _spelled(read: list[str]) -> bool:
    return 2 * sum(SPELLED.fullmatch(word) is not None for word in read) >= max(1, len(read))


def legible(text: str) -> int:
    """Words and numbers that look like such, long ones above all and those whose check digit is right, less those that mix letters
    and digits as misread text does."""
    read = WORDS.findall(text)
    numbers = len(LONG_NUMBERS.findall(text)) + agreed.known(text)
    return sum(len(w) > 2 for w in read) - 3 * sum(MIXED.fullmatch(w) is None for w in read) + 5 * numbers


def lost(text: str, letters: int) -> bool:
    """Whether most of what a picture shows was not read. `letters`: of lettering.threes."""
    return len(WORDS.findall(text)) * SQUARES < letters


def labelled(text: str) -> bool:
    """Whether it has a word that names numbers of persons."""
    return bool(text) and not words(Characters(view(text).text.lower())).all().isdisjoint(IDENTIFYING)
