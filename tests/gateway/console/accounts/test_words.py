"""Whatever custody refuses about accounts is said in the reader's language; every role has its words."""

from __future__ import annotations

from gateway.console import words as house
from gateway.console.accounts import words
from gateway.model.custody import Role
from quarantine import accounts, factors
from quarantine.lifecycle import Refusal, Refused
from tests.builders.console import Site

MADE = {"PASSWORD", "ROLE", "MAILBOX", "SCOPE", "LANGUAGE"}      # refusals with a text of their own


def test_every_refusal_has_a_sentence(site: Site) -> None:
    codes = {v.code for m in (accounts, factors) for v in vars(m).values() if isinstance(v, Refusal)} | MADE
    assert codes <= set(words.REFUSAL) | set(house.REFUSAL)
    assert words.sentence(Refused(Refusal("TAKEN", "x"))) == "There is an account of this name already."
    assert words.sentence(Refused(Refusal("NO-ACCOUNT", "x"))) == house.refusal_sentence(Refused(Refusal("NO-ACCOUNT", "x")))
    assert words.sentence(Refused(Refusal("SCOPE", "x is no scope"))).endswith("(x is no scope)")


def test_every_role_has_words(site: Site) -> None:
    assert set(words.ROLE) == set(words.MAY) == {r.value for r in Role}
    assert words.role_word("admin") == "administrator" and words.role_word("king") == "king"
