from __future__ import annotations

import base64
import zlib

import pytest

from gateway.extract.records.constants import tables
from tests.builders.growth import linear


@pytest.mark.parametrize(("text", "found"), [
    ('INDEX({"姓名","證號";"王","A123456789"},2,1)', [(("姓名", "證號"), ("王", "A123456789"))]),
    ('#table({"h","i"},{{"x ""y""","1"},{"z",-2.5}})', [(("h", "i"), ('x "y"', "1"), ("z", "-2.5"))]),
    ('#table(type table [a = text, #"b c" = text],{{"x","1"}})', [(("a", "b c"), ("x", "1"))]),
    ('Table.FromRows({{"x","1"},{"y","2"}},{"h","i"})', [(("h", "i"), ("x", "1"), ("y", "2"))]),
    ('a = {"x","1"}; b = {"y","2"}', [(("x", "1"),), (("y", "2"),)]),
    ("SUM({1,2,3})", []), ('IF(A1="x","y","z")', []), ('{"only one"}', [])])
def test_tables_as_they_are_written(text, found):
    assert list(tables(text)) == found


def test_long_tables_cost_what_they_are_long():
    assert linear(lambda text: list(tables(text)), lambda n: "{" + '{"a","1"},' * n + "}", 20_000)


def test_tables_that_were_typed_into_power_query():
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    rows = packer.compress(b'[["Ann","A123456789"],["Bob",null]]') + packer.flush()
    text = ('Table.FromRows(Json.Document(Binary.Decompress(Binary.FromText("{}", BinaryEncoding.Base64), Compression.Deflate)), '
            'let _t = ((type nullable text) meta [Serialized.Text = true]) in type table [#"姓名" = _t, id = _t])')
    assert list(tables(text.format(base64.b64encode(rows).decode()))) == [(("姓名", "id"), ("Ann", "A123456789"), ("Bob", ""))]
    assert list(tables(text.format("AAAAAAAA"))) == []
