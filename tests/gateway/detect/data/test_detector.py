from __future__ import annotations

import random
import time

import pytest
from stdnum.cn import uscc

from gateway.detect.base import Scope, Tally, TooMuch
from gateway.detect.data import judge
from gateway.detect.data.detector import CustomerData, code, mask
from gateway.identifiers import jp
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Sample, Table, Text
from gateway.model.transaction import Direction
from gateway.reference import Reference
from tests.bench.test_data_cost import look
from tests.gateway.identifiers import makers


def scan(*texts, tables=(), names=(), direction=Direction.OUTBOUND, own=()):
    reference = Reference(own_numbers=frozenset(own)) if own else None
    detector = CustomerData(Scope(direction, "a@bank.example", ("b@x.example",), ("bank.example",), reference))
    sample = Sample(Artifact(1, 0, ArtifactKind.PART, names=names), b"", [Text(t, "body") for t in texts], list(tables))
    findings = list(detector.look(sample))
    tally = Tally()
    findings += detector.conclude(tally)
    return tally, findings


RNG = random.Random(11)


@pytest.mark.parametrize(("make", "kind", "label"), [
    (makers.tw_id, "tw.national_id", "身分證字號"), (makers.tw_resident, "tw.resident_id", "居留證號"), (makers.cn_id, "cn.resident_id", "身份证号"),
    (makers.hk_id, "hk.id", "香港身份證號碼"), (makers.my_number, "jp.my_number", "マイナンバー"), (makers.licence, "jp.driver_licence", "運転免許証番号"),
    (makers.card, "card", "信用卡卡號")])
def test_three_persons_under_a_label(make, kind, label):
    values = [make(RNG) for _ in range(3)]
    tally, findings = scan("\n".join(f"客戶{label}：{v}、請處理" for v in values))
    assert tally.identifiers[kind] == 3
    assert tally.persons == 3
    finding = next(f for f in findings if f.code == code(kind))
    assert (finding.count, finding.category) == (3, "data")


def test_stripes_of_cards_need_no_other_word():
    cards = [makers.card(RNG) for _ in range(3)]
    tally, _ = scan("\n".join(f"t2 ;{card}=27121010000012300?" for card in cards))
    assert (tally.identifiers["card"], tally.persons) == (3, 3)
    assert not scan("\n".join(f";{RNG.randrange(10 ** 15, 4 * 10 ** 15)}=27121010000012300?" for _ in range(3)))[0].identifiers.get("card")
    assert not scan(";4111111111111111=27121010000012300?\n" * 3)[0].identifiers


def firm():
    begin = "91" + RNG.choice(("110000", "310115", "440300")) + "MA" + "".join(RNG.choices("0123456789ABCDEFGHJKLMNPQRTUWXY", k=7))
    return begin + uscc.calc_check_digit(begin)


@pytest.mark.parametrize("rows", [3, 1500])
def test_codes_of_firms_that_have_letters(rows):
    firms = [firm() for _ in range(rows)]
    assert scan("\n".join(f"统一社会信用代码：{value}" for value in firms))[0].identifiers == {"cn.uscc": rows}
    table = Table("sheet", (("公司", "统一社会信用代码"), *((f"某某{i}", value) for i, value in enumerate(firms))))
    tally, _ = scan(tables=[table])
    assert (tally.identifiers, tally.persons) == ({"cn.uscc": rows}, 0)
    assert scan("\n".join(f"产品编号：{value}" for value in firms))[0].identifiers == {}


def test_evidence_shows_three_characters_at_most():
    value = makers.tw_id(RNG)
    _, findings = scan(f"身分證字號：{value}")
    text = repr(findings)
    assert value[-3:] in text
    assert value[-4:] not in text
    assert mask("12345") == "****5"


@pytest.mark.parametrize("disguise", [
    lambda v: v.translate(str.maketrans("0123456789", "０１２３４５６７８９")), lambda v: "\u200b".join(v), lambda v: "\u00ad".join(v),
    lambda v: f"{v[:4]}-{v[4:8]}-{v[8:]}", lambda v: f"{v[:3]} {v[3:6]} {v[6:]}", lambda v: v.translate(str.maketrans("0123456789", "〇一二三四五六七八九")),
    lambda v: v.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")), lambda v: v[0] + v[1:].replace("0", "O").replace("1", "l")])
def test_disguised_numbers(disguise):
    values = [makers.tw_id(RNG) for _ in range(6)]
    tally, _ = scan("\n".join(f"身分證字號：{disguise(v)}、生日" for v in values))
    assert tally.identifiers.get("tw.national_id") == 6


def test_a_column_without_any_word():
    tally, _ = scan("\n".join(f"{n}\t{makers.tw_id(RNG)}\tx" for n in range(5)))
    assert tally.persons == 5


def test_numbers_that_a_spreadsheet_shortened():
    values = ["025001799188", "024818097375", "264287242210"]
    table = Table("sheet", (("氏名", "マイナンバー"), *(("山田", v.lstrip("0")) for v in values)))
    assert scan(tables=[table])[0].identifiers["jp.my_number"] == 3


def test_broken_over_lines_under_a_label():
    values = [makers.my_number(RNG) for _ in range(4)]
    tally, _ = scan("\n".join(f"氏名：x、マイナンバー：{v[:5]}\n{v[5:10]}\n{v[10:]}、生年月日" for v in values))
    assert tally.identifiers["jp.my_number"] == 4


def test_names_of_files_are_read():
    values = [makers.cn_id(RNG) for _ in range(3)]
    tally, _ = scan(names=(f"身份证{'_'.join(values)}.txt",))
    assert tally.persons == 3


def test_examples_of_manuals_are_clean():
    tally, _ = scan("マイナンバー 123456789018、カード番号 4242424242424242、3530111333300000、身分證字號 A123456789")
    assert tally.persons == 0


def test_masked_values_are_clean():
    assert scan("身分證字號 I20*****33\n卡號 **** **** **** 4947\n身份证 410105********296X")[0].persons == 0


def test_own_numbers_are_clean():
    value = makers.card(RNG)
    assert scan(f"信用卡卡號：{value}")[0].identifiers["card"] == 1
    assert "card" not in scan(f"信用卡卡號：{value}", own=[value])[0].identifiers


def test_accounts_that_ask_for_payment_are_clean():
    assert scan("請匯款至 台灣銀行 帳號 538738621485\n" * 3)[0].persons == 0
    assert scan("戶名：陳秀琴、帳號：538738621485\n戶名：吳誠、帳號：881553374027\n戶名：王成、帳號：915400528332")[0].identifiers["tw.bank_account"] == 3


def test_inbound_mail_is_not_searched():
    assert scan(f"身分證字號：{makers.tw_id(RNG)}", direction=Direction.INBOUND)[0].identifiers == {}


def test_chinese_cards_are_counted_among_the_cards():
    value = makers.card(RNG, "621700")
    tally, _ = scan(f"银行卡号：{value}")
    assert (tally.identifiers["card"], tally.identifiers["cn.bank_card"]) == (1, 1)


def random_mail(rng):
    kind = rng.randrange(6)
    count = rng.choice((1, 2, 3, 3, 4, 5, 10, 30))
    if kind == 0:
        rows = [f"{rng.randrange(10**12):012d}" for _ in range(count)]
    elif kind == 1:
        rows = [f"訂單 {rng.randrange(10**16):016d}" for _ in range(count)]
    elif kind == 2:
        rows = [f"{rng.choice('ABCDEFGH')}{rng.randrange(10**9):09d}, {rng.randrange(99)}" for _ in range(count)]
    elif kind == 3:
        rows = [f"Invoice {rng.randrange(10**18):018d} paid" for _ in range(count)]
    elif kind == 4:
        rows = [f"王小明 09{rng.randrange(10**8):08d} {rng.randrange(10**12):012d}" for _ in range(count)]
    else:
        rows = [f"2026{rng.randrange(10**12):012d}\t{rng.randrange(10**8):08d}" for _ in range(count)]
    return "\n".join(rows)


def test_random_orders_invoices_and_phones_are_not_held():
    rng = random.Random(2026)
    held = sum(scan(random_mail(rng))[0].persons >= 3 for _ in range(3000))
    assert held <= 3


def test_a_thousand_rows_in_a_second_of_cpu():
    rows = tuple((f"陳{n}", makers.my_number(RNG), "1984-07-21", f"0912{n:06d}") for n in range(1000))
    started = time.process_time()
    tally, _ = scan(tables=[Table("sheet", (("氏名", "マイナンバー", "生年月日", "電話番号"), *rows))])
    assert tally.persons == 1000
    assert time.process_time() - started < 1


def test_hong_kong_numbers_with_digit_and_letter_as_check_are_one_column():
    values = ["C0572347", "F8929544", "H052964A", "B9185173"]
    tally, _ = scan("\n".join(values))
    assert tally.identifiers["hk.id"] == 4


def test_a_thousand_people_are_bulk():
    rng = random.Random(4)
    rows = [("客戶", makers.tw_id(rng)) for _ in range(1010)]
    found = {f.code: f.count for f in scan(tables=[Table("sheet", tuple(rows))])[1]}
    assert found["DATA-BULK"] >= 1000
    assert "DATA-BULK" not in {f.code for f in scan(tables=[Table("sheet", tuple(rows[:900]))])[1]}


def test_a_thousand_contacts_are_bulk():
    text = "\n".join(f"{'陳林黃張'[n % 4]}{'志家淑芬'[n // 4 % 4]}{'美玲怡君'[n // 16 % 4]} 09{n * 7919 % 10**8:08d}" for n in range(1300))
    assert "DATA-BULK" in {f.code for f in scan(text)[1]}


@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_a_label_holds_for_a_list_of_one_value_a_line(between):
    cards = [makers.card(RNG) for _ in range(3)]
    text = f"Name\n\nLin\n\nCard number{between}" + between.join([cards[0], f"{cards[1][:7]} {cards[1][7:]}", cards[2]])
    assert scan(text)[0].identifiers["card"] >= 2
    assert scan("\n".join(["Order number", *cards]))[0].identifiers == {}
    assert scan(f"Card number\n{cards[0]}\nreference\n{cards[1]}\n{cards[2]}")[0].identifiers == {"card": 1}


def test_broken_over_set_in_or_quoted_lines():
    values = [makers.tw_id(RNG) for _ in range(3)]
    for between in ("\n> ", "\r\n  ", "\n"):
        tally, _ = scan("\n".join(f"身分證字號：{v[:5]}{between}{v[5:]}，生日" for v in values))
        assert tally.identifiers.get("tw.national_id") == 3
    tally, _ = scan("\n".join(f"身分證字號：{v[:5]}{between}{v[5:]}，生日" for v in values for between in ("\n> ",)) + "\n寒暄" * 800)
    assert tally.identifiers.get("tw.national_id") == 3


def test_other_numbers_that_a_spreadsheet_shortened():
    korean, cards = ["0103053000008", "0001014000000"], ["000012345678", "000000345678"]
    table = Table("sheet", (("성명", "주민등록번호", "健保卡號"), *(("이", k.lstrip("0"), c.lstrip("0")) for k, c in zip(korean, cards, strict=True))))
    tally, _ = scan(tables=[table])
    assert tally.identifiers.get("kr.rrn") == 2
    assert tally.identifiers.get("tw.nhi_card") == 1      # six noughts are no nought that a spreadsheet takes


def test_a_value_alone_on_its_line_belongs_to_the_name_above():
    cards = [makers.card(RNG) for _ in range(3)]
    tally, _ = scan("".join(f"2026-11-09 10:00:11 王淑芬\n{card}\n\n10:02 客戶經理\n收到\n\n" for card in cards))
    assert tally.identifiers.get("card") == 3
    tally, _ = scan("".join(f"批次\n{card}\n\n收到\n\n" for card in cards))
    assert not tally.identifiers.get("card")


def test_a_label_holds_for_a_list_of_numbers_with_letters():
    tally, _ = scan("外僑居留證號\nHB26632779\nDD40607572\nHC12887384\n")
    assert tally.identifiers.get("tw.resident_id") == 3
    tally, _ = scan("護照號碼\nTG5137377\n見附件\nTU5250258\n")
    assert tally.identifiers.get("jp.passport") == 1


def test_letters_that_a_picture_was_read_without():
    detector = CustomerData(Scope(Direction.OUTBOUND, "a@bank.example", ("b@x.example",), ("bank.example",), None))
    wanted = [v for v in (makers.tw_id(RNG) for _ in range(400)) if v[0] in "QJG"][:6]
    text = "".join(f"身分證字號：{v.translate(str.maketrans('QJG', '056'))}\n" for v in wanted)
    detector.look(Sample(Artifact(1, 0, ArtifactKind.PART), b"", [Text(text, "ocr eng picture")], []))
    tally = Tally()
    list(detector.conclude(tally))
    assert tally.identifiers.get("tw.national_id", 0) >= 4      # now and then another letter fits as well


def test_letters_are_not_read_into_numbers_by_chance():
    """One of eleven numbers of ten digits would be right with some letter before it."""
    for seed in range(20):
        numbers = random.Random(seed)
        for size in (1, 2, 8, 40, 150):
            detector = CustomerData(Scope(Direction.OUTBOUND, "a@bank.example", ("b@x.example",), ("bank.example",), None))
            text = "".join(f"請查核依據 {numbers.randrange(10**9, 10**10)}\n" for _ in range(size))
            detector.look(Sample(Artifact(1, 0, ArtifactKind.PART), b"", [Text(text, "ocr eng page 1 picture")], []))
            tally = Tally()
            list(detector.conclude(tally))
            assert not tally.identifiers.keys() & {"tw.national_id", "tw.resident_id"}


def test_shortened_numbers_of_a_long_table():
    values = [n for n in ("0" + makers.my_number(RNG)[1:] for _ in range(4000)) if jp.my_number(n) and not n.startswith("000")][:60]
    table = Table("sheet", (("氏名", "マイナンバー", "備考"), *(("佐藤", str(int(v)), "既存のお客様、変更なし") for v in values)))
    assert scan(tables=[table])[0].identifiers.get("jp.my_number") == len(set(values))


def test_social_security_numbers_without_their_nought():
    rows = [("Employee", "SSN", "Note"), *((f"Ann Bell{n}", f"{n}7056190{n}", "x") for n in range(1, 8)), ("Joe Park", "17056191", "x")]
    assert scan(tables=[Table("sheet", tuple(rows))])[0].identifiers["us.ssn"] == 8


def test_lists_in_a_sentence_with_a_word_before_the_last():
    values = [makers.tw_id(RNG) for _ in range(4)]
    for last in ("及", "、以及", " and ", ", and ", "、および", " 및 "):
        tally, _ = scan(f"渠等護照號碼依序為{'、'.join(f'3512345{i}0' for i in range(3))}{last}351234999，請查照。")
        assert tally.identifiers["tw.passport"] == 4, last
    tally, _ = scan(f'id = c("{values[0]}", "{values[1]}", "{values[2]}", "{values[3]}")')
    assert tally.identifiers["tw.national_id"] == 4
    tally, _ = scan('ssn = c("523-45-6781", "223-45-6782", "323-45-6783", "423-45-6784")')
    assert tally.identifiers["us.ssn"] == 4


@pytest.mark.parametrize("filler", ["", "說明文字\n" * 600])
def test_titles_questions_and_brackets_in_short_and_long_texts(filler):
    for text in ("口座番号一覧：\n" + "".join(f"・123456{i} 佐藤\n" for i in range(4)),
                 "".join(f"1{i}:00 客服 請提供您的匯入帳號\n1{i}:01 王小明 72345678901{i}\n" for i in range(4)),
                 "".join(f"王小明 72345678901{i}（匯入帳號）\n" for i in range(4))):
        tally, _ = scan(filler + text + filler)
        assert tally.persons == 4, text


@pytest.mark.parametrize("text", [
    "".join(f"1{i}:00 客服 請提供您的訂單編號\n1{i}:01 王小明 12345678901{i}\n" for i in range(4)),
    "訂單編號：\n" + "".join(f"{i}. 12345678901{i}\n" for i in range(4)), "請備妥護照號碼、帳號與身分證字號。\n案號 202611090001\n案號 202611090002\n案號 202611090003\n"])
def test_titles_and_questions_about_orders(text):
    tally, _ = scan(text)
    assert tally.persons == 0


def test_a_few_of_another_country_in_a_column_of_identity_numbers():
    rng = random.Random(5)
    ids = [makers.cn_id(rng) for _ in range(6)] + [makers.tw_id(rng)]
    tally, _ = scan(tables=[Table("t", (("Name", "Country", "ID"), *(("Mr Chen", "x", value) for value in ids)))])
    assert tally.identifiers["tw.national_id"] == 1
    tally, _ = scan(tables=[Table("t", (("Name", "Ref", "ID"), *(("Mr Chen", makers.tw_id(rng), value) for value in ids[:6])))])
    tally, _ = scan(tables=[Table("t", (("Item", "SKU"), *(("pen", f"A1{n:08d}") for n in range(40)), *(("pen", value) for value in ids[:6])))])
    assert tally.identifiers.get("tw.national_id", 0) == 0


def test_a_list_that_goes_on_in_the_next_line():
    text = "WHERE residence_card_no IN ('TD62567338CC',\n 'CG09004387EK',\n 'PB72418759JH')"
    assert look(text).identifiers == {"jp.residence_card": 3}
    text = "name = array(['王小明',\n       '李大華',\n       '陳中'])\naccount_no = array(['575315999447',\n       '97402433095956',\n       '626073327937'])"
    assert look(text).identifiers["tw.bank_account"] == 3


def test_more_numbers_one_by_one_than_any_list_has(monkeypatch):
    monkeypatch.setattr(judge, "SINGLE", 100)
    detector = CustomerData(Scope(Direction.OUTBOUND, "a@bank.example", ("b@x.example",), ("bank.example",), None))
    cards = "\n".join(f"4579 4718 {n:04d} 2802" for n in range(30))
    sample = Sample(Artifact(1, 0, ArtifactKind.PART), b"", [Text(cards, "body")])
    assert list(detector.look(sample)) == []
    with pytest.raises(TooMuch):
        detector.look(Sample(Artifact(1, 0, ArtifactKind.PART), b"", [Text(cards + "!", "body")]))


def test_chinese_passports_of_the_newer_kind_are_chinese():
    tally, _ = scan("护照号码\t姓名\n" + "".join(f"EA{1234560 + i}\t王小{c}\n" for i, c in enumerate("明華美")))
    assert tally.identifiers["cn.passport"] == 3 and "jp.passport" not in tally.identifiers
    tally, _ = scan("旅券番号\t氏名\n" + "".join(f"TR{1234560 + i}\t山田 {c}\n" for i, c in enumerate("明華美")))
    assert tally.identifiers["jp.passport"] == 3 and "cn.passport" not in tally.identifiers


def test_a_cell_and_the_next_one_are_no_number():
    rows = [("Ann Lee", "477-54-5949", "25536.00"), ("Bob Ray", "735-25-4945", "44530"), ("Cy Fox", "286313925", "87475.00")]
    for wages in ("{}", '"{}"'):
        text = "Employee,SSN,Wages\n" + "".join(f'"{n}",{s},{wages.format(w)}\n' for n, s, w in rows)
        tally, _ = scan(text)
        assert (tally.identifiers["us.ssn"], tally.persons) == (3, 3), text


def test_a_sentence_may_tell_of_several_people():
    ids = makers.tw_id(RNG), makers.card(RNG), "312345678"
    tally, _ = scan("客戶王小明的身分證是{}，李美玲的信用卡號是{}，陳大文的護照號碼是{}。".format(*ids))
    assert tally.persons == 3
    tally, _ = scan("客戶王小明的身分證是{}，信用卡號是{}，護照號碼是{}。".format(*ids))
    assert tally.persons == 1


def test_taiwanese_numbers_in_odd_writings_need_no_label():
    numbers = [makers.tw_id(RNG) for _ in range(4)]
    assert look("\n".join(f"{v[0]}-{v[1:]}" for v in numbers)).identifiers == {"tw.national_id": 4}
    assert look("\n".join(f"身分證 {v[0]}{v[1:4]},{v[4:7]},{v[7:]}" for v in numbers)).identifiers == {"tw.national_id": 4}
    assert look("\n".join(f"王小明 {v[0].lower()} {v[1:]}" for v in numbers)).identifiers == {"tw.national_id": 4}
    assert look("\n".join(f"王小明\n{v[:5]}\n{v[5:]}" for v in numbers)).identifiers == {"tw.national_id": 4}
    serials = "\n".join(f"王小明\nA{RNG.randrange(1000, 3000)}\n{RNG.randrange(10000, 99999)}" for _ in range(20))
    assert look(serials).identifiers == {}
    codes = "\n".join(f"{RNG.choice('ABCDEF')}-{RNG.randrange(10**8, 3 * 10**8)}" for _ in range(40))
    assert look(codes).identifiers == look("\n".join(["K123,456,789", "US123,456,789", "NT$123,456,789"] * 4)).identifiers == {}


def test_two_letters_before_a_number_of_hong_kong():
    one = [f"{n}  {makers.hk_id(RNG).replace('(', '').replace(')', '')}  Mary Lee" for n in range(4)]
    assert look("\n".join([*one, "5  WX3287029  Jennifer Fox", "6  AB9876543  Karen Lee"])).identifiers["hk.id"] in (4, 5)
    assert look("\n".join(f"AB{RNG.randrange(10**6, 10**7)} widget" for _ in range(40))).identifiers == {}


def test_the_former_number_of_a_person_beside_the_new_one():
    numbers = [makers.cn_id(RNG) for _ in range(3)]
    text = "姓名|旧身份证|新身份证\n" + "\n".join(f"王伟{n}|{v[:6]}{v[8:17]}|{v}" for n, v in enumerate(numbers))
    tally = look(text)
    assert (tally.identifiers, tally.persons) == ({"cn.resident_id": 3}, 3)
