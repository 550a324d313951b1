"""What part of the house an account answers for: the words of its profile, and whether a message is in it.

A word is a domain (`bank.example`), a mailbox (`boss@bank.example`), or says what it is: `department:資金部`,
`direction:outbound`, `kind:leak`. Words of one sort add up, the sorts narrow one another: `bank.example`, `sales.example`
and `kind:leak` are the leaks of both domains. No words are the whole house.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from gateway.model.address import Mailbox
from gateway.model.decision import Kind
from gateway.model.transaction import Direction
from quarantine.lifecycle import Refusal, Refused

DEPARTMENT, DIRECTION, KIND = "department:", "direction:", "kind:"
LONGEST = 200                            # characters of one word
MOST = 100                               # words of one account


@dataclass(frozen=True, slots=True)
class Remit:
    """Empty sets do not narrow."""

    mailboxes: frozenset[str] = frozenset()      # Mailbox.key
    domains: frozenset[str] = frozenset()
    departments: frozenset[str] = frozenset()
    directions: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()

    @property
    def of_people(self) -> bool:
        """True where it matters whose mail it is."""
        return bool(self.mailboxes or self.domains or self.departments)

    def covers(self, kind: Kind, direction: Direction, ours: Iterable[str], departments: Collection[str]) -> bool:
        """`ours` are the keys of our side of the message, `departments` those of the people behind them."""
        if (self.kinds and kind.value not in self.kinds) or (self.directions and direction.value not in self.directions):
            return False
        if not self.of_people:
            return True
        return bool(self.departments.intersection(departments)) or any(
            key in self.mailboxes or key.rpartition("@")[2] in self.domains for key in ours)


@lru_cache(maxsize=1024)
def remit_of(words: frozenset[str]) -> Remit:
    """Of words as `remit_words` has written them."""
    sorts: dict[str, set[str]] = {"": set(), "@": set(), DEPARTMENT: set(), DIRECTION: set(), KIND: set()}
    for word in words:
        sort = next((one for one in (DEPARTMENT, DIRECTION, KIND) if word.startswith(one)), "@" if "@" in word else "")
        sorts[sort].add(word.removeprefix(sort) if sort.endswith(":") else word)
    return Remit(frozenset(sorts["@"]), frozenset(sorts[""]), frozenset(sorts[DEPARTMENT]), frozenset(sorts[DIRECTION]),
                 frozenset(sorts[KIND]))


def remit_words(given: Iterable[str]) -> list[str]:
    """As they are stored. Raises Refused for a word that means nothing: it would silently let everything or nothing through."""
    found = sorted({_word(text) for one in given if (text := " ".join(one.split()))})
    if len(found) > MOST:
        raise Refused(Refusal("SCOPE", f"a scope has at most {MOST} words"))
    return found


def _word(text: str) -> str:
    sort, colon, value = text.partition(":")
    value = value.strip()
    choices = {"direction": [d.value for d in Direction], "kind": [k.value for k in Kind]}
    if len(text) > LONGEST or not text.isprintable():
        raise Refused(Refusal("SCOPE", f"a word of a scope has at most {LONGEST} printable characters"))
    if sort.lower() in choices:
        if value.lower() not in choices[sort.lower()]:
            raise Refused(Refusal("SCOPE", f"{text} is no scope: write {sort.lower()}: and {' or '.join(choices[sort.lower()])}"))
        return f"{sort.lower()}:{value.lower()}"
    if sort.lower() == "department" and value:
        return DEPARTMENT + value
    mailbox = Mailbox.parse(text if "@" in text else f"x@{text}")
    if colon or not mailbox.local or "." not in mailbox.domain or " " in text:
        raise Refused(Refusal("SCOPE", f"{text} is no scope: write DOMAIN, MAILBOX, department:NAME, direction:WORD or kind:WORD"))
    return mailbox.key if "@" in text else mailbox.domain
