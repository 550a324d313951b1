"""Words that a mail announces as passwords, kept for other mail between the same people: fewer and surer than the guesses
for what lies in the mail itself, because they outlive it.

A word is kept only where it directly follows an announcing phrase, and only where it looks like a word that somebody was
given: in quotes, after a colon or a verb, or of mixed kinds of characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

MOST = 12                                # words of one mail
SHORTEST, LONGEST = 4, 64                # characters of a word
HEAD = 20_000                            # characters of one text that are read
TOTAL = 100_000                          # characters of all texts together
PHRASES = 12                             # announcements read in one text
WINDOW = 120                             # characters after a phrase that may hold the word

CJK = ("密碼", "密码", "口令", "通行碼", "通行码", "開啟碼", "开启码", "解壓碼", "解压码", "提取碼", "提取码", "密鑰", "密钥",
       "パスワード", "パスコード", "パスフレーズ", "暗証番号", "解凍キー", "復号キー", "合言葉")
LATIN = ("password", "passcode", "passphrase", "passwd", "pwd", "pass code", "pass phrase", "access code", "unlock code")
_OPENED, _CLOSED = "「『“‘【《〈\"'`[(（<*", "」』”’】》〉\"'`])）>*"
_LINK = re.compile(
    r"(?P<filler>(?:\s|will be\s|for the [a-z ]{1,30}?(?=is|:|：)|of the [a-z ]{1,30}?(?=is|:|：)|to open [a-z ]{1,30}?(?=is|:|：)"
    r"|をお送りします|をお知らせします|のご連絡です|如下|以下|下記|のとおり|の通り|です|ます|。|、|，|,|に|も|則|则|均|都){0,40})"
    r"(?P<verb>[:：=＝→]|は|が|就是|為|为|是|係|设为|設為|設定為|is(?=[\s:：])|follows)?\s*[:：=＝]?\s*", re.IGNORECASE)
_WORD = re.compile(r"[!-~]{1,80}|[\uff01-\uff5e]{1,80}|[^\s:：=＝、，。；;！？「」『』“”‘’【】《》〈〉（）]{1,80}")
_AROUND = "。、，．,.;；:：!！?？)）]】》〉」』”’\"'`>*_(（[【《〈「『“‘<= \t\u3000"
_POLITE = re.compile(r"(?:です|となります|になります|でございます|を(?:ご利用|入力|使用)[^\s]{0,12}|，.*|。.*)$")
PLACEHOLDERS = frozenset({"password", "below", "above", "here", "follows", "separately", "required", "protected", "reset"})


def keepsakes(texts: Iterable[str]) -> tuple[str, ...]:
    """The announced words of some texts, each once, in order; at most MOST."""
    found: dict[str, None] = {}
    left = TOTAL
    for text in texts:
        head = text[:min(HEAD, left)]
        left -= len(head)
        for word in _announced(head):
            found.setdefault(word)
            if len(found) >= MOST:
                return tuple(found)
    return tuple(found)


def _phrases(text: str) -> list[int]:
    """Where announcing phrases end, in order. Plain searches: most mail has none, and must not pay for a pattern."""
    ends: list[int] = []
    lower = text.lower()
    for phrase in LATIN:
        for at in _places(lower, phrase):
            before, behind = lower[at - 1:at], lower[at + len(phrase):at + len(phrase) + 1]
            if not (before.isascii() and before.isalnum()) and not (behind.isascii() and behind.isalpha()):
                ends.append(at + len(phrase))
    if not text.isascii():
        ends += [at + len(phrase) for phrase in CJK for at in _places(text, phrase)]
    return sorted(set(ends))[:PHRASES]


def _places(text: str, phrase: str) -> Iterator[int]:
    at = text.find(phrase)
    for _ in range(PHRASES):
        if at < 0:
            return
        yield at
        at = text.find(phrase, at + len(phrase))


def _announced(text: str) -> Iterator[str]:
    for end in _phrases(text):
        rest = text[end:end + WINDOW]
        link = _LINK.match(rest)
        assert link is not None              # it may be empty
        after = rest[link.end():]
        if after[:1] and after[0] in _OPENED:
            inner, closed, _ = after[1:].partition(_CLOSED[_OPENED.index(after[0])])
            yield from _kept(inner, sure=bool(closed))
        elif (word := _WORD.match(after)) is not None:
            yield from _kept(word.group(), sure=link.group("verb") is not None)


def _kept(word: str, sure: bool) -> Iterator[str]:
    """The word without the sentence around it, as it stands and half-width; nothing where it is no password."""
    plain = word.strip(_AROUND)
    polite = _POLITE.sub("", plain).strip(_AROUND)
    forms = [plain, polite, word.strip(), word.strip().rstrip("。、，．")]
    forms += [unicodedata.normalize("NFKC", form) for form in forms if not form.isascii()]
    for form in dict.fromkeys(forms):
        if SHORTEST <= len(form) <= LONGEST and "\n" not in form and (sure or _mixed(form)) and form.lower() not in PLACEHOLDERS:
            yield form


def _mixed(word: str) -> bool:
    """Digits beside letters, or signs among them: no word of a sentence."""
    return word.isascii() and any(c.isdigit() for c in word) and any(not c.isdigit() for c in word)
