"""What every request passes, outermost first: headers, who visits, language, the gate."""

from __future__ import annotations

import ipaddress
import sqlite3
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth import logout
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode

from gateway.console import pages
from gateway.console.people import Account, account_of
from gateway.console.settings import LANGUAGES
from gateway.console.state import console
from gateway.model.errors import CustodyUnavailable, SekishoError
from quarantine.lifecycle import Refused

Answer = Callable[[HttpRequest], HttpResponse]
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self';"
                               " form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # not no-referrer: browsers then send "Origin: null" with our own forms (Fetch, section 3.2), and the Origin check refuses them
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
YEAR = 365 * 86400
LANGUAGE_COOKIE = "sekisho_language"
UNREADABLE = (DatabaseError, sqlite3.Error)      # the keeper's database, console.db
CODES = tuple(code for code, _ in LANGUAGES)


def anybody(view: Any) -> Any:
    """A page for those who are not logged in."""
    view.anybody = True
    return view


def before_change(view: Any) -> Any:
    """A page that does not wait until a one-time password is changed."""
    view.before_change = True
    return view


def before_factor(view: Any) -> Any:
    """A page that does not wait until a second factor that the role demands is set up."""
    view.before_factor = True
    return view


class Headers:
    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.answer(request)
        for name, value in HEADERS.items():
            response[name] = value
        response.setdefault("Cache-Control", "no-store")
        response.setdefault("Content-Length", str(len(response.content)))
        if console().https:
            response["Strict-Transport-Security"] = f"max-age={YEAR}"
        return response


class Visitor:
    """The address of the client (through proxies we know), a Host header that is ours."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        networks = console().config.console.proxies
        peer = str(request.META.get("REMOTE_ADDR", ""))
        client = peer
        if known(peer, networks):
            hops = [hop.strip() for hop in str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",") if hop.strip()]
            while hops and known(client, networks):
                client = hops.pop()
            if request.META.get("HTTP_X_FORWARDED_PROTO") == "https":
                request.META["wsgi.url_scheme"] = "https"
        request.client = client[:64]  # type: ignore[attr-defined]
        request.account = None  # type: ignore[attr-defined]
        request.get_host()               # raises DisallowedHost: 400
        return self.answer(request)


def known(address: str, networks: Any) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)


class Language:
    """Chosen here; of the account; what the browser wants; the house's first."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with translation.override(language_of(request)):
            response = self.answer(request)
        patch_vary_headers(response, ("Cookie", "Accept-Language"))
        return response


def language_of(request: HttpRequest) -> str:
    chosen = request.COOKIES.get(LANGUAGE_COOKIE, "")
    if chosen in CODES:
        return chosen
    try:
        account = account_of(getattr(request, "user", None))
    except UNREADABLE:
        account = None
    if account is not None and account.language.lower() in CODES:
        return account.language.lower()
    for wanted in str(request.META.get("HTTP_ACCEPT_LANGUAGE", ""))[:200].split(","):
        if found := code_of(wanted.partition(";")[0].strip().lower()):
            return found
    return console().config.gateway.languages[0].lower()


def code_of(tag: str) -> str:
    """Of a language tag (RFC 5646): zh-TW and zh-HK read Traditional Chinese, other zh Simplified."""
    parts = tag.split("-")
    if parts[0] == "zh":
        traditional = {"hant", "tw", "hk", "mo"} & set(parts) and "hans" not in parts
        return "zh-hant" if traditional else "zh-hans"
    return parts[0] if parts[0] in CODES else ""


def malformed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's answer to what it does not read: a host that is not ours, too many fields, too large a form. It may be asked before
    anything is known of the reader."""
    with translation.override(language_of(request)):
        return pages.malformed(request)


def present(request: HttpRequest) -> Account | None:
    """Who is logged in, while the log-in's lifetime lasts."""
    account = account_of(request.user)
    began = request.session.get("began", 0.0) if account else 0.0
    if account and console().book.now() - began > console().config.console.lifetime:
        logout(request)
        return None
    return account


def way_back(request: HttpRequest) -> dict[str, str]:
    """Where to go after the log-in: what was asked for, or the page whose form came too late."""
    if request.method == "GET":
        return {"next": request.get_full_path()}
    page = urlsplit(request.headers.get("Referer", ""))
    ours = page.netloc == request.get_host() and not page.path.startswith("//")
    return {"ended": "yes"} | ({"next": page.path} if ours else {})


class Gate:
    """Nobody passes without an account but to pages for `anybody`; what custody refuses becomes a page."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.answer(request)
        if response.status_code == 405 and not response.content:
            told = pages.not_opened(request)
            told["Allow"] = response["Allow"]
            return told
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        try:
            account = present(request)
        except UNREADABLE:
            return pages.unavailable(request)
        request.account = account  # type: ignore[attr-defined]
        if getattr(view, "anybody", False):
            return None
        if account is None and request.META.get("HTTP_SEC_FETCH_SITE") == "cross-site" and request.method == "GET":
            # a link in a web mail: the browser kept the strict cookies back; asked from a page of ours it sends them
            return render(request, "console/continue.html", {"path": request.get_full_path()})
        if account is None:
            return HttpResponseRedirect(f"{reverse('login')}?{urlencode(way_back(request))}")
        if account.must_change and not getattr(view, "before_change", False):
            return HttpResponseRedirect(reverse("password"))
        lacks = account.needs_factor and not account.factors and not request.session.get("strong")
        if lacks and not getattr(view, "before_factor", False) and not getattr(view, "before_change", False):
            return HttpResponseRedirect(reverse("account"))
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Refused):
            return pages.refused(request, error)
        if isinstance(error, (CustodyUnavailable, *UNREADABLE)):
            return pages.unavailable(request)
        return pages.failed(request) if isinstance(error, SekishoError) else None
