from __future__ import annotations

import random

import pytest

from gateway.detect.data.contacts import beside
from gateway.detect.data.numbers import tokens
from gateway.detect.data.table import layout
from gateway.identifiers.terms import Labels
from gateway.model.content import Text
from tests.bench.test_data_cost import look
from tests.gateway.detect.data.test_detector import scan
from tests.gateway.identifiers import makers


def told(line):
    grid = layout.from_text(1, Text(line, "body"), Labels())
    token = next(tokens.tokens(grid.text))
    return beside.person(grid, grid.row(token.start), token)


@pytest.mark.parametrize("line", [
    "客戶潘秀英（4311087034894041）來電", "林 拓也様（4311087034894041）より", "佐藤 花子様のカードも停止お願いします。4311087034894041", "なお小川　幸子様4311087034894041は確認済み",
    "杜建华的材料（4311087034894041）", "김철수 고객의 번호 4311087034894041", "4311087034894041 exp 07/28", "4311087034894041 a@b.example",
    "4311087034894041, 1968-09-26", "Robert Smith [4311087034894041]"])
def test_a_person_beside_the_number(line):
    assert told(line)


@pytest.mark.parametrize("line", ["訂單 4311087034894041 已出貨", "客戶資料（4311087034894041）", "part 4311087034894041", "お客様の番号 4311087034894041"])
def test_nobody_beside_the_number(line):
    assert not told(line)


def test_three_cards_in_sentences_about_people():
    rng = random.Random(5)
    one, two, three = (makers.card(rng) for _ in range(3))
    text = f"客戶潘秀英（{one}）來電變更通訊地址。客戶何淑芬（{two}）來電。\n另趙思妤先生其證號為{three}，手機0958-173-409"
    assert look(text).identifiers["card"] == 3


def test_a_word_for_the_number_that_taxes_are_paid_under():
    numbers = ("123-45-6780", "223-45-6780", "323-45-6780")
    assert scan("\n".join(f"LI NA, U.S. TIN {number}" for number in numbers))[0].identifiers["us.ssn"] == 3
    assert not scan("\n".join(f"VENDOR TIN {number[:2]}-{number[2:].replace('-', '')}0" for number in numbers))[0].identifiers
    assert not scan("\n".join(f"PART {number}" for number in numbers))[0].identifiers


def test_people_between_the_values_of_one_list():
    lists = ("旅券番号：山田太郎（TR1234567）、佐藤花子（TR1234568）、鈴木一郎（TR1234569）、田中二郎（TR1234560）",
             "旅券番号 山田太郎 TR1234567、佐藤花子 TR1234568、鈴木一郎 TR1234569、田中二郎 TR1234560",
             "旅券番号は 山田太郎: TR1234567 / 佐藤花子: TR1234568 / 鈴木一郎: TR1234569 / 田中二郎: TR1234560")
    for text in lists:
        assert scan(text)[0].identifiers["jp.passport"] == 4, text
    parts = "、".join(f"{name}（TR123456{i}）" for i, name in enumerate(("軸受", "歯車", "部品", "工具", "螺子", "板金", "配管")))
    assert scan(f"旅券番号：山田太郎（TR1234567）、{parts}")[0].identifiers["jp.passport"] <= 3


def test_names_in_capitals_in_a_list_of_one_line():
    assert beside.next_one("; CHEN MEI LING ") and beside.next_one(", WANG HSIAO-MING: ")
    assert not beside.next_one("; SEE ") and not beside.next_one("; CHEN MEI LING AND SO ON ")


def test_a_social_number_by_half_its_name():
    rows = "\n".join(f"We need to enroll the dependant, social {a}-45-{b}, effective 05/01." for a, b in ((124, 6789), (234, 5678), (345, 4567)))
    assert scan(rows)[0].identifiers == {"us.ssn": 3}
    assert not scan(rows.replace("social ", "social post no. "))[0].identifiers


def test_numbers_in_three_groups_do_not_vouch_for_one_another():
    """Numbers of parts in one line, some of which may be telephone numbers by their form."""
    parts = ["120-36-2582", "245-66-0954", "020-96-6344", "685-06-0791", "035-17-9090", "523-45-6781"]
    assert not scan(" K\t".join(parts))[0].identifiers
    assert not scan("X".join(parts[:2]) + "O" + "X".join(parts[2:]))[0].identifiers
    assert scan("Mary Smith " + " ".join(parts[3:]))[0].identifiers["us.ssn"] == 3


THREE = ("523-45-6781", "223-45-6782", "323-45-6783", "423-45-6784")


@pytest.mark.parametrize(("heading", "beside_it"), [
    ("快递单号\t日期", "2026-03-04"), ("\t交期\t金額", "2025/11/30\t123,456"), ("品番\t取引先\t電話", "合同会社佐藤水産\t03-1234-5678"),
    ("\t\t", "台灣五星電子有限公司\t02-23456789"), ("Order no\tHandled by\tNote", "Mary Smith\tok"), ("料號\t承辦人", "王小明")])
def test_numbers_in_three_groups_of_goods_and_firms(heading, beside_it):
    assert "us.ssn" not in scan("\n".join([heading, *(f"{number}\t{beside_it}" for number in THREE)]))[0].identifiers


@pytest.mark.parametrize(("heading", "beside_it"), [
    ("\t", "1980-03-04"), ("No\tDate of birth", "04/03/1980"), ("No\tClient\tPhone", "Mary Smith\t212-555-0101"),
    ("Ref\tClient\tDOB", "Mary Smith\t1980-03-04"), ("\t", "a@b.example")])
def test_numbers_in_three_groups_of_people(heading, beside_it):
    assert scan("\n".join([heading, *(f"{number}\t{beside_it}" for number in THREE)]))[0].identifiers["us.ssn"] == 4
