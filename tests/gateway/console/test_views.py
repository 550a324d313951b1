"""The list, one mail, decisions and the preview, as a browser sees them."""

from __future__ import annotations

import pytest

from quarantine.models import AuditRecord, QuarantinedMessage
from tests.builders.console import Site
from tests.builders.custody import Held, leak

ROLES = ("recipient", "sender", "supervisor", "analyst", "admin", "auditor")


def test_the_list_opens_after_a_log_in(site: Site, held: Held) -> None:
    site.people("anna", "analyst")
    id = held()
    page = site.browser("anna").open("/quarantine")
    assert page.status_code == 200
    text = page.content.decode()
    assert f'href="/quarantine/{id}"' in text and "2026-11-21 09:00 (UTC+8)" in text
    assert "possible threat" in text and "staff@bank.example" in text


def test_nobody_sees_anything_without_a_log_in(site: Site, held: Held) -> None:
    id = held()
    for path in ("/", "/quarantine", f"/quarantine/{id}", "/password"):
        answer = site.browser().open(path)
        assert answer.status_code == 302 and answer["Location"].startswith("/login"), path
    answer = site.browser().send(f"/quarantine/{id}/release", {"reason": "x"})
    assert answer.status_code == 302 and answer["Location"] == "/login"
    assert site.keeper.asked == []


def test_filters_and_pages(site: Site, held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    site.people("anna", "analyst")
    threats, leaked = [held() for _ in range(3)], held(leak)
    browser = site.browser("anna")

    def ids(query: str) -> set[str]:
        text = browser.open(f"/quarantine{query}").content.decode()
        return {id for id in [*threats, leaked] if f"/quarantine/{id}" in text}

    assert ids("") == {*threats, leaked}
    assert ids("?kind=leak") == {leaked} == ids("?direction=outbound") == ids("?sender=clerk") == ids("?recipient=partner@else.example")
    assert ids("?status=waiting") == {*threats, leaked} and ids("?status=released") == set()
    assert ids("?text=ＩＮＶＯＩＣＥ") == {*threats, leaked} and ids("?text=nothing") == set()
    assert ids("?status=%3Cscript%3E") == {*threats, leaked}
    monkeypatch.setattr("gateway.console.views.PAGE", 3)
    first = browser.open("/quarantine").content.decode()
    older = first.split('class="button" href="/quarantine?after=')[1].split('"')[0]
    assert ids("") | ids(f"?after={older}") == {*threats, leaked} and not ids("") & ids(f"?after={older}")
    assert browser.open("/quarantine?after=nonsense").status_code == 400


def test_an_empty_list_says_so(site: Site) -> None:
    site.people("anna", "analyst")
    assert "No mail is held." in site.browser("anna").open("/quarantine").content.decode()


def test_a_release_by_two_persons(site: Site, held: Held) -> None:
    site.people("anna", "analyst")
    site.people("ben", "analyst")
    id = held()
    anna, ben = site.browser("anna"), site.browser("ben")
    page = anna.open(f"/quarantine/{id}").content.decode()
    assert f'formaction="/quarantine/{id}/approve"' in page and f'formaction="/quarantine/{id}/release"' not in page
    answer = anna.decide(id, "approve")
    assert answer.status_code == 303 and answer["Location"] == f"/quarantine/{id}?done=approve"
    assert "Another person has to approve it too." in anna.open(answer["Location"]).content.decode()
    answer = ben.decide(id, "approve", "looked at it")
    assert answer["Location"] == f"/quarantine/{id}?done=release"
    page = ben.open(answer["Location"]).content.decode()
    assert "being delivered" in page and "looked at it" in page and QuarantinedMessage.objects.get(pk=id).status == "releasing"


def test_a_release_by_one(site: Site, held: Held) -> None:
    site.people("boss", "supervisor")
    id = held(leak)
    boss = site.browser("boss")
    assert f'formaction="/quarantine/{id}/release"' in boss.open(f"/quarantine/{id}").content.decode()
    assert 'type="password"' not in boss.open(f"/quarantine/{id}").content.decode()
    assert boss.decide(id, "release", password="").status_code == 303
    assert QuarantinedMessage.objects.get(pk=id).status == "releasing"


def test_a_refusal_is_said_on_the_page_and_the_reason_is_kept(site: Site, held: Held) -> None:
    site.people("anna", "analyst")
    id = held()
    anna = site.browser("anna")
    answer = anna.decide(id, "release", "because <b>so</b>")
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "This release needs two persons." in text and "because &lt;b&gt;so&lt;/b&gt;" in text
    answer = anna.decide(id, "deny", "  ")
    assert answer.status_code == 409 and "Please give a reason." in answer.content.decode()


def test_a_threat_needs_the_password_once_more(site: Site, held: Held) -> None:
    site.people("anna", "analyst")
    id = held()
    anna = site.browser("anna")
    assert 'name="password"' in anna.open(f"/quarantine/{id}").content.decode()
    for password, sentence in (("", "Please enter your password"), ("wrong", "The password is not right.")):
        answer = anna.decide(id, "approve", password=password)
        assert answer.status_code == 403 and sentence in answer.content.decode()
    assert QuarantinedMessage.objects.get(pk=id).status == "held"
    assert AuditRecord.objects.filter(action="login-failed", actor="anna").count() == 1


def test_guessing_the_password_at_a_release_locks(site: Site, held: Held) -> None:
    site.people("anna", "analyst")
    id = held()
    anna = site.browser("anna")
    for _ in range(5):
        anna.decide(id, "approve", password="wrong")
    answer = anna.decide(id, "approve")
    assert answer.status_code == 403 and "Too many failed attempts" in answer.content.decode()
    assert QuarantinedMessage.objects.get(pk=id).status == "held"


@pytest.mark.parametrize("verb", ["deny", "return", "delete", "hold"])
def test_other_decisions(site: Site, held: Held, verb: str) -> None:
    site.people("anna", "analyst")
    id = held(leak)
    anna = site.browser("anna")
    answer = anna.decide(id, verb)
    assert answer["Location"] == f"/quarantine/{id}?done={verb}"
    assert anna.open(answer["Location"]).status_code == 200


def test_the_sender_withdraws(site: Site, held: Held) -> None:
    site.people("clerk", "sender")
    id = held(leak)
    clerk = site.browser("clerk")
    page = clerk.open(f"/quarantine/{id}").content.decode()
    assert "/withdraw" in page and "/request" in page and "/deny" not in page and "Destroy" not in page
    assert clerk.decide(id, "withdraw")["Location"].endswith("done=withdraw")
    assert "withdrawn by the sender" in clerk.open(f"/quarantine/{id}").content.decode()


@pytest.mark.parametrize("role", ROLES)
def test_each_role_sees_and_may_what_access_says(site: Site, held: Held, role: str) -> None:
    """An account that is no party: own-mail roles see nothing; buttons are those of the table; the verbs agree."""
    site.people("eve", role)
    id = held(leak)
    eve = site.browser("eve")
    sees = role in ("supervisor", "analyst", "admin", "auditor")
    assert (f"/quarantine/{id}" in eve.open("/quarantine").content.decode()) is sees
    assert eve.open(f"/quarantine/{id}").status_code == (200 if sees else 404)
    allowed = {"supervisor": {"release", "deny", "request", "return"}, "analyst": {"release", "deny", "request", "return", "hold"},
               "admin": {"hold"}}.get(role, set())
    if sees:
        page = eve.open(f"/quarantine/{id}").content.decode()
        shown = {v for v in ("release", "approve", "request", "deny", "withdraw", "return", "hold", "lift")
                 if f'formaction="/quarantine/{id}/{v}"' in page}
        assert shown == allowed
        assert ("Destroy for good" in page) is (role == "analyst")
        assert ("/preview" in page) is (role in ("supervisor", "analyst"))
    preview = eve.send(f"/quarantine/{id}/preview", {}, "/quarantine")
    assert preview.status_code == (200 if role in ("supervisor", "analyst") else 403 if sees else 404)
    for verb in ("deny", "release", "delete", "withdraw"):
        if verb not in allowed and not (verb == "delete" and role == "analyst"):
            assert eve.decide(id, verb).status_code == (403 if sees else 404), verb
    assert QuarantinedMessage.objects.get(pk=id).status == "held"


@pytest.mark.parametrize("method", ["get", "head", "options", "put"])
@pytest.mark.parametrize("verb", ["release", "preview", "delete"])
def test_only_a_post_changes_anything(site: Site, held: Held, method: str, verb: str) -> None:
    site.people("anna", "analyst")
    id = held()
    answer = getattr(site.browser("anna"), method)(f"/quarantine/{id}/{verb}", headers={"origin": "http://127.0.0.1:8080"})
    assert answer.status_code in (403, 405)
    assert not AuditRecord.objects.filter(message_id=id, action=verb).exists()


def test_the_preview_is_text_and_recorded(site: Site, held: Held) -> None:
    site.people("anna", "analyst")
    id = held()
    site.keeper.seen = {"headers": [["Subject", "a\n\u202eb"]], "texts": [["message > 1", "html", "<script>x</script>"]],
                        "macros": [["message > 2", "Sub AutoOpen()"]], "artifacts": [["message", "message", "message/rfc822", "12"]]}
    page = site.browser("anna").send(f"/quarantine/{id}/preview", {}, f"/quarantine/{id}").content.decode()
    assert "&lt;script&gt;x&lt;/script&gt;" in page and "Sub AutoOpen()" in page and "\\u202e" in page and "\u202e" not in page
    assert AuditRecord.objects.filter(message_id=id, action="preview", actor="anna").count() == 1


def test_unknown_ids_and_paths(site: Site) -> None:
    site.people("anna", "analyst")
    anna = site.browser("anna")
    for path in ("/quarantine/1", "/quarantine/" + "0" * 24, "/quarantine/..%2f..%2fetc%2fpasswd", "/quarantine/%00", "/nothing"):
        answer = anna.open(path)
        assert answer.status_code == 404 and "root:" not in answer.content.decode(), path


def test_a_keeper_that_is_gone_is_said(site: Site, held: Held) -> None:
    site.people("anna", "analyst")
    id = held()
    anna = site.browser("anna")
    page = anna.open("/login").content.decode()
    site.keeper.broken = True
    for path in ("/quarantine", f"/quarantine/{id}"):
        assert anna.open(path).status_code == 503
    answer = anna.send(f"/quarantine/{id}/deny", {"reason": "x"})
    assert answer.status_code == 503 and "please look at the mail" in answer.content.decode()
    assert page
