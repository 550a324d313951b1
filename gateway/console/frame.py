"""What every page knows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language

from gateway.console.navigation import address, groups
from gateway.console.proof import needed
from gateway.console.settings import LANGUAGES

TAGS = {"zh-hant": "zh-Hant", "zh-hans": "zh-Hans", "ja": "ja", "en": "en"}      # as HTML, notices and the configuration write them


def frame(request: HttpRequest) -> dict[str, Any]:
    code = get_language() or "en"
    account = getattr(request, "account", None)
    inside = account is not None and not account.must_change
    return {
        "account": account, "language": TAGS.get(code, "en"),
        "places": groups(account, request.path) if account is not None and inside else [],
        "own_page": address("account") if inside else "",
        "strict_proof": account is not None and needed(request, strict=True),
        "here": request.get_full_path() if request.method == "GET" else "",
        "languages": [(one, TAGS[one], name, one == code) for one, name in LANGUAGES],
    }


def reader() -> str:
    """The reader's language as the catalogues of the notices know it."""
    return TAGS.get(get_language() or "en", "en")
