"""A browser for end-to-end tests: cookies, the form's token, the Origin of its own page. No scripts."""

from __future__ import annotations

import html
import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass
class Page:
    status: int
    url: str
    body: str

    @property
    def text(self) -> str:
        return html.unescape(" ".join(re.sub(r"<[^>]*>", " ", self.body).split()))


@dataclass
class Web:
    language: str = "en"
    jar: http.cookiejar.CookieJar = field(default_factory=http.cookiejar.CookieJar)

    def __post_init__(self) -> None:
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def open(self, url: str, data: dict[str, str] | None = None, method: str | None = None) -> Page:
        octets = urllib.parse.urlencode(data).encode() if data is not None else None
        asked = urllib.request.Request(url, octets, {"Accept-Language": self.language}, method=method)
        if data is not None:
            parts = urllib.parse.urlsplit(url)
            asked.add_header("Origin", f"{parts.scheme}://{parts.netloc}")
        try:
            with self.opener.open(asked, timeout=120) as answer:
                return Page(answer.status, answer.url, answer.read().decode())
        except urllib.error.HTTPError as error:
            with error:
                return Page(error.code, url, error.read().decode())

    def post(self, url: str, **data: str) -> Page:
        token = TOKEN.search(self.open(url).body)
        return self.open(url, {"csrfmiddlewaretoken": token[1] if token else "", **data})
