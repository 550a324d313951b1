"""The octets of a notice: MIME that every reader takes, headers that stop loops, one link, nothing of the original."""

from __future__ import annotations

import email
import email.policy
import re
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from gateway.notices.render import Letterhead, Page, japanese, markup, message, plain

AT = datetime(2026, 11, 21, 6, 5, tzinfo=UTC)
PAGE = Page("ja", "メールを保留しました", "検査できなかったため、メールを保留しました。", [("差出人", "<b>eve</b>")], ["a & b"],
            "", "ご判断ください。", "https://guard.bank.example", "内線 1234", "0123")
LETTER = Letterhead("guard@bank.example", "ann@bank.example", "mx.bank.example", AT)


def parsed(page: Page = PAGE, letter: Letterhead = LETTER) -> EmailMessage:
    found = email.message_from_bytes(message(page, letter), policy=email.policy.default)
    assert isinstance(found, EmailMessage) and not found.defects
    return found


def test_headers() -> None:
    mail = parsed()
    assert mail["Subject"] == "[メール検査] メールを保留しました"
    assert mail["From"] == "メール検査システム <guard@bank.example>" and mail["To"] == "ann@bank.example"
    assert mail["Auto-Submitted"] == "auto-generated" and mail["X-Auto-Response-Suppress"] == "All"
    assert mail["Date"].datetime == AT and mail["MIME-Version"] == "1.0" and mail["Content-Language"] == "ja"
    assert re.fullmatch(r"<[0-9a-f]{32}@mx\.bank\.example>", mail["Message-ID"])
    assert all(len(mail.get_all(name)) == 1 for name in set(mail.keys()))


def test_the_octets_are_plain_smtp() -> None:
    octets = message(PAGE, LETTER)
    assert octets.isascii() and b"\n" not in octets.replace(b"\r\n", b"") and b"\r" not in octets.replace(b"\r\n", b"")
    assert max(len(line) for line in octets.split(b"\r\n")) <= 78
    assert octets.endswith(b"\r\n")


def test_both_parts_say_the_same() -> None:
    mail = parsed()
    text, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None and page is not None
    assert text.get_content().replace("\r\n", "\n") == plain(PAGE).replace("\r\n", "\n")
    assert page.get_content().replace("\r\n", "\n") == markup(PAGE).replace("\r\n", "\n")
    assert [p.get_content_type() for p in mail.iter_parts()] == ["text/plain", "text/html"]


def test_the_order_of_the_parts() -> None:
    lines = [line for line in plain(PAGE).split("\r\n") if line]
    assert lines == [
        "検査できなかったため、メールを保留しました。", "対象のメール", "差出人：<b>eve</b>", "理由", "- a & b", "ご対応について",
        "ご判断ください。", "https://guard.bank.example", "お問い合わせ先", "内線 1234", "受付番号", "0123",
        "このメールは自動送信されています。ご返信いただいてもお答えできませんので、ご了承ください。"]


def test_markup_is_escaped_and_has_one_link_and_no_picture() -> None:
    page = markup(PAGE)
    assert "<b>" not in page and "&lt;b&gt;eve" in page and "a &amp; b" in page
    assert re.findall(r'href="([^"]*)"', page) == ["https://guard.bank.example"]
    assert "<img" not in page and "src=" not in page and "url(" not in page and "<script" not in page
    assert page.startswith('<!DOCTYPE html><html lang="ja">') and "<h1" in page and "<h2" in page


def test_without_a_console_there_is_no_link() -> None:
    page = Page("en", "t", "h", todo="do")
    assert "href" not in markup(page) and plain(page).split("\r\n")[0] == "h"


def test_a_retry_has_the_same_message_id_and_another_reader_has_not() -> None:
    ids = {parsed()["Message-ID"], parsed()["Message-ID"],
           parsed(letter=Letterhead("guard@bank.example", "bob@bank.example", "mx.bank.example", AT))["Message-ID"]}
    assert len(ids) == 2


def test_an_old_japanese_mail_program() -> None:
    letter = Letterhead("guard@bank.example", "ann@bank.example", "mx.bank.example", AT, iso_2022_jp=True)
    octets = message(PAGE, letter)
    assert octets.isascii() and b"=?iso-2022-jp?b?" in octets.lower() and b'charset="iso-2022-jp"' in octets
    assert b"Content-Transfer-Encoding: 7bit" in octets and b"utf-8" not in octets
    mail = parsed(letter=letter)
    body = mail.get_body(("plain",))
    assert body is not None and "検査できなかったため" in body.get_content()
    assert mail["Subject"] == "[メール検査] メールを保留しました"


def test_other_languages_stay_utf_8_for_an_old_program() -> None:
    letter = Letterhead("guard@bank.example", "ann@bank.example", "mx.bank.example", AT, iso_2022_jp=True)
    assert b"iso-2022-jp" not in message(Page("en", "t", "h"), letter)


@pytest.mark.parametrize(("text", "shown"), [("検査", "検査"), ("简体 ①😀", "〓体 〓〓"), ("", "")])
def test_what_iso_2022_jp_cannot_write(text: str, shown: str) -> None:
    assert japanese(text) == shown


def test_a_long_subject_is_folded() -> None:
    mail = parsed(Page("zh-Hant", "郵" * 60, "h"))
    assert mail["Subject"] == "[郵件檢查] " + "郵" * 60
