"""Labels of a recognised page as they should be spelled: one ideograph of a long one misread (在禄カード番号 for 在留カード番号),
blanks and strokes of other scripts inside a word of katakana.
"""

from __future__ import annotations

import re

from gateway.identifiers import terms
from gateway.identifiers.normalise import view
from gateway.identifiers.registry import IDENTIFYING
from gateway.identifiers.terms import Labels

LEAST = 5
"""Characters of a label at the least: shorter ones are other words with a character changed."""
LONGEST = 16
"""Characters of a run that may be a heading; longer ones are sentences."""
RUN = re.compile("[\u3041-\u30fc\u3400-\u9fff]{5,}")
PERSONAL = re.compile("[固回囲箇涸偶佃](?=人番号)|(?<=個)[入八](?=番号)")
"""What is no 個, or no 人, in a label too short for another character to be changed in it."""
MOUTH = re.compile("(?<![\u3041-\u30fc\u3400-\u9fff])[日曰曲口ロ回□囗]?座(?=番号|名義)|(?<=普通\n|当座\n)番号(?= +[0-9]{7}$)", re.M)
"""口座, whose 口 is a line of the table or another box, where nothing else stands before it: 講座番号 is a course. Or which is not
there at all below the kind of an account."""
ACCOUNT = re.compile(r"^(?=.{0,40}(?:戶名|銀行))(.{0,40}(?<![㐀-鿿])帳)[^\s0-9號号戶款單面簿務齡](?![㐀-鿿0-9])", re.M)
"""帳號, in a heading with names or banks."""
PASSBOOK = re.compile("戶名|存摺|存簿")
NUMBERED = re.compile(r"(?<![㐀-鿿])[叶-嚿帀-幟](?=號 {0,4}[:：]? {0,4}[0-9][0-9\-]{6,})")
"""What 帳 is read as before an account, on a page that has the words of PASSBOOK."""
ORDINARY = re.compile(r"普[^通\s0-9](?=[ |]{1,8}[0-9]{7}(?![0-9]))")
"""普通, of an account: its number comes next."""
LENGTHENED = re.compile("(?<=[\u30a1-\u30fa]) ?[ー一―\\-] ?(?=[\u30a1-\u30fa])")


def labels(text: str, known: Labels) -> str:
    """The text with such labels put right."""
    words = _words()

    def named(piece: str) -> bool:
        return bool(known.heading(view(piece).text))

    def right(run: re.Match[str]) -> str:
        said = run[0]
        if len(said) > LONGEST or view(said).text in terms.WORDS:
            return said
        if not named(said):
            return _corrected(said, words)
        meant = _corrected(said, [word for word in words if len(word) == len(said)])
        at = next((at for at in range(len(said)) if said[at] != meant[at]), 0)       # 在宙カード番号: カード番号 is right as it is
        return meant if named(said[:at]) or named(said[at + 1:]) else said

    text = NUMBERED.sub("帳", text) if PASSBOOK.search(text) else text
    text = ACCOUNT.sub(r"\1號", ORDINARY.sub("普通", MOUTH.sub(lambda match: "口座番号" if match[0] == "番号" else "口座", text)))
    return RUN.sub(right, LENGTHENED.sub("ー", PERSONAL.sub(lambda match: "人" if match[0] in "入八" else "個", text)))


def _words() -> list[str]:
    spelled = (word.replace("-", "ー") for word, kinds in terms.WORDS.items() if not kinds.isdisjoint(IDENTIFYING))
    return sorted((word for word in spelled if len(word) >= LEAST and RUN.fullmatch(word)), key=len, reverse=True)


def _corrected(said: str, words: list[str]) -> str:
    for word in words:
        for at in range(len(said) - len(word) + 1):
            piece = said[at:at + len(word)]
            if (piece[:2] == word[:2] or piece[-2:] == word[-2:]) and sum(map(str.__ne__, piece, word)) == 1:
                return said[:at] + word + said[at + len(word):]
    return said
