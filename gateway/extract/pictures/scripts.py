"""The script of the texts of a mail, which tells in what language its pictures have their labels."""

from __future__ import annotations

import re
from collections import Counter

JAPANESE, TRADITIONAL, SIMPLIFIED = "jpn", "chi_tra", "chi_sim"
KANA, HAN = re.compile(r"[\u3041-\u30fa]"), re.compile(r"[\u3400-\u9fff]")
FEW_KANA, LEAST_KANA = 3, 8
"""Kana of a Japanese text at the least; one to so many ideographs: names of products have a few in Chinese texts."""
HANGUL = re.compile("[가-힣]{2}")
HANT = re.compile("[們個這來時會為國學對說發經過還請後資電話號證檔戶帳銀聯絡單總務]")
HANS = re.compile("[们个这来时会为国学对说发经过还请后资电话号证档户账银联络单总务]")
CHINESE = re.compile("[們這來會為國學對說發經號證檔戶聯單總们这时为对说发经过还请资电话证档户账银联络单总务]")
"""Those of both that Japanese writes otherwise. A text without kana and without these is Japanese in a mail that has Japanese ones:
pages of forms that were read are such, and lists of names."""
HEARD, MOST = 20, 4000
"""Texts of a mail whose script is looked at, and characters of each."""


def language(heard: list[str]) -> str:
    """Tesseract's languages for the headings, by the script of the mail's own texts: the longer ones tell, not a subject in another
    language."""
    return _languages(heard)[0]


def other(heard: list[str]) -> str:
    """The language of the mail's other texts, '' where all are in one."""
    return next(iter(_languages(heard)[1:]), "")


def _languages(heard: list[str]) -> list[str]:
    """Those of its texts, that of most ideographs first."""
    shares: Counter[str] = Counter()
    texts = [part[:MOST] for part in heard[:HEARD]]
    japanese = [_japanese(text) for text in texts]
    for text, whether in zip(texts, japanese, strict=True):
        han = len(HAN.findall(text))
        if whether:
            shares[JAPANESE] += len(KANA.findall(text)) + han
        elif han and (CHINESE.search(text) or not any(japanese)):
            hant, hans = len(HANT.findall(text)), len(HANS.findall(text))
            shares[TRADITIONAL if hant >= hans else SIMPLIFIED] += han * bool(hant or hans)
    return [name for name, share in shares.most_common() if share] or [TRADITIONAL]


def _japanese(text: str) -> bool:
    kana, han = len(KANA.findall(text)), len(HAN.findall(text))
    return kana > FEW_KANA and kana * LEAST_KANA >= han


def korean(heard: list[str]) -> bool:
    """Whether any of them is in Hangul."""
    return any(HANGUL.search(part[:MOST]) for part in heard[:HEARD])
