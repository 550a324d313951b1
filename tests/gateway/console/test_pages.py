from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.test import RequestFactory

from gateway.console import pages, settings
from quarantine.lifecycle import NOT_FOUND, Refusal, Refused
from quarantine.models import QuarantinedMessage
from tests.builders.console import TOKEN, Site
from tests.builders.custody import Held


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


WORDS = (("zh-TW", "無法讀取這個要求", "這個網址沒有可檢視的頁面"), ("zh-CN", "无法读取此请求", "此网址没有可查看的页面"),
         ("ja", "要求を読み取れません", "このアドレスに表示できる画面はありません"), ("en", "This request cannot be read", "There is nothing to see at this address"))


@pytest.mark.parametrize(("accept", "unread", "unseen"), WORDS)
def test_what_is_not_read_or_not_opened_is_said_in_the_readers_language(site: Site, accept: str, unread: str, unseen: str) -> None:
    site.people("anna", "analyst")
    anna, said = site.browser("anna"), {"accept-language": accept}
    strange = anna.get("/login", headers=said | {"host": "evil.example"})
    assert strange.status_code == 400 and unread in strange.content.decode() and b"evil" not in strange.content
    large = anna.send("/quarantine/batch", {"id": ["x"] * (settings.MOST_FIELDS + 1)}, headers=said | {"origin": anna.url})
    assert large.status_code == 400 and unread in large.content.decode()
    typed = anna.get("/quarantine/batch", headers=said)
    assert typed.status_code == 405 and unseen in typed.content.decode() and typed["Allow"] == "POST"


def test_a_form_sent_after_the_session_is_said_to_be_lost(site: Site, held: Held) -> None:
    site.people("anna", "analyst")
    anna, id = site.browser("anna"), held()
    token = TOKEN.search(anna.open(f"/quarantine/{id}").content.decode())[1]  # type: ignore[index]
    site.book.end_all("anna")
    for referer, back in ((f"{anna.url}/quarantine/{id}", f"/quarantine/{id}"), ("http://evil.example/x", ""), (f"{anna.url}//evil.example/", "")):
        late = anna.post(f"/quarantine/{id}/deny", {"csrfmiddlewaretoken": token, "reason": "x"}, headers={"origin": anna.url, "referer": referer})
        assert late.status_code == 302 and late["Location"] == "/login?" + urlencode({"ended": "yes"} | ({"next": back} if back else {}))
    page = anna.open(f"/login?ended=yes&next=/quarantine/{id}").content.decode()
    assert "was not carried out" in page and f'value="/quarantine/{id}"' in page
    assert QuarantinedMessage.objects.get().status == "held"
