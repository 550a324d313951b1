"""What the name of a file or sheet, or the subject of a mail, says of a list of people that has no headings: `護照號碼.csv`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from gateway.identifiers.normalise import view
from gateway.identifiers.registry import IDENTIFYING
from gateway.identifiers.terms import NONE, Labels

LISTS = re.compile(
    r"[號号]碼|号码|[卡證証证][號号]|字[號号]|番号|번호|[帳賬]號|账号|口座|계좌|清[單单]|名[單单]|一[覧覽览]|リスト|명단|목록|"
    r"(?<![a-z])(?:nos?|num(?:ber)?s?|nbr|list|ssns?|accounts?)(?![a-z])", re.I)
"""What the name of a list of numbers has: one that speaks of passports only may be about anything of theirs."""
LONGEST = 60
"""Characters of a name, its end: folders stand before it."""


def kinds(names: Iterable[str], labels: Labels) -> frozenset[str]:
    """The kinds of identifiers that the names of a list speak of, none where they are no names of one."""
    ends = (name[-LONGEST:] for name in names)
    found = (labels.heading(view(end).text) & IDENTIFYING for end in ends if LISTS.search(end))
    return next(filter(None, found), NONE)
