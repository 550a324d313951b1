from __future__ import annotations

import pytest

from gateway.extract.text.garbled import restored

TAIWAN = "姓名：陳淑芬、護照號碼：312345678、手機：0980226907、戶籍地址：台北市大安區和平東路12號\n本郵件可能包含機密資訊，僅供指定收件人使用。"
CHINA = "姓名：杨淑华，护照号码：E12345678，手机号：13368347943，住址：安徽省金平刘街\n本邮件及附件可能含有保密信息，仅限发送给指定收件人。"
JAPAN = "氏名：渡辺 裕太、旅券番号：TK1234567、生年月日：1977-03-20、住所：奈良県目黒区\n本メールには機密情報が含まれる場合があります。"


@pytest.mark.parametrize(("text", "written", "read"), [
    (text, written, read) for text, own in ((TAIWAN, "cp950"), (CHINA, "gb18030"), (JAPAN, "cp932")) for written in ("utf-8", own)
    for read in ("latin-1", "mac_roman", "cp437")] + [(TAIWAN, "cp950", "cp1252")])
def test_as_it_was(text, written, read):
    assert restored(text.encode(written).decode(read)) == text


@pytest.mark.parametrize(("text", "written", "read", "kept"), [
    (TAIWAN, "utf-8", "gb18030", "護照號碼：312345678"), (TAIWAN, "utf-8", "cp932", "陳淑芬"), (TAIWAN, "utf-8", "cp1252", "陳淑芬"), (CHINA, "utf-8", "gb18030", "E12345678"),
    (TAIWAN, "cp950", "gb18030", "護照號碼：312345678"), (CHINA, "gb18030", "cp950", "护照号码：E12345678"), (JAPAN, "utf-8", "gb18030", "旅券番号：TK1234567")])
def test_what_is_left_of_it(text, written, read, kept):
    assert kept in restored(text.encode(written).decode(read, "replace"))


@pytest.mark.parametrize("text", [
    TAIWAN, CHINA, JAPAN, "성명: 김민준, 주민등록번호: 900101-1234567, 주소: 서울특별시", "plain", "Grüße aus Köln – schöne Größe, naïve façade " * 9,
    "Счёт на оплату услуг за ноябрь", "ΑΒΓ τιμολόγιο", "│ 名稱 │ 數量 │\n├──┼──┤", "王小明 A123456789", "ｶ)ﾀﾅｶｼﾖｳｼﾞ ﾌﾘｺﾐ", "", "— “quoted” — …"])
def test_what_is_as_it_should_be(text):
    assert restored(text) == ""
