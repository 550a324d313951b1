"""Log-in, log-out, password, language."""

from __future__ import annotations

import logging

from django.contrib.auth import logout as close_session
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.encoding import iri_to_uri
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from gateway.console.accounts.person import Unreachable
from gateway.console.accounts.second import claim, target, welcome
from gateway.console.accounts.words import sentence
from gateway.console.middleware import CODES, LANGUAGE_COOKIE, YEAR, anybody, before_change
from gateway.console.people import Locked, proven
from gateway.console.proof import account, locked_sentence, unreachable_sentence
from gateway.console.state import console
from gateway.console.words import refusal_sentence
from quarantine.lifecycle import Refusal, Refused

LOG = logging.getLogger("gateway.console")
TOO_SHORT = Refusal("PASSWORD", "the password is too short")


@anybody
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return form(request, request.GET.get("next", ""))
    name, given = request.POST.get("name", "").strip(), request.POST.get("next", "")
    client: str = request.client  # type: ignore[attr-defined]
    try:
        user = proven(request, name, request.POST.get("password", ""), client)
    except Locked as locked:
        return form(request, given, name, locked_sentence(locked), 429)
    except Unreachable as trouble:
        LOG.warning("log-in by the directory: %s", trouble)
        return form(request, given, name, unreachable_sentence(), 503)
    except Refused as refusal:
        return form(request, given, name, sentence(refusal), 403)
    if user is None:
        return form(request, given, name, _("Name or password is not right."), 403)
    return welcome(request, user, given, "password")


def form(request: HttpRequest, given: str, name: str = "", problem: str = "", status: int = 200) -> HttpResponse:
    oidc = console().config.oidc
    values = {"ended": request.GET.get("ended") == "yes", "next": iri_to_uri(given)[:2000], "name": name[:150], "problem": problem,
              "provider": oidc.title if oidc.issuer else "", "leave": urlencode({"next": given[:2000]})}
    return render(request, "console/login.html", values, status=status)


@before_change
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    name = account(request)
    close_session(request)               # first: the session ends whatever the keeper says
    console().ask("note", name, action="logout")
    return HttpResponseRedirect(reverse("login"), status=303)


@before_change
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    problem, status = "", 200
    if request.method == "POST":
        problem = change(request)
        if not problem:
            return HttpResponseRedirect(reverse("list") + "?done=password", status=303)
        status = 409
    return render(request, "console/password.html", {"problem": problem}, status=status)


def change(request: HttpRequest) -> str:
    """Change the own password; returns why it was not. All other sessions of the account end, this one gets a new key."""
    name, new = account(request), request.POST.get("new", "")
    if new != request.POST.get("again", ""):
        return _("The two new passwords are not the same.")
    if new == request.POST.get("current", ""):
        return _("Please choose a password that is not the present one.")
    if len(new) < 12:                    # an empty one would make custody invent one
        return refusal_sentence(Refused(TOO_SHORT))
    try:
        if proven(request, name, request.POST.get("current", ""), request.client) is None:  # type: ignore[attr-defined]
            return _("The present password is not right.")
        console().ask("user-password", name, name=name, password=new)
    except Locked as locked:
        return locked_sentence(locked)
    except Refused as refusal:
        return sentence(refusal)
    console().book.end_all(name, but=request.session.session_key or "")
    update_session_auth_hash(request, User.objects.get(username=name))
    claim(request, name)
    return ""


@anybody
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Kept in a cookie of its own: it is not worth a session."""
    response = HttpResponseRedirect(target(request.POST.get("next", "")), status=303)
    code = request.POST.get("language", "")
    if code in CODES:
        response.set_cookie(LANGUAGE_COOKIE, code, max_age=YEAR, secure=console().https, httponly=True, samesite="Strict")
    return response
