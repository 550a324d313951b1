"""Password candidates for encrypted parts, from the words of the mail that brings them.

People announce passwords in a handful of ways in Chinese, Japanese and English: a word for "password", perhaps a particle
or a colon, then the password, often in quotes, sometimes on a line of its own. CJK sentences have no blanks, so nothing
here relies on white space. Strong candidates (announced) go to `Context.passwords`, weak ones (lines that are one word,
words that look made up) to `Context.words`. Nothing found here is ever logged or stored.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from email.utils import parsedate_to_datetime
from itertools import chain

from gateway.extract import dictated
from gateway.extract.base import Context

MAX_PASSWORD = 128                       # characters; longer words are not passwords people type
MAX_STRONG = 400                         # announced candidates kept for a message
MAX_WEAK = 600                           # other candidates kept for a message
TEXT_HEAD = 200_000                      # characters of one text that are read for announcements
WEAK_HEAD = 20_000                       # characters of one text that are read for unannounced words
AFTER = 160                              # characters after an announcement that may hold the password
BEFORE = 60                              # characters before it ("「x」がパスワードです", "x is the password")
PARTICLES = 4                            # characters that grammar puts in front; they may be digits too (비밀번호는 이삼사)
PHRASES = 60                             # announcements read in one text

ANNOUNCING = (
    # zh-Hant, zh-Hans
    "密碼", "密码", "口令", "通行碼", "通行码", "開啟碼", "开启码", "解壓碼", "解压码", "解密碼", "解密码", "提取碼", "提取码",
    "金鑰", "密鑰", "密钥", "驗證碼", "验证码", "暗號", "暗号", "開檔碼", "代碼", "代码", "解鎖碼", "解锁码",
    # ja
    "パスワード", "パスコード", "パスフレーズ", "パス", "ぱすわーど", "暗証番号", "暗証", "合言葉",
    "ＰＷ", "ｐｗ", "Ｐｗ", "ＰＡＳＳ", "Ｐａｓｓ", "ｐａｓｓ",
    "解凍キー", "解除キー", "復号キー", "鍵", "キーワード", "開封キー", "認証コード",
    # ko
    "비밀번호", "비번", "암호", "패스워드", "패스코드", "해제코드", "해제 코드",
)
ANNOUNCING_LATIN = ("pass ?word", "pass ?code", "pass ?phrase", "pass ?key", "access code", "unlock code", "open(?:ing)? code",
                    "secret code", "security code", "passwd", "pswd", "pass", "pwd", "psw", "p/w", "pw",
                    "pin code", "pin", "key", "code", "un(?:zip|lock|pack) with", "extract with", "decrypt with", "opens with")
COMMON = ("infected", "password", "1234", "12345", "123456", "12345678", "0000", "1111", "123", "secret", "virus", "malware")

CODE_PAGES = ("utf-8", "cp950", "gb18030", "cp932", "latin-1")
for _charset in (*CODE_PAGES, "utf-16-le"):
    codecs.lookup(_charset)              # loaded now: in the cell nothing can be imported any more

_ANNOUNCE = re.compile(
    "|".join(ANNOUNCING) + "|(?<![A-Za-z0-9])(?:" + "|".join(ANNOUNCING_LATIN) + ")s?(?![A-Za-z])", re.IGNORECASE)
_QUOTED = re.compile(
    r"「([^「」\n]{1,128})」|『([^『』\n]{1,128})』|“([^“”\n]{1,128})”|‘([^‘’\n]{1,128})’|【([^【】\n]{1,128})】|《([^《》\n]{1,128})》"
    r'|〈([^〈〉\n]{1,128})〉|"([^"\n]{1,128})"|\'([^\'\n]{1,128})\'|`([^`\n]{1,128})`|\[([^\[\]\n]{1,128})\]|\(([^()\n]{1,128})\)'
    r"|（([^（）\n]{1,128})）|<([^<>\n]{1,128})>|\*{1,3}([^*\n]{1,128})\*{1,3}")
_ASCII_RUN = re.compile(r"[!-~]{1,128}")
_WORD_RUN = re.compile(r"[^\s:：=＝、，。；;！？「」『』“”‘’【】《》〈〉（）]{1,128}")
_BETWEEN = re.compile(r"[,;|\t()]")                # columns of a list, the area of a telephone number
_GAPS = r" \-‐‑–_.·\u3000"
_APART = re.compile(rf"[!-~](?:[{_GAPS}]{{1,3}}+[!-~]){{3,40}}(?![!-~])")
"""A word whose letters stand apart, so that nobody misreads it. Gaps are not shortened: a row of dots is gaps and letters both, and
has more ways to be read than there is time for."""
INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_NON_SPACE = re.compile(r"\S{1,128}")
_CONNECTOR = re.compile(
    r"(?:\s|[:：=＝>→\-－~～|｜]|は|が|を|に|の|也|則|则|均|都|就|為|为|是|係|设为|設為|設定為|请用|請用|使用"
    r"|如下|以下|下記|通り|のとおり|です|と|して|은|는|이|가"
    r"|is\s|are\s|will be|was\s|for\s|to\s|the\s|this\s|attachment|file|follows|below|as\s|zip|archive|open\s){0,40}",
    re.IGNORECASE)
_REMARK = re.compile(r"\s{0,4}[(（\[【][^()（）\[\]【】\n]{1,40}[)）\]】][\s:：=]{0,8}")
"""What is said of the word between its announcement and the word: (all lower case), （半角英数）."""
_TRIM = "。、，．,.;；:：!！?？)）]】》〉」』”’\"'`>*_ \t\u3000"
_TRIM_LEFT = "(（[【《〈「『“‘\"'`<*_:：=＝ \t\u3000"
_TAIL_WORDS = re.compile(
    r"(?:です|となります|になります|でございます|をご利用ください|を入力してください|哦|喔|唷|謝謝|谢谢|，.*|。.*)$")


def remember(context: Context, text: str) -> None:
    """Puts the candidates of one text (subject, body, attached note) where later nodes look for them."""
    for word in announced(text):
        if len(context.passwords) >= MAX_STRONG:
            break
        if word not in context.passwords:
            context.passwords.append(word)
    for word in loose(text):
        if len(context.words) >= MAX_WEAK:
            break
        if word not in context.words:
            context.words.append(word)


def remember_name(context: Context, name: str) -> None:
    """A file name may carry the password: `report_pw1234.zip`, `契約書(パスワード2026).zip`, or be it."""
    stem = name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    for word in (*announced(stem), *announced(stem.replace("_", " ")), stem, *re.split(r"[\s_\-()\[\]（）【】「」@+=.]+", stem)):
        if 1 < len(word) <= MAX_PASSWORD and word not in context.words and len(context.words) < MAX_WEAK:
            context.words.append(word)


def remember_fields(context: Context, date: str, *people: str) -> None:
    """Words that need not be said: "the password is today's date", "our domain name", "your name"."""
    found: list[str] = []
    with suppress(ValueError, TypeError, IndexError):
        day = parsedate_to_datetime(date[:100])
        found += [day.strftime(form) for form in ("%Y%m%d", "%m%d", "%d%m%Y", "%y%m%d", "%Y-%m-%d", "%Y")]
        found.append(f"{day.year - REPUBLIC}{day:%m%d}")
    for person in people:
        address = re.search(r"([^\s<>\"@,]{1,64})@([^\s<>\"@,]{1,255})", person[-400:])
        if address:
            found += [address[1], address[2], address[2].split(".")[0], address[0]]
    context.implied += [word for word in dict.fromkeys(found) if word not in context.implied]


REPUBLIC = 1911
"""Taiwan counts years from 1912, its first."""


def candidates(context: Context) -> Iterator[str]:
    """Every candidate once: what fitted, configured and announced ones, then weaker words, then what everybody uses.

    Texts and names that the walk met since the last call are read for words first.
    """
    listen(context)
    seen: set[str] = set()
    known = (*context.fitted, *context.passwords, *context.words, *context.implied, *COMMON)
    for word in chain(known, _joined(context)):
        if word not in seen and (word not in context.stale or word in context.fitted):
            seen.add(word)
            yield word


def _joined(context: Context) -> Iterator[str]:
    """Ends of numbers, and halves that the mail tells in two places, put together; looked for only where nothing else fits."""
    words = (word for word in context.words if word.isascii() and _made_up(word))
    texts = [text[:WEAK_HEAD] for text in context.heard]
    yield from dictated.ends(texts)
    yield from dictated.joined(texts, words)


def everything(context: Context) -> frozenset[str]:
    """All candidates that are known by now."""
    return frozenset((*context.fitted, *context.passwords, *context.words, *context.implied, *COMMON))


def listen(context: Context) -> None:
    """Reads texts and names that the walk met since the last time for words."""
    for text in context.heard[context.listened:]:
        remember(context, text)
    for name in context.heard_names:
        remember_name(context, name)
    context.listened = len(context.heard)
    context.heard_names.clear()


def encodings(word: str) -> tuple[bytes, ...]:
    """The octets a packing program may have made of a typed password: UTF-8, or the code page of its machine."""
    found: list[bytes] = []
    for charset in CODE_PAGES:
        try:
            octets = word.encode(charset)
        except UnicodeEncodeError:
            continue
        if octets not in found:
            found.append(octets)
    return tuple(found)


def announced(text: str) -> list[str]:
    """Words that stand where a password would stand beside an announcing phrase, likeliest first."""
    sure: list[str] = []
    near: list[str] = []
    text = text[:TEXT_HEAD].translate(INVISIBLE)
    for count, found in enumerate(_ANNOUNCE.finditer(text)):
        if count >= PHRASES:
            break
        after = text[found.end():found.end() + AFTER]
        before = text[max(0, found.start() - BEFORE):found.start()]
        start = _CONNECTOR.match(after)
        rest = after[start.end():] if start else after
        sure += _at(after.lstrip()) + _at(rest)
        sure += [word for skipped in range(PARTICLES) for word in dictated.spelled(after[skipped:])]
        if (remark := _REMARK.match(after)) is not None:
            sure += _at(after[remark.end():])
        near += _quoted(after) + _runs(after) + _quoted(before) + _runs(before, last=True)
    return _unique(sure + near)


def loose(text: str) -> list[str]:
    """Lines that are one word, and words that mix letters and digits or signs, in order of appearance."""
    found: list[str] = []
    for line in text[:WEAK_HEAD].translate(INVISIBLE).splitlines():
        line = line.strip()
        if line and len(line) <= MAX_PASSWORD and not re.search(r"\s", line):
            found += _variants(line)
        for run in _ASCII_RUN.findall(line):
            for word in (run, *_BETWEEN.split(run)) if _BETWEEN.search(run) else (run,):
                if 4 <= len(word) <= 40 and _made_up(word):
                    found += _variants(word)
                    digits = word.replace("-", "").strip(_TRIM + _TRIM_LEFT)
                    found += [digits] if "-" in word and digits.isdigit() else []
        found += _quoted(line)
    return _unique(found)[:MAX_WEAK]


def _at(rest: str) -> list[str]:
    """What stands right here: a quoted string, else the run of characters up to a blank or a sentence's end."""
    quoted = _QUOTED.match(rest)
    found = [next(g for g in quoted.groups() if g is not None)] if quoted else []
    found += dictated.spelled(rest)
    apart = _APART.match(rest)
    if apart:
        found += [apart.group()[::2], re.sub(rf"[{_GAPS}]", "", apart.group())]
    for pattern in (_ASCII_RUN, _WORD_RUN, _NON_SPACE):
        match = pattern.match(rest)
        if match:
            found += _variants(match.group())
    line = rest.split("\n", 1)[0].strip()
    if 0 < len(line) <= 40:
        found += _variants(line)
    return [v for f in found for v in _variants(f)]


def _quoted(text: str) -> list[str]:
    return [v for groups in _QUOTED.findall(text) for g in groups if g for v in _variants(g)]


def _runs(text: str, last: bool = False) -> list[str]:
    """ASCII words, and words as Unicode sees them: the first ones of a stretch of text, or its last ones."""
    part = slice(-4, None) if last else slice(0, 12)
    found = [v for run in _ASCII_RUN.findall(text)[part] for v in _variants(run)]
    found += [v for run in _WORD_RUN.findall(text)[part] for v in _variants(run)]
    return found


def _variants(word: str) -> list[str]:
    """As it stands, without the signs around it, without a polite ending, half-width."""
    polite = _TAIL_WORDS.sub("", word.strip(_TRIM_LEFT)).rstrip(_TRIM)
    found = [word.strip(_TRIM_LEFT + _TRIM), word.strip(), word.rstrip(_TRIM), polite]
    shorter = word.lstrip(_TRIM_LEFT)
    while shorter and shorter[-1] in _TRIM and len(found) < 10:      # the sign may belong to the password or to the sentence
        shorter = shorter[:-1]
        found.append(shorter)
    wide = [unicodedata.normalize("NFKC", w) for w in found if not w.isascii()]
    return found + wide


def _made_up(word: str) -> bool:
    inner = word.strip(_TRIM + _TRIM_LEFT)
    classes = (any(c.isdigit() for c in word), any(c.isalpha() for c in word), any(not c.isalnum() for c in inner))
    return sum(classes) >= 2 or word.isdigit()


def _unique(words: Iterable[str]) -> list[str]:
    return [w for w in dict.fromkeys(words) if 0 < len(w) <= MAX_PASSWORD]
