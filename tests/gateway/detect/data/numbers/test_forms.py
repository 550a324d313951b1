from __future__ import annotations

from gateway.detect.data.numbers import forms
from gateway.detect.data.numbers.forms import post_accounts, stripes, travel_documents
from gateway.identifiers import characters


def test_post_office_accounts_have_two_labels():
    assert [(k, t.value) for k, t in post_accounts("記号 19970 番号 30874181")] == [("jp.bank_account", "30874181")]
    assert [(k, t.value) for k, t in post_accounts("局號 0041234 帳號 0567890")] == [("tw.bank_account", "00412340567890")]
    assert not list(post_accounts("注文番号 30874181"))


def test_stripes_of_cards():
    assert [(k, t.value) for k, t in stripes("a;4579123456789012=27121010000012300?b")] == [("card", "4579123456789012")]
    assert [(k, t.value) for k, t in stripes("%B4579123456789012^LIN/MEI LING^2712101")] == [("card", "4579123456789012")]
    assert not list(stripes("id;4579123456789012;n=4579123456789012 4579123456789012=27991010000"))
    assert not list(stripes(";4579123456789012=12"))


def test_passports_by_their_machine_readable_lines():
    text = "P<JPNTANAKA<<TARO<<<<<<<<<<<<<<<<<<<<<<<<<<<\nTK12345674JPN8001014M3011098<<<<<<<<<<<<<<02\n"
    lines = [f"{number}{check}{land}8001014M3011098<<<<<<<<<<<<<<02" for number, check, land in (
        ("TK1234567", "5", "JPN"), ("E12345678", "6", "CHN"), ("312345678", "7", "TWN"))]
    known = [(name, t.value) for line in lines for check in "0123456789"
             for name, t in travel_documents(f"<<\n{line[:9]}{check}{line[10:]}\n")]
    assert known == [("jp.passport", "TK1234567"), ("cn.passport", "E12345678"), ("tw.passport", "312345678")]
    assert len(list(travel_documents(text))) <= 1
    assert not list(travel_documents("<<\nTK1234567" + "0JPN8001010M3011090<<<<<<<<<<<<<<02"))


def test_passports_of_passengers():
    lines = "1.LIN/MEIHUA SSR DOCS BR HK1/P/TWN/312345678/TWN/01JAN80/F\n2.SATO/KEN SSR DOCS BR HK1/P/JP/TK1234567/JPN/01JAN80/M\nP/CHN/E12345678/CHN"
    assert [(name, token.value) for name, token in forms.passengers(lines)] == [
        ("tw.passport", "312345678"), ("jp.passport", "TK1234567"), ("cn.passport", "E12345678")]
    assert list(forms.passengers("P/TWN/312345678/TWN")) == [] == list(forms.passengers("DOCS P/TWN/TK1234567/ XP/CHN/E12345678"))


def test_cards_as_their_chips_say_them():
    number = "4761739001010010"
    assert [(name, token.value) for name, token in forms.stripes(f"9F26081122334455667788 5A08{number}5F2403271231")] == [("card", number)]
    assert list(forms.stripes(f"5A08{number[:-1]}15F2403271231 5A08{number} 5A0912")) == []


def test_cards_with_what_stands_on_their_backs():
    lines = "4761739001010010|12|2028|123\n5413330089020011:0129:456\n4761739001010010 12/28 1234"
    for filler in ("", "no number here\n" * 300):
        text = filler + lines
        assert [token.value for _, token in forms.stripes(text, characters.of(text))] == ["4761739001010010", "5413330089020011", "4761739001010010"]
    assert list(forms.stripes("4761739001010010|13|2028|123 14761739001010010|12|2028|12 4761739001010010|12|2028|ok")) == []


def test_passports_in_messages_to_airlines_and_border_police():
    names = [(name, token.value) for name, token in forms.of_their_form("SRDOCSCIHK1-P-TWN-312345678-TWN-01JAN80-M-28AUG33-WANG-HSIAO/P1")]
    assert names == [("tw.passport", "312345678")]
    names = [(name, token.value) for name, token in forms.of_their_form("NAT+2+JPN'DOC+P:110:111+TR1234567'DTM+36:310811'DOC+P+E12345678'")]
    assert names == [("jp.passport", "TR1234567"), ("cn.passport", "E12345678")]
    assert not list(forms.of_their_form("DOC+705+312345678' SRDOC P-TWN-31234567-TWN"))


def test_people_in_messages_of_insurers_and_cards_in_those_of_terminals():
    text = "NM1*IL*1*WANG*MING****34*123456780~REF*SY*223456780~NM1*85*2*CLINIC*****XX*1234567893~REF*EI*323456780~"
    assert [(name, token.value) for name, token in forms.of_their_form(text)] == [("us.ssn", "123456780"), ("us.ssn", "223456780")]
    text = '<field id="2" value="4539148803436467"/><field id="37" value="453914880343"/><field id="2" value="4539148803436468"/>'
    assert [token.value for _, token in forms.of_their_form(text)] == ["4539148803436467"]


def test_accounts_in_messages_of_swift():
    payment = "{4:\n:20:REF1\n:50K:/05191945841364\nWANG HSIAO-MING\n:59:/GB33BUKB20201555555555\nLI NA\n-}"
    assert [(k, t.value) for k, t in forms.messages(payment)] == [("tw.bank_account", "05191945841364")]
    assert not list(forms.messages(payment.replace(":20:", ":21:")))
    statement = ":20:STMT\n:25:123456789\n:86:166?00CREDIT?20INV 12?31GB33BUKB20201555555555?32LI NA\n:86:166?31GB34BUKB20201555555555?32X"
    assert [(k, t.value) for k, t in forms.messages(statement)] == [("iban", "GB33BUKB20201555555555")]
    assert not list(forms.messages("10:20:59:/12345678901234 ?31GB33BUKB20201555555555?32"))


def test_accounts_of_japan_in_two_groups():
    text = "普通預金 口座番号:123-4567 山田\n〒 234-5678 住所\n口座番号 2345-678\n口座No.345-6789-1"
    assert [(name, token.value) for name, token in post_accounts(text)] == [("jp.bank_account", "1234567"), ("jp.bank_account", "2345678")]


def test_the_personal_number_of_a_passport_of_taiwan():
    line = next(f"312345678{check}TWN8001014M3011098{number}<<<<" for check in "0123456789" for number in ("A123456789",)
                if list(travel_documents(f"<<\n312345678{check}TWN8001014M3011098<<<<<<<<<<<<<<02")))
    assert [(name, t.value) for name, t in travel_documents("<<\n" + line)] == [("tw.passport", "312345678"), ("tw.national_id", "A123456789")]
    assert [name for name, _ in travel_documents("<<\n" + line.replace("A123456789", "A123456780"))] == ["tw.passport"]


def test_messages_of_insurers_a_segment_a_line():
    text = "REF*SY*123456780\t\nNM1*IL*1*LEE*JOHN****34*123456781\t\n"
    assert [token.value for _, token in forms.messages(text)] == ["123456780", "123456781"]


def test_payments_of_american_employers():
    entry = "622" + "0" * 9 + "12345678".ljust(17) + "0000123456" + "{}".ljust(17) + "JOHN LEE".ljust(22) + "  0" + "1" * 15
    text = "101 091000019\n5200EMPLOYER\n" + entry.format("123456780") + "\n" + entry.format("EMP-12345") + "\n" + entry.format("223-45-6780") + "\n"
    assert [(name, token.value) for name, token in forms.messages(text)] == [("us.ssn", "123456780"), ("us.ssn", "223456780")]
    assert not list(forms.messages(text[1:]))


def test_accounts_right_behind_the_name_and_code_of_a_bank():
    text = "玉山銀行(808)|1234-567-890123|5000元\n中國信託(822) 123456789012\n銀行(808)分機 12345678901\n銀行(808) 1234-5678"
    assert [(name, t.value) for name, t in post_accounts(text)] == [("tw.bank_account", "1234567890123"), ("tw.bank_account", "123456789012")]
