"""One mail, decisions, the preview and the copy, as a browser sees them."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
import pyzipper

from quarantine.models import AuditRecord, QuarantinedMessage
from tests.builders.console import PASSWORD, Site
from tests.builders.custody import Held, leak, octets

ROLES = ("recipient", "sender", "supervisor", "analyst", "admin", "auditor")


def test_nobody_sees_anything_without_a_log_in(site: Site, held: Held) -> None:
    id = held()
    for path in ("/", "/quarantine", f"/quarantine/{id}", "/password"):
        answer = site.browser().open(path)
        assert answer.status_code == 302 and answer["Location"].startswith("/login"), path
    answer = site.browser().send(f"/quarantine/{id}/release", {"reason": "x"})
    assert answer.status_code == 302 and answer["Location"] == "/login?ended=yes"
    assert site.keeper.asked == []


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


def test_a_release_of_other_mail_needs_a_proof_that_is_not_old(site: Site, held: Held) -> None:
    site.people("boss", "supervisor")
    id = held(leak)
    boss = site.browser("boss")
    site.house.clock.at += timedelta(minutes=6)
    assert 'name="password"' in boss.open(f"/quarantine/{id}").content.decode()
    for password in ("", "wrong"):
        assert boss.decide(id, "release", password=password).status_code == 403
    assert QuarantinedMessage.objects.get(pk=id).status == "held"
    assert boss.decide(id, "release").status_code == 303


def test_a_proof_lasts_for_some_minutes(site: Site, held: Held) -> None:
    site.people("anna", "analyst")
    first, second = held(), held()
    anna = site.browser("anna")
    assert anna.decide(first, "approve").status_code == 303
    assert 'name="password"' not in anna.open(f"/quarantine/{second}").content.decode()
    assert anna.decide(second, "approve", password="").status_code == 303


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


def test_what_is_destroyed_is_kept_no_longer(site: Site, held: Held) -> None:
    site.people("anna", "analyst")
    id = held(leak)
    anna = site.browser("anna")
    pages = ("/quarantine", "days left:"), (f"/quarantine/{id}", "Kept until")
    assert all(said in anna.open(path).content.decode() for path, said in pages)
    anna.decide(id, "delete")
    assert not any(said in anna.open(path).content.decode() for path, said in pages)


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
    preview = eve.send(f"/quarantine/{id}/preview", {"reason": "asked for"}, "/quarantine")
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
    anna = site.browser("anna")
    unreasoned = anna.send(f"/quarantine/{id}/preview", {"reason": " "}, f"/quarantine/{id}")
    assert unreasoned.status_code == 409 and "Please give a reason." in unreasoned.content.decode()
    page = anna.send(f"/quarantine/{id}/preview", {"reason": "asked by <staff>"}, f"/quarantine/{id}").content.decode()
    assert "&lt;script&gt;x&lt;/script&gt;" in page and "Sub AutoOpen()" in page and "\\u202e" in page and "\u202e" not in page
    assert AuditRecord.objects.get(message_id=id, action="preview", actor="anna").detail == '{"reason":"asked by <staff>"}'


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


def test_a_release_for_some_and_without_a_part(site: Site, held: Held) -> None:
    site.people("boss", "supervisor")
    parts = [{"path": f"message > {n} {name}", "kind": "part", "name": name, "declared_type": "", "detected_type": "text/plain", "size": 3, "sha256": "ab" * 32}
             for n, name in ((1, ""), (2, "名簿.xlsx"))]
    findings = [{"code": "DATA-TW-NATIONAL-ID", "category": "data", "severity": "high", "artifact": parts[1]["path"], "count": 2, "evidence": []}]
    id = held(leak, recipients=("a@else.example", "b@else.example"), inspection={"artifacts": parts, "findings": findings})
    boss = site.browser("boss")
    page = boss.open(f"/quarantine/{id}").content.decode()
    assert page.count('name="recipient"') == 2 and page.count('name="without"') == 2 and page.count("something was found here") == 1
    shown = page.split('name="shown_at" value="')[1].split('"')[0]
    site.house.clock.forward(seconds=30)
    sent = {"reason": "known", "recipient": "a@else.example", "offered": "2", "without": "2", "shown_at": shown}
    assert boss.send(f"/quarantine/{id}/release", sent, f"/quarantine/{id}").status_code == 303
    record = AuditRecord.objects.get(message_id=id, action="release")
    assert '"recipients":["a@else.example"]' in record.detail and '"without":["2"]' in record.detail and '"seconds":30.0' in record.detail


def test_a_forged_time_of_the_page_counts_for_nothing(site: Site, held: Held) -> None:
    site.people("boss", "supervisor")
    id = held(leak)
    sent = {"reason": "x", "shown_at": "2020-01-01T00:00:00+00:00"}
    assert site.browser("boss").send(f"/quarantine/{id}/release", sent, "/quarantine").status_code == 303
    assert "seconds" not in AuditRecord.objects.get(message_id=id, action="release").detail


def test_a_copy_needs_reason_and_password_and_is_fetched_with_its_ticket(site: Site, held: Held) -> None:
    site.people("anna", "analyst")
    site.people("ben", "analyst")
    id = held()
    anna = site.browser("anna")
    assert anna.send(f"/quarantine/{id}/copy", {"reason": "x", "password": "wrong"}, f"/quarantine/{id}").status_code == 403
    assert anna.send(f"/quarantine/{id}/copy", {"reason": " ", "password": PASSWORD}, f"/quarantine/{id}").status_code == 409
    page = anna.send(f"/quarantine/{id}/copy", {"reason": "for the lab", "password": PASSWORD}, f"/quarantine/{id}").content.decode()
    password, ticket = page.split('class="secret"><code>')[1].split("<")[0], page.split('name="ticket" value="')[1].split('"')[0]
    assert not AuditRecord.objects.filter(action="export").exists()
    answer = anna.send(f"/quarantine/{id}/fetch", {"ticket": ticket}, "/quarantine")
    assert answer["Content-Disposition"] == f'attachment; filename="{id}.zip"' and answer["Content-Type"] == "application/zip"
    with pyzipper.AESZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.read(f"{id}.eml", pwd=password.encode()) == octets()
    assert AuditRecord.objects.get(action="export").detail.count("for the lab") == 1
    assert anna.send(f"/quarantine/{id}/fetch", {"ticket": ticket + "x"}, "/quarantine").status_code == 403
    assert site.browser("ben").send(f"/quarantine/{id}/fetch", {"ticket": ticket}, "/quarantine").status_code == 404


def test_an_auditor_gets_no_copy(site: Site, held: Held) -> None:
    site.people("auditor", "auditor")
    id = held()
    auditor = site.browser("auditor")
    assert "Fetch a copy" not in auditor.open(f"/quarantine/{id}").content.decode()
    assert auditor.send(f"/quarantine/{id}/copy", {"reason": "x", "password": PASSWORD}, "/quarantine").status_code == 403


def test_released_or_expired_meanwhile(site: Site, held: Held) -> None:
    """Who comes second is told what the first one made of it; a double click is one decision."""
    site.people("boss", "supervisor")
    one, other = held(leak), held(leak, data=octets("other"))
    boss = site.browser("boss")
    assert boss.decide(one, "release").status_code == 303
    again = boss.decide(one, "release")
    assert again.status_code == 409 and "The mail is already being delivered." in again.content.decode()
    site.house.clock.forward(days=91)
    site.house.service.expire()
    late = boss.login("boss") and boss.decide(other, "release")
    assert late.status_code == 409 and "The time of this mail ran out" in late.content.decode()
    assert AuditRecord.objects.filter(message_id=one, action="release").count() == 1
