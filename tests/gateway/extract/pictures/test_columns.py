from __future__ import annotations

import pytest

from gateway.extract.pictures import columns


@pytest.mark.parametrize(("line", "read"), [
    ("石建华 ”15086112151 ”莱霞 18852572149", "石建华  15086112151  莱霞 18852572149"),
    ("邱佩珊 |「0997-216-085 |「詹俊傑", "邱佩珊  0997-216-085  詹俊傑"),
    ("王大文 。 A123456789", "王大文  A123456789"),
    ("NGUYEN VANAN 。XV22891663FK 。 ベトナム", "NGUYEN VANAN  XV22891663FK 。 ベトナム"),
    ("6225 “7244 9665 5549", "6225  7244 9665 5549"), ("頁 。2026 年", "頁 。2026 年"),
    ("陳芬佳 822 .889256581600 8035553", "陳芬佳 822  889256581600 8035553"), ("利率 .125 '26 .88925658", "利率 .125 '26 .88925658"),
    ("他说“你好”，2026年。", "他说“你好”，2026年。"),
    ("合計：1,200", "合計：1,200"),
    ("於2023年，15人", "於2023年，15人"),
    ("お届け先 |個人番号欄  支給額 |", "お届け先  個人番号欄  支給額  "),
    ("王大文 |123456789  A223456781|", "王大文 |123456789  A223456781  "),
    ("王小明\n\n0912345678\n \n李小華", "王小明\n0912345678\n李小華"),
])
def test_marks_between_cells_are_room(line, read):
    assert columns.parted(line) == read


def test_cards_side_by_side_are_told_one_after_the_other():
    gap = " " * 12
    page = "\n\n".join(f"{one}{gap}{other}" for k in range(4) for one, other in
                       ((f"王大{'一二三四'[k]}", f"李小{'一二三四'[k]}"), (f"0912-345-00{k}", f"0987-654-00{k}"), (f"a{k}@x.example", f"b{k}@y.example")))
    told = columns.beside(page).split("\n")
    assert told[:3] == ["王大一", "0912-345-000", "a0@x.example"] and told[12:14] == ["李小一", "0987-654-000"]


def test_halves_of_a_list_are_told_one_below_the_other():
    page = "姓名 手機 姓名 手機\n" + "\n".join(f"王大文  0912-345-6{k:02} 李小華  0987-654-3{k:02}" for k in range(9))
    told = columns.beside(page).split("\n")
    assert len(told) == 18 and told[0] == "王大文  0912-345-600" and told[-1] == "李小華  0987-654-308"


@pytest.mark.parametrize("page", [
    "", "Dear Sir,\nplease find below\nthe list",
    "\n".join(f"王大文{' ' * 9}A12345678{k}" for k in range(9)),                              # a table of two columns
    "\n".join(f"王大文  A12345678{k}  0912-345-67{k}" for k in range(9)),
    "\n".join(["東京      大阪"] * 9),                                                    # words only
])
def test_other_pages_are_read_once(page):
    assert columns.beside(page) == ""


def test_a_value_on_the_other_side_of_a_form_stands_by_its_label():
    gap = " " * 40
    assert columns.closed(f"序號{gap}1\n附卡卡號{gap}3565341948227680\nName of card{gap}A B") == "序號    1\n附卡卡號    3565341948227680\nName of card    A B"
    for other in (f"王大文{gap}A123456789{gap}0912345678", f"2026-11-09{gap}3565341948227680", "姓名  卡號"):
        assert columns.closed(other) == other


def test_a_list_that_was_read_downwards() -> None:
    numbers = "\n\n".join(f"09{n}3-690-798" for n in range(10, 22))
    assert columns.downwards(f"姓名\n陳小明\n電話\n{numbers}\n地址")
    assert columns.downwards(numbers.replace("\n\n", "\n| ").replace("0916", "\n|\n 0916"))       # between lines of a table
    assert not columns.downwards(numbers.replace("\n\n", "  陳小明\n"))
    assert not columns.downwards("\n".join(numbers.split("\n")[:10]))
