"""The page of who answers for whom: looked up by pages, replaced by a file as a whole or not at all."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gateway.console import directory
from gateway.reference.directory import TEXTS
from quarantine.models import AuditRecord, DirectoryEntry
from tests.builders.console import TOKEN, Browser, Site
from tests.builders.custody import ROOT

GOOD = """mailbox,supervisor,deputies,name,department
clerk@bank.example,boss@bank.example,,<b>林</b>,授信
boss@bank.example,,vera@bank.example 2026-12-01..2026-12-10,陳,授信
"""
BAD = """mailbox,supervisor,deputies
clerk@bank.example,boss@evil.example,
boss@bank.example,boss@bank.example,vera@bank.example
<script>alert(1)</script>,,
"""


@pytest.fixture
def admin(site: Site) -> Browser:
    site.people("admin", "admin")
    site.house.service.directory_import(ROOT, [{"mailbox": "old@bank.example", "supervisor": "head@bank.example"}], "old.csv")
    return site.browser("admin")


def sent(browser: Browser, text: str | bytes, language: str = "en", **form: Any) -> tuple[int, str]:
    octets = text.encode() if isinstance(text, str) else text
    browser.cookies["sekisho_language"] = language
    fields = {"replace": "yes", "file": SimpleUploadedFile("people.csv", octets, "text/csv")} | form
    answer = browser.send("/directory/import", {name: value for name, value in fields.items() if value != ""}, "/directory")
    return answer.status_code, answer.content.decode()


def known() -> list[str]:
    return sorted(DirectoryEntry.objects.values_list("mailbox", flat=True))


def test_a_file_takes_the_place_of_all_and_is_shown(site: Site, admin: Browser) -> None:
    assert sent(admin, GOOD)[0] == 303
    assert known() == ["boss@bank.example", "clerk@bank.example"]
    page = admin.open("/directory?done=yes").content.decode()
    assert "Imported: 2 people are in force now." in page and "vera@bank.example" in page and "2026-12-01..2026-12-10" in page
    assert "&lt;b&gt;林&lt;/b&gt;" in page and "<b>林" not in page and "old@bank.example" not in page
    assert AuditRecord.objects.filter(action="directory-import").latest("seq").actor == "admin"


@pytest.mark.parametrize(("language", "said"), [
    ("en", ["Nothing was imported", "boss@evil.example is none of our_domains", "cannot answer for himself"]),
    ("zh-hant", ["未匯入任何資料", "boss@evil.example 不屬於本機構的網域", "不能是自己的主管", "不是電子郵件地址"]),
    ("zh-hans", ["未导入任何数据", "boss@evil.example 不属于本机构的域名", "不能是自己的主管", "不是电子邮件地址"]),
    ("ja", ["何も取り込まれていません", "boss@evil.example は自組織のドメイン", "本人の上長にすることはできません", "はメールアドレスではありません"])])
def test_every_fault_is_said_in_the_readers_language_and_nothing_changes(site: Site, admin: Browser, language: str, said: list[str]) -> None:
    status, page = sent(admin, BAD, language)
    assert status == 400 and all(text in page for text in said)
    assert [f"<td>{line}</td><td><code>{column}</code>" in page for line, column in ((2, "supervisor"), (3, "deputies"), (3, "supervisor"), (4, "mailbox"))] == [True] * 4
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page
    assert known() == ["old@bank.example"] and "old@bank.example" in page
    assert AuditRecord.objects.filter(action="directory-import").count() == 1


@pytest.mark.parametrize(("octets", "said"), [
    (b"", "「mailbox」の列がありません"), (b"mailbox,supervisor\nA\x83\x65,\n", "UTF-8 の文字ではありません"),
    (b'mailbox,supervisor\na@bank.example,"open\n', "引用符が閉じられないまま"), (b"mailbox,supervisor\n", "1 人も記載されていません")])
def test_what_is_no_table_at_all(admin: Browser, octets: bytes, said: str) -> None:
    status, page = sent(admin, octets, "ja")
    assert status == 400 and said in page and "何も取り込まれていません" in page and known() == ["old@bank.example"]


def test_very_many_faults_are_cut(admin: Browser) -> None:
    status, page = sent(admin, "mailbox,supervisor\n" + "x,\n" * 130)
    assert status == 400 and page.count("is no address") == directory.PAGE and "And 30 more." in page


@pytest.mark.parametrize(("form", "said"), [({"replace": ""}, "Please confirm"), ({"file": ""}, "Please choose a file.")])
def test_nothing_by_accident(admin: Browser, form: dict[str, str], said: str) -> None:
    status, page = sent(admin, GOOD, **form)
    assert status == 400 and said in page and known() == ["old@bank.example"]


def test_an_old_log_in_is_proven_once_more(site: Site, admin: Browser) -> None:
    site.house.clock.forward(minutes=6)
    assert sent(admin, GOOD)[0] == 403 and known() == ["old@bank.example"]
    assert sent(admin, GOOD, password="correct horse battery")[0] == 303


def test_people_are_found_and_paged(site: Site, admin: Browser) -> None:
    rows = [{"mailbox": f"p{n:03}@bank.example", "supervisor": "boss@bank.example", "name": f"員工{n}"} for n in range(250)]
    site.house.service.directory_import(ROOT, rows, "x")
    page = admin.open("/directory").content.decode()
    assert page.count('<td class="name">員工') == directory.PAGE and "p099@" in page and "p100@" not in page
    page = admin.open("/directory?after=p199%40bank.example").content.decode()
    assert "p199@bank.example</td>" not in page and "p200@" in page and "p249@" in page and "More people" not in page and "From the start" in page
    page = admin.open("/directory?text=P123").content.decode()
    assert page.count('<td class="name">') == 2 and "員工123" in page
    assert "員工77</td>" in admin.open("/directory?text=員工77").content.decode()
    assert "Nobody fits this search." in admin.open("/directory?text=%00nobody").content.decode()


def test_an_empty_one_says_what_a_file_looks_like(site: Site) -> None:
    site.people("admin", "admin")
    page = site.browser("admin").open("/directory").content.decode()
    assert "The directory is empty" in page and "mailbox,supervisor,deputies,name,department" in page and directory.EXAMPLE[0] in page


@pytest.mark.parametrize("role", ["recipient", "sender", "supervisor", "analyst", "auditor"])
def test_others_neither_see_nor_change_it(site: Site, admin: Browser, role: str) -> None:
    site.people("eve", role)
    eve = site.browser("eve")
    assert eve.open("/directory").status_code == 403 and 'href="/directory"' not in eve.open("/").content.decode()
    token = TOKEN.search(eve.open("/account").content.decode())
    assert token
    for text in (GOOD, BAD):
        answer = eve.post("/directory/import", {"csrfmiddlewaretoken": token[1], "replace": "yes", "file": SimpleUploadedFile("x.csv", text.encode())},
                          headers={"origin": eve.url})
        assert answer.status_code == 403 and "evil.example" not in answer.content.decode()
    assert known() == ["old@bank.example"]


def test_forged_forms_change_nothing(admin: Browser) -> None:
    answer = admin.post("/directory/import", {"replace": "yes", "file": SimpleUploadedFile("x.csv", GOOD.encode())}, headers={"origin": "https://evil.example"})
    assert answer.status_code == 403 and known() == ["old@bank.example"]


def test_every_fault_has_a_sentence(admin: Browser) -> None:
    said = dict.fromkeys(("most", "column", "columns", "fields", "wanted", "error", "who", "line", "circle", "text", "first", "last"), "x")
    assert all(directory.sentence(directory.Fault(1, "", code, said)) for code in TEXTS)
