"""How fresh a proof has to be: a log-in is one, but not for threats."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import RequestFactory

from gateway.console.people import Account
from gateway.console.proof import account, needed, unproven
from tests.builders.console import PASSWORD, Site


def asked(site: Site, password: str = "", name: str = "anna", **session: float) -> Any:
    request = RequestFactory().post("/", {"password": password})
    request.session, request.client = dict(session), "192.0.2.1"  # type: ignore[attr-defined, assignment]
    request.account = Account(name, ("analyst",), "", False)  # type: ignore[attr-defined]
    return request


@pytest.mark.parametrize(("ago", "strict", "wanted"), [
    ({"began": 60}, False, False), ({"began": 60}, True, True), ({"began": 400}, False, True), ({"began": 400, "proven": 60}, True, False),
    ({"proven": 400}, True, True), ({"proven": 300}, True, False), ({"proven": -60}, True, True), ({}, False, True)])
def test_when_it_is_needed(site: Site, ago: dict[str, float], strict: bool, wanted: bool) -> None:
    now = site.book.now()
    assert needed(asked(site, **{name: now - seconds for name, seconds in ago.items()}), strict) is wanted


def test_the_password_is_a_proof_for_a_while(site: Site) -> None:
    site.people("anna", "analyst")
    site.people("ben", "analyst", password="another long password")
    request = asked(site)
    assert "Please enter your password" in unproven(request)
    request = asked(site, "another long password")
    assert unproven(request) == "The password is not right." and "proven" not in request.session
    request = asked(site, PASSWORD)
    assert unproven(request) == "" and account(request) == "anna"
    request.POST = {}
    assert unproven(request) == ""
    site.house.clock.at += timedelta(minutes=6)
    assert unproven(request) != ""


def test_guessing_waits(site: Site) -> None:
    site.people("anna", "analyst")
    for _ in range(5):
        assert unproven(asked(site, "wrong")) == "The password is not right."
    assert "Too many failed attempts" in unproven(asked(site, PASSWORD))


def test_somebody_of_a_provider_has_no_password_here(site: Site) -> None:
    request = asked(site, PASSWORD)
    request.account = SimpleNamespace(name="anna", types_password=False)
    assert "Please confirm who you are" in unproven(request)
