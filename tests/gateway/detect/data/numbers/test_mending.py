from __future__ import annotations

import pytest

from gateway.detect.data.numbers.mending import lengthened, mended, misread, of_a_header
from gateway.detect.data.numbers.tokens import Token
from gateway.model.content import Text


def test_upright_lines_of_pictures():
    def read(line):
        return mended(Text(line, "ocr eng picture")).content

    assert read("|123456789 x") == "I123456789 x"
    assert read("TH73549612B| y") == "TH73549612BI y"
    assert read("YA75422905N」 ベトナム") == "YA75422905NJ ベトナム" and read("「第3A」") == "「第3A」"
    assert read("27 Nov 1953 | 261-74-0613") == "27 Nov 1953 | 261-74-0613"
    assert read("©123456789") == "C123456789" and read("卡號©3560 0681 9748 2907") == "卡號©3560 0681 9748 2907"
    assert mended(Text("|123456789", "body")).content == "|123456789"


@pytest.mark.parametrize(("value", "kinds", "meant"), [
    ("17056191", {"us.ssn"}, "017056191"), ("1234567890", {"tw.nhi_card"}, "001234567890"), ("1234567890", {"phone"}, "1234567890"),
    ("12345678", {"jp.my_number"}, "12345678"), ("01086791697", {"kr.rrn"}, "01086791697"),
])
def test_noughts_that_a_spreadsheet_dropped(value, kinds, meant):
    token = lengthened(Token(f"D{len(value)}", value, 0, len(value)), frozenset(kinds))
    assert (token.shape, token.value) == (f"D{len(meant)}", meant)


@pytest.mark.parametrize(("value", "meant"), [
    ("4123456789", "A123456789"), ("4123456780", "A123456780"), ("0912345678", None), ("4523456789", None), ("9123456789", None)])
def test_a_letter_read_as_a_digit(value, meant):
    """What has no letter that would be right is of that shape too: only then chance can be told."""
    read = misread(Token("D10", value, 0, 10))
    assert (read and (read.shape, read.value)) == (meant and ("LD9", meant))


def test_digits_set_backwards():
    text = Text("王小明 \u202e987654321A\u202c 完", "body")
    assert mended(text).content == "王小明 \u202eA123456789\u202c 完"
    assert mended(Text("987654321A", "body")).content == "987654321A"


def test_a_number_that_a_calendar_folds_is_one():
    text = "BEGIN:VEVENT\r\nDESCRIPTION:帳號\\: 0636\r\n 5812746946\\n王\r\nEND:VEVENT\r\n"
    assert "帳號\\: 06365812746946\\n" in mended(Text(text, "body")).content
    assert mended(Text(text[6:], "body")).content == text[6:]


@pytest.mark.parametrize("mark", [".", "-"])
def test_items_against_their_numbers(mark):
    text = "\n".join(f"{i}{mark}12345678901{i}" for i in range(1, 5))
    assert mended(Text(text, "body")).content == text.replace(mark, ")")
    for other in ("1.1234\n1.2345\n3.4567\n", "2.1234\n3.2345\n", "1.5\n2.5\n", "1. 12345\n2. 12345"):
        assert mended(Text(other, "body")).content == other


@pytest.mark.parametrize("source, content, kept", [
    ("header To", '"WANG A123456789" <u1@x.example>, b@x.example', '"WANG A123456789" , '), ("header Cc", "WANG <u12345@x.example>", None),
    ("header To", "u123456@x.example, wang", None), ("header Date", "Mon, 02 Nov 2026", None), ("header From", "A123456789 <a@x.example>", None),
    ("header X-Customer", "A123456789", "A123456789"), ("header Subject", "A123456789", "A123456789"),
    ("header Thread-Topic", "A123456789", "A123456789"), ("header Thread-Index", "A123456789", None)])
def test_fields_that_people_fill_in(source, content, kept):
    found = of_a_header(Text(content, source))
    assert (found and found.content) == kept
