from __future__ import annotations

import pytest

from gateway.detect.data import under
from gateway.detect.data.table import layout
from gateway.identifiers.terms import Labels
from gateway.model.content import Text
from tests.gateway.detect.data.test_detector import scan

LABELS = Labels()


def kinds(text, value):
    grid = layout.from_text(1, Text(text, "body"), LABELS)
    return under.label(grid, LABELS, grid.text.index(value))


@pytest.mark.parametrize("filler", ["", "一般說明文字，沒有別的。\n" * 200])
@pytest.mark.parametrize("mark", ["", "- ", "・", "1) ", "(2)", "   * "])
def test_a_list_under_its_title(mark, filler):
    text = f"{filler}パスポート番号：\n{mark}TG0572127 坂本真一\n{mark}MU5616076\n\n{mark}TD7757000 太田\n"
    for value in ("TG0572127", "MU5616076", "TD7757000"):
        assert kinds(text, value) == {"jp.passport", "passport"}, value


def test_items_that_say_what_they_are_of_are_not_spoken_for():
    text = "護照作業說明\n護照 影像樣本數 931208979\n專案編號 901523564\n王小明 312345678\n"
    assert kinds(text, "931208979") == kinds(text, "901523564") == frozenset()
    assert "passport" in kinds(text, "312345678")


def test_a_title_speaks_for_its_own_list_only():
    text = "旅券番号\nTG0572127\n以上\nMU5616076\n"
    assert kinds(text, "MU5616076") == frozenset()
    assert kinds("訂單編號：\n- 123456789012\n", "123456789012") == {"serial"}


@pytest.mark.parametrize("question", ["10:00 客服 請提供您的護照號碼", "請問護照號碼是多少？"])
def test_a_question_and_its_answer(question):
    assert kinds(f"{question}\n10:00 施美玲 351234567\n", "351234567") == {"passport"}


@pytest.mark.parametrize("text", [
    "請備妥護照號碼以便查核，並請於營業時間內撥打電話\n客服 351234567\n", "請問護照號碼？\n已處理，案件 351234567\n",
    "請提供訂單編號\n施美玲 351234567\n", "護照號碼\n\n\n施美玲 351234567\n"])
def test_what_is_no_answer(text):
    assert kinds(text, "351234567") == frozenset()


def test_a_label_in_brackets_behind():
    for text, expected in (("陳文雄 351234567（護照號碼）", {"passport"}), ("351234567 (order no)", set()), ("351234567 護照號碼", set())):
        grid = layout.from_text(1, Text(text, "body"), LABELS)
        assert under.behind(grid, LABELS, grid.text.index("7 " if "7 " in text else "7(") + 1) == expected, text


def test_a_header_that_ends_with_a_label_and_a_blank_line():
    text = 'Content-Disposition: form-data; name="passport_no"\r\n\r\n351234567\r\n------X\r\n'
    assert kinds(text, "351234567") == {"passport"}
    assert kinds(text.replace("passport_no", "order_no"), "351234567") == frozenset()


def test_values_in_brackets_behind_names_under_a_title():
    text = "旅券番号\n佐藤 太郎（TG0572127）\n鈴木花子（MU5616076）\n"
    assert kinds(text, "TG0572127") == kinds(text, "MU5616076") == {"jp.passport", "passport"}
    assert kinds("旅券番号\n第三条、本契約（TG0572127）\n", "TG0572127") == frozenset()


def test_names_before_the_values_of_a_list():
    text = "【パスポートNo.】\n・村上 裕子　ML7938658\n・藤田慎一　TA1805740\n・鈴木誠：TM4024671\n以上\n佐藤 TM1024671\n"
    for value in ("ML7938658", "TA1805740", "TM4024671"):
        assert kinds(text, value) == {"jp.passport", "passport"}, value
    assert kinds(text, "TM1024671") == frozenset()


def test_the_only_column_of_a_printed_table():
    text = "     護照號碼 \\\n0   365298530\n1   361514097\n10   307846957\n"
    assert kinds(text, "361514097") == {"passport"} == kinds(text, "307846957")
    assert kinds("客服請提供帳號 365298530\n361514097\n", "361514097") == frozenset()


def test_a_title_over_lines_of_one_person_and_one_number_each():
    lines = [f"{name}　004 土銀　0482897266{i}617　NT$7,915,{i}08" for i, name in enumerate(("許傑宗", "李君君", "謝翰雅"))]
    tally, _ = scan("退款清冊，請依下列帳號撥付：\n" + "\n".join(lines))
    assert (tally.identifiers["tw.bank_account"], tally.persons) == (3, 3)
    assert not scan("退款清冊，請依下列訂單撥付：\n" + "\n".join(lines))[0].identifiers.get("tw.bank_account")
    firms = [line.replace(line[:3], "甲乙股份有限公司") for line in lines]
    assert not scan("請依下列帳號撥付：\n" + "\n".join(firms))[0].persons


def test_a_name_behind_the_number_of_an_item():
    text = "旅券番号如下：\n" + "\n".join(f"({i}) 渡辺　太郎 - TS405472{i}" for i in range(1, 5))
    assert scan(text)[0].identifiers["jp.passport"] == 4


def test_a_label_in_brackets_behind_a_value_in_brackets():
    assert scan("\n".join(f"王小明『31234567{i}』(護照號碼)" for i in range(3)))[0].identifiers["tw.passport"] == 3


@pytest.mark.parametrize("text, expected", [
    ("Please use 351234567 as the passport number for Amy.", {"passport"}), ("351234567是王小明的護照號碼", {"passport"}),
    ("351234567 is her passport no.", {"passport"}), ("351234567 as the order number", set()),
    ("351234567 as the reference for your passport renewal", set()), ("351234567是王小明的訂單編號", set()),
    ("351234567 is the sum", set())])
def test_what_a_sentence_says_behind(text, expected):
    grid = layout.from_text(1, Text(text, "body"), LABELS)
    assert under.behind(grid, LABELS, grid.text.index("351234567") + 9) == expected


def test_each_cell_says_what_it_holds():
    text = "".join(f"王小明\t35123456{i}（護照）\t00001234567{i}（健保卡）\n" for i in range(4))
    found = scan(text)[0].identifiers
    assert found["tw.passport"] == found["tw.nhi_card"] == 4


@pytest.mark.parametrize("stamp", ["李經理 2026/5/4 10:21:33", "[2026-05-04 10:21] 佐藤 花子", "2026年5月4日 오전 10:21", "李四 26.5.4 上午 9:21"])
def test_another_message_between_a_label_and_its_value(stamp):
    assert kinds(f"{stamp}\n客戶王小明，護照\n\n{stamp}\n351234567", "351234567") == {"passport"}
    assert kinds("護照\n\n今天下雨。\n351234567", "351234567") == frozenset()


def test_a_map_of_a_program_under_its_name():
    people = "".join(f"  '{name}': '35123456{i}',\n" for i, name in enumerate(("王小明", "李大華", "陳美玲")))
    assert scan(f"const passportByName = {{\n{people}}};")[0].identifiers["tw.passport"] == 3
    assert "tw.passport" not in scan(f"const orderByName = {{\n{people}}};")[0].identifiers


@pytest.mark.parametrize("between", [
    "[10:11 AM] Mei Chen\n", "鈴木\n  10:11\n", "Mei Chen [10:11]\n", "5/4 10:11 AM, Mei Chen\n", "王芳:\n", "\n王芳：\n", "李芳 上午 10:11\n", ""])
def test_what_somebody_answers_to_a_label(between):
    for label, answer in (("王小明 護照號碼", "312345678"), ("旅券番号教えてください", "TZ4990253 です"), ("客户护照号多少？", "E12345678")):
        value = answer.split(" ")[0]
        assert kinds(f"Mei Chen\n{label}\n{between}{answer}\nok", value) & {"passport", "tw.passport", "jp.passport", "cn.passport"}
        assert not kinds(f"Mei Chen\n訂單號碼多少\n{between}{answer}\nok", value) & {"passport", "tw.passport"}
    assert "passport" not in kinds("王小明 護照號碼\n訂單編號:\n312345678", "312345678")
