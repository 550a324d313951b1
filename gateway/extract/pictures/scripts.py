"""The script of the texts of a mail, which tells in what language its pictures have their labels."""

from __future__ import annotations

import re

JAPANESE = "jpn"
KANA = re.compile(r"[\u3041-\u30fa]")
HANGUL = re.compile("[가-힣]{2}")
HANT = re.compile("[們個這來時會為國學對說發經過還請後資電話號證檔戶帳銀聯絡單總務]")
HANS = re.compile("[们个这来时会为国学对说发经过还请后资电话号证档户账银联络单总务]")
HEARD, MOST = 20, 4000
"""Texts of a mail whose script is looked at, and characters of each."""


def language(heard: list[str]) -> str:
    """Tesseract's languages for the headings, by the script of the mail's own texts."""
    text = "".join(part[:MOST] for part in heard[:HEARD])
    if len(KANA.findall(text)) > 3:
        return JAPANESE
    hant, hans = len(HANT.findall(text)), len(HANS.findall(text))
    if hant == hans == 0:
        return "chi_tra"
    return "chi_tra" if hant >= hans else "chi_sim"


def korean(heard: list[str]) -> bool:
    """Whether any of them is in Hangul."""
    return any(HANGUL.search(part[:MOST]) for part in heard[:HEARD])
