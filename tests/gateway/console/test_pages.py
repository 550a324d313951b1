from __future__ import annotations

from django.test import RequestFactory

from gateway.console import pages
from quarantine.lifecycle import NOT_FOUND, Refusal, Refused
from tests.builders.console import Site


def test_pages_of_what_is_not_done(site: Site) -> None:
    request = RequestFactory().get("/x")
    for answer, status, text in (
            (pages.refused(request, Refused(NOT_FOUND)), 404, "not yours to see"),
            (pages.refused(request, Refused(Refusal("FORBIDDEN", "x"))), 403, "Your role does not allow this."),
            (pages.refused(request, Refused(Refusal("LEGAL-HOLD", "x"))), 409, "legal hold"),
            (pages.missing(request, Exception("secret")), 404, "Not found"), (pages.unavailable(request), 503, "did not answer"),
            (pages.failed(request), 500, "our fault"), (pages.untrusted(request, "secret"), 403, "was not accepted")):
        assert answer.status_code == status and text in answer.content.decode()
        assert b"secret" not in answer.content
