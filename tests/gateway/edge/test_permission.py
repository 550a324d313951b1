"""For whom we relay: one truth table."""

from __future__ import annotations

import pytest

from gateway.edge.permission import direction, recipient_refusal, sender_refusal
from gateway.model.address import Mailbox
from gateway.model.transaction import Direction
from tests.builders.edge import listener

OURS, THEIRS = Mailbox.parse("a@corp.test"), Mailbox.parse("b@partner.test")


@pytest.mark.parametrize(("way", "sender", "recipient", "allowed"), [
    ("inbound", THEIRS, OURS, True), ("inbound", THEIRS, THEIRS, False), ("inbound", OURS, THEIRS, False),
    ("inbound", None, OURS, True), ("inbound", THEIRS, Mailbox.parse("postmaster"), True),
    ("inbound", THEIRS, Mailbox.parse("a@CORP.test."), True), ("inbound", THEIRS, Mailbox.parse("a@sub.corp.test"), False),
    ("inbound", THEIRS, Mailbox.parse("x%partner.test@other.test"), False),
    *((way, THEIRS, Mailbox.parse(f"{local}@corp.test"), False) for way in ("inbound", "auto") for local in (
        "b%partner.test", "partner.test!b", '"b@partner.test"', '"b%partner.test"', "b%a%c")),
    *(("inbound", THEIRS, Mailbox.parse(f"{local}@corp.test"), True) for local in (
        "50%", "!important", "bounce+b=partner.test", "SRS0=x=y=partner.test=b", '"a b"', "a/b", "%")),
    ("auto", OURS, Mailbox.parse("b%x@corp.test"), True), ("outbound", OURS, Mailbox.parse("b%x@partner.test"), True),
    ("outbound", OURS, THEIRS, True), ("outbound", THEIRS, OURS, False), ("outbound", None, THEIRS, True),
    ("outbound", OURS, OURS, True),
    ("auto", OURS, THEIRS, True), ("auto", THEIRS, OURS, True), ("auto", THEIRS, THEIRS, False), ("auto", None, THEIRS, True),
])
def test_permission(way: str, sender: Mailbox | None, recipient: Mailbox, allowed: bool) -> None:
    settings = listener(1, direction=way)
    refusal = sender_refusal(settings, sender) or recipient_refusal(settings, sender, recipient)
    assert (refusal is None) is allowed
    if refusal is not None:
        assert str(refusal).startswith("550 5.7.1")


@pytest.mark.parametrize(("way", "sender", "recipients", "wanted"), [
    ("inbound", OURS, [OURS], Direction.INBOUND), ("outbound", OURS, [OURS], Direction.OUTBOUND),
    ("auto", OURS, [OURS], Direction.INTERNAL), ("auto", OURS, [OURS, THEIRS], Direction.OUTBOUND),
    ("auto", THEIRS, [OURS], Direction.INBOUND), ("auto", None, [OURS], Direction.INBOUND), ("auto", None, [THEIRS], Direction.OUTBOUND),
])
def test_direction(way: str, sender: Mailbox | None, recipients: list[Mailbox], wanted: Direction) -> None:
    assert direction(listener(1, direction=way), sender, recipients, "10.0.0.7") is wanted


@pytest.mark.parametrize("client", ["8.8.8.8", "2001:4860:4860::8888", "", "unknown"])
def test_our_name_from_elsewhere_is_inbound_mail(client: str) -> None:
    """Or a forged sender of our own would pass by the rules for what comes in."""
    assert direction(listener(1, direction="auto"), OURS, [OURS], client) is Direction.INBOUND


def test_domains_compare_in_their_unicode_form() -> None:
    settings = listener(1, our_domains=frozenset({"例え.test"}))
    assert recipient_refusal(settings, THEIRS, Mailbox.parse("a@xn--r8jz45g.test")) is None
