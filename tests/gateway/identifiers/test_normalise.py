from __future__ import annotations

import random
import time

import numpy as np
import pytest

from gateway.identifiers import normalise, tw
from gateway.identifiers.normalise import compact, view


@pytest.mark.parametrize(("text", "seen"), [
    ("卡號６２２２０２", "卡號622202"), ("L\u200b2\u200b0\u200b9", "L209"), ("𝟑𝟐𝟎𝟓", "3205"), ("③⑤⑥③⓪", "35630"), ("V٢٩٤٥٢", "V29452"),
    ("柒柒捌伍玖捌柒壹參陸陸零", "778598713660"), ("llOlO52OO4O8O29l3O", "110105200408029130"), ("⁴⁴⁰¹⁰³", "440103"), ("1️⃣2️⃣3️⃣", "123"),
    ("3563ー9154", "3563-9154"), ("F159‑3328‑44", "F159-3328-44"), ("Al2345678O", "A123456780"), ("A〡〢〣〤〥〦〧〨〩", "A123456789"),
    ("A12345六七八九", "A123456789"), ("一二三四、五六七八，九零一二。", "1234-5678-9012。"), ("༠༡༢༣", "0123"), ("၄၅", "45"), ("АВ123", "AB123"), ("5\u00ad5\u00ad2", "552"),
    ("壹貳參肆伍\n陸柒捌玖零", "12345\n67890"), ("壹貳參肆/伍陸柒捌/玖零", "1234/5678/90"), ("OOOl2\n3OlO5\n67", "00012\n30105\n67"), ("3 2 O l O 2 l 9", "3 2 0 1 0 2 1 9"),
    ("🄋➀➁", "012"), ("良I1377490020959552763", "良I1377490020959552763"), ("🄐123456789", "A123456789"), ("Il66252983", "I166252983"), ("㊀㊁㊂㊃㊄㊅㊆", "1234567"),
    ("⾼⼦⺠⻑⿓ ⾝分證", "高子民長龍 身分證"), ("李\uf9e1﨑", "李李﨑")])
def test_one_digit_is_one_ascii_digit(text, seen):
    assert view(text).text == seen


@pytest.mark.parametrize("text", ["一、二、三、四、五、六、七、八", "2026年第三季", "二〇二六年、二〇二七年", "一二三到台灣", "三重市五股區", "Hello lol", "I will", "マイナンバ", "plain 12 Ol", "一\n二\n三\n四\n五\n六\n七\n八", "12345\nI have 5", "1 I am", "G B 4 1 I N G B"])
def test_words_stay(text):
    assert view(text).text == text


def test_taiwanese_letters_i_and_o_in_front_stay():
    assert view("I2l34S").text == "I2l34S"
    assert view("I21345678O").text == "I213456780"


def test_places_lead_back_to_the_text():
    text = "ab\u200b\u200bcd\u200be"
    seen = view(text)
    assert seen.text == "abcde"
    assert [text[seen.place(i)] for i in range(5)] == list("abcde")


def test_compact_for_comparing():
    assert compact("Ａ-12 3\u200b4") == "A1234"
    assert compact("岡田 太郎") == compact("岡田\u3000太郎")


@pytest.mark.parametrize("text", ["1 " * 60000, "O1" * 60000, "一" * 120000, "\u200b1" * 60000, "Il| " * 30000, "A" + "\u0301" * 60000])
def test_linear(text):
    started = time.process_time()
    view(text)
    assert time.process_time() - started < 2


def test_a_single_letter_before_does_not_hide_the_run():
    assert view("O座 l，号码：23OlO3l978O22l923l，").text.endswith("号码:230103197802219231,")


@pytest.mark.parametrize("text", ["身分證字號: I117814606\n", "陳怡君 O162344623 0912345678", "I288316719", "- O126586143 ", "許美蘭-O268373504-0949388396"])
def test_the_letters_i_and_o_before_a_taiwanese_number_stay(text):
    assert view(text).text == text


@pytest.mark.parametrize(("text", "seen"), [
    ("在留卡號: BI16279748TO", None), ("旅券番号 TI4104899", None), ("AO12345678IB, TO1234567", None),
    ("XX386O8016CE", "XX38608016CE"), ("TS5l0704O", "TS5107040"), ("AI123456789", "A1123456789")])
def test_letters_of_residence_cards_and_passports_stay(text, seen):
    assert view(text).text == (seen or text)


def test_marks_go_from_numbers_and_stay_on_names():
    assert view("A\u03361\u03362\u03363\u0336").text == "A123"
    assert view("1\ufe0f\u20e32\ufe0f\u20e3").text == "12"
    assert view("Jose\u0301 Nun\u0303ez").text == "Jose\u0301 Nun\u0303ez"
    assert compact("Jose\u0301") == compact("José")


def test_a_name_that_ends_in_a_numeral_is_no_part_of_the_number():
    assert view("加藤 浩二 4980 9745 2588 1134").text == "加藤 浩二 4980 9745 2588 1134"
    assert view("陳三 0912345678").text == "陳三 0912345678"
    assert view("A二23456789").text == "A223456789"
    assert view("一2三4五6七8九0").text == "1234567890"


def test_the_letter_of_an_identity_number_behind_a_telephone_number():
    assert view("0990 125 929 O130000005").text.endswith("O130000005") is tw.national_id("O130000005")
    value = next(v for n in range(10) if tw.national_id(v := f"O13000000{n}"))
    assert view(f"0990 125 929 {value} x").text == f"0990 125 929 {value} x"


def test_letters_in_boxes_rings_and_flags():
    assert view("\U0001f170\U0001f150 \U0001f1e6123456789 \U0001f1e6B12345678 \U0001f1f9\U0001f1fc0912").text == "AA A123456789 AB12345678 \U0001f1f9\U0001f1fc0912"


def test_korean_numerals_among_themselves():
    assert view("번호 팔일영삼일구-일육칠이구칠팔 끝").text == "번호 810319-1672978 끝"
    for text in ("고객이 010-1234-5678이며", "이사 일이 있어", "구로구 오이동"):
        assert view(text).text == text


def test_many_format_characters_are_taken_out_with_arrays(monkeypatch):
    rng = random.Random(4)
    text = "".join(rng.choice(("1", "A", "王", "\u200b", "\u200b\ufeff", "\u00ad", " \n")) for _ in range(3000))
    made = normalise.view(text)
    assert isinstance(made.removed, np.ndarray)
    monkeypatch.setattr(normalise, "MANY", 10**9)
    wanted = normalise.view(text)
    assert made.text == wanted.text and isinstance(wanted.removed, list)
    assert [made.place(at) for at in range(0, len(made.text), 7)] == [wanted.place(at) for at in range(0, len(made.text), 7)]


def test_check_characters_of_hong_kong_in_other_writings():
    assert view("身份證 F六〇五八五四(六)").text == "身份證 F605854(6)"
    assert view("E\u0336C\u03369\u03362\u03364\u03360\u03361\u03364\u0336(\u03362\u0336)\u0336").text.startswith("EC924014(2)")
    assert view("É C\u0301afe\u0301").text == "É C\u0301afe\u0301"


def test_what_is_set_backwards():
    text = "王 \u202e987654321A\u202c\t\u202e21\t34\nx"
    assert normalise.turned(text) == "王 \u202eA123456789\u202c\t\u202e12\t34\nx"
    assert normalise.turned(plain := "A123456789") is plain


def test_the_word_that_the_japanese_say_for_a_hyphen():
    assert view("番号は1234の5678の9012です。３の２").text == "番号は1234-5678-9012です。3-2"
    assert view("東京の12、5件の請求").text == "東京の12、5件の請求"


def test_places_in_short_runs_are_told_alike(monkeypatch):
    dice = random.Random(5)
    texts = ["".join(dice.choices("0123456789OolI0123456789OolI -AB\n,xb", k=2000)) for _ in range(20)]
    monkeypatch.setattr(normalise, "HINTS", 10**9)
    one_by_one = [view(text).text for text in texts]
    monkeypatch.setattr(normalise, "HINTS", 0)
    assert [view(text).text for text in texts] == one_by_one != texts
