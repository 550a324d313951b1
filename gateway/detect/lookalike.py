"""How a domain resembles another one that people trust: same to the eye, one slip away, or the name with a word added.

One table a kind of resemblance; nothing is asked of the network. A domain is compared with each protected one as a whole and
with as many of its last labels as the protected one has, so that subdomains of an imitation are seen too.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from gateway.model.address import normalise_domain

SHORTEST_SLIP = 5                        # characters of a name below which one slip makes an ordinary other word
SHORTEST_LIKE = 4                        # the same for slips that the eye passes over
SHORTEST_PART = 6                        # characters of a name below which it stands in other names by chance
LONGEST = 255

_SAME = {other: letter for letter, others in {
    # Cyrillic, Greek, Armenian and others that look like Latin letters; digits; dashes
    "a": "аɑα", "b": "вьß", "c": "сϲ", "d": "ԁɗđ", "e": "еҽёє3", "f": "ƒ", "g": "ɡց", "h": "һհнħ",
    "l": "іıιӏⅼł1i", "j": "ј", "k": "кκ", "m": "м", "n": "пոη", "o": "оοօσø0", "p": "рρ", "q": "ԛզ", "r": "г",
    "s": "ѕꜱ5", "t": "тτŧ", "u": "υսц", "v": "νѵ", "w": "ԝωш", "x": "хχ", "y": "уγყʏ", "z": "ᴢ", "-": "−‐‑–",
    # characters and syllables of East Asia: look-alikes, and traditional beside simplified
    "口": "ロ囗", "工": "エェ", "力": "カ", "二": "ニ", "八": "ハ", "夕": "タ", "卜": "ト", "一": "ー―", "ヘ": "へ", "ベ": "べ",
    "ペ": "ぺ", "末": "未", "日": "曰", "土": "士", "己": "已巳", "大": "犬太", "银": "銀", "国": "國", "際": "际", "東": "东",
    "联": "聯", "华": "華", "湾": "灣", "台": "臺", "证": "證証", "产": "產産", "丰": "豐", "电": "電", "网": "網", "业": "業",
    "险": "險",
}.items() for other in others}
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_OVERLOOKED = frozenset(map(frozenset, ("mn", "uv", "gq", "vy")))
"""Letters that are read for one another within a word."""
_REGISTRIES = frozenset({
    "com", "net", "org", "edu", "gov", "co", "ac", "or", "ne", "go", "idv", "mil", "ad", "gr", "lg", "ed", "game",
    "club",
})
_WORDS = frozenset({
    "login", "secure", "security", "support", "service", "services", "mail", "online", "verify", "account",
    "accounts", "auth", "update", "help", "card", "pay", "payment", "ebank", "ebanking", "netbank", "web", "my",
    "the", "info", "admin", "team", "group", "hr", "it", "portal", "alert", "notice", "customer", "invoice",
    "billing", "tw", "jp", "cn", "hk", "kr", "sg", "us", "asia", "global",
})


def resemblance(domain: str, protected: str) -> str:
    """`same` to the eye, `slip` (one letter), `prefix` (the whole name before another), `words`, `suffix`, or "" for none.

    Both are normalised domains. The protected domain itself and what lies below it resemble nothing.
    """
    domain, protected = domain[-LONGEST:], protected[:LONGEST]
    if not domain or not protected or domain == protected or domain.endswith("." + protected):
        return ""
    tail = ".".join(domain.split(".")[-len(protected.split(".")):])
    mine, theirs = main_label(protected), main_label(domain)
    if skeleton(tail) == skeleton(protected) and (len(mine) > 3 or not mine.isascii()):
        return "same"
    if len(protected) > 6 and (f".{domain}.".find(f".{protected}.") >= 0 or _beginning(protected).search(domain)):
        return "prefix"
    ending = protected.partition(mine)[2]
    if domain.partition(theirs)[2] == ending:
        slip = one_slip if len(mine) >= SHORTEST_SLIP else overlooked
        if len(mine) >= SHORTEST_LIKE and slip(skeleton(theirs), skeleton(mine)):
            return "slip"
    elif theirs == mine and len(mine) >= SHORTEST_PART:
        return "suffix"
    return "words" if len(mine) >= SHORTEST_PART and _with_words(skeleton(theirs), skeleton(mine)) else ""


def main_label(domain: str) -> str:
    """The label that people know: `bank` of bank.com.tw, mail.bank.com, bank."""
    labels = domain.split(".")
    if len(labels) >= 3 and len(labels[-1]) == 2 and labels[-2] in _REGISTRIES:
        return labels[-3]
    return labels[-2] if len(labels) >= 2 else labels[0]


@lru_cache(maxsize=4096)
def skeleton(text: str) -> str:
    """What stays of a name when letters that look alike are one letter."""
    folded = unicodedata.normalize("NFKC", normalise_domain(text)).casefold()
    plain = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c) or c in "\u3099\u309a")
    shape = "".join(_SAME.get(c, c) for c in unicodedata.normalize("NFC", plain))
    for pair, single in _PAIRS:
        shape = shape.replace(pair, single)
    return shape


def mixed_scripts(domain: str) -> bool:
    """A label of Latin letters and Cyrillic or Greek ones: no language is written so."""
    return any(_scripts(label) & {"CYRILLIC", "GREEK", "ARMENIAN"} and "LATIN" in _scripts(label) for label in domain.split("."))


def _scripts(label: str) -> set[str]:
    return {unicodedata.name(c, "").partition(" ")[0] for c in label if c.isalpha()}


def one_slip(a: str, b: str) -> bool:
    """Whether one letter was added, dropped, replaced, or two neighbours swapped."""
    if a == b or abs(len(a) - len(b)) > 1:
        return False
    at = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    if len(a) == len(b):
        return a[at + 1:] == b[at + 1:] or (a[at:at + 2] == b[at:at + 2][::-1] and a[at + 2:] == b[at + 2:])
    longer, shorter = (a, b) if len(a) > len(b) else (b, a)
    return longer[at + 1:] == shorter[at:]


def overlooked(a: str, b: str) -> bool:
    """Whether two words differ by one slip that the eye passes over: two inner neighbours swapped, a letter doubled, one for
    another of its shape."""
    if not one_slip(a, b) or a[:1] != b[:1]:
        return False
    if len(a) == len(b):
        differ = [n for n, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
        return len(differ) == 2 or frozenset((a[differ[0]], b[differ[0]])) in _OVERLOOKED
    longer, shorter = (a, b) if len(a) > len(b) else (b, a)
    return any(longer[n] == longer[n + 1] and longer[:n] + longer[n + 1:] == shorter for n in range(len(shorter)))


@lru_cache(maxsize=4096)
def _beginning(protected: str) -> re.Pattern[str]:
    """A domain at the beginning of another one's labels, dots written as hyphens: `bank-com-tw.xyz`, `bank.com.tw-login.xyz`."""
    return re.compile(rf"(?:^|\.){re.escape(protected).replace(re.escape('.'), '[.-]')}[.-]")


def _with_words(theirs: str, mine: str) -> bool:
    """mine-login, secure-mine, minetw: the name and words that go with any firm."""
    before, found, behind = theirs.partition(mine)
    words = [w for part in (before, behind) for w in part.split("-") if w]
    return bool(found) and bool(words) and all(w in _SKELETON_WORDS for w in words)


_SKELETON_WORDS = frozenset(skeleton(w) for w in _WORDS)
