from __future__ import annotations

import pytest

from gateway.extract.base import Context, Node, Problem
from gateway.extract.records.delimited import DELIMITED, rows, sniff
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Table
from gateway.model.deadline import Limits
from gateway.model.finding import IncidentCode

TEXT = "姓名,手機,地址\n林美玲,0912345678,\"台北市, 民生路\"\n王小明,0987654321,高雄市\n"


def node(data, name="a.csv", kind="text/csv"):
    return Node(Artifact(1, 0, ArtifactKind.PART, (name,)), data, kind)


def tables(data, outbound=True, **kwargs):
    return [y for y in DELIMITED.extract(node(data, **kwargs), Context(Limits(), outbound=outbound)) if isinstance(y, Table)]


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "big5", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_delimiter_in_any_charset(charset, delimiter):
    text = TEXT.replace('"台北市, 民生路"', "台北市民生路").replace(",", delimiter)
    found = tables((text * 1).encode(charset))
    assert ("林美玲", "0912345678", "台北市民生路") in found[0].rows


def test_quoted_cells_keep_their_commas():
    assert ("林美玲", "0912345678", "台北市, 民生路") in tables(TEXT.encode())[0].rows


def test_text_files_with_columns_are_claimed_by_name():
    assert DELIMITED.claims(node(b"", "export.dat", "text/plain"))
    assert not DELIMITED.claims(node(b"", "letter.md", "text/plain"))
    assert not DELIMITED.claims(node(b"", "a.csv", "application/zip"))


def test_prose_is_no_table():
    assert sniff("Dear all,\nplease find it.\nThanks\n") == ""
    assert tables(b"one line, only") == []


def test_inbound_mail_needs_no_tables():
    assert tables(TEXT.encode(), outbound=False) == []


def test_a_broken_quote_loses_nothing():
    assert ("3", "4") in set(rows('1,"2\n3,4\n', ",")) or any("3,4" in c for row in rows('1,"2\n3,4\n', ",") for c in row)


@pytest.mark.parametrize(("data", "held"), [
    (b"a,b\n" * 1_600_000, True), (b"," * 60_000 + b"\n" + b"," * 60_000, True), (b"a,b\n" * 10_000, False), (b"," * 16_000, False),
])
@pytest.mark.parametrize("outbound", [True, False])
def test_more_rows_and_columns_than_any_sheet(data: bytes, held: bool, outbound: bool) -> None:
    found = list(DELIMITED.extract(node(data), Context(Limits(), outbound=outbound)))
    assert [y.code for y in found if isinstance(y, Problem)] == [IncidentCode.COUNT] * held


def test_fields_of_several_lines():
    text = "id,addr,name\n" + "".join(f'G4013402{n},"湖南省長沙市\n岳麓區 {n}",馬麗\n' for n in range(5))
    assert sniff(text) == ","
    assert list(rows(text, ","))[1] == ("G40134020", "湖南省長沙市\n岳麓區 0", "馬麗")


def test_carets_and_tildes():
    assert sniff("a^b^c\n1^x^1,053,980\n2^y^1,220,849\n") == "^"
    assert sniff("a~b\n1~x\n2~y\n") == "~"


def test_two_tables_in_one_file_and_the_blank_line_between():
    text = "branch,total\n060,4077\n008,2758\n016,5756\n\nname,no,amount\na,1,2\nb,3,4\nc,5,6\n"
    assert sniff(text) == ","
    assert tables(text.encode())[0].rows[4:6] == ((), ("name", "no", "amount"))
    assert sniff("Dear Mr Chen,\nthank you, and, well\nwe did, yes\n, , , ,\nBye\n") == ""


def test_one_long_line_of_no_sheet_is_no_flood():
    plain = Node(Artifact(1, 0, ArtifactKind.PART, ("a.json",)), b'{"32":1,"a":"' + b'","' * 40_000 + b'"}', "text/plain")
    assert list(DELIMITED.extract(plain, Context(Limits(), outbound=True))) == []


def test_formulas_that_are_one_text() -> None:
    text = '="姓名",="護照號碼"\n="王小明",="351234567"\n"=""李大華""",="012345678"\n=1+1,="""x"\n'
    assert list(rows(text, ",")) == [("姓名", "護照號碼"), ("王小明", "351234567"), ("李大華", "012345678"), ("=1+1", '""x')]
