"""Every cell of role x act x ownership, four eyes, and no approval of one's own mail by any route."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.model.custody import Actor, Role
from gateway.model.decision import Kind
from gateway.model.transaction import Direction
from quarantine import access
from quarantine.access import Act, Endorsement, Subject, permit

THREAT = Subject(Kind.THREAT, Direction.INBOUND, "stranger@else.example", frozenset({"staff@bank.example"}))
LEAK = Subject(Kind.LEAK, Direction.OUTBOUND, "clerk@bank.example", frozenset({"partner@else.example"}), persons=3)
UNINSPECTABLE = Subject(Kind.UNINSPECTABLE, Direction.INBOUND, "stranger@else.example", frozenset({"staff@bank.example"}))
SUBJECTS = {"threat": THREAT, "leak": LEAK, "uninspectable": UNINSPECTABLE}
WHO = {
    "recipient of it": (Role.RECIPIENT, "staff@bank.example"),
    "other recipient": (Role.RECIPIENT, "other@bank.example"),
    "sender of it": (Role.SENDER, "clerk@bank.example"),
    "other sender": (Role.SENDER, "other@bank.example"),
    "supervisor": (Role.SUPERVISOR, "boss@bank.example"),
    "analyst": (Role.ANALYST, "anna@bank.example"),
    "admin": (Role.ADMIN, "admin@bank.example"),
    "auditor": (Role.AUDITOR, "auditor@bank.example"),
}
# s see, p preview, q request, a approve, d deny, r release, w withdraw, b return, x delete, e export, h hold, l lift
LETTERS = dict(zip("spqadrwbxehl", list(Act)[:12], strict=True))
MATRIX = {
    ("recipient of it", "threat"): "spq", ("recipient of it", "leak"): "", ("recipient of it", "uninspectable"): "spq",
    ("other recipient", "threat"): "", ("other recipient", "leak"): "", ("other recipient", "uninspectable"): "",
    ("sender of it", "threat"): "", ("sender of it", "leak"): "spqw", ("sender of it", "uninspectable"): "",
    ("other sender", "threat"): "", ("other sender", "leak"): "", ("other sender", "uninspectable"): "",
    ("supervisor", "threat"): "spq", ("supervisor", "leak"): "spqadrb", ("supervisor", "uninspectable"): "spqadrb",
    ("analyst", "threat"): "spqadrbxeh", ("analyst", "leak"): "spqadrbxeh", ("analyst", "uninspectable"): "spqadrbxeh",
    ("admin", "threat"): "shl", ("admin", "leak"): "shl", ("admin", "uninspectable"): "shl",
    ("auditor", "threat"): "s", ("auditor", "leak"): "s", ("auditor", "uninspectable"): "s",
}
HOUSE = {
    "supervisor": {Act.REPORT}, "analyst": {Act.HOUSE, Act.QUEUE},
    "admin": {Act.HOUSE, Act.QUEUE, Act.QUEUE_CHANGE, Act.AUDIT, Act.REPORT, Act.ACCOUNTS, Act.POLICY},
    "auditor": {Act.HOUSE, Act.QUEUE, Act.AUDIT, Act.REPORT},
}


def actor(who: str, **changes: object) -> Actor:
    role, mailbox = WHO[who]
    return Actor(who, frozenset({role}), frozenset({mailbox}), **changes)  # type: ignore[arg-type]


def test_the_expectation_covers_every_cell() -> None:
    assert set(MATRIX) == {(w, s) for w in WHO for s in SUBJECTS}
    assert {WHO[w][0] for w in WHO} == set(Role)
    assert set(access.GRANTS) == set(Act)


@pytest.mark.parametrize("act", list(Act)[:12])
@pytest.mark.parametrize(("who", "kind"), MATRIX)
def test_cell(who: str, kind: str, act: Act) -> None:
    allowed = act in {LETTERS[letter] for letter in MATRIX[who, kind]}
    refusal = permit(actor(who), act, SUBJECTS[kind])
    assert (refusal is None) == allowed
    if not MATRIX[who, kind]:
        assert refusal == access.NOT_FOUND, "what one may not see does not exist"


@pytest.mark.parametrize("act", list(Act)[12:])
@pytest.mark.parametrize("who", WHO)
def test_acts_on_the_house(who: str, act: Act) -> None:
    assert (permit(actor(who), act) is None) == (act in HOUSE.get(who, set()))


@pytest.mark.parametrize("act", list(Act))
def test_the_systems_user_may_do_everything_and_nobody_without_a_role_anything(act: Act) -> None:
    assert permit(Actor("root", frozenset(), system=True), act, THREAT) is None
    assert permit(Actor("nobody", frozenset(), frozenset({"staff@bank.example"})), act, THREAT) is not None


@pytest.mark.parametrize("act", sorted(access.CHANGING))
def test_an_auditor_changes_nothing(act: Act) -> None:
    for subject in (*SUBJECTS.values(), None):
        assert permit(actor("auditor"), act, subject) is not None


@pytest.mark.parametrize("act", (Act.PREVIEW, Act.EXPORT))
def test_an_admin_reads_no_mail(act: Act) -> None:
    for subject in SUBJECTS.values():
        assert permit(actor("admin"), act, subject) == access.FORBIDDEN


def test_a_forged_sender_address_of_ours_does_not_make_inbound_mail_the_senders() -> None:
    forged = Subject(Kind.THREAT, Direction.INBOUND, "clerk@bank.example", frozenset({"staff@bank.example"}))
    assert permit(actor("sender of it"), Act.SEE, forged) == access.NOT_FOUND


@pytest.mark.parametrize("act", sorted(access.IMPARTIAL))
@pytest.mark.parametrize("role", (Role.ANALYST, Role.SUPERVISOR))
def test_nobody_decides_on_their_own_mail(role: Role, act: Act) -> None:
    """Neither as sender nor as recipient, whatever other roles the account has."""
    for mailbox, subject in (("clerk@bank.example", LEAK), ("staff@bank.example", UNINSPECTABLE)):
        party = Actor("x", frozenset({role, Role.SENDER, Role.RECIPIENT}), frozenset({mailbox, "second@bank.example"}))
        assert permit(party, act, subject) == (access.OWN_MAIL if role in access.GRANTS[act] else access.FORBIDDEN)


@pytest.mark.parametrize(("scopes", "sees"), [
    ((), True), (("bank.example",), True), (("clerk@bank.example",), True),
    (("other.example",), False), (("partner@else.example",), False), (("else.example",), False)])
def test_a_supervisors_scope_is_our_side_of_the_mail(scopes: tuple[str, ...], sees: bool) -> None:
    boss = actor("supervisor", scopes=frozenset(scopes))
    assert (permit(boss, Act.APPROVE, LEAK) is None) == sees


@pytest.mark.parametrize(("subject", "needed"), [
    (THREAT, 2), (LEAK, 1), (UNINSPECTABLE, 1),
    (Subject(Kind.LEAK, Direction.OUTBOUND, "a@b", frozenset(), persons=99), 1),
    (Subject(Kind.LEAK, Direction.OUTBOUND, "a@b", frozenset(), persons=100), 2),
    (Subject(Kind.LEAK, Direction.OUTBOUND, "a@b", frozenset(), approvals=3), 3),
    (Subject(Kind.LEAK, Direction.OUTBOUND, "a@b", frozenset(), approvals=0), 1)])
def test_approvals_needed(subject: Subject, needed: int) -> None:
    assert access.needed(subject, persons=100) == needed


def test_what_follows_a_plus_makes_nobody_else() -> None:
    """RFC 5233: mail to anna+orders@ is anna's."""
    mine = Subject(Kind.UNINSPECTABLE, Direction.INBOUND, "stranger@else.example", frozenset({"anna+orders@bank.example"}))
    assert permit(actor("analyst"), Act.APPROVE, mine) == access.OWN_MAIL
    one, two = Endorsement("a", frozenset({"anna+x@bank.example"})), Endorsement("b", frozenset({"anna@bank.example"}))
    assert one.same_person(two)
    assert access.bases({"+@bank.example", "a@b", ""}) == {"+@bank.example", "a@b"}


def test_a_scope_narrows_every_role() -> None:
    for role in ("analyst", "admin", "auditor", "supervisor"):
        narrow = actor(role, scopes=frozenset({"kind:leak"}))
        assert permit(narrow, Act.SEE, LEAK) is None and permit(narrow, Act.SEE, THREAT) == access.NOT_FOUND
        beyond = [act for act in list(Act)[12:] if act is not Act.REPORT]
        assert all(permit(narrow, act) == access.FORBIDDEN for act in beyond), "the whole house is beyond its scope"


def test_requester_and_approver_are_two_persons() -> None:
    anna, ben = actor("analyst"), Actor("ben", frozenset({Role.ANALYST}), frozenset({"ben@bank.example"}))
    second = Actor("anna-2", frozenset({Role.ANALYST}), frozenset({"anna@bank.example", "x@bank.example"}))
    assert access.approval(anna, Endorsement.of(anna), ()) == access.OWN_REQUEST
    assert access.approval(second, Endorsement.of(anna), ()) == access.OWN_REQUEST, "one mailbox, one person"
    assert access.approval(second, None, (Endorsement.of(anna),)) == access.SAME_PERSON
    assert access.approval(ben, Endorsement.of(anna), ()) is None
    assert access.approval(ben, None, (Endorsement.of(anna),)) is None


def test_a_console_account_called_root_is_not_the_systems_user() -> None:
    system, account = Endorsement("root", system=True), Endorsement("root")
    assert not system.same_person(account)
    assert system.same_person(Endorsement("sekisho", system=True))


def test_the_page_is_drawn_from_the_table() -> None:
    page = Path(__file__).parents[2] / "docs/reference/access.md"
    assert page.read_text(encoding="utf-8") == access.reference(), "write access.reference() into it"
