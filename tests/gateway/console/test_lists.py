"""The list as a browser sees it: filters, pages, kept lists, a part of the page for htmx, one decision about many mails."""

from __future__ import annotations

import re
from typing import Any

import pytest
from lxml import html

from gateway.console import lists
from quarantine.models import Batch, QuarantinedMessage, SavedFilter
from quarantine.service import QuarantineService
from tests.builders.console import PASSWORD, Site
from tests.builders.custody import Held, leak, octets


def carry_out(service: QuarantineService) -> int:
    return service.carry_out(service.actor)


def test_the_list_opens_after_a_log_in(site: Site, held: Held) -> None:
    site.people("anna", "analyst")
    id = held()
    page = site.browser("anna").open("/quarantine")
    assert page.status_code == 200
    text = page.content.decode()
    assert f'href="/quarantine/{id}"' in text and "2026-11-21 09:00<" in text and "days left: 90" in text and "Asia/Taipei" in text
    assert "possible threat" in text and "staff@bank.example" in text


def test_filters_and_pages(site: Site, held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    site.people("anna", "analyst")
    threats = [held(data=octets(f"{n}")) for n in range(3)]
    leaked = held(leak, subject="客戶印鑑", identifiers={"tw.national_id": 4}, inspection={"artifacts": [{"kind": "part", "name": "名簿.xlsx", "size": 2, "sha256": "ab" * 32}]})
    browser = site.browser("anna")

    def ids(query: str) -> set[str]:
        text = browser.open(f"/quarantine{query}").content.decode()
        return {id for id in [*threats, leaked] if f"/quarantine/{id}" in text}

    everything = {*threats, leaked}
    assert ids("") == everything
    for query in ("kind=leak", "direction=outbound", "sender=clerk", "recipient=partner@else.example", "text=印鑑", "text=名簿", "rule=many-persons",
                  "data=tw.national_id", "data=persons", f"hash={'AB' * 32}"):
        assert ids(f"?{query}") == {leaked}, query
    assert ids("?status=waiting") == everything and ids("?status=released") == set() and ids("?text=ＩＮＶＯＩＣＥ") == set(threats)
    assert ids("?since=2026-11-21&until=2026-11-21") == everything and ids("?since=2026-11-22") == set() and ids("?until=2026-11-20") == set()
    for nonsense in ("status=%3Cscript%3E", "kind=x", "data=x", "since=yesterday", "until=0001-01-01"):
        assert ids(f"?{nonsense}") == everything, nonsense
    assert ids("?hash=abc") == set()
    monkeypatch.setattr(lists, "PAGE", 3)
    first = browser.open("/quarantine").content.decode()
    older = first.split('class="button" href="/quarantine?after=')[1].split('"')[0]
    assert ids("") | ids(f"?after={older}") == everything and not ids("") & ids(f"?after={older}")
    assert browser.open("/quarantine?after=nonsense").status_code == 400 and browser.open("/quarantine?after=%23x").status_code == 400


def test_an_empty_list_says_so(site: Site) -> None:
    site.people("anna", "analyst")
    anna = site.browser("anna")
    assert "No mail is held." in anna.open("/quarantine").content.decode()
    assert "No mail fits this search." in anna.open("/quarantine?kind=leak").content.decode()


def test_htmx_gets_the_results_alone(site: Site, held: Held) -> None:
    site.people("anna", "analyst")
    id = held()
    anna = site.browser("anna")
    part = anna.open("/quarantine?kind=threat", headers={"hx-request": "true", "hx-target": "results"}).content.decode()
    assert f"/quarantine/{id}" in part and "<html" not in part and "<h1" not in part


def test_lists_are_kept(site: Site, held: Held) -> None:
    site.people("anna", "analyst")
    site.people("ben", "analyst")
    held()
    anna = site.browser("anna")
    answer = anna.send("/quarantine/filters", {"name": "巨集", "kind": "threat", "text": "印鑑", "status": "nonsense"}, "/quarantine")
    assert answer.status_code == 303 and "kind=threat" in answer["Location"]
    assert SavedFilter.objects.get().query == {"kind": "threat", "text": "印鑑"}
    assert "巨集" in anna.open("/quarantine").content.decode() and "巨集" not in site.browser("ben").open("/quarantine").content.decode()
    assert "Please give the list a name." in anna.send("/quarantine/filters", {"name": " "}, "/quarantine").content.decode()
    assert anna.send("/quarantine/filters/drop", {"name": "巨集"}, "/quarantine").status_code == 303 and not SavedFilter.objects.exists()
    assert anna.send("/quarantine/filters/drop", {"name": "巨集"}, "/quarantine").status_code == 404


def marked(site: Site, name: str, ids: list[str], verb: str, **more: Any) -> Any:
    browser = site.browser(name)
    return browser, browser.send("/quarantine/batch", {"verb": verb, "id": ids, "reason": "all the same", **more}, "/quarantine")


def test_one_decision_about_many(site: Site, held: Held) -> None:
    site.people("anna", "analyst")
    ids = [held(leak, data=octets(f"{n}")) for n in range(3)]
    anna, answer = marked(site, "anna", ids, "deny")
    assert answer.status_code == 303 and answer["Location"].startswith("/batches/")
    page = anna.open(answer["Location"]).content.decode()
    assert "Undo" in page and "Nothing has been decided yet." in page and all(id in page for id in ids)
    site.house.service.delete(site.house.service.actor("anna", "console"), ids[0], "meanwhile")
    site.house.clock.forward(seconds=11)
    assert carry_out(site.house.service) == 3
    page = anna.open(answer["Location"]).content.decode()
    assert "Done: 2" in page and "The content of the mail is destroyed." in page and "Undo" not in page
    assert set(QuarantinedMessage.objects.filter(pk__in=ids[1:]).values_list("status", flat=True)) == {"denied"}


def test_it_is_undone(site: Site, held: Held) -> None:
    site.people("anna", "analyst")
    id = held(leak)
    anna, answer = marked(site, "anna", [id], "delete")
    undone = anna.send(answer["Location"] + "/undo", {}, "/quarantine")
    assert undone.status_code == 303 and "It was taken back." in anna.open(answer["Location"]).content.decode()
    site.house.clock.forward(seconds=11)
    assert carry_out(site.house.service) == 0 and QuarantinedMessage.objects.get().status == "held"
    late = anna.send(answer["Location"] + "/undo", {}, "/quarantine")
    assert late.status_code == 409 and "too late" in late.content.decode()


def test_what_is_not_planned(site: Site, held: Held) -> None:
    site.people("anna", "analyst")
    id = held()
    for ids, verb, more, status, sentence in (
            ([], "deny", {}, 409, "No mail is marked."), ([id], "deny", {"reason": " "}, 409, "Please give a reason."),
            ([id], "user-add", {}, 409, "Something in the request is missing or wrong."), ([id], "release", {}, 403, "Please enter your password"),
            ([id], "release", {"password": "wrong"}, 403, "The password is not right.")):
        _, answer = marked(site, "anna", ids, verb, **more)
        assert answer.status_code == status and sentence in answer.content.decode(), sentence
    assert not Batch.objects.exists()
    assert marked(site, "anna", [id], "approve", password=PASSWORD)[1].status_code == 303


def test_a_batch_of_somebody_else_does_not_exist(site: Site, held: Held) -> None:
    site.people("anna", "analyst")
    site.people("ben", "analyst")
    _, answer = marked(site, "anna", [held(leak)], "deny")
    assert site.browser("ben").open(answer["Location"]).status_code == 404


@pytest.mark.parametrize(("role", "verbs"), [("auditor", []), ("recipient", ["request"]), ("admin", ["hold", "lift"]), ("sender", ["request", "withdraw"])])
def test_roles_are_offered_what_they_may(site: Site, held: Held, role: str, verbs: list[str]) -> None:
    site.people("eve", role)
    held()
    held(leak, data=octets("x"), sender="eve@bank.example", recipients=("eve@bank.example",))
    page = site.browser("eve").open("/quarantine").content.decode()
    select = page.partition('name="verb"')[2].partition("</select>")[0]
    assert re.findall(r'value="([a-z]+)"', select) == verbs and ('type="checkbox"' in page) is bool(verbs)


def test_a_whole_page_is_marked_and_decided_at_once(site: Site, held: Held) -> None:
    site.people("anna", "analyst")
    for n in range(lists.PAGE):
        held(data=octets(f"{n}"))
    anna = site.browser("anna")
    form = html.fromstring(anna.open("/quarantine?kind=threat&status=waiting").content).get_element_by_id("all").xpath("ancestor::form")[0]
    marked = [box.get("value") for box in form.xpath(".//input[@name='id']")]
    hidden = {field.name: field.value for field in form.xpath(".//input[@type='hidden']")}
    made = anna.post("/quarantine/batch", hidden | {"id": marked, "verb": "deny", "reason": "one campaign", "password": ""}, headers={"origin": anna.url})
    assert made.status_code == 303 and len(marked) == lists.PAGE == len(Batch.objects.get().ids)
