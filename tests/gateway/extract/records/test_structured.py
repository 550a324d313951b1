from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Callable, Iterator

import pytest

from gateway.extract.base import Context, Node, Problem, Yield
from gateway.extract.records.sql import copied, inserted
from gateway.extract.records.structured import STRUCTURED, _ldif, _vcard
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Table, Text
from gateway.model.deadline import Limits
from gateway.model.finding import IncidentCode
from tests.builders.growth import linear


def read(data, kind="text/plain", outbound=True):
    node = Node(Artifact(1, 0, ArtifactKind.PART, ("a",)), data, kind)
    assert STRUCTURED.claims(node)
    return list(STRUCTURED.extract(node, Context(Limits(), outbound=outbound)))


def rows(found):
    return {row for t in found if isinstance(t, Table) for row in t.rows}


RECORDS = [{"姓名": "林美玲", "id": "V115718705", "more": {"phone": "0912345678"}}, {"姓名": "王小明", "id": "F259151029", "more": {"phone": "0987654321"}}]


@pytest.mark.parametrize("text", [json.dumps(RECORDS), json.dumps({"data": RECORDS}, ensure_ascii=False), "\n".join(json.dumps(r) for r in RECORDS)])
def test_json_records(text):
    found = rows(read(text.encode()))
    assert {("姓名", "id", "phone"), ("林美玲", "V115718705", "0912345678"), ("王小明", "F259151029", "0987654321")} <= found


def test_json_that_holds_a_page():
    """A notebook shows its tables as pages do."""
    found = rows(read(json.dumps({"shown": ["<table>", "<tr><td>"], "rows": RECORDS}).encode(), kind="text/html"))
    assert ("林美玲", "V115718705", "0912345678") in found


def test_json_lists_of_values_and_depth():
    assert ("ids", "1", "2") in rows(read(b'{"ids": [1, 2]}'))
    assert read(b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}", "application/json") == [Problem(IncidentCode.COUNT, "more than 500 brackets within one another")]
    assert ("b", "A123456789") in rows(read(b'{"a":[' * 200 + b'{"b": {"c": 1}, "b": ["A123456789"]}' + b"]}" * 200))


def test_sql_dump():
    dump = "CREATE TABLE c (a);\nINSERT INTO `c` (`name`, `id`) VALUES ('O''Neil, P', 'V115718705'),('林','F259151029');\nINSERT INTO d VALUES (1,'x');"
    assert {("name", "id"), ("O'Neil, P", "V115718705"), ("林", "F259151029"), ("1", "x")} <= rows(read(dump.encode()))


def test_vcards():
    card = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:林美玲\r\nTEL;TYPE=CELL:0912\r\n 345678\r\nitem1.EMAIL:a@b.example\r\nEND:VCARD\r\n"
    assert ("林美玲", "0912345678", "a@b.example", "", "", "") in rows(read((card * 2).encode(), "text/vcard"))


@pytest.mark.parametrize("charset", ["utf-8", "shift_jis", "utf-16"])
def test_xml_records(charset):
    text = f'<?xml version="1.0" encoding="{charset}"?><r><c><氏名>高橋</氏名><no>025001799188</no></c><c no="1" 名="x"/></r>'
    found = read(text.encode(charset), "text/xml")
    assert ("高橋", "025001799188") in rows(found)
    assert any("no: 025001799188" in t.content for t in found if isinstance(t, Text))


def test_xml_entities_stay_closed():
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>'
    assert all("/" not in t.content.replace("</", "") for t in read(bomb, "text/xml") if isinstance(t, Text))


def testinsertedite(tmp_path):
    path = tmp_path / "x.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE c (name TEXT)")
    connection.execute("INSERT INTO c VALUES ('林美玲')")
    connection.commit()
    connection.close()
    assert ("林美玲",) in rows(read(path.read_bytes(), "application/vnd.sqlite3"))
    assert isinstance(read(path.read_bytes()[:700], "application/vnd.sqlite3")[-1], Problem)


def test_prose_is_not_claimed_and_inbound_needs_nothing():
    assert not STRUCTURED.claims(Node(Artifact(1, 0, ArtifactKind.PART), b"Dear {name}, hello", "text/plain"))
    assert read(b'{"a": 1}', outbound=False) == []


def test_names_that_a_damaged_document_leaves():
    data = b'<?xml version="1.0"?><a><x:b:c y="1">t</x:b:c><d:>1</d:><e>2</e></a>'
    node = Node(Artifact(1, 0, ArtifactKind.PART), data, "text/xml")
    assert "t" in " ".join(i.content for i in STRUCTURED.extract(node, Context(Limits(), outbound=True)) if isinstance(i, Text))


@pytest.mark.parametrize(("data", "kind"), [
    (b'<?xml version="1.0"?>' + b"<a>" * 600 + b"</a>" * 600, "text/xml"),
    (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "' + b"x" * 100_000 + b'">]><a>' + b"&b;" * 200 + b"</a>", "text/xml"), (b"[" * 9000, "text/plain"),
])
@pytest.mark.parametrize("outbound", [True, False])
def test_nesting_and_entities_without_end_in_both_directions(data: bytes, kind: str, outbound: bool) -> None:
    node = Node(Artifact(1, 0, ArtifactKind.PART), data, kind)
    assert STRUCTURED.claims(node)
    found = list(STRUCTURED.extract(node, Context(Limits(), outbound=outbound)))
    assert [y.code for y in found if isinstance(y, Problem)] == [IncidentCode.COUNT] and len(found) == 1


def test_more_columns_and_attributes_than_any_record_has() -> None:
    wide = read(json.dumps({str(n): 1 for n in range(20_000)}).encode())
    assert not [y for y in wide if isinstance(y, Problem)] and any(("19999", "1") in y.rows for y in wide if isinstance(y, Table))
    assert Problem(IncidentCode.COUNT, "more than 300000 records") in read(json.dumps({str(n): 1 for n in range(300_001)}).encode())
    assert not [y for y in read(json.dumps([{str(n): 1 for n in range(9_000)}] * 3).encode()) if isinstance(y, Problem)]
    marked = b'<?xml version="1.0"?><a ' + b" ".join(b'k%d="1"' % n for n in range(1_200)) + b"/>"
    assert [y.code for y in read(marked, "text/xml") if isinstance(y, Problem)] == [IncidentCode.COUNT]
    assert not [y for y in read(marked.replace(b'k1100="1"', b"").replace(b"<a ", b"<a>").replace(b"/>", b"</a>"), "text/xml") if isinstance(y, Problem)]


@pytest.mark.parametrize("first", ["", "caption='x' "])
def test_an_element_of_attributes_alone_is_read_once(first: str) -> None:
    def of(count: int) -> bytes:
        return (f"<?xml version='1.0'?><r {first}" + " ".join(f"k{n}='1'" for n in range(count)) + "/>").encode()

    assert linear(lambda text: read(text, "text/xml"), of, 8_000)


@pytest.mark.parametrize(("reader", "unit", "count"), [
    (inserted, "insert into a values (1)\n", 1_500), (inserted, "insert into a values (\\'", 2_500), (_vcard, "begin:vcard\n", 5_000), (_vcard, "begin:vcard\n\n", 5_000),
    (copied, "copy a (x) from stdin\n", 3_000), (_ldif, "cn: a\n", 60_000),
])
def test_records_that_nothing_ends_are_read_once(reader: Callable[[str], Iterator[Yield]], unit: str, count: int) -> None:
    assert linear(lambda text: list(reader(text)), lambda n: unit * n, count)


def test_dumps_of_other_databases() -> None:
    found = read("INSERT INTO CUST(NAME,ID) VALUES\n(N'林美玲',N'V115718705'),\n(N'O''Brien',E'A1');".encode())
    assert rows(found) == {("NAME", "ID"), ("林美玲", "V115718705"), ("O'Brien", "A1")}
    found = read("COPY public.customer (name, passport_no) FROM stdin;\n岡田\tTG5137377\n石川\tTU5250258\n\\.\n\nSELECT 1;".encode())
    assert rows(found) == {("name", "passport_no"), ("岡田", "TG5137377"), ("石川", "TU5250258")}


def test_entries_of_a_directory() -> None:
    name = base64.b64encode("林美玲".encode()).decode()
    found = read(f"dn: uid=1,dc=b\ncn:: {name}\nmobile: 0912\n 345678\nmail: a@b.c\nmail: d@e.f\n\ndn: uid=2,dc=b\nsn: x\n".encode())
    assert ("uid=1,dc=b", "林美玲", "0912345678", "a@b.c d@e.f") in rows(found)
    assert not STRUCTURED.claims(Node(Artifact(1, 0, ArtifactKind.PART), b"to be done: dn: see below", "text/plain"))


def test_cards_in_quoted_printable() -> None:
    folded = "=E6=9E=97=E7=BE=\r\n=8E=E7=8E=B2"
    card = f"BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:{folded};;;\r\nTEL;CELL:0912\r\nEND:VCARD\r\n"
    assert ("林美玲", "0912") in {row[:2] for row in rows(read(card.encode(), "text/vcard"))}


@pytest.mark.parametrize("field", ["<f><name>{}</name><value>{}</value></f>", '<f key="{}" val="{}"/>', "<f><Label>{}</Label><Text>{}</Text></f>"])
def test_fields_with_name_and_value(field):
    page = "<data>" + field.format("健保IC卡號", "000039447921") + field.format("姓名", "曾昱廷") + "</data>"
    found = [t.content for t in read(page.encode(), "text/xml") if isinstance(t, Text)]
    assert any("健保IC卡號: 000039447921\n" in text and "姓名: 曾昱廷" in text for text in found)


def test_insert_all_of_oracle():
    text = "INSERT ALL\n  INTO c (name, passport_no) VALUES ('a (b) into', '351234567')\n  INTO c (name, passport_no) VALUES ('c', '351234568')\nSELECT * FROM dual;\n"
    found = [t.rows for t in read(text.encode()) if isinstance(t, Table)]
    assert found == [(("name", "passport_no"), ("a (b) into", "351234567"), ("c", "351234568"))]


def test_a_text_in_pieces():
    text = '[{"text": ["證號 ", {"type": "plain", "text": "A123456789"}, "。"]}, {"text": ["a", {"x": {"y": 1}}]}]'
    assert not any("A123456789A123" in cell for t in read(b'[{"m": [{"text": "A123456789"}, {"text": "A123456789"}]}]')
                   if isinstance(t, Table) for row in t.rows for cell in row)
    assert any(("text", "證號 A123456789。") in t.rows for t in read(text.encode()) if isinstance(t, Table))


def test_json_in_a_string_of_json():
    text = '{"log": [{"url": "x", "text": "{\\"name\\": \\"a\\", \\"arc_no\\": \\"ED25018258\\"}"}, {"url": "x", "text": "{not json, but long}"}]}'
    assert any(t.rows == (("name", "arc_no"), ("a", "ED25018258")) for t in read(text.encode()) if isinstance(t, Table))


@pytest.mark.parametrize("text", ['[["姓名", "護照號碼"], ["陳", "351234567"]]', '[\n  ["姓名", "護照號碼"],\n  ["陳", "351234567"]\n]'])
def test_json_lists_of_rows(text):
    assert [t.rows for t in read(text.encode()) if isinstance(t, Table)] == [(("", "姓名", "護照號碼"), ("", "陳", "351234567"))]


def test_xml_without_its_first_line_and_elements_of_one_attribute():
    text = '<map version="1"><node TEXT="a"><node TEXT="&#x5361;&#x53f7;&#xff1a;&#x34;5"/></node></map>'
    assert any("TEXT: 卡号：45" in item.content for item in read(text.encode()) if isinstance(item, Text))
    assert not list(read(text.encode(), outbound=False))
    assert not any(STRUCTURED.claims(Node(Artifact(1, 0, ArtifactKind.PART), data, "text/plain")) for data in (b"<b>hi</b> there", b"< a > b </ a >"))


def test_columns_of_the_table_that_is_created_before():
    text = ("CREATE TABLE IF NOT EXISTS `c` (\n  name VARCHAR(40) NOT NULL,\n  passport_no CHAR(9),\n  amount DECIMAL(10, 2),\n  PRIMARY KEY (name)\n);\n"
            "INSERT INTO `c` VALUES ('a', '351234567', 1);\nINSERT INTO d VALUES ('b', 2);\n")
    found = [t.rows for t in read(text.encode()) if isinstance(t, Table)]
    assert found == [(("name", "passport_no", "amount"), ("a", "351234567", "1")), (("b", "2"),)]


@pytest.mark.parametrize("answer", [
    {"schema": {"fields": [{"name": "name"}, {"name": "id_no"}]}, "rows": [{"f": [{"v": "Lee"}, {"v": "1"}]}, {"f": [{"v": "Ho"}, {"v": None}]}]},
    {"columns": ["name", "id_no"], "index": [0, 1], "data": [["Lee", 1], ["Ho", None]]},
    {"name": {"0": "Lee", "1": "Ho"}, "id_no": {"0": 1, "1": None}},
])
def test_columns_named_apart_from_their_rows(answer):
    assert (("name", "id_no"), ("Lee", "1"), ("Ho", "")) in [t.rows for t in read(json.dumps(answer).encode()) if isinstance(t, Table)]


def test_kinds_of_records_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.extract.records.structured.MOST_TABLES", 2)
    records = [{f"k{n}": n, "x": "y"} for n in range(5)]
    tables = [t for t in read(json.dumps(records).encode()) if isinstance(t, Table)]
    assert len(tables) == 3 and {("k4", "4"), ("x", "y")} <= set(tables[-1].rows)
    data = b"<?xml version='1.0'?><r>" + b"".join(b"<a k%d='%d' n='x'/>" % (n, n) for n in range(5)) + b"</r>"
    found = read(data, "text/xml")
    assert sum(isinstance(t, Table) for t in found) == 2 and any("k4: 4" in t.content for t in found if isinstance(t, Text))


def test_a_card_of_endless_fields() -> None:
    found = read(b"BEGIN:VCARD\nFN:x\n" + b"TEL:1\n" * 10_001 + b"END:VCARD\n", "text/vcard")
    assert [p.code for p in found if isinstance(p, Problem)] == [IncidentCode.COUNT]


def test_directories_of_more_entries_than_anybody_sends():
    assert Problem(IncidentCode.COUNT, "more than 300000 entries") in read(b"dn: cn=x\ncn: x\n" + b"\ndn: c\n" * 300_001)


def test_elements_are_told_in_the_order_of_the_document():
    page = b'<?xml version="1.0"?><r><a>1</a><b k="v">2<c>3</c>4</b>5<!-- no --><d>6</d><e><name>id</name><value>7</value></e></r>'
    assert [item.content for item in read(page) if isinstance(item, Text)] == ["a: 1\nb: 2\nb: 5\nc: 3\nc: 4\nd: 6\nid: 7\nname: id\nvalue: 7"]


def test_cards_of_contacts_in_json():
    cards = [["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", name], ["tel", {"type": "cell"}, "uri", "tel:0912-345-678"],
                        ["n", {}, "text", ["a", "b"]], "odd"]] for name in ("陳明", "林華")]
    rows = next(item.rows for item in read(json.dumps(cards).encode()) if isinstance(item, Table))
    assert rows[0][:3] == ("version", "fn", "tel") and [row[1:3] for row in rows[1:]] == [("陳明", "0912-345-678"), ("林華", "0912-345-678")]
    read(json.dumps([["vcard"], ["vcard", 5], ["vcard", [[1, {}, 2, 3]]]]).encode())


@pytest.mark.parametrize("sign", ["=", " = "])
def test_cells_of_sheets_with_room_in_their_attributes(sign: str) -> None:
    rows = (("姓名", "身分證字號"), ("王小明", "A123456789"), ("陳怡君", "B223456789"))
    cells = "".join(f'<Cell Row{sign}"{row}" Col{sign}"{column}">{value}</Cell>' for row, values in enumerate(rows) for column, value in enumerate(values))
    found = read(f'<?xml version="1.0"?><Sheet><Cells>{cells}</Cells></Sheet>'.encode(), "text/xml")
    assert rows in [t.rows for t in found if isinstance(t, Table)]


def test_a_list_of_lines_is_a_text():
    """Notebooks (nbformat 4) have theirs so."""
    found = read(json.dumps({"outputs": [{"text/plain": ["姓名 护照号\n", "王五 E12345678\n", "李四 E12345679"]}]}).encode())
    assert "姓名 护照号\n王五 E12345678\n李四 E12345679" in [one.content for one in found if isinstance(one, Text)]
    assert ("text", "a\n", "b\n", "c") not in rows(found)
    assert ("ids", "a", "b") in rows(read(b'{"ids": ["a", "b"]}'))


@pytest.mark.parametrize("data", [
    '<?xml version="1.0"?><r><field name="證號">A123456789</field></r>', '<?xml version="1.0"?><r><field name="證號"><value>A123456789</value></field></r>',
    '<?xml version="1.0"?><r><f1 caption="證號">A123456789</f1></r>', '<?xml version="1.0"?><r><i value="A123456789" name="證號"/></r>'])
def test_fields_of_xml_that_are_called_by_an_attribute(data):
    assert "證號: A123456789" in "\n".join(t.content for t in read(data.encode(), "text/xml") if isinstance(t, Text)).splitlines()


def test_tables_in_queries():
    text = 'section Section1;\nshared T = #table({"姓名","證號"},{{"王","A123456789"},{"李","B223456789"}});'
    assert rows(read(text.encode())) == {("姓名", "證號"), ("王", "A123456789"), ("李", "B223456789")}


def test_numbers_that_are_the_keys_of_their_records():
    found = rows(read(b'{"account_no": {"0041234567": {"name": "a"}, "0041234568": {"name": "b"}}, "y": {"2024": {"n": 1}, "2025": {"n": 2}}}'))
    assert ("account_no", "0041234567", "0041234568") in found
    assert ("y", "2024", "2025") not in found


def test_lines_that_are_one_text_of_xml():
    found = read("<?xml version='1.0'?><r><a><![CDATA[護照號碼,姓名\n351234567,王]]></a><b>x</b></r>".encode(), "text/xml")
    lines = "\n".join(t.content for t in found if isinstance(t, Text)).splitlines()
    assert "護照號碼,姓名" in lines and "b: x" in lines
