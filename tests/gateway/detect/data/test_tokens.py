from __future__ import annotations

import time

import pytest

from gateway.detect.data.tokens import bics, credit_codes, ibans, tokens, wrapped


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
