from __future__ import annotations

import pytest

from gateway.extract.bounded import LimitReached
from gateway.extract.office import fields
from gateway.extract.office.fields import Indirect, judge, quoted, tokens
from tests.builders.growth import linear


@pytest.mark.parametrize(("code", "wanted"), [
    (' DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "/c rem" ', "DOC-DDE"), ("dde excel x", "DOC-DDE"), ("QUOTE 68 68 69 65 85 84 79", "DOC-DDE"),
    ("QUOTE 0x44 0x44 0x45 0x41 0x55 0x54 0x4F", "DOC-DDE"), ("SET a DDEAUTO x", "DOC-DDE"), ('INCLUDETEXT "http://h.example/x.docx"', "DOC-REMOTE-INCLUDETEXT"),
    ('INCLUDEPICTURE "\\\\\\\\h.example\\\\a.png" \\d', "DOC-EXTERNAL-SHARE"), ('INCLUDEPICTURE "https://h.example/a.png"', "DOC-EXTERNAL-MEDIA"),
    ('LINK Excel.Sheet.12 "http://h.example/b.xlsx" "S!R1C1"', "DOC-REMOTE-OLE"), ('HYPERLINK "https://www.example.com"', "DOC-LINK"),
    ('HYPERLINK "ms-msdt:/id x"', "DOC-LINK-SCHEME"), ("MACROBUTTON AutoOpen Click", "DOC-MACROBUTTON"),
])
def test_told(code: str, wanted: str) -> None:
    assert wanted in [o.code for o in judge(code)]


@pytest.mark.parametrize("code", ["", "PAGE", 'DATE \\@ "yyyy-MM-dd"', "TOC \\o", "REF _Ref1 \\h", 'LINK Excel.Sheet.12 "C:\\\\a.xlsx" x',
                                  "QUOTE 你好", 'INCLUDETEXT "C:\\\\part.docx"', "MERGEFIELD 姓名", 'HYPERLINK "#DDE"', 'HYPERLINK \\l "_Toc1"'])
def test_ordinary(code: str) -> None:
    assert judge(code) == []


def test_quoted_joins_numbers_and_words() -> None:
    assert quoted('QUOTE 65 "b c" 66') == "Ab cB"
    assert quoted("PAGE 65") == ""


def test_long_instruction_is_linear() -> None:
    assert judge('"' * 200_000) == []


def test_quotes_that_nothing_closes_are_read_once() -> None:
    assert linear(lambda text: [tokens(text[at:]) for at in range(20)], lambda n: "“ " * n, 2_400)
    assert tokens('INCLUDETEXT “a b” "c \\" d"') == ["INCLUDETEXT", "a b", 'c \\" d'] and tokens("“a “b c”") == ["“a", "b c"]


@pytest.mark.parametrize(("codes", "fetched"), [
    (('INCLUDETEXT ', 'IF 1 = 1 "http://h.example/a" "x"'), "DOC-REMOTE-INCLUDETEXT"), (("INCLUDETEXT", 'ASK a "Who?" \\d "\\\\\\\\h.example\\\\a"'), "DOC-REMOTE-INCLUDETEXT"),
    (("INCLUDEPICTURE \\d", 'FILLIN "?" \\d "\\\\\\\\h.example\\\\a.png"'), "DOC-EXTERNAL-SHARE"), (("INCLUDEPICTURE", 'SET a "https://h.example/a.png"'), "DOC-EXTERNAL-MEDIA"),
    (('INCLUDETEXT "C:\\\\a.docx"', 'SET a "http://h.example/a"'), ""), (("HYPERLINK", 'SET a "http://h.example/a"'), ""), (("INCLUDETEXT", 'SET a "word"'), ""),
    (("LINK Word.Document.12 \\a", 'SET a "http://h.example/a"'), "DOC-REMOTE-OLE"),
    (("LINK Excel.Sheet.12 x", 'SET a "\\\\\\\\FS01\\\\a.xlsx"'), ""),
])
def test_addresses_that_another_field_says(codes: tuple[str, ...], fetched: str) -> None:
    indirect = Indirect()
    for code in codes:
        indirect.code(code)
    assert [o.code for o in indirect.found()] == ([fetched] if fetched else [])


def test_addresses_that_stand_in_the_text() -> None:
    indirect = Indirect()
    indirect.code("INCLUDETEXT")
    indirect.text("as on http://h.example/b.rtf\nhttps://h.example/c\n")
    assert [o.detail for o in indirect.found()] == ["https://h.example/c"]
    indirect.kept("src\\\\h.example\\a and \\\\FS01\\a, not C:\\b")
    assert [o.detail for o in indirect.found()] == ["https://h.example/c", "\\\\h.example\\a"]


@pytest.mark.parametrize(("connection", "far"), [
    ("Provider=MSOLAP;Data Source=http://h.example/olap", True), ("DSN=x;DBQ=\\\\\\\\h.example\\\\s\\\\a.mdb", True),
    ("DSN=Sales;Database=Orders", False), ("Provider=x;Data Source=SQL01", False), ("DSN=x;DBQ=C:\\\\data\\\\a.mdb", False)])
def test_connections_of_data(connection: str, far: bool) -> None:
    assert bool(judge(f'DATABASE \\d "C:\\\\a.odc" \\c "{connection}" \\s "SELECT * FROM t"')) == far


def test_more_values_than_are_kept_are_told_where_a_field_fetches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fields, "MOST", 20)
    indirect = Indirect()
    for number in range(22):
        indirect.value(f"file{number}.doc")
    assert indirect.found() == []
    indirect.code("INCLUDETEXT { DOCVARIABLE x }")
    with pytest.raises(LimitReached, match="values for fields"):
        indirect.found()
