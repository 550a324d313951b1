from __future__ import annotations

import pytest

from gateway.extract.pictures import accounts

FORM = "預金口座振替依頼書\n金融機関名 みずほ銀行 梅田支店\n預金種目 普通\n{}\n口座名義人 鈴木 浩"


@pytest.mark.parametrize(("line", "other", "read"), [
    ("座種呈     2350977", "", "口座番号: 2350977"), ("EEI0", "Ones 9195761", "口座番号: 9195761"),
    ("GEI9EH", "OES 4 1 8 3 0 2 8", "口座番号: 4183028"), ("座番号 845781 ]", "BES 8845781", "口座番号: 8845781")])
def test_the_account_of_a_form_has_its_label(line, other, read):
    assert accounts.named(FORM.format(line), other) == read


@pytest.mark.parametrize(("text", "other"), [
    (FORM.format("口座番号 2350977"), "2350977"),                      # which has it
    (FORM.format("EEI0"), "9195761\n9195767"),                        # which of them?
    (FORM.format("EEI0"), "03-9195761 91957612 531-0071"), ("発注書\n品番 2350977", "2350977"), ("普通預金のご案内 2350977", "")])
def test_other_numbers_of_seven_digits_have_none(text, other):
    assert accounts.named(text, other) == ""


def test_lines_with_such_numbers_are_kept_of_a_reading():
    assert accounts.numbered("ab 1234567\n12345678\n123-4567\nx 7654321 y") == "ab 1234567\nx 7654321 y"
