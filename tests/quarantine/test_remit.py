"""What an account answers for: every sort of word, alone and together, as a test and as a query."""

from __future__ import annotations

import pytest

from gateway.model.custody import Actor, Role
from gateway.model.decision import Kind
from gateway.model.transaction import Direction
from quarantine.access import Act, permit
from quarantine.lifecycle import Refused
from quarantine.models import DirectoryEntry
from quarantine.reading import Query
from quarantine.remit import Remit, remit_of, remit_words
from quarantine.service import QuarantineService
from tests.builders.custody import Held, admission, leak

SALES = frozenset({"Sales"})


@pytest.mark.parametrize(("given", "stored"), [
    ([], []), ([" "], []), (["Bank.Example", "bank.example"], ["bank.example"]), (["Boss@Bank.Example"], ["boss@bank.example"]),
    (["Direction: Outbound", "KIND:leak"], ["direction:outbound", "kind:leak"]), (["department:  資金部  一課 "], ["department:資金部 一課"]),
    (["xn--fiqs8s.example"], ["中国.example"])])
def test_words_as_they_are_stored(given: list[str], stored: list[str]) -> None:
    assert remit_words(given) == stored


@pytest.mark.parametrize("word", ["direction:up", "kind:", "department:", "colour:red", "bank", "@bank.example", "a b.example", "x" * 300,
                                  "department:a\u202eb", "kind:leak,threat"])
def test_words_that_mean_nothing(word: str) -> None:
    with pytest.raises(Refused) as refused:
        remit_words([word])
    assert refused.value.code == "SCOPE"


def test_too_many_words() -> None:
    with pytest.raises(Refused):
        remit_words([f"d{n}.example" for n in range(101)])


@pytest.mark.parametrize(("words", "covered"), [
    ((), True), (("bank.example",), True), (("clerk@bank.example",), True), (("department:Sales",), True), (("direction:outbound",), True),
    (("kind:leak",), True), (("kind:leak", "kind:threat"), True), (("other.example", "department:Sales"), True),
    (("bank.example", "kind:leak", "direction:outbound"), True),
    (("other.example",), False), (("boss@bank.example",), False), (("department:sales",), False), (("direction:inbound",), False),
    (("kind:threat",), False), (("bank.example", "kind:threat"), False), (("other.example", "kind:leak"), False),
    (("else.example",), False), (("partner@else.example",), False), (("k.example",), False)])
def test_what_is_covered(service: QuarantineService, held: Held, words: tuple[str, ...], covered: bool) -> None:
    """A leak that clerk of Sales sent to a partner: by the test, by the query, for one mail and for the list."""
    remit = remit_of(frozenset(words))
    assert remit.covers(Kind.LEAK, Direction.OUTBOUND, ("clerk@bank.example",), SALES) is covered
    DirectoryEntry.objects.create(mailbox="clerk@bank.example", department="Sales")
    id = held(leak)
    boss = Actor("boss", frozenset({Role.SUPERVISOR}), scopes=frozenset(words))
    assert [m["id"] for m in service.find(boss, Query()).messages] == ([id] if covered else [])
    assert (permit(boss, Act.SEE, service.subject(service.load(id))) is None) is covered


@pytest.mark.parametrize(("words", "covered"), [
    (("bank.example",), True), (("staff@bank.example",), True), (("department:Ops",), True), (("direction:inbound", "kind:threat"), True),
    (("else.example",), False), (("stranger@else.example",), False), (("department:Sales",), False)])
def test_inbound_mail_is_the_recipients(service: QuarantineService, held: Held, words: tuple[str, ...], covered: bool) -> None:
    DirectoryEntry.objects.create(mailbox="staff@bank.example", department="Ops")
    DirectoryEntry.objects.create(mailbox="stranger@else.example", department="Sales")
    id = held(admission)
    anna = Actor("anna", frozenset({Role.ANALYST}), scopes=frozenset(words))
    assert [m["id"] for m in service.find(anna, Query()).messages] == ([id] if covered else [])
    assert (permit(anna, Act.SEE, service.subject(service.load(id))) is None) is covered


def test_no_words_are_everything() -> None:
    assert remit_of(frozenset()) == Remit() and not Remit().of_people and remit_of(frozenset({"department:x"})).of_people
