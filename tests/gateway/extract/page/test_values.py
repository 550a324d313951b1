from __future__ import annotations

import json

from gateway.extract.base import Child, Context, Node
from gateway.extract.page.html import HTML
from gateway.extract.page.values import records
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.deadline import Limits
from tests.builders.growth import linear

ROWS = [["姓名", "護照號碼"], *([f"王小明{n}", f"30000000{n}"] for n in range(6))]


def test_values_of_a_script():
    value = json.dumps(ROWS, ensure_ascii=False)
    assert [json.loads(found) for found in records(f"var a = 1, rows={value}; f({value})")] == [ROWS, ROWS]
    assert [json.loads(found) for found in records(json.dumps({"@graph": ROWS}))] == [{"@graph": ROWS}]


def test_many_others_before_it():
    nested, records_ = json.dumps([{"a": [{"b": n}]} for n in range(60)]), json.dumps([{"name": "王小明", "id": "A123456789"}] * 4)
    assert list(records(f"var a={nested};var b={records_};")) == [nested.encode(), records_.encode()]
    assert list(records('f({"":x);' * 40 + f"var b={records_};")) == [records_.encode()]


def test_cost():
    assert linear(lambda text: list(records(text)), lambda count: "=[[1]" + ",[[2]" * count, 20_000)


def test_what_is_none():
    assert list(records("var a=[[1,2]];b=[{};c={'x':1};")) == []
    assert list(records("=[[" * 50_000)) == []


def test_of_a_page_that_leaves_only():
    page = f"<script>var rows={json.dumps(ROWS)}</script><iframe srcdoc=\"&lt;table&gt;&lt;tr&gt;&lt;td&gt;1&lt;/td&gt;&lt;/tr&gt;\"></iframe>"
    for outbound, labels in ((True, {"script value", "srcdoc"}), (False, set())):
        node = Node(Artifact(1, 0, ArtifactKind.PART), page.encode(), "text/html")
        assert {item.label for item in HTML.extract(node, Context(Limits(), outbound)) if isinstance(item, Child)} == labels
