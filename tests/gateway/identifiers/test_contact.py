from __future__ import annotations

import pytest

from gateway.identifiers import contact
from gateway.identifiers.characters import Characters


@pytest.mark.parametrize("name", ["林麗娟", "歐陽娜娜", "王静", "高橋 結衣", "Briana Schultz", "Dr. Glenn Burns"])
def test_names_of_persons(name):
    assert contact.person_name(name)


@pytest.mark.parametrize("name", ["台灣力電股份有限公司", "立三電視", "Johnson Ltd", "数量", "合同会社佐藤電気", "部品番号", "Bank of Somewhere", "x"])
def test_no_names_of_persons(name):
    assert not contact.person_name(name)


def test_a_heading_vouches_for_rare_surnames():
    assert contact.person_name("禤小明", headed=True)
    assert not contact.person_name("禤小明")


@pytest.mark.parametrize(("text", "digits"), [
    ("0929-565-591", "0929565591"), ("13305786593", "13305786593"), ("090-9479-3860", "09094793860"), ("+886 970966886", "886970966886"),
    ("(02) 2345-6789", "0223456789"), ("Tel: 6370 7050", "63707050"), ("6370 7050 9123 4567", "63707050"), ("+852 6370 7050", "85263707050")])
def test_phones(text, digits):
    assert contact.phone(text) == digits


@pytest.mark.parametrize("text", ["0800-909-705", "0120-066-274", "400-490-996", "20240506", "1234567", "2026-11-02", "1234 5678 9012", "8812 3456 7890 "])
def test_toll_free_and_other_numbers_are_no_phones(text):
    assert contact.phone(text) == ""


@pytest.mark.parametrize("text", ["310 永和新生路6段65號3樓", "山口県横浜市戸塚区港南25丁目24番6号", "浙江省浩县怀柔高路y座3号", "506 Wood Ways Jasonland, ME 69781"])
def test_addresses(text):
    assert contact.address(text)


def test_no_address():
    assert not contact.address("今年市場成長3%")


def test_email():
    assert contact.email("寄到Liu.Jing@gmail.com謝謝") == "liu.jing@gmail.com"
    assert contact.email("no @ here") == ""


@pytest.mark.parametrize(("text", "wanted"), [
    ("王小明 在 臺灣銀行", True), ("Acme Ltd.", True), ("go and sons of", True), ("the report of the market", False), ("有人 大工", False),
    ("A1 C0 公 司", False), ("an INC. in capitals", True), ("Coop zinc", False)])
def test_companies_in_a_long_text(text, wanted):
    """The same as asking for each line, and what a short text is asked more roughly."""
    assert contact.companies(text, Characters(text)) is wanted is contact.company(text)
    assert contact.companies(text) >= wanted


@pytest.mark.parametrize(("text", "headed", "name"), [
    ("김민준", False, True), ("남궁민수", True, True), ("이메일", False, False), ("서울역", False, True), ("보고서", False, False), ("CHAN Tai Man", False, True),
    ("Tai Man CHAN", False, True), ("TOTAL AMOUNT", False, False), ("PO Box", False, True), ("A Team", False, False)])
def test_names_of_korea_and_in_capitals(text, headed, name):
    """A row needs a number, a mail or a street beside it, and fifty such rows make a list."""
    assert contact.person_name(text, headed) is name


@pytest.mark.parametrize("text", ["東京都新宿区西新宿4-20-18", "서울특별시 강남구 테헤란로 113", "九龍旺角彌敦道123號4樓", "부산광역시 해운대구 센텀중앙로 74", "서울특별시 중랑구 봉은사가 570", "경기도 성남시 석촌호수거리 지하28"])
def test_addresses_of_japan_korea_and_hong_kong(text):
    assert contact.address(text)


@pytest.mark.parametrize("text", ["市場は2026-11-09に開く", "区分 3-1", "시간 10", "本市人口 3-4 成"])
def test_what_is_no_address(text):
    assert not contact.address(text)


def test_korean_mobile_numbers():
    assert contact.phone("연락처 010-6582-6652") == "01065826652"
    assert contact.phone("0112345") == ""


def test_streets_that_are_called_like_firms_do():
    assert not contact.company("孙雨桐 13852405155 浙江省杭州市西湖区科技园路382号")
    assert not contact.company("臺北市大安區大學路3號")
    assert contact.company("華新科技 02-2345-6789")


def test_a_label_before_an_arrow_is_no_name():
    assert not contact.person_name("健保卡號 -")
    assert contact.person_name("山田 ジョ-ジ")             # the long vowel sign, in the view


@pytest.mark.parametrize("word", ["申訴人", "申訴內容", "申請日期", "金額", "單號", "方式", "高雄"])
def test_words_that_begin_as_surnames_do(word):
    assert not contact.person_name(word) and contact.person_name("申大華") and contact.person_name("金美玲")
