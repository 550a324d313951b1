from __future__ import annotations

import pytest

from gateway.detect.base import Scope, Tally
from gateway.detect.data.contacts import titled
from gateway.detect.data.detector import CustomerData
from gateway.identifiers.terms import Labels
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Sample, Table, Text
from gateway.model.transaction import Direction
from tests.gateway.detect.data.test_detector import scan

LABELS = Labels()
PEOPLE = [("王小明", "351234567"), ("李大華", "361234568"), ("陳怡君", "371234569"), ("林志偉", "311234560")]


@pytest.mark.parametrize("name, expected", [
    ("客戶護照號碼清單.csv", {"passport"}), ("護照號碼/list.txt", {"passport"}), ("sheet 護照號碼", {"passport"}), ("旅券番号一覧", {"jp.passport", "passport"}), ("在留カード番号", {"jp.residence_card"}), ("健保卡號.txt", {"tw.nhi_card"}), ("健保卡補發", set()),
    ("passport numbers.txt", {"passport"}), ("護照代辦進度", set()), ("passport policy.docx", set()), ("訂單清單.csv", set()),
    ("x" * 80 + "護照號碼.csv", {"passport"}), ("護照號碼" + "x" * 80, set())])
def test_names_of_lists(name, expected):
    assert titled.kinds((name,), LABELS) >= expected and bool(titled.kinds((name,), LABELS)) is bool(expected)


@pytest.mark.parametrize("mark", [",", " ", "\t", "|"])
@pytest.mark.parametrize("times", [1, 40])
def test_a_list_of_people_under_the_name_of_its_file(mark, times):
    people = [(f"{name}", f"{int(number) + 100 * i}") for i in range(times) for name, number in PEOPLE]
    text = "\n".join(map(mark.join, people))
    assert scan(text, names=("護照號碼清單.txt",))[0].identifiers["tw.passport"] == 4 * times
    assert "tw.passport" not in scan(text, names=("清單.txt",))[0].identifiers
    assert scan(tables=(Table("sheet 護照號碼", tuple(people)),))[0].identifiers["tw.passport"] == 4 * times


def test_a_list_under_the_subject():
    text = "\n".join(map(" ".join, PEOPLE))
    for names, expected in (((), 4), (("other.txt",), None)):
        detector = CustomerData(Scope(Direction.OUTBOUND, "a@bank.example", (), ()))
        message = Sample(Artifact(1, 0, ArtifactKind.MESSAGE), b"", [Text("護照號碼名單", "header Subject")])
        part = Sample(Artifact(2, 1, ArtifactKind.PART, names=names), b"", [Text(text, "body")])
        for sample in (message, part):
            list(detector.look(sample))
        tally = Tally()
        list(detector.conclude(tally))
        assert tally.identifiers.get("tw.passport") == expected


@pytest.mark.parametrize("text", [
    "\n".join(f"案件,35123456{i}" for i in range(9)), "\n".join(f"王小明,3512345{i}9,2990{i}12345678" for i in range(9)),
    "姓名,案號\n" + "\n".join(f"王小明,35123456{i}" for i in range(9)), "王小明 351234567\n李大華 361234568\n"])
def test_what_is_no_such_list(text):
    assert "tw.passport" not in scan(text, names=("護照號碼清單.csv",))[0].identifiers
