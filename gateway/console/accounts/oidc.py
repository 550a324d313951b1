"""Log-in through an OpenID Connect provider: there, and back again.

What is asked stays in a signed cookie of the browser for some minutes: nobody can make us remember anything, and an answer
counts only in the browser that asked. A GET that comes back from the provider opens a session for that browser and nothing else.
"""

from __future__ import annotations

import hmac
import logging
from dataclasses import asdict
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gateway.console import pages
from gateway.console.accounts.person import Unreachable
from gateway.console.accounts.provider import Asked, Proof, Provider, Unproven
from gateway.console.accounts.second import client_of, target, welcome
from gateway.console.accounts.words import sentence
from gateway.console.middleware import anybody
from gateway.console.people import Locked, arrived
from gateway.console.proof import locked_sentence
from gateway.console.state import console
from quarantine.lifecycle import Refused

COOKIE = "sekisho_provider"
SALT = "oidc"
PATIENCE = 600                           # seconds for the way there and back
LOG = logging.getLogger("gateway.console")
_providers: dict[Any, Provider] = {}


def provider() -> Provider | None:
    """That of the present configuration; None where there is none."""
    held = console()
    settings = held.config.oidc
    if not settings.issuer:
        return None
    key = repr(settings)
    if key not in _providers:
        _providers.clear()               # a reload has brought another
        _providers[key] = Provider(settings, held.clock)
    return _providers[key]


def back() -> str:
    return f"{console().config.gateway.console_url}{reverse('oidc-back')}"


@anybody
@require_safe
def leave(request: HttpRequest) -> HttpResponse:
    """To the provider. With `again`, for somebody who is logged in and has to prove it once more."""
    found = provider()
    if found is None:
        return pages.missing(request)
    again = request.account.name if "again" in request.GET and request.account else ""  # type: ignore[attr-defined]
    try:
        address, asked = found.ask(back(), bool(again))
    except (Unreachable, OSError) as trouble:
        return unreachable(request, trouble)
    response = HttpResponseRedirect(address)
    kept = asdict(asked) | {"next": target(request.GET.get("next", "")), "again": again}
    # Lax: the answer comes with a navigation from the provider's site
    response.set_cookie(COOKIE, signing.dumps(kept, salt=SALT), max_age=PATIENCE, path=reverse("oidc-back"), secure=console().https,
                        httponly=True, samesite="Lax")
    return response


@anybody
@require_safe
def arrive(request: HttpRequest) -> HttpResponse:
    found, here = provider(), request.get_full_path()
    if found is None:
        return pages.missing(request)
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        return render(request, "console/continue.html", {"path": here})       # from a page of ours, strict cookies come along
    try:
        kept = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=PATIENCE)
        if not hmac.compare_digest(str(kept["state"]), request.GET.get("state", "")):
            raise signing.BadSignature
    except signing.BadSignature:
        why = _("The log-in took too long or began elsewhere. Please try again.")
        return gone(pages.page(request, _("You cannot log in"), why, 403))
    try:
        return gone(proven(request, found, kept))
    except Locked as locked:
        return gone(pages.page(request, _("You cannot log in"), locked_sentence(locked), 429))
    except (Unreachable, OSError) as trouble:
        return gone(unreachable(request, trouble))
    except Unproven as doubt:
        LOG.warning("log-in by the provider: %s", doubt)
        console().ask("login-failed", "", name="", client=client_of(request))
        return gone(pages.page(request, _("You cannot log in"), _("The log-in service did not confirm who you are."), 403))
    except Refused as refusal:
        return gone(pages.page(request, _("You cannot log in"), sentence(refusal), 403))


def proven(request: HttpRequest, found: Provider, kept: dict[str, Any]) -> HttpResponse:
    book, client = console().book, client_of(request)
    if wait := book.strike("address", client):
        raise Locked(wait)
    if "code" not in request.GET:
        raise Unproven(f"the provider answers {request.GET.get('error', 'nothing')[:40]!r}")
    proof = found.prove(back(), Asked(kept["state"], kept["nonce"], kept["verifier"]), request.GET["code"][:4000])
    user = arrived(proof.person)
    if user is None:
        return pages.page(request, _("You cannot log in"), _("Your account has no role here. Please ask your administrator."), 403)
    book.forgive(proof.person.name.casefold(), client)
    if kept["again"]:
        return confirmed(request, proof, kept)
    return welcome(request, user, kept["next"], "oidc", proof.strong)


def confirmed(request: HttpRequest, proof: Proof, kept: dict[str, Any]) -> HttpResponse:
    """The one who is logged in has proven it once more, just now."""
    account, book = request.account, console().book  # type: ignore[attr-defined]
    if account is None or account.identity != proof.person.identity or book.now() - proof.asked_at > PATIENCE:
        raise Unproven("somebody else was logged in, or the provider did not ask again")
    request.session["proven"] = book.now()
    return HttpResponseRedirect(kept["next"])


def gone(response: HttpResponse) -> HttpResponse:
    response.delete_cookie(COOKIE, path=reverse("oidc-back"))
    return response


def unreachable(request: HttpRequest, trouble: Exception) -> HttpResponse:
    LOG.warning("log-in by the provider: %s", trouble if isinstance(trouble, Unreachable) else type(trouble).__name__)
    return pages.page(request, _("You cannot log in"), _("The log-in service cannot be reached. Please try again later."), 503)
