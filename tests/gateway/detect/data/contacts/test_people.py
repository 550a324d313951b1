from __future__ import annotations

import random
from dataclasses import replace

import pytest

from gateway.detect.data.contacts import naming, people
from gateway.detect.data.table import layout
from gateway.identifiers.terms import Labels
from gateway.model.content import Table, Text
from tests.bench.test_data_cost import look
from tests.gateway.detect.data.test_detector import scan


def contacts(grid):
    found = people.Contacts()
    people.read_contacts(grid, found)
    return found


ROWS = tuple(("陳小明" if i % 2 else "林美玲", f"0912345{i:03d}", f"u{i}@gmail.com") for i in range(60))


def test_contact_rows_with_and_without_heading():
    labels = Labels()
    assert len(contacts(layout.from_table(1, Table("t", (("姓名", "手機", "信箱"), *ROWS)), labels)).records) == 60
    assert len(contacts(layout.from_table(1, Table("t", ROWS), labels)).records) == 60
    body = "\n".join(f"姓名：{n}、手機：{p}" for n, p, _ in ROWS)
    assert len(contacts(layout.from_text(1, Text(body, "body"), labels)).records) == 60


def test_branches_and_companies_are_no_contacts():
    rows = tuple(("台灣地土銀行", "鳳山光復街7號之4", f"02-2345-{i:04d}") for i in range(60))
    assert not contacts(layout.from_table(1, Table("t", rows), Labels())).records


@pytest.mark.parametrize("way", ["和平路{}號", "文化巷{}號", "中山街{}號之1"])
def test_names_and_addresses_without_any_number_of_a_telephone(way):
    assert look("\n".join(f"{n % 9}. 陳{'甲乙丙丁戊己庚辛'[n % 8]}{'明華美玲'[n // 8 % 4]} {n} 彰化縣{way.format(n)}" for n in range(10, 70))).contacts >= 50


def test_practices_and_hotels_called_by_a_surname_are_no_contacts():
    for firm, place in (("陳氏診所", "臺北市中山區南京東路{}號"), ("Smith Clinic", "12{} Oak Street Springfield, IL 62704"), ("佐藤医院", "東京都港区芝{}丁目4番8号")):
        assert not body("\n".join(f"{firm}\t02-2345-{i:04d}\t{place.format(i)}" for i in range(60))).records, firm


def test_names_that_one_blank_parts_from_the_rest():
    labels = Labels()
    for name in ("陳小明", "佐藤 美咲", "John Smith", "Mary B. Jones"):
        body = "\n".join(f"{name} 0912345{i:03d}" for i in range(60))
        assert len(contacts(layout.from_text(1, Text(body, "body"), labels)).records) == 60


def body(text, ours=()):
    found = people.Contacts(ours=ours)
    people.read_contacts(layout.from_text(1, Text(text, "body"), Labels()), found)
    return found


def test_records_written_over_several_lines():
    assert body("\n\n".join(f"姓名：{n}\n手機：{p}\nE-mail：{m}" for n, p, m in ROWS)).people() == 60
    assert body("\n\n".join(f"{n}\n手機：{p}" for n, p, m in ROWS)).people() == 60


def test_lists_of_addressees_in_one_line():
    assert body("; ".join(f'"{n}" <{m}>' for n, _, m in ROWS)).people() == 60


def test_staff_and_switchboards_are_no_customers():
    assert body("; ".join(f'"{n}" <{m}>' for n, _, m in ROWS), ("gmail.com",)).people() == 0
    assert body("\n".join(f"{'陳林黃張'[i % 4]}小{'明美玲華芳'[i % 5]} (02) 2345-6789 分機 {i:04d}" for i in range(60))).people() == 0


LINES = ("陳小明 A123456789 0912-345-678", "no number here at all", "John Smith, 02-2345-6789", "王 小明 0912345678", "id=123456789012 took 9 ms",
         "mail a@b.example", "台北市信義路3號", "2026-05-12 12:33 done", "Ann Lee (415) 555-2671 x", "5 Main Street", "")


@pytest.mark.parametrize("seed", range(4))
def test_a_long_text_is_read_as_its_pieces_are(seed):
    """Arrays say which rows are worth a look; short texts are looked at row by row."""
    rng = random.Random(seed)
    long = "\n".join(rng.choice(LINES) for _ in range(400))
    grid = layout.from_text(1, Text(long, "body"), Labels())
    assert grid.characters is not None
    short = replace(grid, characters=None)
    found, wanted = people.Contacts(), people.Contacts()
    assert people.read_contacts(grid, found) == people.read_contacts(short, wanted) > 0
    assert (found.records, found.values) == (wanted.records, wanted.values)
    assert naming.Clues.of(long, grid.characters) == naming.Clues.of(long)


def test_what_stands_under_headings_may_look_as_it_likes():
    rows = tuple(("郭承恩", f"6488{n:04d}", f"九龍彌敦道{n + 1}號") for n in range(60))
    found = people.Contacts()
    grid = layout.from_table(1, Table("t", (("姓名", "手提電話", "地址"), *rows)), Labels())
    assert people.read_contacts(grid, found) == 60 == found.people()
    firms = layout.from_table(2, Table("t", (("聯絡人", "電話", "公司名稱"), *(("郭承恩", f"6488{n:04d}", "大成科技") for n in range(60)))), Labels())
    found = people.Contacts()
    people.read_contacts(firms, found)
    assert found.people() == 0
    codes = layout.from_table(3, Table("t", (("姓名", "電話"), *(("郭承恩", f"{n:04d}") for n in range(60)))), Labels())
    assert people.read_contacts(codes, people.Contacts()) == 0       # extensions


def test_mobile_numbers_of_hong_kong_without_a_blank():
    names = ("陳大文", "李小明", "CHAN Tai Man", "黃美玲")
    text = "\n".join(f"{names[n % 4]}, {'569'[n % 3]}{n * 7919:07d}" for n in range(60))
    assert body(text).people() == 60
    assert body(text.replace(", 5", ", 2")).people() == 0  # dates, numbers of staff
    assert body("\n".join(text.split("\n")[:40])).people() == 0


def test_names_behind_the_number_of_their_line():
    assert body("\n".join(f"{n}. 권수빈 010-{1000 + n}-4402 인천광역시 연수구 송도과학로 {n}" for n in range(1, 31))).people() == 30


def test_names_with_a_title_above_their_numbers():
    text = "\n\n".join(f"〒100-000{i}\n東京都港区芝公園{i}-4-8\n三浦 優奈{title}\nTEL 0804178{i}440" for i, title in enumerate(
        (" 様", "様", "　殿", "さん", " 様", " 様", " 様")))
    contacts = people.Contacts()
    assert people.read_contacts(layout.from_text(1, Text(text, "body"), Labels()), contacts) == 7


@pytest.mark.parametrize("called", ["姚俊賢小姐 ", "陳小明先生", "김민준님 ", "佐藤花子様　"])
def test_names_with_a_title_before_their_numbers(called):
    assert body("\n".join(f"{called.replace(' ', '')} 0912345{n:03d}" for n in range(60))).people() == 60
    assert not body("\n".join(f"{called[0]}{called.strip()[-2:]} 0912345{n:03d}" for n in range(60))).records


def test_first_middle_and_last_name_in_columns_of_their_own():
    for middle, last, whole in (("", "屈", "静屈"), ("", "Smith", "Anna Smith"), ("Q.", "Smith", "Anna Q. Smith")):
        rows = tuple(("静" if last == "屈" else "Anna", middle, last, f"1391234567{n}") for n in range(7))
        found = contacts(layout.from_table(1, Table("t", (("First Name", "Middle Name", "Last Name", "Mobile Phone"), *rows)), Labels()))
        assert {name for name, _ in found.records} == {whole}


def test_surname_and_given_name_in_columns_of_their_own():
    rows = tuple(("陳", "偉", f"0912345{n:03d}") for n in range(7))
    contacts = people.Contacts()
    assert people.read_contacts(layout.from_table(1, Table("t", (("姓", "名", "手機"), *rows)), Labels()), contacts) == 7
    assert {name for name, _ in contacts.records} == {"陳偉"}


def test_people_in_one_line_and_in_fields():
    people = [("王小明", f"09{n:08d}") for n in range(12345678, 12345738)]
    for text in ("、".join(f"{name}({number})" for name, number in people), " " * 300_000 + "、".join(f"{name}({number})" for name, number in people),
                 "\n".join(f"2026-11-09 INFO user={name} mobile={number} login" for name, number in people),
                 "".join(f"cn: {name}\nmobile: {number}\n\n" for name, number in people),
                 "\n".join("\t".join(f"{name}\t{number}" for name, number in people[i:i + 3]) for i in range(0, 60, 3)),
                 "\n".join("   ".join(f"{name} {number}" for name, number in people[i:i + 2]) for i in range(0, 60, 2)),
                 "\t".join(name for name, _ in people) + "\n" + "\t".join(number for _, number in people)):
        assert look(text).contacts == 60, text[:60]


def test_two_people_side_by_side_in_a_table():
    rows = [("姓名", "電話", "姓名", "電話")] + [(f"王小{a}", f"0912{a:06d}", f"李大{a}", f"0922{a:06d}") for a in range(30)]
    turned = [[cell.translate(str.maketrans("0123456789", "一二三四五六七八九十")) if i in (0, 2) else cell for i, cell in enumerate(row)]
              for row in rows]
    contacts = people.Contacts()
    assert people.read_contacts(layout.from_table(1, Table("sheet", tuple(map(tuple, turned))), Labels()), contacts) == 60
    assert contacts.people() == 60


def test_more_records_than_are_counted_are_not_looked_for():
    grid = layout.from_text(1, Text("\n".join(f"王小{'明華強美玲芳'[n % 6]}\t09123456{n:02d}" for n in range(60)), "t"), Labels())
    found = people.Contacts(records={("a", str(n)) for n in range(people.MOST_RECORDS)})
    assert people.read_contacts(grid, found) == 0 and people.read_contacts(grid, people.Contacts()) == 60


def test_addressees_in_capitals_and_under_their_address():
    names = [f"CHAN {a}{b}I MAN" for a in "ABCDEFGH" for b in "AEIOULMN"][:60]
    assert body("; ".join(f'"{n}" <u{i}@x.example>' for i, n in enumerate(names))).people() == 60
    people_of = [f"{n}\u3000様" for n, _, _ in ROWS]
    streets = [f"〒100-{1000 + i}\n東京都新宿区西新宿2-{i}-1\n" for i in range(60)]
    assert body("\n\n".join(map("".join, zip(streets, people_of, strict=False)))).people() >= 50
    assert body("\n\n".join(f"{street}本店 営業部" for street in streets)).people() == 0


@pytest.mark.parametrize("mark", ["：", " -> ", "｜", "\t"])
def test_records_of_label_and_value_are_a_person_each(mark):
    people = [("劉玲俊", "336444213", "000052362043"), ("黃雅蓉", "377057786", "000078404968"), ("陳佳", "301280304", "000034083324")]
    text = "\n\n".join(f"姓名{mark}{name}\n護照號碼{mark}{passport}\n健保卡號{mark}{card}" for name, passport, card in people)
    tally, _ = scan(text)
    assert (tally.identifiers["tw.passport"], tally.identifiers["tw.nhi_card"], tally.persons) == (3, 3, 3)


@pytest.mark.parametrize("seed", range(3))
def test_rows_that_are_read_together_are_what_they_are_one_by_one(seed, monkeypatch):
    rng = random.Random(seed)
    names = ("陳小明", "林美玲", "John Smith", "佐藤 美咲", *(("ACME Ltd.", "陳氏診所", "") if seed else ()))
    phones = ("09{:08d}", "09{:08d}", *(("+886-9{:08d}", "x{}", "{}", "") if seed == 2 else ()))
    rows = [f"{rng.choice(names)},{rng.choice(phones).format(rng.randrange(10**8))},u{n}@{rng.choice(('gmail.com', 'bank.example'))}"
            for n in range(900)]
    text = "\n".join(["姓名,手機,信箱", *rows, *rows[200:300]])

    def read():
        found = body(text, ours=("bank.example",) if seed else ())
        return found.records, dict(found.values)

    together = read()
    monkeypatch.setattr(people, "_of_people", lambda *of: False)
    assert together == read() != (set(), {})


def test_a_heading_with_nothing_below_it():
    assert not body("x\n" * 60 + "姓名,手機").records
    assert len(body("姓名,手機,備註\n" + "\n".join(f"陳小明,09{n:08d},{'x' * 5000}" for n in range(120))).records) == 120
