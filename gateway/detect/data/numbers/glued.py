"""Identity numbers written against one another, a telephone number or a word, with nothing between: `A123456789B223456789`,
`idA123456789tel0912345678`.

All of such a run must be known parts, so that serials and coded octets are none. Whether the numbers are people's is judged
like that of others, by the share that pass their check.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from gateway.detect.data.numbers.tokens import Token
from gateway.identifiers.characters import matches

TAIWANESE = re.compile(r"[A-Z][1289][0-9]{8}(?:(?=[0-9A-Za-z])|(?<=[0-9A-Za-z].{10}))")
CHINESE = re.compile(r"[12][09][0-9]{2}[01][0-9][0-3][0-9]{4}[0-9X](?=[0-9])")
"""A Taiwanese number behind or before a letter or digit; the birth date in a Chinese one and what follows it before a digit: where
there is neither, there is no such run."""
RUN = re.compile("[0-9A-Za-z]+")
ALNUM = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
WORDS = ("account", "acct", "addr", "birth", "born", "card", "cell", "cust", "customer", "date", "dob", "email", "fax", "id",
         "idno", "mail", "mobile", "name", "nid", "no", "phone", "pid", "sex", "tel", "uid")
DATE = "(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
OF_THE_REPUBLIC = "(?:0[2-9]|1[01])[0-9](?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
"""The same in the years of Taiwan, from 1931 on."""
KNOWN = re.compile(
    r"(?P<LD9>[A-Z][1289][0-9]{8})|(?P<LLD8>[A-Z][A-D][0-9]{8})|(?P<D18>[1-9][0-9]{5}(?:19|20)[0-9]{2}[01][0-9][0-3][0-9]{4}[0-9X])"
    rf"|09[0-9]{{8}}|1[3-9][0-9]{{9}}|{DATE}|{OF_THE_REPUBLIC}"
    "|(?i:" + "|".join(sorted(WORDS, key=len, reverse=True)) + r")(?=[0-9A-Z]|$)")
LONGEST = 2000
"""Characters of a run, as REPEATED has it too."""
REPEATED = re.compile(
    rf"(?<![0-9A-Za-z])(?:[0-9]{{36,2000}}+|(?:[A-Z][0-9]{{6}}[0-9A]){{3,250}}+|[0-9]{{12}}(?=(?:0[789]0[0-9]{{8}}|{DATE})(?![0-9A-Za-z])))"
    r"(?![A-Za-z])")
"""Three numbers of one length and more; a Japanese number and the telephone number or birth date behind it."""
FOLLOWED = (20, 23)
"""Digits of a number with what is behind it."""
SIZES = {12: "D12", 13: "D13", 16: "D16", 18: "D18"}
"""Lengths that one such run of digits may be made of: My Number, licences; Korean numbers; cards; Chinese numbers."""


def glued(text: str, taiwanese: np.ndarray | None = None, chinese: np.ndarray | None = None) -> Iterator[Token]:
    """The numbers of each run that is made of known parts only; where in a long text the two patterns can match."""
    done = 0
    hints = (*matches(TAIWANESE, text, taiwanese), *matches(CHINESE, text, chinese))
    for at in sorted(match.start() for match in hints):
        if at < done:
            continue
        first = _beginning(text, at, max(done, at - LONGEST))
        run = RUN.match(text, first)
        assert run is not None
        done = run.end()
        if done - first <= LONGEST:
            yield from _parts(text, first, done)


def _beginning(text: str, at: int, least: int) -> int:
    """Where the letters and digits begin that go on at `at`."""
    reach = 32
    while at > least:
        piece = text[max(least, at - reach):at]
        kept = len(piece.rstrip(ALNUM))
        at -= len(piece) - kept
        if kept:
            break
        reach *= 2
    return at


def _parts(text: str, first: int, end: int) -> list[Token]:
    """Nothing where a part is not known."""
    found = []
    at = first
    while at < end:
        part = KNOWN.match(text, at, end)
        if part is None:
            return []
        if part.lastgroup:
            value = part.group()
            found.append(Token("D17X" if value[-1] == "X" else part.lastgroup, value, *part.span()))
        at = part.end()
    return found


def repeated(text: str, starts: np.ndarray | None = None) -> Iterator[tuple[int, Token]]:
    """The pieces of runs that are as long as three numbers and more, and where each run begins.

    All pieces, those that fail their check too: chance passes one in ten, so that three of three are one serial of a thousand, and
    what is taken of many serials would be just these. The share that passes, over all runs of a text, tells people from chance.
    """
    for match in matches(REPEATED, text, starts):
        first, end = match.span()
        if end - first == 12:
            sizes = {12: "D12"}
        elif match.group().isdigit():
            sizes = {size: shape for size, shape in SIZES.items() if (end - first) % size == 0}
        else:
            sizes = {8: "LD7"}
        for size, shape in sizes.items():
            for at in range(first, end, size):
                value = text[at:at + size]
                yield first, Token("LD6A" if size == 8 and value[-1] == "A" else shape, value, at, at + size)
