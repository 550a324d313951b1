"""Pages without an account: what a link shows, that looking changes nothing, and every way in which it does not work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from gateway.notices.phrases import PAGES
from quarantine.models import Approval, AuditRecord, OneTimeCode, OutboxEntry, Pass, QuarantinedMessage, ReleaseRequest
from quarantine.passes import Ready
from tests.builders.console import TOKEN, Browser, Site
from tests.builders.custody import BOSS, ROOT, Held, leak
from tests.builders.links import Scribe, link, scribe
from tests.quarantine.test_scope import INSPECTION

EVERYTHING = (Pass, QuarantinedMessage, OutboxEntry, AuditRecord, OneTimeCode, ReleaseRequest)


@pytest.fixture
def told(site: Site) -> Scribe:
    site.house.service.settings = replace(site.house.service.settings, our_domains=frozenset({"bank.example"}))
    return scribe(site.house)


@pytest.fixture
def browser() -> Browser:
    return Browser()


@pytest.fixture
def opening(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The keeper's verb that judges with a password: "right" opens it."""
    given: list[str] = []
    usual = type(site.keeper).__call__

    def ask(self: Any, verb: str, account: str, patience: float = 30.0, **arguments: Any) -> dict[str, Any]:
        if verb != "pass-password":
            return usual(self, verb, account, patience, **arguments)
        ready = site.house.service.pass_password(arguments["token"], arguments["id"], arguments["code"])
        if not isinstance(ready, Ready):
            return ready
        given.append(arguments["password"])
        if arguments["password"] != "right":
            return {"state": "done", "outcome": "locked"}
        site.house.service.pass_opened(arguments["token"], arguments["id"])
        return {"state": "done", "outcome": "released"}

    monkeypatch.setattr(type(site.keeper), "__call__", ask)
    yield given


def post(browser: Browser, path: str, **data: str) -> Any:
    token = TOKEN.search(browser.open(path).content.decode())
    return browser.post(path, {"csrfmiddlewaretoken": token[1] if token else "", **data}, headers={"origin": browser.url})


def text(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split())


def ask_for(browser: Browser, token: str, id: str, told: Scribe, act: str = "request", **fields: str) -> Any:
    path = f"/m/{token}/{id}/{act}"
    assert post(browser, path, step="code").status_code == 200
    return post(browser, path, step="do", code=told.code(), **fields)


def test_a_thousand_looks_release_nothing(site: Site, browser: Browser, held: Held, told: Scribe) -> None:
    id = held(inspection=INSPECTION)
    token = link(site.house, "staff@bank.example", "recipient", id)
    before = [list(m.objects.values()) for m in EVERYTHING]
    paths = [f"/m/{token}", f"/m/{token}/{id}", *(f"/m/{token}/{id}/{a}" for a in ("request", "without", "password", "withdraw", "approve", "deny"))]
    for n in range(1000):
        path = paths[n % len(paths)]
        extra = {"headers": {"purpose": "prefetch", "sec-purpose": "prefetch"}} if n % 3 == 0 else {}
        done = browser.head(path, **extra) if n % 5 == 0 else browser.get(f"{path}?step=do&code=12345678&reason=x", **extra)
        assert done.status_code in (200, 409), (path, done.status_code)
    for method in (browser.put, browser.delete, browser.patch, browser.options):
        assert method(f"/m/{token}/{id}/request").status_code in (403, 405)
    assert [list(m.objects.values()) for m in EVERYTHING] == before and told.told == []


def test_the_page_says_what_was_held_and_why(site: Site, browser: Browser, held: Held, told: Scribe) -> None:
    id = held(inspection=INSPECTION, recipients=("staff@bank.example", "other@bank.example"))
    shown = text(browser.open(f"/m/{link(site.house, 'staff@bank.example', 'recipient', id)}"))
    for piece in ("stranger@else[.]example", "staff@bank[.]example", "a[.]exe is a program", id, "2026-11-21 09:00 (UTC+8)", "Ask for the release"):
        assert piece in shown, piece
    assert "other@bank" not in shown and "Withdraw" not in shown


@pytest.mark.parametrize(("accept", "word"), [("zh-TW", "申請放行"), ("zh-CN", "申请放行"), ("ja", "配信を申請する"), ("en", "Ask for the release")])
def test_in_the_readers_language(site: Site, browser: Browser, held: Held, told: Scribe, accept: str, word: str) -> None:
    token = link(site.house, "staff@bank.example", "recipient", held())
    assert word in browser.open(f"/m/{token}", headers={"accept-language": accept}).content.decode()
    late = browser.open("/m/forged", headers={"accept-language": accept})
    assert late.status_code == 404 and (accept == "en") == (PAGES["bad title"] in late.content.decode())


def test_request_with_a_code_then_the_link_is_used(site: Site, browser: Browser, held: Held, told: Scribe) -> None:
    id = held()
    token = link(site.house, "staff@bank.example", "recipient", id)
    done = ask_for(browser, token, id, told, reason="I expected it")
    assert (done.status_code, done["Location"]) == (303, f"/m/{token}/{id}?done=request")
    assert PAGES["done request"] in text(browser.open(done["Location"]))
    assert (ReleaseRequest.objects.get().requester, ReleaseRequest.objects.get().reason) == ("staff@bank.example", "I expected it")
    for path in (f"/m/{token}", f"/m/{token}/{id}", f"/m/{token}/{id}/request", f"/m/{token}/{id}/without"):
        again = browser.open(path)
        assert again.status_code == 410 and "Ask for the release" in text(again) and "a release is requested" in text(again)
    replay = post(browser, f"/m/{token}/{id}/request", step="do", code=told.code(), reason="again")
    assert replay.status_code in (403, 410) and ReleaseRequest.objects.count() == 1


def test_wrong_codes_and_missing_reasons_keep_what_was_written(site: Site, browser: Browser, held: Held, told: Scribe) -> None:
    id = held()
    path = f"/m/{link(site.house, 'staff@bank.example', 'recipient', id)}/{id}/request"
    post(browser, path, step="code")
    wrong = post(browser, path, step="do", code="0000 0000", reason="a long story <b>")
    assert wrong.status_code == 403 and PAGES["wrong code"] in text(wrong) and "a long story &lt;b&gt;" in wrong.content.decode()
    empty = post(browser, path, step="do", code=told.code(), reason="  ")
    assert empty.status_code == 400 and PAGES["no reason"] in text(empty)
    assert not ReleaseRequest.objects.exists()


def test_a_double_click_does_it_once(site: Site, browser: Browser, held: Held, told: Scribe) -> None:
    id = held(leak)
    token = link(site.house, "clerk@bank.example", "sender", id)
    path = f"/m/{token}/{id}/withdraw"
    post(browser, path, step="code")
    csrf = TOKEN.search(browser.open(path).content.decode())[1]  # type: ignore[index]
    data = {"csrfmiddlewaretoken": csrf, "step": "do", "code": told.code(), "reason": "twice"}
    first, second = (browser.post(path, data, headers={"origin": browser.url}) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 410)
    assert AuditRecord.objects.filter(action="withdraw").count() == 1


def test_decided_meanwhile_is_said(site: Site, browser: Browser, held: Held, told: Scribe) -> None:
    id = held(leak)
    token = link(site.house, "clerk@bank.example", "sender", id)
    post(browser, f"/m/{token}/{id}/withdraw", step="code")
    site.house.service.deny(BOSS, id, "no")
    late = post(browser, f"/m/{token}/{id}/withdraw", step="do", code=told.code(), reason="x")
    assert late.status_code == 409 or late.status_code == 403
    assert QuarantinedMessage.objects.get().status == "denied"
    assert PAGES["state no"] in text(browser.open(f"/m/{token}")) and PAGES["nothing"] in text(browser.open(f"/m/{token}"))


def test_a_late_link_says_when(site: Site, browser: Browser, held: Held, told: Scribe) -> None:
    token = link(site.house, "staff@bank.example", "recipient", held(), days=1)
    site.house.clock.forward(days=3)
    late = browser.open(f"/m/{token}")
    assert late.status_code == 410 and PAGES["over title"] in text(late) and "2026-11-22" in text(late)


@pytest.mark.parametrize("path", ["/m/x", "/m/" + "A" * 100, "/m/x/0123456789abcdefghjkmnpq", "/m/x/0123456789abcdefghjkmnpq/request"])
def test_forged_links(site: Site, browser: Browser, held: Held, told: Scribe, path: str) -> None:
    link(site.house, "staff@bank.example", "recipient", held())
    found = browser.open(path)
    assert found.status_code == 404 and PAGES["bad title"] in text(found)
    assert post(browser, path, step="code").status_code in (403, 404, 405)


def test_of_another_mail_the_link_knows_nothing(site: Site, browser: Browser, held: Held, told: Scribe) -> None:
    token = link(site.house, "staff@bank.example", "recipient", held())
    other = held(data=b"Subject: other\r\n\r\n")
    assert browser.open(f"/m/{token}/{other}").status_code == 404


def test_a_list_of_several(site: Site, browser: Browser, held: Held, told: Scribe) -> None:
    ids = [held(data=f"Subject: {n}\r\n\r\n".encode(), subject=f"No. {n} <i>") for n in range(3)]
    token = link(site.house, "staff@bank.example", "recipient", *ids)
    page = browser.open(f"/m/{token}").content.decode()
    assert re.findall(r'href="(/m/[^"]+)"', page) == [f"/m/{token}/{id}" for id in ids]
    assert "<i>" not in page and browser.open(f"/m/{token}/{ids[1]}").status_code == 200


def test_too_many_codes(site: Site, browser: Browser, held: Held, told: Scribe) -> None:
    id = held()
    path = f"/m/{link(site.house, 'staff@bank.example', 'recipient', id)}/{id}/request"
    states = [post(browser, path, step="code").status_code for _ in range(8)]
    assert states == [200] * 6 + [429] * 2 and len(told.told) == 6


def test_an_approver_sees_the_evidence_before_the_button_and_the_look_is_timed(site: Site, browser: Browser, held: Held, told: Scribe) -> None:
    id = held(leak, inspection={"artifacts": [], "findings": [{"code": "DATA-TW", "severity": "high", "artifact": "message", "evidence": ["A1******89"]}]})
    token = link(site.house, "boss@bank.example", "approver", id)
    path = f"/m/{token}/{id}/approve"
    assert post(browser, path, step="code").status_code == 200
    page = browser.open(path).content.decode()
    assert page.index("else[.]example") < page.index("<form method=\"post\" class=\"panel\"") and "A1******89" in page
    asked = post(browser, path, step="code").content.decode()
    shown = re.search(r'name="seen" value="([^"]+)"', asked)
    assert shown is not None
    site.house.clock.forward(seconds=3)
    assert post(browser, path, step="do", code=told.code(), reason="contract 12", seen=shown[1]).status_code == 303
    approval = Approval.objects.get()
    assert approval.shown_at is not None and (approval.approved_at - approval.shown_at).total_seconds() == 3


def test_password_right_and_wrong(site: Site, browser: Browser, held: Held, told: Scribe, opening: list[str]) -> None:
    id = held(inspection={"incidents": [{"code": "ENCRYPTED", "artifact": "message > 2 a.zip"}]})
    token = link(site.house, "staff@bank.example", "recipient", id)
    path = f"/m/{token}/{id}/password"
    assert post(browser, path, step="code").status_code == 200
    assert post(browser, path, step="do", code=told.code(), password="").status_code == 400
    wrong = post(browser, path, step="do", code=told.code(), password="guess")
    assert wrong.status_code == 403 and PAGES["done locked"] in text(wrong) and "guess" not in wrong.content.decode()
    right = post(browser, path, step="do", code=told.code(), password="right")
    assert right.status_code == 303 and PAGES["done password"] in text(browser.open(right["Location"]))
    assert opening == ["guess", "right"]


def test_custody_that_does_not_answer_is_said_and_nothing_is_lost(site: Site, browser: Browser, held: Held, told: Scribe) -> None:
    id = held()
    token = link(site.house, "staff@bank.example", "recipient", id)
    site.keeper.broken = True
    assert browser.open(f"/m/{token}").status_code == 503
    site.keeper.broken = False
    assert browser.open(f"/m/{token}").status_code == 200


def test_without_the_token_of_the_form_nothing_happens(site: Site, browser: Browser, held: Held, told: Scribe) -> None:
    id = held()
    path = f"/m/{link(site.house, 'staff@bank.example', 'recipient', id)}/{id}/request"
    assert browser.post(path, {"step": "code"}, headers={"origin": "http://evil.example"}).status_code == 403 and told.told == []


def test_hostile_mail_stays_text(site: Site, browser: Browser, held: Held, told: Scribe) -> None:
    id = held(subject="<script>alert(1)</script>\u202e", inspection={
        "artifacts": [{"path": "message > 2 <img src=x onerror=y>", "kind": "part", "name": "<img src=x onerror=y>"}],
        "findings": [{"code": "EXECUTABLE-PE", "severity": "high", "artifact": "message > 2 <img src=x onerror=y>"}]})
    page = browser.open(f"/m/{link(site.house, 'staff@bank.example', 'recipient', id)}").content.decode()
    assert "<script>alert" not in page and "<img" not in page and "\u202e" not in page




def test_the_console_shows_an_approver_the_same_evidence(site: Site, held: Held) -> None:
    site.people("boss", "supervisor")
    site.house.service.settings = replace(site.house.service.settings, our_domains=frozenset({"bank.example"}))
    site.house.service.directory_import(ROOT, [{"mailbox": "clerk@bank.example", "supervisor": "head@bank.example"}], "x")
    id = held(leak, inspection={"artifacts": [], "findings": [{"code": "DATA-TW", "severity": "high", "artifact": "message", "evidence": ["A1******89"]}]})
    site.house.service.attend(id)
    page = site.browser("boss").open(f"/quarantine/{id}").content.decode()
    assert page.index("Written to for the first time") < page.index('<textarea id="reason"') and "partner@else[.]example" in page
    shown = site.house.service.show(ROOT, id)
    assert shown["outside"] == ["partner@else.example"] == shown["first_time"] and shown["asked"][0]["approver"] == "head@bank.example"
