"""People with second factors, for tests of the console."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

from django_otp.oath import TOTP

from gateway.model.custody import Actor
from quarantine.factors import Site as Place
from tests.builders.authenticator import Authenticator
from tests.builders.console import Site, second_site

LOCAL = "http://localhost:8080"
PLACE = Place("localhost", LOCAL)


def now_of(site: Site, secret: str, ahead: float = 0) -> str:
    totp = TOTP(base64.b32decode(secret))
    totp.time = site.house.clock.now().timestamp() + ahead
    return f"{totp.token():06}"


def with_app(site: Site, name: str, role: str = "analyst") -> tuple[str, list[str]]:
    """An account with an app: its secret and its recovery codes."""
    site.people(name, role)
    who, service = Actor(name, frozenset()), site.house.service
    secret = service.factor_offer(who, "app", None)["secret"]
    return secret, service.factor_add(who, "app", now_of(site, secret), "", None)


def with_key(site: Site, name: str, role: str = "analyst") -> Authenticator:
    """An account with a security key for `LOCAL`."""
    site.people(name, role)
    who, service, key = Actor(name, frozenset()), site.house.service, Authenticator()
    service.factor_add(who, "key", key.registers(service.factor_offer(who, "key", PLACE)["options"]), "blue", PLACE)
    return key


def changed(site: Site, values: dict[str, Any], **console: Any) -> dict[str, Any]:
    """Settings with other values in [console]."""
    held = values["CONSOLE"]
    return values | {"CONSOLE": replace(held, config=replace(held.config, console=replace(held.config.console, **console)))}


def named(site: Site, **console: Any) -> dict[str, Any]:
    """The settings of the same house under a name, as security keys want it."""
    return changed(site, second_site(site, LOCAL), **console)
