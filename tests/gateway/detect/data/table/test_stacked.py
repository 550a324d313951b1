from __future__ import annotations

import pytest

from gateway.detect.data.table.stacked import fenced, rows
from gateway.identifiers.terms import Labels
from tests.bench.test_data_cost import look

LABELS = Labels()
HEAD = "立約人\n護照號碼\n申請日\n保額\n"


def record(n):
    return f"陳志明\n{349586580 + n * 7919}\n2021/05/0{n + 1}\n{n}5,000\n"


def test_cells_of_a_record_come_side_by_side():
    text = "您好\n\n" + HEAD + record(0) + "\n" + record(1) + record(2) + "以上"
    told = rows(text, LABELS)
    assert len(told) == len(text)
    lines = [line.split("\t") for line in told.splitlines() if "\t" in line]
    assert [len(line) for line in lines] == [4, 4, 4, 4]
    assert [line[1].strip() for line in lines] == ["護照號碼", "349586580", "349594499", "349602418"]
    assert told.replace("\t", "\n").split() == text.split()


def test_the_heading_of_their_column_speaks_for_the_numbers():
    assert look(HEAD + "".join(map(record, range(5)))).identifiers["tw.passport"] == 5


@pytest.mark.parametrize("text", [
    "", "\n\n", HEAD, HEAD + record(0), "姓名\n護照號碼\n無\n有\n無\n有\n", "姓名\n陳志明\n護照號碼\n349586580\n姓名\n林美玲\n護照號碼\n349586581\n",
    "".join(map(record, range(5))), "品名\n數量\n單價\n" + "紙\n3000000\n500\n" * 4])
def test_other_lines_stay_lines(text):
    assert rows(text, LABELS) == text


def test_cells_that_are_items_of_lists():
    text = "   * - 姓名\n     - 護照號碼\n     - 金額\n" + "".join(f"   * - 陳志明\n     - 35123456{i}\n     - 1,000\n" for i in range(3))
    assert rows(text, Labels()).count("\t") == 8


def test_rows_of_a_fenced_table_with_one_cell_a_line():
    text = "|===\n|姓名 |護照號碼\n\n|王小明\n|312345678\n\n|李大華\n|323456789\n\n|陳美玲\n|334567890\n|===\n以上"
    told = fenced(text)
    assert len(told) == len(text) and [line.split() for line in told.splitlines() if line][2:5] == [
        ["|王小明", "|312345678"], ["|李大華", "|323456789"], ["|陳美玲", "|334567890"]]
    assert look(text).identifiers["tw.passport"] == 3
    for other in (text.replace("|陳美玲\n", ""), text.replace("|姓名 |護照號碼", "|姓名"), text.replace("|李大華", "|李 |大華"), "|===\n|==="):
        assert fenced(other) == other
    assert not look(text.replace("護照", "訂單")).identifiers
