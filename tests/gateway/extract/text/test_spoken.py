from __future__ import annotations

import pytest

from gateway.extract.text.spoken import written


@pytest.mark.parametrize(("text", "read"), [
    ("ID: A one two three four five six seven eight nine.", "ID: A123456789."), ("A-One-Two-Three-Four-Five-Six-Seven", "A1234567"),
    ("ＩＤ A いち に さん よん ご ろく なな はち きゅう。", "ＩＤ A123456789。"), ("イチ・ニ・サン・ヨン・ゴ・ロク・ナナ、住所", "1234567、住所"),
    ("号码：yi er san si wu liu qi ba jiu ling", "号码：1234567890"), ("A-yi-er-san-si-wu-liu-qi", "A1234567")])
def test_read_out(text, read):
    assert written(text) == read


@pytest.mark.parametrize("text", [
    "one two three four five. two or three, one of nine twos", "Nine to Five", "山田さん に ろく", "お客様は さん、に、ご", "Mr. Liu Qi, Ba San", "hachi ハチ公", ""])
def test_words(text):
    assert written(text) == ""
