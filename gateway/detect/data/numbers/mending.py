"""Numbers that a machine spoilt: letters that recognition took for others, noughts that a spreadsheet dropped; digits set
backwards."""

from __future__ import annotations

import re
from dataclasses import replace

from gateway.detect.data.numbers import alphabet, bulk, tokens
from gateway.detect.data.table import wraps
from gateway.identifiers import normalise, tw
from gateway.model.content import Text

MISREAD = {"£": "E", "€": "C", "§": "S", "©": "C", "®": "R"}
SIGN = re.compile(r"[£€§©®](?![0-9]{4}[ \-][0-9]{4}[ \-]|[0-9]{11})")
"""A sign that a letter was read as; before the digits of a card it is what was read of the word before."""
UPRIGHT = re.compile(r"\|(?=[1289][0-9]{8}(?![0-9]))|(?<=[0-9][A-Z])\|")
"""What is an I before the digits of a Taiwanese number and behind the letter of a residence card, and else a line between cells."""
CORNER = re.compile(r"(?<=[A-Z]{2}[0-9]{8}[A-Z])」")
"""What is a J at the end of the number of a residence card, and else a bracket of Japanese."""
PHONE = ("09", "08")
TAKEN_FOR = {"1": "IT", "7": "TZ", "0": "OQD", "2": "Z", "4": "A", "5": "SJ", "6": "G", "8": "B"}


ITEM = re.compile(r"^([0-9]{1,3})[.\-](?=[A-Z]{0,2}[0-9]{3})", re.M)
ITEMS = re.compile(r"^1[.\-][A-Z]{0,2}[0-9]{3}[^\n]{0,200}\r?\n2[.\-][A-Z]{0,2}[0-9]{3}", re.M)
"""The first two items of a list: its numbers against what they number."""
LISTS = 200_000
"""Characters of a text in which such lists are looked for: their items have numbers of three digits at the most."""


def itemised(text: str) -> str:
    """Lists with a bracket behind the numbers of their items, `1.123456789012`: those go on by one from line to line."""
    pieces: list[str] = []
    done = expected = 0
    for match in ITEM.finditer(text):
        number = int(match[1])
        if number in (1, expected):
            pieces += (text[done:match.end() - 1], ")")
            done, expected = match.end(), number + 1
    return "".join((*pieces, text[done:]))


PAGES = str.maketrans("\x0b\x0c", "\n\n")
"""What ends a line within a paragraph of Word, and a page of a printer: a line's end."""
FOLD = re.compile(r"\r?\n[ \t]")
"""RFC 5545, 3.1: a number that goes on in the next line is one, and its pieces are none."""


MACHINERY = re.compile(
    r"received|message-id|references|in-reply-to|dkim|arc-|domainkey|date|resent|content-|mime|return-path|authentication|list-|"
    r"thread-(?!topic)|"
    r"x-(?:ms-|google|mailer|originating|spam|virus|priority|mimeole|forefront|sender|report|feedback)|feedback|delivered|dl-|autocrypt|"
    r"from|to|cc|bcc|reply-to|sender|user-agent|importance|priority|accept-language|received-spf|precedence|auto-submitted", re.I)
"""Header fields that machines number: identifiers in them are chance."""
ADDRESSEES = frozenset({"header To", "header Cc", "header Bcc", "header Reply-To"})
ADDRESS = re.compile(r"<[^<>]{0,320}>|[^\s,;:\"<>()]{1,64}@[^\s,;:\"<>()]{1,255}")
FIGURES = re.compile("[0-9]{4}")


def of_a_header(text: Text) -> Text | None:
    """A header field as people write it: of addressees what they are called, where that has a number. None for a field that
    machines number."""
    if not MACHINERY.match(text.source, 7):
        return text
    if text.source not in ADDRESSEES or FIGURES.search(text.content) is None:
        return None
    names = ADDRESS.sub("", text.content)
    return replace(text, content=names) if FIGURES.search(names) is not None else None


def mended(text: Text) -> Text:
    """What is shown backwards as it is shown; calendars without their folds; what Tesseract takes letters for, put right."""
    listed = len(text.content) <= LISTS and ("\n2." in text.content or "\n2-" in text.content)
    if listed and ITEMS.search(text.content) is not None:
        text = replace(text, content=itemised(text.content))
    if "\x0b" in text.content or "\x0c" in text.content:
        text = replace(text, content=text.content.translate(PAGES))
    if text.content.startswith("BEGIN:V"):
        text = replace(text, content=FOLD.sub("", text.content))
    if not text.source.startswith("ocr "):
        turned = normalise.turned(text.content)
        joined = turned if turned is not text.content else alphabet.spoken(wraps.gathered(wraps.whole(turned)))
        return text if joined is text.content else replace(text, content=joined)
    return replace(text, content=CORNER.sub("J", UPRIGHT.sub("I", SIGN.sub(lambda m: MISREAD[m[0]], text.content))))


def lengthened(token: tokens.Token, kinds: frozenset[str]) -> tokens.Token:
    """A number with the noughts that a spreadsheet took from it: one that still has any is whole."""
    if token.value[0] == "0":
        return token
    length = len(token.value)
    for digits, noughts in (bulk.SHORTENED[kind] for kind in sorted(kinds & bulk.SHORTENED.keys())):
        if 0 < digits - length <= noughts:
            return replace(token, shape=f"D{digits}", value=token.value.zfill(digits))
    return token


def misread(token: tokens.Token) -> tokens.Token | None:
    """A Taiwanese number whose leading letter may have been read as a digit; its check digit tells which letter it was.

    One that has no such letter is returned all the same, and fails: only those that fail tell chance from customers.
    None: another number, such as a telephone's.
    """
    letters = TAKEN_FOR.get(token.value[0], "")
    if not letters or token.value[1] not in "1289" or token.value.startswith(PHONE):
        return None
    values = [letter + token.value[1:] for letter in letters]
    return replace(token, shape="LD9", value=next(filter(taiwanese, values), values[0]))


def taiwanese(value: str) -> bool:
    return tw.national_id(value) or tw.resident_id(value)
