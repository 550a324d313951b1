from __future__ import annotations

import numpy as np
import pytest

from gateway.identifiers.characters import Characters
from gateway.identifiers.normalise import view
from gateway.identifiers.terms import Labels, words


@pytest.mark.parametrize(("text", "kind"), [
    ("客戶陳碧雲的身分證字號是", "tw.national_id"), ("身份证号码为", "cn.resident_id"), ("マイナンバー：", "jp.my_number"), ("Social Security No: ", "us.ssn"),
    ("card_number=", "card"), ("Passport no. ", "passport"), ("訂單編號：", "serial"), ("身分證字號 訂單編號", "serial")])
def test_nearest_label_before_a_value(text, kind):
    assert kind in Labels().before(view(text).text)


@pytest.mark.parametrize("text", ["discard: ", "Japan ", "我們的", "spanish "])
def test_parts_of_words_are_no_labels(text):
    assert not Labels().before(text)


def test_a_heading_may_name_several_kinds():
    assert {"tw.national_id", "tw.resident_id"} <= Labels().heading("身分證字號/居留證號")


def test_text_is_no_heading():
    assert not Labels().heading("請於下週三前將身分證字號交給承辦人，" * 5)


def test_close_words_count_right_before_a_value_only():
    labels = Labels()
    assert labels.before("みずほ銀行 普通 ") == {"jp.bank_account"}
    assert labels.before("普通股 ") == labels.before("普通郵便 ") == frozenset()
    text = "普通 1234567、普通股 1234567"
    assert words(Characters(text)).before(text, np.array([3, 15])).ends.tolist() == [2]


def test_a_telephone_label_says_nothing_of_the_number_after_the_telephone():
    labels = Labels()
    assert labels.before("電話090-0249-9613，") == frozenset()
    assert labels.before("電話 ") == {"phone"}


def test_words_inside_names_of_programs():
    labels = Labels()
    assert labels.before('c.setPassportNo("') == {"passport"}
    assert labels.heading("custMobile") == {"phone"}
    assert not labels.before("discardNo: ")


def test_a_word_near_the_end_of_a_line():
    labels = Labels()
    assert labels.near_end("客服 請提供您的護照號碼", 4) == {"passport"}
    assert labels.near_end("請問護照號碼是多少", 4) == {"passport"}
    assert labels.near_end("護照號碼請於三日內提供給我們", 4) == frozenset()


def test_another_label_between_takes_the_value():
    labels = Labels()
    assert labels.before("餘額:253,693 Ref2:") == frozenset()
    assert labels.before('amount="3,998" residentCode="') == frozenset()
    assert labels.before("訂單編號 2026 ") == {"serial"}


@pytest.mark.parametrize("label", ["口 座 番 号：", "口　座　番　号", "護 照 號 碼 ："])
def test_labels_spread_over_their_line(label):
    kinds = Labels().before(view(label).text)
    assert kinds in ({"jp.bank_account"}, {"passport"})
    assert Labels().heading(view(label).text) == kinds
    assert Labels().before("番 号") == frozenset()


@pytest.mark.parametrize("written", ["健保IC卡卡號", "健保 IC 卡卡號", "健保 IC卡卡號"])
def test_room_between_scripts(written):
    assert Labels().heading(written) == {"tw.nhi_card"}


@pytest.mark.parametrize(("text", "kind"), [
    ("銀行賬戶號碼：", "tw.bank_account"), ("Acc. No. ", "tw.bank_account"), ("在留ｶｰﾄﾞ番号：", "jp.residence_card"), ("ﾊﾟｽﾎﾟｰﾄ番号 ", "jp.passport"),
    ("PP No. ", "passport"), ("VISA/MASTER No: ", "card")])
def test_labels_as_they_are_written_elsewhere(text, kind):
    assert kind in Labels().before(view(text).text)


def test_a_label_of_two_words_speaks_of_both():
    for text in ("護照/身分證: ", "身分證 / 護照: ", "護照或身分證:"):
        assert {"passport", "tw.national_id"} <= Labels().before(text), text
    assert "passport" not in Labels().before("護照 身分證: ")
    assert Labels.one_word("Residence Card No.:") and not Labels.one_word("Name Card No.")


@pytest.mark.parametrize("mark", ["_", "-", ".", " "])
def test_names_of_programs_with_any_mark_between_their_words(mark):
    assert Labels().before(f"cust.0.nhi{mark}card{mark}no=") == frozenset({"tw.nhi_card"})
    assert Labels().before(f"/api/v1/nhi{mark}card/") == frozenset({"tw.nhi_card"})


@pytest.mark.parametrize("word", ["憑證號碼", "傳票憑證號碼", "合格證號", "使用者帳號", "會計科目帳號", "LINE帳號", "凭证号", "车辆合格证号", "认证号", "登录账号"])
def test_documents_of_goods_and_accounts_of_users_are_nobodys_numbers(word):
    """Words of people's documents and accounts end these too."""
    assert Labels().heading(word) == {"serial"}
    assert "id" in Labels().heading("證件號碼") and Labels().heading("匯款帳號") == {"tw.bank_account"}


@pytest.mark.parametrize(("written", "kinds"), [
    ("個人 番号", {"jp.my_number"}), ("マイナ ンバー", {"jp.my_number"}), ("在留カ ード番号", {"jp.residence_card"}), ("統一證 號", {"tw.resident_id"}),
    ("出生 日期", {"birthdate"}), ("姓名 護照號碼", {"name", "passport"}), ("備考 番号", set()), ("品名 規格", set())])
def test_headings_that_a_narrow_column_breaks(written, kinds):
    assert Labels().heading(view(written).text) == kinds
