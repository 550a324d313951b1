"""Log-in, log-out, password, language."""

from __future__ import annotations

from django.contrib.auth import login as open_session
from django.contrib.auth import logout as close_session
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.encoding import iri_to_uri
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from gateway.console.middleware import CODES, LANGUAGE_COOKIE, YEAR, anybody, before_change
from gateway.console.people import Locked, proven
from gateway.console.state import console
from gateway.console.views import account, locked_sentence
from gateway.console.words import refusal_sentence
from quarantine.lifecycle import Refusal, Refused

TOO_SHORT = Refusal("PASSWORD", "the password is too short")


def target(request: HttpRequest, given: str) -> str:
    """Where to go next: a path of ours, never another site."""
    fine = given.startswith("/") and url_has_allowed_host_and_scheme(given, allowed_hosts=None)
    return given if fine and len(given) <= 2000 else reverse("list")


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
    if user is None:
        return form(request, given, name, _("Name or password is not right."), 403)
    console().ask("note", user.get_username(), action="login", detail={"client": client})    # nobody is in unrecorded
    request.session.flush()              # a new key at every log-in
    open_session(request, user)
    request.session["began"] = console().book.now()
    return HttpResponseRedirect(target(request, given), status=303)


def form(request: HttpRequest, given: str, name: str = "", problem: str = "", status: int = 200) -> HttpResponse:
    values = {"next": iri_to_uri(given)[:2000], "name": name[:150], "problem": problem}
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
        return refusal_sentence(refusal)
    update_session_auth_hash(request, User.objects.get(username=name))
    return ""


@anybody
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Kept in a cookie of its own: it is not worth a session."""
    response = HttpResponseRedirect(target(request, request.POST.get("next", "")), status=303)
    code = request.POST.get("language", "")
    if code in CODES:
        response.set_cookie(LANGUAGE_COOKIE, code, max_age=YEAR, secure=console().https, httponly=True, samesite="Strict")
    return response
