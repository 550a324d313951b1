"""Pages that say why something is not done."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from gateway.console.words import refusal_sentence
from quarantine.lifecycle import Refused

STATUS = {"NOT-FOUND": 404, "FORBIDDEN": 403, "BAD-REQUEST": 400, "NO-VERB": 400, "NO-ACCOUNT": 403}


def page(request: HttpRequest, title: str, sentence: str, status: int) -> HttpResponse:
    return render(request, "console/error.html", {"title": title, "sentence": sentence}, status=status)


def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    status = STATUS.get(error.code, 409)
    return missing(request) if status == 404 else page(request, _("This was not done"), refusal_sentence(error), status)


def forbidden(request: HttpRequest) -> HttpResponse:
    return page(request, _("This was not done"), _("Your role does not allow this."), 403)


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, _("Not found"), _("There is no such page or mail, or it is not yours to see."), 404)


def unavailable(request: HttpRequest) -> HttpResponse:
    return page(request, _("Not available at the moment"),
                _("The keeper of held mail did not answer. Before you repeat a decision, please look at the mail: it may have "
                  "been carried out."), 503)


def failed(request: HttpRequest) -> HttpResponse:
    return page(request, _("Something went wrong"), _("This is our fault, not yours. Please tell your administrator."), 500)


def malformed(request: HttpRequest) -> HttpResponse:
    return page(request, _("This request cannot be read"),
                _("Something in it is too large or written wrongly. Nothing was changed. Please go back and try again."), 400)


def not_opened(request: HttpRequest) -> HttpResponse:
    """For an address that takes a form, typed in or loaded once more."""
    return page(request, _("There is nothing to see at this address"),
                _("It only takes what a form of the console sends. Nothing was changed. Please go on from one of the pages."), 405)


def untrusted(request: HttpRequest, reason: str = "") -> HttpResponse:
    return page(request, _("This request was not accepted"),
                _("It did not come from a page of this console, or the page was too old. Please go back, reload the page and try "
                  "again."), 403)
