"""The page of exceptions: who owns them and until when; made and ended by an admin with the password once more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings

from gateway.config import load
from gateway.keeper.exceptions import Exceptions
from quarantine import desk
from tests.builders.console import PASSWORD, Site

FORM = {"rule": "block-executables", "owner": "it@bank.example", "until": "2026-12-31", "reason": "vendor's installer", "sender": "vendor.example, other.example",
        "dmarc": "yes", "password": PASSWORD}


@pytest.fixture
def keeping(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The keeper's part of it, and the reload that follows."""
    for name in ("admin", "auditor", "boss"):
        site.people(name, {"boss": "supervisor"}.get(name, name))

    def reload() -> None:
        settings.CONSOLE = replace(settings.CONSOLE, config=load(settings.CONSOLE.config.path))

    exceptions, plain = Exceptions(lambda: settings.CONSOLE.config, reload), type(site.keeper).__call__

    def ask(self: Any, verb: str, account: str, *rest: Any, **arguments: Any) -> dict[str, Any]:
        if verb.startswith("exception-"):
            actor = desk.actor_of(self.service, {"actor": {"name": account}})
            if verb == "exception-make":
                return exceptions.make(self.service, actor, arguments["exception"])
            return exceptions.end(self.service, actor, arguments["id"], arguments["reason"])
        return dict(plain(self, verb, account, *rest, **arguments))

    monkeypatch.setattr(type(site.keeper), "__call__", ask)


def test_one_is_made_shown_and_ended(site: Site, keeping: None) -> None:
    admin = site.browser("admin")
    assert "There are no exceptions." in admin.open("/exceptions").content.decode()
    assert admin.send("/exceptions/make", FORM | {"password": "wrong"}, "/exceptions").status_code == 403
    assert admin.send("/exceptions/make", FORM, "/exceptions").status_code == 303
    page = admin.open("/exceptions?done=made").content.decode()
    assert "it@bank.example" in page and "2026-12-31" in page and "vendor.example" in page and "dmarc" in page and "It is recorded" in page
    id = page.split('name="id" value="')[1].split('"')[0]
    seen = site.browser("auditor").open("/exceptions").content.decode()
    assert "it@bank.example" in seen and "End it" not in seen and "Make an exception" not in seen
    assert admin.send("/exceptions/end", {"id": id, "reason": "over", "password": PASSWORD}, "/exceptions").status_code == 303
    assert "There are no exceptions." in admin.open("/exceptions").content.decode()


@pytest.mark.parametrize(("change", "status", "said"), [
    ({"password": "wrong"}, 403, "The password is not right."), ({"rule": "block-nothing"}, 409, "there is no rule"),
    ({"until": "2020-01-01"}, 409, "The exception was not made"), ({"reason": " "}, 409, "Please give a reason."), ({"sender": "", "dmarc": ""}, 409, "The exception was not made")])
def test_what_is_wrong_is_said_and_kept_in_its_field(site: Site, keeping: None, change: dict[str, str], status: int, said: str) -> None:
    answer = site.browser("admin").send("/exceptions/make", FORM | change, "/exceptions")
    page = answer.content.decode()
    assert answer.status_code == status and said in page and 'value="it@bank.example"' in page and PASSWORD not in page


def test_one_that_anyone_can_have_says_so(site: Site, keeping: None) -> None:
    """As `policy check` does; made all the same, and seen by whoever looks at the list."""
    admin, said = site.browser("admin"), "Anyone can write that sender"
    assert admin.send("/exceptions/make", FORM, "/exceptions").status_code == 303
    assert said not in admin.open("/exceptions").content.decode()
    assert admin.send("/exceptions/make", FORM | {"dmarc": ""}, "/exceptions").status_code == 303
    assert admin.open("/exceptions").content.decode().count(said) == 1


def test_who_may(site: Site, keeping: None) -> None:
    assert site.browser("boss").open("/exceptions").status_code == 403
    assert site.browser("auditor").send("/exceptions/make", FORM, "/exceptions").status_code == 403
