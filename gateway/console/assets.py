"""Static files: an explicit list. A name changes with its content, so a browser may keep what it has. All of it is ours or from a
package: no page asks another host for anything."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import django_htmx
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from gateway.console.middleware import YEAR, anybody

OURS = Path(__file__).parent / "static"
TYPES: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml; charset=utf-8",
}
FILES: Mapping[str, Path] = {
    "console.css": OURS / "console.css",
    "console.js": OURS / "console.js",
    "icon.svg": OURS / "icon.svg",
    "securitykey.js": OURS / "securitykey.js",
    "htmx.js": Path(django_htmx.__file__).parent / "static" / "django_htmx" / "htmx-2.min.js",
}


@dataclass(frozen=True, slots=True)
class Asset:
    name: str                            # with the digest of its content
    kind: str
    content: bytes

    @property
    def url(self) -> str:
        return f"/static/{self.name}"


def read(plain: str, path: Path) -> Asset:
    content = path.read_bytes()
    stem, _, suffix = plain.rpartition(".")
    return Asset(f"{stem}-{hashlib.sha256(content).hexdigest()[:12]}.{suffix}", TYPES[f".{suffix}"], content)


ASSETS: Mapping[str, Asset] = {plain: read(plain, path) for plain, path in FILES.items()}
BY_NAME: Mapping[str, Asset] = {asset.name: asset for asset in ASSETS.values()}


@anybody
@require_safe
def serve(request: HttpRequest, name: str) -> HttpResponse:
    """A file by its present name. A page of an older version asks for older ones: it gets those of today, not to be kept."""
    asset = BY_NAME.get(name)
    plain = f"{name.rpartition('-')[0]}.{name.rpartition('.')[2]}"
    found = asset or ASSETS.get(plain) or ASSETS.get(name)
    if found is None:
        raise Http404
    response = HttpResponse(found.content, content_type=found.kind)
    response["Cache-Control"] = f"public, max-age={YEAR}, immutable" if asset else "no-store"
    return response
