"""Numbers that need no label: their form, or what stands around them, says what they are."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from gateway.detect.data.numbers.tokens import Token
from gateway.identifiers import payment, travel, tw
from gateway.identifiers.characters import MARGIN, Characters, matches, says

YUCHO = re.compile(r"記号[ :-]{0,3}(1[0-9]{4})[ ,、-]{0,3}番号[ :-]{0,3}([0-9]{7,8})(?![0-9])")
GROUPED = re.compile(r"口座(?:番号|No\.?|NO\.?)[ :()]{0,4}([0-9]{3})[ \-.]([0-9]{4})(?![0-9]|[ \-.][0-9])|"
                     r"口座(?:番号|No\.?|NO\.?)[ :()]{0,4}([0-9]{4})[ \-.]([0-9]{3})(?![0-9]|[ \-.][0-9])")
"""An account of Japan in two groups; behind other labels the first is how a postal code is written."""
BANKED = re.compile(r"(?:銀行|銀|信託|農會|信合社|郵局) ?\([0-9]{3}\)[ \t|:,/-]{0,3}([0-9]{3,14}(?:-[0-9]{1,9}){0,4})(?![0-9\-])")
"""The name and code of a bank of Taiwan and an account right behind them."""
POST = re.compile(r"局號[ :]{0,3}([0-9]{6}-?[0-9])[ ,、]{0,3}帳號[ :]{0,3}([0-9]{6}-?[0-9])(?![0-9])")
ACCOUNTS = frozenset({"D10", "D11", "D12", "D13", "D14", "D16"})
EXPIRY = r"[0-9]{2}(?:0[1-9]|1[0-2])"
STRIPE = re.compile(r"=(?<=[0-9]=)" + EXPIRY + r"[0-9]{3,13}(?![0-9])")
"""What follows the number in track 2: year and month, service code, what the bank adds."""
FIRST_STRIPE = re.compile(r"%B([3-6][0-9]{12,18})[\^\t][^\^\n\t]{2,26}[\^\t]" + EXPIRY)
CARDED = re.compile(r"(?<![0-9A-Za-z])([3-6][0-9]{12,18})[|:;,/\t ](?:0[1-9]|1[0-2])[|:;,/\t -]?(?:20)?(?:2[4-9]|3[0-9])"
                    r"[|:;,/\t ][0-9]{3,4}(?![0-9A-Za-z])")
"""A card, when it lapses and what stands on its back: so those who sell cards write them."""
CHIP = re.compile(r"5A(?:0[7-9]|0A)([3-6][0-9]{12,18})F?(?=5F|9[0-9A-F]|57|8[0-9A-F])")
"""A card as its chip says it, among other data objects (EMV 4.3 book 3, annex A: tag 5A)."""
STRIPED = re.compile(r"(?<![0-9])[3-6][0-9]{12,18}\Z")


def of_their_form(text: str, found: Characters | None = None) -> Iterator[tuple[str, Token]]:
    """Numbers whose form or surroundings say what they are, and the name of that type."""
    yield from post_accounts(text)
    yield from stripes(text, found)
    yield from travel_documents(text)
    yield from passengers(text, found)
    yield from messages(text, found)


def _says(text: str, found: Characters | None, word: str) -> bool:
    """characters.says, for words whose characters stand in many texts."""
    if not all(map(text.__contains__, word)):
        return False
    if found is None:
        return word in text
    at = np.flatnonzero(found.codes == ord(word[0]))
    for after, character in enumerate(word[1:], 1):
        at = at[found.codes.take(at + after, mode="clip") == ord(character)]
    return len(at) > 0


TRAVEL = re.compile(r"(?<![0-9A-Z<])([A-Z0-9<]{9})([0-9])(JPN|CHN|TWN)([0-9]{6})([0-9])[MFX<]([0-9]{6})([0-9])"
                    r"([A-Z0-9<]{14})[A-Z0-9<]{0,2}")
"""The second line of the machine readable zone of a passport."""
PASSPORTS = {"JPN": ("jp.passport", "LLD7"), "CHN": ("cn.passport", "LD8"), "TWN": ("tw.passport", "D9")}


def travel_documents(text: str) -> Iterator[tuple[str, Token]]:
    """Passports by their machine readable zone (ICAO 9303-4): number, birth and expiry each with a check digit of its own."""
    for match in TRAVEL.finditer(text) if says(text, "<<") else ():
        if all(travel.check_digit(match[i]) == match[i + 1] for i in (1, 4, 6)):
            name, shape = PASSPORTS[match[3]]
            yield name, Token(shape, match[1].rstrip("<"), *match.span(1))
            personal = match[8].rstrip("<")
            if name == "tw.passport" and tw.national_id(personal):
                yield "tw.national_id", Token("LD9", personal, match.start(8), match.start(8) + len(personal))


PASSENGER = re.compile(r"(?<![A-Z])P([/-])(JPN?|CHN?|TWN?)\1([A-Z]{0,2}[0-9]{7,9})(?![0-9A-Z])")
"""A passport as airlines send it (IATA AIRIMP, SSR DOCS) and their agents type it: its kind, who issued it, its number."""
TRAVELLER = re.compile(r"DOC\+P(?::[0-9]{1,3}){0,2}\+([A-Z]{0,2})([0-9]{7,9})(?=[:'+])")
"""The same for border police (UN/EDIFACT PAXLST, segment DOC)."""
INSURED = re.compile(r"(?:NM1(?:\*[^*~\t\n]{0,60}){7}\*34|REF\*SY)\*([0-9]{9})(?=[*~\t\n])")
"""Somebody in a message of insurers (ASC X12: qualifiers 34 and SY are the social security number). A segment a line, its
end is taken for that of a cell."""
PAYROLL = "101 "
PAID = re.compile(r"^6[0-9]{2}[0-9]{9}[0-9A-Z ]{17}[0-9]{10}(?:([0-9]{9}) {6}|([0-9]{3}-[0-9]{2}-[0-9]{4}) {4})", re.M)
"""How a file of payments of America begins (NACHA: file header, priority code 01), and who is paid (entry detail record): the
number of the person, with nothing else in its field, is the social security number where employers pay."""
SWIFT = "\n:20:"
"""The reference that every payment and statement of SWIFT has (MT 103, 101, 940)."""
ORDERED = re.compile(r":5(?:0[AFHK]|9[AF]?):/([0-9]{10,16})(?![0-9A-Za-z])")
STATED = re.compile(r"\?3[18]([A-Z]{2}[0-9]{2}[0-9A-Z]{11,30})(?=[?\r\n])")
"""An account of somebody who pays or is paid; an IBAN in what the owner of an account is told (field 86, subfields 31, 38)."""
FIELD_TWO = re.compile(r"id=[\"']2[\"'] value=[\"']([3-6][0-9]{12,18})[\"']")
"""A card in a message of ISO 8583 as its logs have it: field 2."""
ISSUERS = {name[:2]: passport for name, passport in PASSPORTS.items()}


def passengers(text: str, found: Characters | None = None) -> Iterator[tuple[str, Token]]:
    """Passports of passengers, in a text that has such messages."""
    for match in PASSENGER.finditer(text) if _says(text, found, "DOCS") else ():
        name, shape = ISSUERS[match[2][:2]]
        letters = sum(map(str.isalpha, match[3]))
        if f"{'L' * letters}D{len(match[3]) - letters}" == shape:
            yield name, Token(shape, match[3], *match.span(3))


BY_SHAPE = {shape: name for name, shape in PASSPORTS.values()}


def messages(text: str, found: Characters | None = None) -> Iterator[tuple[str, Token]]:
    """Numbers in messages between computers that name their kind by a code."""
    for match in TRAVELLER.finditer(text) if _says(text, found, "DOC+P") else ():
        shape = f"{'L' * len(match[1])}D{len(match[2])}"
        if shape in BY_SHAPE:
            yield BY_SHAPE[shape], Token(shape, match[1] + match[2], match.start(1), match.end(2))
    if text.startswith(SWIFT[1:]) or _says(text, found, SWIFT):
        for match in ORDERED.finditer(text):
            yield "tw.bank_account", Token(f"D{len(match[1])}", match[1], *match.span(1))
        for match in STATED.finditer(text):
            if payment.iban(match[1]):
                yield "iban", Token("IBAN", match[1], *match.span(1))
    insurers = _says(text, found, "*34*") or _says(text, found, "*SY*")
    for match in INSURED.finditer(text) if insurers else ():
        yield "us.ssn", Token("D9", match[1], *match.span(1))
    for match in PAID.finditer(text) if text.startswith(PAYROLL) else ():
        yield "us.ssn", Token("D9", match[match.lastindex or 1].replace("-", ""), *match.span(match.lastindex or 1))
    logged = _says(text, found, "\"2\"") or _says(text, found, "'2'")
    for match in FIELD_TWO.finditer(text) if logged else ():
        if payment.card(match[1]):
            yield "card", Token("PAN", match[1], *match.span(1))


def _cards(found: Characters) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """13 to 19 digits that one character parts from the next ones: where they begin and end, and how many these are."""
    first, end = found.digits()
    size = end - first
    at = np.flatnonzero((size[:-1] >= 13) & (size[:-1] <= 19))
    at = at[first[at + 1] - end[at] == 1]
    return first[at], end[at], size[at + 1]


def _behind_digits(found: Characters) -> np.ndarray:
    """Where a sign of equality stands between such digits."""
    _, end, _ = _cards(found)
    return np.asarray(end[found.codes[end] == 61] - MARGIN)


def _before_marks(found: Characters) -> np.ndarray:
    """Where such digits begin that two and a mark, or four, follow."""
    first, _, size = _cards(found)
    return np.asarray(first[(size >= 2) & (size <= 6)] - MARGIN)


def _tags(found: Characters) -> np.ndarray:
    """Where 5A0 stands."""
    _, end = found.digits()
    end = end[found.codes[end] == 65]
    return np.asarray(end[(found.codes[end - 1] == 53) & (found.codes[end + 1] == 48)] - 1 - MARGIN)


def stripes(text: str, characters: Characters | None = None) -> Iterator[tuple[str, Token]]:
    """Cards as their magnetic stripes have them (ISO/IEC 7813, tracks 2 and 1). Nobody may keep those, let alone mail them."""
    starts = None if characters is None else characters.gathered(_behind_digits)
    for match in matches(STRIPE, text, starts) if starts is not None or "=" in text else ():
        begin = max(0, match.start() - 20)
        found = STRIPED.search(text[begin:match.start()])
        if found:
            yield "card", Token("PAN", found[0], begin + found.start(), match.start())
    places = None if characters is None else characters.gathered(_before_marks)
    for match in matches(CARDED, text, places):
        yield "card", Token("PAN", match[1], *match.span(1))
    tags = None if characters is None else characters.gathered(_tags)
    for match in matches(CHIP, text, tags) if tags is not None or says(text, "5A0") else ():
        if payment.card(match[1]):
            yield "card", Token("PAN", match[1], *match.span(1))
    for match in FIRST_STRIPE.finditer(text) if says(text, "%B") else ():
        yield "card", Token("PAN", match[1], *match.span(1))


def post_accounts(text: str) -> Iterator[tuple[str, Token]]:
    """Accounts of post offices and the type they are of: two numbers with a label each (ゆうちょ銀行; 中華郵政)."""
    if says(text, "番号") and says(text, "記号"):
        for match in YUCHO.finditer(text):
            yield "jp.bank_account", Token("D8", match[2].zfill(8), match.start(2), match.end(2))
    if says(text, "口座"):
        for match in GROUPED.finditer(text):
            first, last = (1, 2) if match[1] else (3, 4)
            yield "jp.bank_account", Token("D7", match[first] + match[last], match.start(first), match.end(last), True)
    for match in BANKED.finditer(text) if says(text, "(0") or says(text, "(8") or says(text, "(1") else ():
        value = match[1].replace("-", "")
        if 10 <= len(value) <= 16 and f"D{len(value)}" in ACCOUNTS:
            yield "tw.bank_account", Token(f"D{len(value)}", value, *match.span(1), True)
    if says(text, "局號"):
        for match in POST.finditer(text):
            value = (match[1] + match[2]).replace("-", "")
            yield "tw.bank_account", Token("D14", value, match.start(1), match.end(2))
