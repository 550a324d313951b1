"""Whether a page asks for a password: by a field for one, a field that a script makes one, or one that looks like it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, islice

PASSWORD = re.compile(r"type\s{0,8}=\s{0,8}[\"']?\s{0,8}password|"
                      r"autocomplete\s{0,8}=\s{0,8}[\"']?\s{0,8}(?:one-time-code|cc-number|cc-csc|(?:current|new)-password)|"
                      r"(?<![\w-])name\s{0,8}=\s{0,8}[\"']?(?:otp|cvv2?|cvc2?|passwd|password|pwd)[\"'\s/>]", re.I)
"""A field for one, or for what is as good: what fills it in by itself, or its name, says so (HTML 4.10.18.7)."""
WORDS = ("password", "one-time-code", "cc-number", "cc-csc", "otp", "cvv", "cvc", "passwd", "pwd")
SET = re.compile(
    r"\.type\s{0,4}=\s{0,4}[\"'`]password|(?<!\w)type[\"']?\s{0,4}:\s{0,4}[\"'`]password[\"'`]|"
    r"\.setAttribute\s{0,4}\(\s{0,4}[\"']type[\"']\s{0,4},\s{0,4}[\"']password", re.I)
"""A script that makes a field one for passwords."""
DOTTED = re.compile(r"-webkit-text-security\s{0,8}:\s{0,8}(?:disc|circle|square)", re.I)
"""A style that shows what is typed as one does."""
FIELD = re.compile(r"<(?:input|textarea)[\s/>]|\scontenteditable[\s=>]|[(,]\s{0,4}[\"'`]input[\"'`]", re.I)
WIDEST_INPUT = 1 << 16
"""Characters of a field's tag in front of its type."""
INPUT = "<input"
TAG = re.compile(r"<input(?:\"[^\"]*+\"|'[^']*+'|[^<>\"'])*+")
"""A field's tag."""
LETTER = re.compile(r"&#(?:x0*+([2-7][0-9a-f])(?![0-9a-f])|0*+([3-9][0-9]|1[01][0-9]|12[0-2])(?![0-9]));?", re.I)
"""A character of ASCII as a number, which any attribute may have (HTML 13.2.5.72)."""
SECRET = re.compile(
    r"pass(?:word|code|phrase)|(?<!\w)PIN(?!\w|\s?-?code)|"
    r"(?:verification|security|one-time|access) code|(?<!\w)(?:OTP|CVV2?|CVC2?)(?!\w)|"
    r"two-(?:step|factor) |(?:sent|texted) (?:you )?an? (?:\w{1,12} )?code|SMS code|"
    r"\d-digit code|authenticat(?:or|ion) code|(?:recovery|seed|mnemonic) phrase|online banking|"
    r"網路銀行|网上银行|ネットバンキング|助[記记][詞词]|"
    r"card n(?:umber|o)|kennwort|passwort|mot de passe|contrase\u00f1a|"
    r"密[碼码]|[驗验][證证][碼码]|卡[號号]|安全[碼码]|パスワード|暗証番号|認証コード|カード番号|비밀번호|인증번호|카드번호", re.I)
"""What people are asked for that is theirs alone, in words."""
TRIES = 20_000                           # places that are looked at; pages with more are taken for such as ask
REACH, LONGEST = 64, 16                  # characters of a match before its word, and of the word with what ends it
CARRIED = re.compile(r"(?<=base64,)[A-Za-z0-9+/=]{2000,}+")
"""What a picture or file in the page itself is made of."""


NOT_SHOWN = (r"(?:(?<![\w-])hidden(?=[\s>=])|display\s{0,4}:\s{0,4}none|visibility\s{0,4}:\s{0,4}hidden|"
             r"opacity\s{0,4}:\s{0,4}0(?![.\d])|(?:left|top)\s{0,4}:\s{0,4}-\d{3}|(?<![\w-])(?:width|height)\s{0,4}[:=]\s{0,4}[\"']?[01](?![.\d]))")
UNMET = re.compile(
    r"<!--(?:[^-]++|-(?!->))*+(?:-->|\Z)|<(template|noscript)[\s>](?:[^<]++|<(?!/\1[\s>]))*+(?:</\1[\s>]|\Z)|"
    rf"<(?:div|form|span|p|section|fieldset)\s(?=[^<>]{{0,400}}?{NOT_SHOWN})[^<>]{{0,2000}}>\s{{0,40}}(?:<input\s[^<>]{{0,400}}>\s{{0,40}}){{1,9}}|"
    rf"<input\s(?=[^<>]{{0,400}}?{NOT_SHOWN})[^<>]{{0,2000}}>", re.I)
"""Remarks, elements that show nothing, and fields that are hidden, alone or by the element they stand in."""


def without_files(markup: str) -> str:
    """Markup without the octets of what it carries, in which any short word stands by chance."""
    return CARRIED.sub("", markup) if "base64," in markup else markup


def asks_password(markup: str) -> bool:
    """Whether markup has such a field. Looked for from the word backwards: pages may be nothing but fields."""
    markup = without_files(markup)
    if "&#" in markup:
        markup = LETTER.sub(_letter, markup)
    lower = markup.encode("ascii", "replace").lower().decode("ascii")         # a character each
    if "text-security" in lower and DOTTED.search(markup) and FIELD.search(markup):
        return True
    places = list(islice(_places(lower), TRIES + 1))
    if not places:
        return False
    ends: dict[int, int] = {}
    for count, found in enumerate(_near(PASSWORD, markup, places)):
        if count >= TRIES or _of_field(lower, found.start(), ends):
            return True
    return any(_near(SET, markup, places)) and FIELD.search(markup) is not None


def met(markup: str) -> str:
    """Markup without what nobody meets in it: remarks, templates, what stands for browsers without scripts, fields that are not
    shown."""
    return UNMET.sub("", markup) if "<" in markup else markup


def _letter(reference: re.Match[str]) -> str:
    """The letter, digit or hyphen; signs stay as they are, for they may be meant to be seen."""
    character = chr(int(reference[1], 16) if reference[1] else int(reference[2]))
    return character if character.isalnum() or character == "-" else reference[0]


def _of_field(lower: str, at: int, ends: dict[int, int]) -> bool:
    """Whether an attribute there belongs to a field. `ends` of the tags that were looked at: where their first > stands, and
    where they end if what is in quotes is none of it."""
    begin = lower.rfind(INPUT, max(0, at - WIDEST_INPUT), at)
    if begin < 0:
        return False
    if begin not in ends:
        tag = TAG.match(lower, begin, begin + WIDEST_INPUT)
        ends[begin] = max(lower.find(">", begin, begin + WIDEST_INPUT), tag.end() if tag is not None else 0)
    return at <= ends[begin]


def speaks_of_secret(shown: str) -> bool:
    """Whether the words of a page name a password, a code or the number of a card."""
    return SECRET.search(shown) is not None


def _places(lower: str) -> Iterator[int]:
    """Where one of the words stands."""
    for word in WORDS:
        at = lower.find(word)
        while at >= 0:
            yield at
            at = lower.find(word, at + 1)


def _near(pattern: re.Pattern[str], markup: str, places: list[int]) -> Iterator[re.Match[str]]:
    """Matches around the words that each has; over a whole page only where these are too many."""
    if len(places) > TRIES:
        return pattern.finditer(markup)
    return chain.from_iterable(pattern.finditer(markup, max(0, at - REACH), at + LONGEST) for at in places)
