"""Whose numbers one sentence tells: `王小明的身分證是…,李美玲的護照是…` has two people, `王小明的身分證是…,護照是…` one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from gateway.identifiers import contact
from gateway.identifiers.terms import Labels

WHO = re.compile(
    r"(?:^|(?<=[^\u3400-\u9fff]))(?:以及|还有|還有|另外|另有|另|[和及與与跟])?"
    r"(?:[客会會][戶户员員]|[顾顧]客|[申聲声][請请]人|借款人|持卡人|保[證证]人)?"
    r"([\u3400-\u9fff]{2,4}?|[\u3400-\u9fff]{1,3} [\u3400-\u9fff]{1,3})(?:先生|女士|小姐|様|さん|氏)?"
    r"(?= ?[的之のは(:]|[,、]? ?(?:身[分份][證证]|[證证]件|[護护]照|信用卡|居留[證证]|健保卡)| ?\Z)"
    r"|(?<![가-힣])([가-힣]{3})(?:님| 고객님?)?(?=의| ?(?:[(:]|\Z))"
    r"|(?<![A-Za-z])([A-Z][a-z'’\-]{1,20}(?: [A-Z]\.?)?(?: [A-Z][a-z'’\-]{1,20}){1,2})"
    r"(?= ?[(:,]|['’]s |,? (?:with|has|holder|gave|provided|told|and|both|paid|uses?|used) | ?\Z)")
"""A name, and what shows that somebody is spoken of: whose it is, what stands in brackets behind the name, the number itself."""
MOST = 60
"""Values of a line that are looked at so."""
_LABELS = Labels()


def apart(line: str, places: Sequence[int]) -> bool:
    """Whether before each of the values that begin in these places, in order, as many people are named as there are values; who
    the first is of, the words before it may say in another way."""
    names = _names(line, 0, places[0]) or {""}
    for count, (begin, end) in enumerate(pairwise(places), 2):
        names |= _names(line, begin, end)
        if len(names) < count:
            return False
    return True


def _names(line: str, begin: int, end: int) -> set[str]:
    return set(filter(None, map(_name, WHO.finditer(line, begin, end))))


def _name(found: re.Match[str]) -> str:
    """The name, '' where the words are no person's."""
    words = found[1] or found[2] or found[3]
    return words if contact.person_name(words) and not _LABELS.heading(words) else ""
