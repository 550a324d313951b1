from __future__ import annotations

import pytest

from gateway.extract.page.filled import shown
from gateway.extract.page.html import parse, words


@pytest.mark.parametrize(("name", "attributes", "text"), [
    ("input", " value='351234567'", "\t351234567\t"), ("input", ' name="no" value="1"', "\tno: 1\t"), ("input", " name=x", ""),
    ("img", ' src="cid:a" alt="351234567"', " 351234567 "), ("img", " alt='3'", "3"), ("img", " alt=''", ""), ("img", " src='a'", ""),
    ("img", " data-alt='a'", "")])
def test_what_an_element_shows_itself(name: str, attributes: str, text: str) -> None:
    assert shown(name, attributes) == text


def test_what_stands_in_the_place_of_pictures() -> None:
    one = "".join(f'<img src="cid:{digit}" alt="{digit}">' for digit in "312345678")
    whole = '<td>a<img alt="351234567">b<img alt=""><img src="c">'
    assert [words(parse(page, True).visible) for page in (one, whole)] == ["312345678", "a 351234567 b"]
    assert words(parse(whole).visible) == "ab"                       # inbound: what a reader sees is judged


def test_what_may_be_chosen_from_a_list() -> None:
    page = '<form name="f"><select name="ssn"><option value="123-45-6780">A</option><option value="223-45-6780">B</option></select></form>'
    assert "".join(parse(page, True).hidden).split() == ["ssn", "123-45-6780", "223-45-6780"]
    assert "ssn" not in "".join(parse(page).hidden)
