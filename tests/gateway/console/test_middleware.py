"""What every request passes: headers, cross-site requests, hosts, languages; and hostile mail on every page (threats T4 to T8)."""

from __future__ import annotations

import re
import sqlite3
from html.parser import HTMLParser

import pytest
from django.test import RequestFactory, override_settings

from gateway.console.book import Book
from gateway.console.middleware import HEADERS, code_of, known
from gateway.model.custody import Admission
from quarantine.models import QuarantinedMessage
from quarantine.settings import use_database
from tests.builders.console import PASSWORD, Browser, Site, second_site
from tests.builders.custody import Held, admission

MARK = "probe7f3a"
HOSTILE = [
    f"<script>{MARK}</script>", f"\"><img src=x onerror={MARK}>", f"<svg/onload={MARK}>", f"javascript:{MARK}//",
    f"</title><script>{MARK}</script>", f"{{{{7*7}}}}{MARK}", f"{{% debug %}}{MARK}", f"\u202egpj.{MARK}exe",
    f"<a href=\"data:text/html,{MARK}\">x</a>", f"<style>@import '//{MARK}.example'</style>",
    f"<meta http-equiv=refresh content=\"0;url=//{MARK}.example\">", f"' onfocus={MARK} autofocus='",
    "../../../../tmp/" + MARK, "a\r\nSet-Cookie: x=" + MARK, "x" * 3000 + MARK, "名簿\u202ecod." + MARK, "a\0b" + MARK,
    "; rm -rf " + MARK, "=cmd|' /c " + MARK + "'!A1", "\ud800" + MARK, "\u2066\u2069\u200f" + MARK,
]
ALL = "".join(HOSTILE).replace("\ud800", "")


def hostile(data: bytes, **changes: object) -> Admission:
    """Every field that a page shows carries every marker."""
    names = [{"path": f"message > {n} {text}", "kind": text if n == 1 else "part", "name": text, "declared_type": text,
              "detected_type": text, "size": n, "sha256": text} for n, text in enumerate(HOSTILE)]
    inspection = {
        "complete": False, "rule": ALL, "artifacts": [{"path": "message", "kind": "message", "size": 1}, *names],
        "findings": [{"code": ALL[:100], "category": ALL, "severity": s, "artifact": names[n]["path"], "count": 2, "evidence": HOSTILE,
                      "rule": ALL} for n, s in enumerate(("high", "low", ALL, "critical"))],
        "incidents": [{"code": c, "artifact": names[0]["path"], "fault": "message", "detail": ALL} for c in ("CRASH", ALL)],
        "auth": [{"method": ALL, "result": ALL, "domain": ALL, "detail": ALL}]}
    base = admission(data, inspection=inspection, subject=ALL, header_from=ALL, header_message_id=f"<{ALL[:300]}@a>",
                     reason=ALL[:190], identifiers={ALL[:50]: 3}, persons=2)
    session = type(base.session)("inbound", "127.0.0.1", ALL[:60], ALL, ALL, ALL, ALL, ALL)
    return Admission(**{f: getattr(base, f) for f in Admission.__dataclass_fields__} | {"session": session} | changes)


class Reader(HTMLParser):
    """A page as a browser takes it apart."""

    tags: set[str]
    attributes: set[str]
    targets: set[str]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.targets |= {value or "" for name, value in attrs if name in ("href", "action", "formaction", "src")}


KNOWN_TAGS = ("a body br button caption code dd details div dl dt footer form h1 h2 head header html input label li link main meta nav"
              " datalist fieldset h3 legend line noscript rect svg text ol option p pre samp script section select span strong summary table tbody td textarea th thead time title tr ul")
KNOWN_ATTRIBUTES = ("action aria-current aria-describedby aria-label aria-labelledby autocapitalize autocomplete autofocus charset class"
                    " aria-describedby aria-live checked class content data-again data-all data-bulk data-label data-marked data-row datetime defer dy for height"
                    " hx-get hx-include hx-push-url hx-select hx-swap hx-target hx-trigger list open preserveaspectratio viewbox width x1 x2 y1 y2 x y aria-hidden formaction href id lang maxlength method minlength name rel required role rows"
                    " scope selected spellcheck src tabindex type value")
TAGS, ATTRIBUTES = frozenset(KNOWN_TAGS.split()), frozenset(KNOWN_ATTRIBUTES.split())


def harmless(body: str) -> None:
    page = Reader()
    page.tags, page.attributes, page.targets = set(), set(), set()
    page.feed(body)
    assert page.tags <= TAGS and page.attributes <= ATTRIBUTES, (page.tags - TAGS, page.attributes - ATTRIBUTES)
    assert not [t for t in page.targets if t != "#content" and (not t.startswith("/") or t.startswith("//"))]
    assert not [text for text in HOSTILE if "<" in text and text in body]
    assert "49" + MARK not in body
    assert not [c for c in body if c in "\u202e\u2066\u2069\u200f\0" or (ord(c) < 32 and c not in "\n\t")]


def test_hostile_mail_is_text_on_every_page(site: Site, held: Held) -> None:
    site.people("anna", "analyst")
    id = held(hostile)
    QuarantinedMessage.objects.filter(pk=id).update(
        sender=ALL[:900], note=ALL[:490], news=[ALL], status="release_requested")
    QuarantinedMessage.objects.get(pk=id).recipients.update(address=ALL[:900], outcome=ALL[:490])
    anna = site.browser("anna")
    site.keeper.seen = {"headers": [[t, t] for t in HOSTILE[:-2]], "texts": [[t, t, t] for t in HOSTILE[:-2]],
                        "macros": [[t, t] for t in HOSTILE[:-2]], "artifacts": [[t, t, t, t] for t in HOSTILE[:-2]]}
    for answer in (anna.open("/quarantine"), anna.open(f"/quarantine/{id}"), anna.send(f"/quarantine/{id}/preview", {"reason": "x"}, "/quarantine"),
                   anna.decide(id, "deny", " "), anna.send(f"/quarantine/{id}/release", {"reason": ALL, "password": "no"}, "/quarantine"),
                   anna.get("/quarantine", {"text": ALL[:200], "sender": ALL, "status": ALL}), anna.get("/login", {"next": ALL}), anna.open("/"), anna.open("/outbox?all=yes"), anna.open("/policy"),
                   anna.send("/policy/try", {"change": ALL}, "/quarantine"), anna.send("/quarantine/batch", {"verb": ALL, "id": id, "reason": ALL}, "/quarantine"),
                   anna.send("/quarantine/filters", {"name": ALL, "text": ALL}, "/quarantine"), anna.open("/quarantine?status=waiting"),
                   anna.send("/login", {"name": ALL, "password": "x", "next": ALL}), anna.get("/quarantine/" + MARK + "<script>")):
        assert answer.status_code in (200, 303, 403, 404, 409), answer.status_code
        harmless(answer.content.decode())


@pytest.mark.parametrize("path", ["/login", "/quarantine", "/nothing", "/static/console.css", "/logout"])
def test_headers_stand_on_every_answer(site: Site, path: str) -> None:
    answer = Browser().open(path)
    assert {name: answer[name] for name in HEADERS} == dict(HEADERS)
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "form-action 'self'" in policy
    assert "unsafe" not in policy and answer["Cache-Control"] == "no-store" and answer["X-Content-Type-Options"] == "nosniff"


def test_pages_bring_no_inline_script_and_no_inline_style(site: Site, held: Held) -> None:
    site.people("anna", "analyst")
    id = held()
    anna = site.browser("anna")
    for path in ("/", "/quarantine", f"/quarantine/{id}", "/password", "/login", "/policy", "/exceptions", "/signatures", "/health", "/outbox"):
        body = anna.open(path).content.decode()
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|=\"https?://", body), path
        assert re.findall(r"<script(.*?)</script>", body, re.S) == re.findall(r"<script( src=\"/static/[a-z]+-[0-9a-f]{12}\.js\" defer>)</script>", body)


@pytest.mark.parametrize(("headers", "status"), [
    ({"origin": "https://evil.example"}, 403), ({"origin": "null"}, 403), ({"origin": "http://127.0.0.1:8081"}, 403),
    ({"origin": "http://127.0.0.1:8080"}, 303), ({}, 303)])
def test_a_decision_comes_from_our_own_pages(site: Site, held: Held, headers: dict[str, str], status: int) -> None:
    site.people("boss", "supervisor")
    from tests.builders.custody import leak

    id = held(leak)
    boss = site.browser("boss")
    answer = boss.send(f"/quarantine/{id}/release", {"reason": "x"}, "/quarantine", headers=headers)
    assert answer.status_code == status
    assert QuarantinedMessage.objects.get(pk=id).status == ("releasing" if status == 303 else "held")


@pytest.mark.parametrize("path", ["/quarantine/{id}/release", "/quarantine/{id}/preview", "/logout", "/password", "/language", "/login"])
def test_every_post_needs_its_token(site: Site, held: Held, path: str) -> None:
    site.people("anna", "analyst")
    id = held()
    anna = site.browser("anna")
    for token in ("", "x" * 64):
        answer = anna.post(path.replace("{id}", id), {"csrfmiddlewaretoken": token, "reason": "x"}, headers={"origin": anna.url})
        assert answer.status_code == 403 and "was not accepted" in answer.content.decode()
    assert anna.open("/quarantine").status_code == 200


def test_hosts_that_are_not_ours(site: Site) -> None:
    assert Browser().get("/login", headers={"host": "evil.example"}).status_code == 400
    for host in ("127.0.0.1:8080", "localhost:9", "[::1]:8080"):
        assert Browser().get("/login", headers={"host": host}).status_code == 200
    with override_settings(**second_site(site, "https://mail-guard.bank.example")):
        assert Browser("https://mail-guard.bank.example").open("/login").status_code == 200


def test_a_proxy_that_speaks_https_for_us(site: Site) -> None:
    site.people("anna", "analyst")
    with override_settings(**second_site(site, "https://mail-guard.bank.example")):
        anna = Browser("https://mail-guard.bank.example")
        token = re.search(r'csrfmiddlewaretoken" value="([^"]+)', anna.open("/login").content.decode())
        assert token
        data = {"name": "anna", "password": PASSWORD, "csrfmiddlewaretoken": token[1]}
        for peer in ("192.0.2.1", "127.0.0.1"):                  # the Origin is the address as people type it, either way
            answer = anna.post("/login", data, REMOTE_ADDR=peer, headers={
                "origin": "https://mail-guard.bank.example", "x-forwarded-proto": "https", "x-forwarded-for": "198.51.100.3"})
            assert answer.status_code == 303
            data["csrfmiddlewaretoken"] = re.search(r'csrfmiddlewaretoken" value="([^"]+)', anna.open("/login").content.decode())[1]  # type: ignore[index]


def test_bodies_are_bounded(site: Site) -> None:
    anna = Browser()
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)', anna.open("/login").content.decode())
    assert token
    answer = anna.post("/login", {"csrfmiddlewaretoken": token[1], "name": "x" * 70000, "password": "x"}, headers={"origin": anna.url})
    assert answer.status_code in (400, 403)
    from io import BytesIO

    answer = anna.post("/login", {"csrfmiddlewaretoken": token[1], "file": BytesIO(b"x")}, headers={"origin": anna.url})
    assert answer.status_code in (400, 403)


def test_a_link_in_a_web_mail_is_asked_again_from_our_own_page(site: Site, held: Held) -> None:
    id = held()
    answer = Browser().open(f"/quarantine/{id}?a=\"><script>", headers={"sec-fetch-site": "cross-site"})
    body = answer.content.decode()
    assert answer.status_code == 200 and f'content="0;url=/quarantine/{id}?a=' in body and "<script>" not in body


@pytest.mark.parametrize(("tag", "code"), [
    ("zh-TW", "zh-hant"), ("zh-HK", "zh-hant"), ("zh-Hant-CN", "zh-hant"), ("zh", "zh-hans"), ("zh-CN", "zh-hans"), ("zh-Hans-TW", "zh-hans"),
    ("ja-JP", "ja"), ("en-GB", "en"), ("fr", ""), ("", ""), ("*", "")])
def test_languages_of_browsers(tag: str, code: str) -> None:
    assert code_of(tag.lower()) == code


def test_the_language_is_the_chosen_the_accounts_the_browsers_the_houses(site: Site) -> None:
    def lang(browser: Browser, **headers: str) -> str:
        return re.search(r'<html lang="([^"]+)"', browser.open("/login", headers=headers).content.decode())[1]  # type: ignore[index]

    assert lang(Browser()) == "en" and lang(Browser(), accept_language="fr, ja;q=0.8") == "ja"
    site.people("anna", "analyst", language="zh-Hans")
    anna = site.browser("anna")
    assert lang(anna, accept_language="ja") == "zh-Hans"
    anna.send("/language", {"language": "ja", "next": "/"})
    assert lang(anna) == "ja"


def test_a_database_that_cannot_be_read_is_said(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.people("anna", "analyst")
    anna = site.browser("anna")

    def broken(*_: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(Book, "load", broken)
    assert anna.open("/quarantine").status_code == 503
    monkeypatch.undo()
    assert anna.open("/quarantine").status_code == 200
    use_database("sqlite:////nonexistent/nowhere.db")
    assert anna.open("/quarantine").status_code == 503


def test_known_addresses() -> None:
    import ipaddress

    networks = [ipaddress.ip_network("192.0.2.0/24")]
    assert known("192.0.2.1", networks) and not known("198.51.100.1", networks) and not known("nonsense", networks)
    assert RequestFactory().get("/").path == "/"
