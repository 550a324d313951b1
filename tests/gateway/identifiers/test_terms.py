from __future__ import annotations

import pytest

from gateway.identifiers.normalise import view
from gateway.identifiers.terms import Labels


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
