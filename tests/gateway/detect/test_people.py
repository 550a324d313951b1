import pytest

from gateway.detect.people import keys, people

TABLE = people(["王小明, Wang Xiao-Ming, Ming Wang", "山田太郎", "O'Neill Jean-Luc"])


@pytest.mark.parametrize(("name", "known"), [
    ("王小明", True), ("王 小明", True), ("王小明董事長", True), ("總經理 王小明", True), ("王小明 (Sales)", True), ("王小明 Wang", True),
    ("Wang Xiaoming", True), ("Xiaoming Wang", True), ("xiao ming WANG", True), ("Mr. Wang Xiao-ming", True), ("Ming Wang", True),
    ("Ｗａｎｇ　Ｘｉａｏｍｉｎｇ", True), ("Wаng Xiаoming", True), ("山田　太郎", True), ("山田太郎様", True), ("社長 山田太郎", True),
    ("Jean Luc O'Neill", True), ("\"Wang, Xiao-Ming\"", True),
    ("王大明", False), ("小明", False), ("Wang", False), ("Xiaoming", False), ("Wang Daming", False), ("山田花子", False), ("", False),
    ("王", False), ("Wang Wang", False), ("12345", False), ("CEO", False),
])
def test_spellings_of_one_name(name, known):
    assert bool(keys(name) & TABLE.keys()) is known


def test_a_key_leads_to_its_entry():
    assert TABLE[next(iter(keys("山田太郎")))] == "山田太郎"


def test_long_names_cost_little():
    assert len(keys("a b " * 100_000)) < 10 and len(people(["x y, " * 1000])) == 1
