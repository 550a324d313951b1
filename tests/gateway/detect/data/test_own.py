from __future__ import annotations

import random

import pytest

from gateway.detect.base import Scope, Tally
from gateway.detect.data.detector import CustomerData
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Sample, Table, Text
from gateway.model.transaction import Direction
from gateway.reference import Reference, edm_store, fingerprint

SURNAMES, GIVEN = "陳林黃張李王吳劉蔡楊", "美志淑建雅俊怡家惠明玉文秀宗信"


@pytest.fixture(scope="module")
def people():
    rng = random.Random(3)
    return [(f"C{1000000 + n * 7}", rng.choice(SURNAMES) + rng.choice(GIVEN) + rng.choice(GIVEN), f"19{rng.randrange(40, 99)}-0{rng.randrange(1, 10)}-1{rng.randrange(10)}",
             f"09{rng.randrange(10**8):08d}", f"u{n}@mail.example", f"{rng.randrange(10**11, 10**12)}", f"台北市民生路{n}段{rng.randrange(1, 99)}號{n % 9}樓")
            for n in range(400)]


@pytest.fixture(scope="module")
def reference(people, tmp_path_factory):
    state = tmp_path_factory.mktemp("state")
    table = state / "c.csv"
    table.write_text("\n".join(["customer_no,name,birth,phone,email,account,address", *(",".join(p) for p in people)]), "utf-8")
    edm_store.import_csv(state, "customers", table)
    fingerprint.Store(state).add("plan", PLAN)
    return Reference.load(state)


PLAN = "".join(f"第{n}節說明本行第{n * 7}號專案之進度、預算與負責單位，並附上{n * 13}項風險與因應措施。" for n in range(40))


def scan(reference, *texts, tables=()):
    detector = CustomerData(Scope(Direction.OUTBOUND, "", (), (), reference))
    list(detector.look(Sample(Artifact(1, 0, ArtifactKind.PART), b"", [Text(t, "body") for t in texts], list(tables))))
    return {f.code: f.count for f in detector.conclude(Tally())}


def test_birth_dates_as_files_of_taiwan_have_them(people, reference):
    def born(person: tuple[str, ...]) -> str:
        year, month, day = person[2].split("-")
        return f"{int(year) - 1911:03d}{month}{day}"
    assert scan(reference, "\n".join(f"{p[0]},{born(p)}" for p in people[:5])).get("EDM-customers") == 5
    assert scan(reference, "\n".join(f"{p[0]},{born(q)}" for p, q in zip(people[:5], people[20:], strict=False) if born(p) != born(q))) == {}


@pytest.mark.parametrize("columns", [(1, 3), (3, 5), (1, 6), (0, 1), (1, 4), (1, 2), (4, 5), (0, 1, 2, 3, 4, 5, 6)])
def test_two_fields_of_a_row_in_text_and_table(people, reference, columns):
    some = people[10:20]
    text = "\n".join("請聯絡" + "，".join(p[c] for c in columns) + "。" for p in some)
    assert scan(reference, text).get("EDM-customers") == 10
    rows = tuple(tuple(p[c] for c in columns) for p in some)
    assert scan(reference, tables=[Table("t", rows)]).get("EDM-customers") == 10


@pytest.mark.parametrize("write", [
    lambda p: f"+886 {p[1:]}", lambda p: f"{p[:4]}-{p[4:7]}-{p[7:]}", lambda p: f"{p[:3]} {p[3:6]} {p[6:9]} {p[9:]}", lambda p: p.translate(str.maketrans("0123456789", "０１２３４５６７８９"))])
def test_telephone_numbers_in_any_form(people, reference, write):
    assert scan(reference, "\n".join(f"{p[1]} {write(p[3])}" for p in people[:5])).get("EDM-customers") == 5


@pytest.mark.parametrize("write", [lambda p: f"886{p[1:]}", lambda p: f"00886{p[1:]}", lambda p: f"886-{p[1:4]}-{p[4:]}"])
def test_country_codes_without_a_sign(people, reference, write):
    assert scan(reference, "\n".join(f"{p[1]} {write(p[3])}" for p in people[:5])).get("EDM-customers") == 5


@pytest.mark.parametrize("write", [
    lambda a: f"106 {a.replace('台北', '臺北')}", lambda a: f"{a.replace('樓', 'F')}", lambda a: f"現住{a}的住戶", lambda a: a.replace("號", "號之2").replace("之2", "")])
def test_addresses_in_any_form(people, reference, write):
    some = [p for p in people if "段" in p[6]][20:25]
    assert scan(reference, "\n".join(f"{p[1]}　{write(p[6])}" for p in some)).get("EDM-customers") == 5


@pytest.mark.parametrize("between", [" ", "    ", "  +", " ("])
def test_an_address_ends_before_a_number_behind_it(people, reference, between):
    some = [p for p in people if "段" in p[6]][20:25]
    assert scan(reference, "\n".join(f"{p[6]}{between}{p[5]}" for p in some)).get("EDM-customers") == 5
    assert scan(reference, "\n".join(f"{p[1]} {p[6]}{between}{'7' * 12}" for p in some)).get("EDM-customers") == 5


def test_names_of_a_pdf_in_radicals(people, reference):
    some = [p for p in people if "高" in p[1] or "金" in p[1]][:4]
    lines = [f"{p[1].translate(str.maketrans('高金', '⾼⾦'))} {p[5]}" for p in some]
    assert scan(reference, "\n".join(lines)).get("EDM-customers", 0) == len(some)


def test_readings_of_names_are_no_part_of_them(people, reference):
    assert scan(reference, "\n".join(f"{p[1][0]}(ヤマダ) {p[1][1:]}（タロウ） 口座 {p[5]}" for p in people[:5])).get("EDM-customers") == 5


def test_names_and_addresses_in_other_scripts(people, reference):
    write = str.maketrans("陳張黃劉麗號樓", "陈张黄刘丽号楼")
    some = [p for p in people if p[1][0] in "陳張黃劉"][:5]
    assert scan(reference, "\n".join(f"{p[1].translate(write)} {p[5]}" for p in some)).get("EDM-customers") == 5
    assert scan(reference, "\n".join(f"{p[1].translate(write)}，{p[6].translate(write)}" for p in some)).get("EDM-customers") == 5
    rows = tuple((p[1].translate(write), p[2]) for p in some)
    assert scan(reference, tables=[Table("t", rows)]).get("EDM-customers") == 5


def test_one_field_is_no_record(people, reference):
    assert scan(reference, "出席：" + "、".join(p[1] for p in people[:50])) == {}
    assert scan(reference, "\n".join(f"編號 {p[5]}" for p in people[:50])) == {}


def test_fields_of_different_rows_are_no_record(people, reference):
    strangers = [(a[1], b[3]) for a, b in zip(people[:30], people[200:230], strict=True) if a[1] != b[1]]
    assert scan(reference, tables=[Table("t", tuple(strangers))]).get("EDM-customers") is None


def test_foreign_numbers_do_not_match(reference):
    rng = random.Random(9)
    assert scan(reference, "\n".join(f"王小明 09{rng.randrange(10**8):08d} {rng.randrange(10**12)}" for _ in range(2000))).get("EDM-customers") is None


def test_a_third_of_a_document_or_a_long_passage(reference):
    assert scan(reference, "前文" + PLAN[: len(PLAN) // 2])["FINGERPRINT-plan"] >= 40
    assert "FINGERPRINT-plan" in scan(reference, "今天天氣很好。" * 20 + PLAN[300:480] + "再見。" * 20)
    assert scan(reference, "今天天氣很好，大家一起去公園散步看花。" * 30) == {}


def test_an_address_behind_a_name_with_a_blank_between(people, reference):
    assert scan(reference, "\n".join(f"{p[1]} {p[6]}" for p in people[:5])).get("EDM-customers") == 5


def test_a_document_in_the_cells_of_a_table(reference):
    rows = tuple((PLAN[i:i + 60],) for i in range(0, len(PLAN), 60))
    assert scan(reference, tables=[Table("table 1", rows)])["FINGERPRINT-plan"] >= 90


def test_shares_of_pages_add_up(reference):
    """Forty characters here and forty there: no passage by itself, a third of the document together."""
    pages = [PLAN[i:i + 80] + "其他完全不同的文字" * 3 for i in range(0, len(PLAN), 160)]
    assert scan(reference, pages[0]) == {}
    assert 30 <= scan(reference, *pages)["FINGERPRINT-plan"] <= 70


@pytest.mark.parametrize("write", ["{}", "{} ", "（{}）", "No.{}", "編號{}的客戶", "{},"])
def test_codes_with_letters_before_a_hyphen_in_prose(tmp_path, write):
    rows = [(f"KX-{71900 + n}", f"陳{a}{b}") for n, (a, b) in enumerate(zip(GIVEN, GIVEN[::-1], strict=True))]
    (tmp_path / "c.csv").write_text("customer_no,name\n" + "\n".join(map(",".join, rows)), "utf-8")
    edm_store.import_csv(tmp_path, "codes", tmp_path / "c.csv", kinds={"customer_no": "code", "name": "name"})
    reference = Reference.load(tmp_path)
    prose = "".join(f"關於{name}先生{write.format(number)}的申請已收到。" for number, name in rows[:6])
    assert scan(reference, prose) == {"EDM-codes": 6}
    assert scan(reference, "".join(f"關於{name}先生{write.format(number[:-1] + 'x')}。" for number, name in rows[:6])) == {}


MANY = [a + b + c for a in SURNAMES for b in GIVEN[:6] for c in GIVEN[:6]]


def stored(state, header, rows, **options):
    (state / "t.csv").write_text("\n".join([header, *map(",".join, rows)]), "utf-8")
    edm_store.import_csv(state, "t", state / "t.csv", **options)
    return Reference.load(state)


def anybody(rng):
    """A name, a birth date, a telephone number and a kind of card, of few names and dates."""
    return (rng.choice(MANY), f"19{rng.randrange(60, 64)}-0{rng.randrange(1, 10)}-1{rng.randrange(10)}", f"09{rng.randrange(10**8):08d}",
            rng.choice(("金卡", "白金卡", "普卡")))


@pytest.fixture(scope="module")
def crowd():
    rng = random.Random(5)
    return [(f"C{n:07d}", *anybody(rng)) for n in range(6000)]


@pytest.fixture(scope="module")
def crowded(crowd, tmp_path_factory):
    return stored(tmp_path_factory.mktemp("crowded"), "customer_no,name,birth,phone,grade", crowd)


def told(*cells):
    return Table("t", tuple(cells))


def test_in_a_crowded_table_strangers_share_names_and_birth_dates(crowd, crowded):
    """One pair in forty is a customer's: each mail of forty strangers would have one."""
    rng, taken = random.Random(6), {(p[1], p[2]) for p in crowd}
    strangers = [[anybody(rng) for _ in range(40)] for _ in range(25)]
    assert sum((p[0], p[1]) in taken for mail in strangers for p in mail) > 20
    for mail in strangers:
        assert scan(crowded, tables=[told(*((p[0], p[1]) for p in mail))]) == {}
        assert scan(crowded, "\n".join(f"{p[0]} {p[1]} {p[3]}" for p in mail)) == {}


@pytest.mark.parametrize(("columns", "count"), [
    ((1, 2), 0), ((0, 1), 2), ((0, 4), 0), ((0, 2, 4), 2), ((1, 3), 2), ((2, 3), 2), ((1, 2, 3), 2), ((0, 1, 2), 2), ((0, 3), 2)])
def test_what_chance_explains_needs_a_further_field(crowd, crowded, columns, count):
    """Customer numbers follow each other: any of this shape is somebody's, and that all of them have a customer's name beside
    them is no chance. Telephone numbers are scattered."""
    rows = [tuple(p[c] for c in columns) for p in crowd[100:102]]
    assert scan(crowded, tables=[told(*rows)]).get("EDM-t", 0) == count


def test_many_rows_of_a_table_are_no_chance(crowd, crowded):
    """Two customers may have the same name and birth date: then both rows count."""
    parts = [told(*((p[1], p[2]) for p in crowd[n:n + 10])) for n in range(500, 600, 10)]
    assert 100 <= scan(crowded, tables=parts)["EDM-t"] < 115
    assert scan(crowded, tables=parts[:1]) == {}


@pytest.mark.parametrize("count", [1, 8, 20, 60, 500])
def test_a_small_table_is_known_by_name_and_birth_date(tmp_path, count):
    rng = random.Random(count)
    rows = [("".join(map(rng.choice, (SURNAMES + "徐周葉蘇莊江何蕭羅高", GIVEN + "志芬玲君婷傑宏翰佳蓉豪華德榮國春秋金", GIVEN + "麗英珍雲龍虎安平祥瑞福壽康寧松柏梅蘭"))),
             f"{rng.randrange(1940, 2005)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}", "金卡") for _ in range(count)]
    few = stored(tmp_path, "name,birth,grade", rows)
    name, born, _ = rows[count // 2]
    assert scan(few, f"王董您好：{name}（{born}生）明日到訪。") == {"EDM-t": 1}
    assert scan(few, f"{name}（2001-02-03生）明日到訪，是金卡客戶。") == {}


def test_one_value_in_two_columns_is_one_field(tmp_path):
    twice = stored(tmp_path, "name,phone,second phone,remark", [(f"林{a}{b}", n, n, n) for a, b, n in zip(
        GIVEN, GIVEN[::-1], (f"09{n:08d}" for n in range(12345678, 99999999, 5555555)), strict=False)], kinds={"second phone": "phone", "remark": "text"})
    assert scan(twice, "請打 0912345678 或 0912345678 或 0912345678。") == {}
    assert scan(twice, "請打 0912345678 或 0912345678 找林美信。") == {"EDM-t": 1}


def test_an_index_of_the_version_before_is_read_as_it_was(crowd, tmp_path):
    """It says nothing about chance: any two fields make a record, until the table is imported again."""
    new = stored(tmp_path, "customer_no,name,birth,phone,grade", crowd)
    pair = told((crowd[5][1], crowd[5][2]))
    assert scan(new, tables=[pair]) == {}
    path = tmp_path / "edm" / "t.edm"
    path.write_bytes(path.read_bytes().replace(b"SEKIEDM2", b"SEKIEDM1", 1).replace(b'"chances"', b'"chancen"', 1))
    assert scan(Reference.load(tmp_path), tables=[pair]) == {"EDM-t": 1}
    assert [built.name for built in edm_store.status(tmp_path)] == ["t"]


def test_a_table_that_runs_downwards(people, reference):
    some = people[20:26]
    turned = Table("t", tuple(zip(*((p[1], "x", p[3]) for p in some), strict=True)))
    assert scan(reference, tables=[turned]).get("EDM-customers") == 6
    born = Table("t", tuple(zip(*((p[1], p[2]) for p in some), strict=True)))
    assert scan(reference, tables=[born]).get("EDM-customers") == 6
    crossed = Table("t", (tuple(p[1] for p in some), tuple(p[3] for p in people[320:326])))
    assert scan(reference, tables=[crossed]).get("EDM-customers") is None


def test_surname_and_given_name_in_cells_of_their_own(people, reference):
    some = people[30:36]
    assert scan(reference, tables=[Table("t", tuple((p[1][0], p[1][1:], p[3]) for p in some))]).get("EDM-customers") == 6
    assert scan(reference, tables=[Table("t", tuple((p[1][0], p[1][1:], p[2]) for p in some))]).get("EDM-customers") == 6


def test_a_document_in_cells_is_compared_as_it_was_registered(tmp_path):
    text = "".join(f"第{n}条 データーセンターへのアクセスーログはーサーバーにー保存する。" for n in range(40))
    fingerprint.Store(tmp_path).add("rules", text)
    cells = tuple((text[i:i + 60],) for i in range(0, len(text), 60))
    assert "FINGERPRINT-rules" in scan(Reference.load(tmp_path), tables=[Table("sheet a", cells)])
