from __future__ import annotations

import pytest

from gateway.extract.text import rejoined


def test_soft_breaks():
    text = "證號 A1234 \n56789 完\n" * 3 + "-- \nname\n"
    assert rejoined.readings(text) == ["證號 A123456789 完\n" * 3 + "-- \nname\n"]
    assert rejoined.readings("> a1 \r\n> 23\r\n" * 3) == ["> a123\r\n" * 3]
    assert rejoined.readings("one \ntwo\n") == []


def test_literals_in_pieces():
    for code in ('x = "A12" + "3456789";\n', "'A12' || '3456789'\n", "$a = 'A12' . '3456789';\n", '"A12" &\n "3456789"\n'):
        assert "A123456789" in rejoined.concatenated(code * 3), code
    assert rejoined.concatenated('"a" + "b"\n') == ""
    assert rejoined.concatenated('"a", "b"\n' * 9) == ""


def test_line_ends_written_out():
    assert rejoined.readings("b'a\\nD298040214,x\\nE180358537\\tb'") == ["b'a\nD298040214,x\nE180358537\tb'"]
    assert rejoined.readings("C:\\new and \\nothing") == []


def test_colours_of_a_terminal():
    assert rejoined.plain("\x1b[1;31mA123\x1b[0m456789\n") == "A123456789\n"
    assert rejoined.plain("A123\n") == ""


def test_lengths_of_a_redis_log():
    assert rejoined.plain("*2\r\n$4\r\nname\r\n$2\r\nAn\r\n") == "name\r\nAn\r\n"
    assert rejoined.plain("* item\n$5\nx\n") == ""


def test_what_a_page_says_of_itself():
    assert rejoined.said("call four-one-two, five five five, oh one nine nine") == ["call 4125550199"]
    assert rejoined.said("&#65;&#49;&#50;&#51;&#52;&#53;&#54;&#55;&#56;&#57;") == ["A123456789"]
    assert rejoined.said("one &#38; two") == []


def test_folds_of_calendars_and_cards():
    assert rejoined.unfolded("BEGIN:VCALENDAR\r\nDESCRIPTION:身分證字\r\n 號：A123456789\r\n") == "BEGIN:VCALENDAR\r\nDESCRIPTION:身分證字號：A123456789\r\n"
    assert rejoined.unfolded("a\n b\n") == ""


def test_numbers_that_are_said_to_be_moved():
    numbers = "987654321A\n198765432B\n219876543C\n"
    assert rejoined.told("號碼請倒過來看\n" + numbers).endswith("A123456789\nB234567891\nC345678912\n")
    assert rejoined.told(numbers) == "" == rejoined.told("reverse proxy\n" + numbers) == rejoined.told("is reversed\n123\n")
    assert "A123456789" in rejoined.told("rot13: N123456789")


def test_the_first_line_of_a_literal_stands_alone():
    assert rejoined.unescaped('{"file": "a,b\\nc,d\\ne,f\\n"}') == '{"file"\na,b\nc,d\ne,f\n"}'


def test_what_php_dumps():
    assert rejoined.plain('["acct_no"]=>\n    string(12) "269143858309"\n["n"]=>\n  int(3)\n') == '["acct_no"]=> "269143858309"\n["n"]=> 3)\n'


@pytest.mark.parametrize(("line", "meant"), [
    ("卡號前八碼 45791234，後八碼 56781234", "卡號45791234 56781234"), ("身份证前14位11010119900101，后四位123X", "身份证11010119900101 123X"),
    ("first 8 digits 45791234 and the last 8 digits 56781234", "45791234 56781234"), ("앞 여섯자리 900101, 뒷자리 1234567", "900101 1234567")])
def test_numbers_told_in_two_parts(line: str, meant: str) -> None:
    assert rejoined.parted(f"{line}\n" * 3).split("\n")[0].strip() == meant.replace(" ", "")
    assert rejoined.parted(f"{line}\n") == ""


def test_what_stands_before_and_behind_is_no_number_in_two_parts() -> None:
    assert rejoined.parted("前年 2024 後 12 個月\n" * 9) == ""
    assert rejoined.parted("前3位 2024, 後 12 個月\n" * 9) == ""
    assert rejoined.parted("the first 100 rows and the last\n" * 9) == ""


def test_rows_filled_up_with_blanks_are_no_soft_breaks():
    assert rejoined.readings("PASSPORT      331234567     \nACCOUNT       1234567890    \n" * 3) == []
