from __future__ import annotations

import pytest

from gateway.identifiers.characters import Characters
from gateway.reference.variants import GROUPS, standard


@pytest.mark.parametrize(("one", "other"), [
    ("陳刘謝", "陈劉谢"), ("渡辺", "渡邊"), ("渡邉", "渡邊"), ("髙﨑", "高崎"), ("斎藤", "齊藤"), ("台北縣", "臺北县"), ("鍾", "钟"), ("濱澤廣", "浜沢広")])
def test_one_name(one, other):
    assert standard(one) == standard(other)


def test_a_character_stands_in_one_group_only_and_first_ones_stay():
    every = "".join(GROUPS.split())
    assert len(every) == len(set(every))
    assert standard("王陳高邊台里號縣") == "王陳高邊台里號縣"
    assert standard("Ann 12") == "Ann 12"


def test_long_texts_by_their_characters():
    text = "陈先生 12345 刘" * 1000
    assert standard(text, Characters(text)) == standard(text) == "陳先生 12345 劉" * 1000
    text += "\U00020bb7"
    assert standard(text, Characters(text)) == standard(text)
