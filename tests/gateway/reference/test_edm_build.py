from __future__ import annotations

import io

import pytest

from gateway.reference.edm_build import BadTable, build, charset_of

KEY = bytes(32)
HEADER = "客戶編號,姓名,出生日期,手機,電子郵件,地址,備註"
ROW = "C{0},林美玲,1980-01-{1:02d},0912345{0},a{0}@mail.example,台北市民生路{0}段5號,x"


def table(tmp_path, text, charset="utf-8"):
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode(charset))
    return path


def made(path, **options):
    return build("t", path, io.BytesIO(), KEY, **options)


def rows(count=5):
    return "\n".join([HEADER, *(ROW.format(100 + n, n % 28 + 1) for n in range(count))])


def test_columns_by_heading(tmp_path):
    built = made(table(tmp_path, rows()))
    assert [c.kind for c in built.columns] == ["code", "name", "birthdate", "phone", "email", "address", "text"]
    assert [c.name for c in built.columns if c.key] == ["客戶編號", "手機", "電子郵件", "地址"]
    assert (built.rows, built.charset) == (5, "utf-8-sig")


def test_columns_by_content(tmp_path):
    text = "\n".join(["a,b,c,d,e", *(f"林美玲,1980-01-{n + 1:02d},0912345{n:03d},a{n}@mail.example,{n:012d}9" for n in range(9))])
    assert [c.kind for c in made(table(tmp_path, text)).columns] == ["name", "birthdate", "phone", "email", "code"]


def test_columns_as_told(tmp_path):
    built = made(table(tmp_path, rows()), kinds={"備註": "code"}, keys=["備註", "手機"])
    assert {c.name: c.key for c in built.columns if c.key} == {"備註": True, "手機": True}
    with pytest.raises(BadTable, match="no column 'x'"):
        made(table(tmp_path, rows()), keys=["x"])
    with pytest.raises(BadTable, match="unknown kind"):
        made(table(tmp_path, rows()), kinds={"備註": "colour"})


@pytest.mark.parametrize(("charset", "seen"), [("big5", "cp950"), ("gb18030", "gb18030"), ("utf-16", "utf-16"), ("utf-8-sig", "utf-8-sig")])
def test_charsets(tmp_path, charset, seen):
    text = rows(40) if charset != "gb18030" else rows(40).replace("客戶編號", "客户编号").replace("電子郵件", "电子邮件").replace("手機", "手机")
    assert made(table(tmp_path, text, charset)).charset == seen


@pytest.mark.parametrize("charset", ["cp932", "iso2022_jp", "euc_jp"])
def test_japanese_charsets(tmp_path, charset):
    text = "\n".join(["氏名,生年月日,電話番号,住所", *(f"高橋 結衣,1980-01-01,090-1234-{n:04d},山口県横浜市{n}丁目1番" for n in range(40))])
    assert charset_of(table(tmp_path, text, charset)) == charset


@pytest.mark.parametrize(("text", "line", "column"), [
    ("a,b\n1,2\n3\n", 3, 2), ("a,b\n1,2,3\n", 2, 3), ('a,b\n"1,2\n', 2, 0), ("", 1, 0), ("a,b\n", 2, 0), ("a,b\nx,y\n", 1, 0),
    ("name^phone\n林美玲^0912345678\n", 1, 0), ("name,phone,name\nx,0912345678,y\n", 1, 3), (rows().partition("\n")[2], 1, 3),
    (rows() + "\nC9,林\0,1980-01-01,0912345999,a@mail.example,x,y", 7, 0), (rows() + "\0" * 600_000, 6, 0),
    (",".join(f"c{n}" for n in range(256)) + "\n" + ",".join("x" * 256), 1, 256)])
def test_a_bad_table_is_refused_with_its_place(tmp_path, text, line, column):
    with pytest.raises(BadTable) as caught:
        made(table(tmp_path, text))
    assert (caught.value.line, caught.value.column) == (line, column)


def test_octets_of_no_charset_are_refused_with_their_line(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n1,2\n\xff\xff,\x80\xff\n")
    with pytest.raises(BadTable) as caught:
        made(path)
    assert caught.value.line == 3


@pytest.mark.parametrize("tail", [b"A", b"\x00\xd8,\x00"])
def test_utf_16_that_ends_as_something_else(tmp_path, tail):
    path = tmp_path / "t.csv"
    path.write_bytes((rows() + "\n").encode("utf-16") + tail)
    with pytest.raises(BadTable, match="UTF-16") as caught:
        made(path)
    assert caught.value.line == 7
    path.write_bytes((rows(30_000) + "\n").encode("utf-16") + tail)        # in pieces
    with pytest.raises(BadTable) as caught:
        made(path)
    assert caught.value.line == 30_002
