"""The page that asks once more who one is: for those whom a form cannot ask, because a provider keeps their password."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from gateway.console.accounts.second import target
from gateway.console.middleware import before_factor
from gateway.console.proof import needed, unproven


@before_factor
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def prove(request: HttpRequest) -> HttpResponse:
    given = target(request.POST.get("next", "") or request.GET.get("next", ""))
    problem, status = "", 200
    if request.method == "POST":
        problem = unproven(request)
        if not problem:
            return HttpResponseRedirect(given, status=303)
        status = 403
    provider = urlencode({"again": "yes", "next": given})
    fresh = not needed(request, strict=True)
    shown = {"next": given, "provider": provider, "problem": problem, "fresh": fresh}
    return render(request, "accounts/prove.html", shown, status=status)
