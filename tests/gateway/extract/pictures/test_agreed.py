"""What two readings of one picture say of the same number."""

from __future__ import annotations

import time

import pytest

from gateway.extract.pictures.agreed import agreed, doubtful, known, repaired, told, whole


@pytest.mark.parametrize(("english", "named", "read"), [
    ("LI WEI UA17609359JN", "L WE UA1760935N", "L WE UA17609359JN"), ("ET52649683TP", "番号 F 52649683TP", "番号 F ET52649683TP"),
    ("TH69333912KG", "在留カード番号 THe9333912KG", "在留カード番号 TH69333912KG"),
    ("9412 8233 7960 1855", "カード 5412 8233 7969 1855", "カード 5412 8233 7960 1855"),       # each has one digit wrong
    ("3560 0681 9748 2907", "言用卡號  3560 0O681 9748 2907", "言用卡號  3560068197482907"),
    ("895677084895", "個人番号 89567708』895", "個人番号 895677084895"),
    ("3183264241", "身分證字號 J483264241", "身分證字號 J183264241"),
    ("DE89 3704 0044 0632 0130 00", "帳號 DE89 3784 0044 0532 0130 00", "帳號 DE89 3704 0044 0532 0130 00"),   # each has one digit wrong
    ("GB29 NWBK 6016 1331 9268 19", "IBAN GB29 NWEK 6016 1331 9268 19", "IBAN GB29 NWBK 6016 1331 9268 19"),
])
def test_what_one_reading_has_right(english, named, read):
    assert agreed(english, named)[1] == read


@pytest.mark.parametrize(("english", "named", "read"), [
    ("SSN 126-94-1023", "SSN 126-94-1923", "SSN 126-94-1023"), ("14550514052515", "帳號 14550514052615", "帳號 14550514052515"),
    ("14550514052515", "帳號 14550513062615", "帳號 14550513062615"), ("x 1455051405251S", "帳號 14550514052515", "帳號 14550514052515"),
    ("049672640125", "帳號 go49672649125", "帳號 049672640125"),
    ("770226-1469799", "710226 - 1469799", "770226 - 1469799"),
    ("70649932895648", "帳號 709649932895648", "帳號 70649932895648"), ("91578292541730", "帳號 1578292541730", "帳號 91578292541730")])
def test_english_is_right_about_digits_of_numbers_without_a_check_digit(english, named, read):
    assert agreed(english, named)[1] == read


@pytest.mark.parametrize(("english", "named", "expected"), [
    ("A123456789 0912345678", "身分證 A123456789", False), ("4123456780", "身分證 4123456780", True),
    ("A123456789\nB123456780\nB212345675\nF131104093\n4123456780", "身分證 A123456789", False), ("", "", False),
    ("A123456789 F123456780", "", False)])
def test_whether_numbers_are_left_that_are_not_right(english, named, expected):
    assert doubtful(english, named) is expected


def test_lines_with_numbers_that_only_one_reading_has():
    assert told("x\nAnn A123456789\nJoe A123456788\n", "A123456789") == ""
    assert told("x\nAnn A123456789\nJoe E843795525\n", "A123456789", "") == "Joe E843795525"


@pytest.mark.parametrize(("text", "read"), [
    ("x 4S79 4718 O996 28O2 y", "x 4579 4718 0996 2802 y"), ("4579 471B 0996 2802", None), ("ABCD 4718 0996 2802", None),
    ("S579 4718 0996 28O2", None), ("", None), ("IBAN DEB9 3704 OO44 0532 0130 00 x", "IBAN DE89 3704 0044 0532 0130 00 x"),
    ("GB2g NWBK 6016 1331 9268 19", None), ("GB29NWBK6O161331926819", "GB29NWBK60161331926819"),
    ("NL9I ABNA O417 1643 00", "NL91 ABNA 0417 1643 00"), ("DEB9 3704 OO44 0532 0130 01", None),
    ("KK778179(2)", "K778179(2)"), ("KK778179 (2)", "K778179 (2)"), ("KK778179(3)", None), ("AB987654(3)", None)])
def test_signs_in_place_of_digits(text, read):
    assert repaired(text) == (read or text.replace("471B", "4718"))


def test_one_number_is_not_counted_twice():
    """Both are right by their check digit; only one of them stands there."""
    assert agreed("4579471809962802", "4579471809962802") == ("4579471809962802", "4579471809962802")
    assert agreed("x 5412823379601855", "x 5412823379601863") == ("x 5412823379601863", "x 5412823379601863")


@pytest.mark.parametrize(("english", "named"), [
    ("order 998123456789", "order 123998765432"), ("2026-11-09 10:31", "2026-11-09 10:31"), ("", "4579471809962802"),
    ("20261109103155 order", "20261109103155. order"), ("111122223333 order", "111199993333 order"),        # neither, and no digits that would be
])
def test_other_numbers_stay(english, named):
    assert agreed(english, named) == (english, named)


@pytest.mark.parametrize(("value", "right"), [
    ("A123456789", True), ("A123456788", False), ("DE89370400440532013000", True), ("DE89370400440532013001", False), ("ES85906596ZJ", True), ("TK1234567", True), ("457947180996280", False), ("20261109", False)])
def test_whole_numbers(value, right):
    assert whole(value) is right


def test_how_many_are_known():
    assert known("ASS 3692 1242 1530") == known("4579 4718 0996 2802 VISA") == known("IBAN DE89 3704 0044 0532 0130 00 EUR") == 1
    assert known("A123456789 and A123456789, 4579 4718 0996 2802, 2026-11-09 10:31 0912-345-678") == 2


def test_many_numbers_cost_little():
    one, other = ("\n".join(f"{number * 7919 + seed:016d} {'1' * 300}" for number in range(3000)) for seed in (0, 1))
    started = time.process_time()
    assert agreed(one, other) == (one, other)
    assert time.process_time() - started < 2
