"""Whether two names are one person's: in characters or letters, in any order, full or half width, with titles or without."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from gateway.detect.lookalike import skeleton

LONGEST = 120                            # characters of a name that are read
MOST_WORDS = 6
TITLES = (
    "董事長", "董事长", "總經理", "总经理", "副總", "副总", "總裁", "总裁", "行長",
    "行长", "經理", "经理", "協理", "協理", "處長", "处长", "科長", "科长",
    "主任", "先生", "女士", "小姐", "博士", "代表取締役", "取締役", "社長", "会長",
    "頭取", "専務", "常務", "部長", "課長", "支店長", "様", "さん",
)
WORDS = frozenset({
    "mr", "mrs", "ms", "dr", "prof", "ceo", "cfo", "coo", "cto", "ciso", "chairman", "president", "director",
    "manager",
})

_BRACKETS = re.compile(r"[(（\[【「<〈][^)）\]】」>〉]{0,60}[)）\]】」>〉]")
_JOINTS = re.compile(r"(?<=[^\W\d_])[-‐‑’'`](?=[^\W\d_])")
_WORD = re.compile(r"[^\W\d_]+")
_EAST = re.compile(r"[\u3005\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3\U00020000-\U0003ffff]")


def keys(name: str) -> frozenset[str]:
    """What two spellings of one name share. Nothing for a single letter word or character: too many people have it."""
    text = unicodedata.normalize("NFKC", name[:LONGEST]).casefold()
    text = _JOINTS.sub("", _BRACKETS.sub(" ", text))
    found = set()
    east = "".join(_EAST.findall(text))
    for title in TITLES:
        east = east.removesuffix(title).removeprefix(title)
    if len(east) > 1:
        found.add(skeleton(east))
    words = [w for w in _WORD.findall(_EAST.sub(" ", text)) if w not in WORDS][:MOST_WORDS]
    if len(words) > 1:
        found |= {_key(words), *(_key([*words[:n], words[n] + words[n + 1], *words[n + 2:]]) for n in range(len(words) - 1))}
    return frozenset(k for k in found if k)


def people(entries: Iterable[str]) -> dict[str, str]:
    """From every key to the entry it belongs to. An entry holds the spellings of one person, separated by commas."""
    return {key: entry for entry in entries for spelling in re.split("[,、，;]", entry) for key in keys(spelling)}


def _key(words: list[str]) -> str:
    return "|".join(sorted(skeleton(w) for w in words)) if len(words) > 1 else ""
