from __future__ import annotations

import random
import time

import pytest

from gateway.detect.data.numbers.tokens import apart, bics, credit_codes, ibans, oddly_grouped, spelled, tokens, upright, wrapped
from tests.gateway.identifiers import makers


def found(text):
    return {(t.shape, t.value) for t in tokens(text)}


@pytest.mark.parametrize(("text", "shape", "value"), [
    ("客戶的身分證字號是C208305356請協助", "LD9", "C208305356"), ("字號：E25 135 934 4、", "LD9", "E251359344"), ("F159-3328-44", "LD9", "F159332844"),
    ("H727406(A)", "LD6P", "H727406A"), ("WX865240(4)", "LLD6P", "WX8652404"), ("為61011320030430823X請", "D17X", "61011320030430823X"),
    ("610113 20030430 823X是", "D17X", "61011320030430823X"), ("AB12345678CD", "LLD8LL", "AB12345678CD"), ("4111-1111-1111-1111", "D16", "4111111111111111"),
    ("3400 3460 5025 392,", "D15", "340034605025392"), ("8707.0497.8442", "D12", "870704978442"), ("080-57-1085", "D9", "080571085"),
    ("E 251 359 344", "LD9", "E251359344")])
def test_shapes_beside_cjk_and_in_groups(text, shape, value):
    assert (shape, value) in found(text)


@pytest.mark.parametrize("text", [
    "df536db7-b3e3-2659-6f47-c3ba45605432", "0.978808033409", "ABC123456789", "A123456789BCD", "1.2.3.4", "c8f21c684f502a0e5e316ce018f59d13", "12345"])
def test_parts_of_longer_words_are_nothing(text):
    assert found(text) == set()


def test_several_numbers_in_one_run():
    values = {v for _, v in found("500103195202112082_330203196007075122_420106197005078901.txt")}
    assert values == {"500103195202112082", "330203196007075122", "420106197005078901"}


@pytest.mark.parametrize("value", ["420106197005078901", "61011320030430823X"])
def test_underlines_around_the_birthday_of_a_chinese_number(value):
    assert value in {v for _, v in found(f"王伟 {value[:6]}_{value[6:14]}_{value[14:]}，")}
    assert not any(len(v) > 8 for _, v in found("export_202611_20261102_093015.txt") | found("IMG_20261102_093015_01.jpg"))


def test_a_date_and_a_time_are_not_glued_to_a_number():
    assert found("2024-05-06 1234") == set()


def test_iban_takes_as_much_as_its_country_has():
    assert [t.value for t in ibans("NL86 ABNA 2065 5170 12 Amount 32")] == ["NL86ABNA2065517012"]
    assert list(ibans("XNL86ABNA2065517012")) == []
    assert list(ibans("NL86ABNA20655170123")) == []


def test_wrapped_numbers():
    assert [(t.shape, t.value) for t in wrapped("マイナンバ-:59646\n06962\n16、生年")] == [("D12", "596460696216")]
    assert list(wrapped("12345\n67890\n")) == []


def test_codes_of_banks_and_companies():
    assert [t.value for t in bics("BIC DEUTDEFF500, x")] == ["DEUTDEFF500"]
    assert [t.value for t in credit_codes("代码91110000600037341L。")] == ["91110000600037341L"]


@pytest.mark.parametrize("text", ["1" * 200_000 + "abc", "1 " * 100_000, "1-" * 100_000, "A1" * 100_000, "12345 " * 40_000, "1\n" * 100_000,
                                  "AB12 " * 40_000])
def test_linear(text):
    started = time.process_time()
    for scan in (tokens, ibans, wrapped):
        for _ in scan(text):
            pass
    assert time.process_time() - started < 3


def test_two_long_numbers_side_by_side_are_two():
    assert ("D9", "312345678") in found("陳怡君 312345678 0912345678")
    assert ("D13", "9001011234567") in found("900101 1234567")


def test_a_hong_kong_number_in_pieces():
    assert ("LD6P", "A1234567") in found("HKID: A 123 456 (7)")


def test_a_date_inside_a_run_parts_what_stands_around_it():
    assert found("5563 4582 9367 1991-12-08 090-2817-2348") == {("D12", "556345829367"), ("D11", "09028172348")}
    assert found("991217-2324248/1999-12-17/010-5013-3128") == {("D13", "9912172324248"), ("D11", "01050133128")}


def test_numbers_that_different_marks_part():
    assert ("LD9", "A123456789") in found("A-123-456-789 0912-345-678")
    assert found("4111 1111 1111 1111 01/28") == {("D16", "4111111111111111")}


def test_hong_kong_numbers_as_people_write_them():
    for written in ("A123456(7)", "A123456 (7)", "A 123456 (7)", "A123456-(7)"):
        assert found(written) == {("LD6P", "A1234567")}, written
    assert found("A123456-A") == {("LD6P", "A123456A")}


def test_one_character_a_box():
    for written in ("|1|2|3|4|5|6|7|8|9|0|1|2|", "[1][2][3][4][5][6][7][8][9][0][1][2]", "1*2*3*4*5*6*7*8*9*0*1*2"):
        assert [(t.shape, t.value) for t in spelled(written)] == [("D12", "123456789012")], written
    assert [(t.shape, t.value) for t in spelled("|J|D|8|6|9|7|0|1|0|6|")] == [("LLD8", "JD86970106")]
    assert not list(spelled("1,2,3,4,5"))


def test_one_character_a_line():
    assert [(t.shape, t.value) for t in upright("統一證號\nJ\nD\n8\n6\n9\n7\n0\n1\n0\n6\nend")] == [("LLD8", "JD86970106")]
    assert [(t.shape, t.value) for t in upright("x\nA\n1\n2\n3\n4\n5\n6\nA")] == [("LD6A", "A123456A")]
    assert not list(upright("a\n1\n2\n3\n\n4\n5\n6\n7\n8 9\n0"))


def test_the_number_of_an_item_is_no_part_of_what_follows():
    assert found("a\n1. 123456789012\n2. A123456789") == {("D12", "123456789012"), ("LD9", "A123456789")}
    assert found("a 1.123456789012") == set()


def test_residence_cards_in_groups():
    assert found("在留カード AB 12345678 CD、") == {("LLD8LL", "AB12345678CD")}
    assert found("AB 12345678 CDE") | found("XAB 12345678 CD") == {("D8", "12345678")}


def test_a_time_in_the_next_line_goes_on_no_number():
    assert [t.value for t in wrapped("帳號 793178506802\n10:01 客服")] == []
    assert [t.value for t in wrapped("帳號 793178506802\n10、客服")] == []
    assert [t.value for t in wrapped("帳號 7931785068\n02，客服")] == ["793178506802"]


def test_the_number_of_the_next_row_goes_on_no_number():
    assert [t.value for t in wrapped("王 第一銀行 333109346536\n2 趙惠美")] == []
    assert [t.value for t in wrapped("身分證 A12345\n6789 王")] == ["A123456789"]


def test_korean_numbers_with_a_dot():
    assert found("900101.1234567") == {("D13", "9001011234567")}
    assert found("901301.1234567") | found("900101.9234567") | found("123456.12345678") == set()


def test_a_date_of_another_era_behind_a_number():
    assert found("護照號：327886239/048/08/08") == {("D9", "327886239")}
    assert found("327886239/48/8/08") == {("D9", "327886239")}
    assert found("3278/8623/9048/0808") == {("D16", "3278862390480808")}


def test_cards_of_fifteen_digits_in_fours():
    assert ("D15", "378282246310005") in found("3782 8224 6310 005 07/28 621")
    assert ("D12", "123456789012") in found("1234 5678 9012 345 07/28")


def test_hong_kong_numbers_of_two_letters_with_an_a():
    assert found("身份證EC123456A已核對") == {("LLD7", "EC123456A")}


def test_broken_numbers_with_a_hyphen_or_parentheses_in_the_second_line():
    assert [(t.shape, t.value) for t in wrapped("번호: 90010\n1-1234567 x")] == [("D13", "9001011234567")]
    assert [(t.shape, t.value) for t in wrapped("HKID A1234\n  56(A) x")] == [("LD7", "A123456A")]


@pytest.mark.parametrize(("text", "shape", "value"), [
    ("證號 A-165328119", "LD9", "A165328119"), ("旅券 TK 1234567", "LLD7", "TK1234567"), ("护照 G 85496665 x", "LD8", "G85496665"),
    ("證號M\n200843651；", "LD9", "M200843651")])
def test_letters_apart_from_their_digits(text: str, shape: str, value: str) -> None:
    assert [(t.shape, t.value) for t in apart(text)] == [(shape, value)]


@pytest.mark.parametrize("text", ["AB-165328119-7", "xA 165328119", "A 165328119 34", "A 1653281190", "A/165328119"])
def test_letters_that_belong_to_no_number(text: str) -> None:
    assert list(apart(text)) == []


def test_an_amount_behind_a_card_is_no_part_of_it() -> None:
    assert [t.value for t in tokens("卡號 3565 3946 8948 8466 7,917,634 元")] == ["3565394689488466"]


@pytest.mark.parametrize(("text", "values"), [("622202 8438371621917", ["6222028438371621917"]), ("622202 8438371621918", ["8438371621918"])])
def test_a_card_as_issuer_and_the_rest(text: str, values: list[str]) -> None:
    assert [t.value for t in tokens(text)] == values


def test_thousands_of_numbers_with_a_check_digit():
    number = makers.my_number(random.Random(8))
    while number[0] == "0":
        number = makers.my_number(random.Random(int(number)))
    written = f"{int(number):,}"
    assert [token.value for token in oddly_grouped(f"個人番号 {written}")] == [number]
    assert list(oddly_grouped("金額 1,234,567 12,345,678,901,234")) == [] == list(oddly_grouped("1=234567"))


def test_the_number_of_the_next_item_is_no_part():
    assert [token.value for token in wrapped("番号 2978377\n  2. 中川")] == []


def test_whole_numbers_with_a_fraction_of_nothing():
    assert [token.value for token in tokens("x 123456789018.0,4539148803436467.00 1234567.0 123456789018.5")] == ["123456789018", "4539148803436467"]


def test_two_letters_a_box_each():
    assert found("E-C-6-2-8-5-0-4-8") == {("LLD7", "EC6285048")}
    assert found("x B-0-4-7-1-5-5-6") == {("LD7", "B0471556")}


def test_a_label_against_the_number_of_hong_kong_that_it_names():
    assert [t.value for t in tokens("HKIDA123456(3) ICNOB1234567 HKICAB123456(1)")] == ["A1234563", "B1234567", "AB1234561"]
    assert not list(tokens("SKIDA123456(3) MIDA123456(3) WORDA1234567"))


def test_a_digit_a_box_with_more_between_the_groups():
    assert [t.value for t in tokens("1 2 3 - 4 5 - 6 7 8 9")] == ["123456789"]
    assert not list(tokens("1 2 3 - 4 5 - 6 7 8 91"))


def test_a_balance_beside_a_number_is_no_part_of_it():
    assert found("許芬志 304889406 12000") == {("D9", "304889406")}
    assert ("D7", "8463104") in found("渡辺 8463104 12000")
    assert ("D7", "8463104") in found("渡辺 1 8463104 12000")
    assert found("x\n1 8463104 渡辺") == {("D7", "8463104")}
    assert found("番号 1234 5678 9012") == {("D12", "123456789012")}


def test_no_before_digits_is_a_word():
    assert found("護照No312345678") == {("D9", "312345678")}
    assert found("NO1234567") == {("LLD7", "NO1234567")}


@pytest.mark.parametrize("mark", [" ", ",", "*", "|", "→"])
def test_one_character_a_box_with_the_marks_of_the_number(mark):
    for number, shape, value in (("AB12345678CD", "LLD8LL", "AB12345678CD"), ("940101-1234567", "D13", "9401011234567"), ("A123456(7)", "LD7", "A1234567")):
        assert (shape, value) in [(t.shape, t.value) for t in spelled(f"x {mark.join(number)} y")], number


def test_check_characters_in_small_letters():
    assert [t.value for t in tokens("HKID G507060(a)")] == ["G507060A"]


def test_a_date_behind_a_letter_is_no_passport():
    assert not [t for t in found("KIM F 17/02/1981") if t[0] == "LD8"] and not [t for t in found("M 09.06.1989") if t[0] == "LD8"]


@pytest.mark.parametrize("text, values", [
    ("IBAN GB33BUKB\n20201555555555, please", ["GB33BUKB20201555555555"]), ("IBAN GB33 BUKB\n> 2020 1555 5555 55.", ["GB33BUKB20201555555555"]),
    ("IBANGB33BUKB20201555555555", ["GB33BUKB20201555555555"]), ("XAGB33BUKB20201555555555", []),
    ("GB33BUKB\n\n20201555555555", []), ("GB33BUKB20\nLI NA", []), ("trace=gb33b0cb\n20201555555555", [])])
def test_accounts_in_two_lines(text, values):
    assert [token.value for token in ibans(text)] == values


def test_a_hyphen_at_the_end_of_a_line():
    assert [token.value for token in wrapped("주민등록번호 860810-\n2985850 확인")] == ["8608102985850"]


def test_odd_groups_are_a_whole_number_and_no_part_of_others():
    assert [t.value for t in oddly_grouped("SSN 123:45:6789")] == ["123456789"]
    assert list(oddly_grouped("SSN 477-54-5949,25536.00,5101.00")) == [] == list(oddly_grouped("口座番号\n0005,716,1,5116231,カトウ"))


def test_a_card_in_groups_and_what_stands_on_its_back():
    assert [t.value for t in tokens("4539 1488 0343 6467 124 12/28")] == ["4539148803436467"]
    assert [t.value for t in tokens("6228 4804 0256 4890 018")] == ["6228480402564890018"]
