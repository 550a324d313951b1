from __future__ import annotations

import pytest

from gateway.extract.base import Context, Node
from gateway.extract.records.zengin import RECORD, ZENGIN
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.deadline import Limits

HEADER = "1210" + "0000012345" + "ﾄｳﾜ".ljust(40) + "1109" + "0005" + " " * 58
END = "9" + " " * 119


def payment(account, name):
    return ("20001" + "ﾐｽﾞﾎ".ljust(15) + "001" + "ｼﾝｼﾞﾕｸ".ljust(15) + "    1" + account + name.ljust(30) + "0000012345").ljust(RECORD)


def read(*records, line="\r\n", outbound=True, charset="cp932"):
    data = line.join(records).encode(charset)
    node = Node(Artifact(1, 0, ArtifactKind.PART), data, "text/plain")
    return [t.rows for t in ZENGIN.extract(node, Context(Limits(), outbound=outbound))] if ZENGIN.claims(node) else None


@pytest.mark.parametrize("line", ["\r\n", "\n", ""])
def test_payments_as_rows(line):
    rows = read(HEADER, payment("1234567", "ｻﾄｳ ﾀﾛｳ"), payment("7654321", "ｽｽﾞｷ ﾊﾅｺ"), END, line=line)[0]
    assert rows[0][2] == "口座番号"
    assert rows[1:] == (("ﾐｽﾞﾎ", "ｼﾝｼﾞﾕｸ", "1234567", "ｻﾄｳ ﾀﾛｳ", "0000012345"), ("ﾐｽﾞﾎ", "ｼﾝｼﾞﾕｸ", "7654321", "ｽｽﾞｷ ﾊﾅｺ", "0000012345"))


@pytest.mark.parametrize(("charset", "name"), [("utf-8", "ｻﾄｳ ﾀﾛｳ"), ("cp932", "サトウ　タロウ"), ("utf-8", "サトウ　タロウ")])
def test_records_that_another_program_wrote(charset, name):
    rows = read(HEADER, payment("1234567", name), payment("7654321", name), END, line="\n", charset=charset)[0]
    assert [row[2:4] for row in rows[1:]] == [("1234567", name), ("7654321", name)]


def test_what_is_none():
    assert read("1. see below", "2 apples") is None
    assert read(HEADER) == []
    assert read(HEADER, "short", "lines", "x" * 200) == []
    assert read(HEADER, payment("1234567", "ｻﾄｳ"), outbound=False) == []


def test_records_with_commas():
    payments = (f'2,0001,ﾐｽﾞﾎ,{n}01,ｼﾝｼﾞﾕｸ,0000,1,123456{n},"ﾔﾏﾀﾞ ﾀﾛｳ",5000,0,,,,,' for n in (1, 2))
    rows = read("1,21,0,0000123456,ｶ)ﾄｳｻﾞｲ,0504,0005,ﾐﾂﾋﾞｼUFJ,001,ﾎﾝﾃﾝ,1,7654321", *payments, "8,2,10000", "9")[0]
    assert rows[0][2] == "口座番号"
    assert [row[2:4] for row in rows[1:]] == [("1234561", "ﾔﾏﾀﾞ ﾀﾛｳ"), ("1234562", "ﾔﾏﾀﾞ ﾀﾛｳ")]
    assert read("1,21 apples, 2 pears") is None
