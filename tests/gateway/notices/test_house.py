"""Links and addresses of mail of ours."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from gateway.notices.house import shown_mail
from tests.builders.custody import START
from tests.gateway.notices.test_placeholder import HOUSE as PLAIN


def test_a_personal_link_is_another_one_each_time_and_only_its_hash_is_told() -> None:
    house = replace(PLAIN, pages="https://mail.bank.example")
    links = {house.personal("recipient", ("a",)) for _ in range(100)}
    assert len(links) == 100
    for link, grant in links:
        token = link.rpartition("/")[2]
        assert grant is not None and grant.digest == hashlib.sha256(token.encode()).hexdigest() and len(token) == 43
        assert token not in repr(grant)


def test_without_pages_or_without_anything_to_do_it_is_the_console() -> None:
    assert PLAIN.personal("recipient") == ("https://guard.bank.example", None)
    assert replace(PLAIN, pages="https://x.example").personal("") == ("https://guard.bank.example", None)


def test_inside_is_our_domains_and_named_owners() -> None:
    assert PLAIN.inside("a@bank.example") and PLAIN.inside("owner@bank.example")
    assert not PLAIN.inside("a@bank.example.evil.example") and not PLAIN.inside("a@bank.example\r\nBcc: x@y.example")


def test_how_a_mail_is_named() -> None:
    shown = dict(shown_mail(PLAIN, "en", "", [f"r{n}@b.example" for n in range(7)], "", START))
    assert shown["From"] == "(no sender)" and shown["To"].endswith("and 2 more") and shown["Subject"] == "(no subject)"
