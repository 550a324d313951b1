from __future__ import annotations

import random

import pytest

from gateway.detect.data import meant
from gateway.detect.data.numbers.tokens import Token, tokens
from gateway.detect.data.table import layout
from gateway.identifiers.terms import Labels
from gateway.model.content import Table, Text
from tests.gateway.detect.data.test_detector import scan
from tests.gateway.identifiers import makers

RNG = random.Random(9)


def said(text: str, kinds: set[str], headed: bool = False) -> tuple[str, set[str]]:
    grid = layout.from_text(1, Text(text, "body"), Labels())
    token: Token = next(tokens(grid.text))
    found, of = meant.meant(grid, Labels(), 0, token, frozenset(kinds), headed)
    return found.value, set(of)


def test_telephones_are_no_accounts() -> None:
    assert said("0912-345-678", {"tw.bank_account"}) == ("0912345678", {"phone"})
    assert said("0912-345-678", {"tw.bank_account", "phone"}) == ("0912345678", {"phone"})
    assert said("0912-345678", {"tw.bank_account"}) == ("0912345678", {"tw.bank_account"})
    for text in ("Account No.: 05576546673786  0942555835", "帳號：05576546673786、0942555835"):
        assert scan("\n".join(text.replace("786", f"78{n}") for n in range(5)))[0].identifiers["tw.bank_account"] == 5
    assert scan("帳號：0942555831、0942555832、0942555833、0942555834")[0].identifiers == {"tw.bank_account": 4}


def test_accounts_behind_their_branch() -> None:
    assert said("123-4567890", {"jp.bank_account"}) == ("4567890", {"jp.bank_account"})
    assert said("1234-567890", {"jp.bank_account"})[0] == "1234567890"
    assert said("123-4567890", {"jp.bank_account", "tw.bank_account"})[0] == "1234567890"
    rows = "\n".join(f"佐藤{n}\t{RNG.randrange(100, 999)}-{RNG.randrange(10 ** 6, 10 ** 7)}\t{n}00" for n in range(5))
    assert scan(f"氏名\t店番-口座番号\t残高\n{rows}")[0].identifiers["jp.bank_account"] == 5
    assert not scan(f"氏名\t店番-品番\t残高\n{rows}")[0].identifiers.get("jp.bank_account")


def test_the_cell_to_the_left_says_of_what_document_a_number_is() -> None:
    rows = [(f"陳小{n}", kind, f"{RNG.randrange(3 * 10 ** 8, 4 * 10 ** 8)}") for n in "明華美" for kind in ("護照",)]
    table = Table("sheet", (("姓名", "證件別", "證件號碼"), *rows))
    assert scan(tables=[table])[0].identifiers["tw.passport"] == 3
    other = Table("sheet", (("姓名", "證件別", "證件號碼"), *((name, "員工證", number) for name, _, number in rows)))
    assert not scan(tables=[other])[0].identifiers.get("tw.passport")


def test_a_column_that_is_paid_to_is_told_by_check_digits() -> None:
    def paid(make) -> int:
        rows = [(f"王{n}", make()) for n in "一二三四五六"]
        return scan(tables=[Table("sheet", (("收款账号名称", "收款账号"), *rows))])[0].identifiers.get("card", 0)

    assert paid(lambda: makers.card(RNG, "6225")) == 6
    assert paid(lambda: f"1001{RNG.randrange(10 ** 14, 10 ** 15)}") == 0
    card = makers.card(RNG, "6225")
    assert not scan(f"收款账号：{card}")[0].identifiers.get("card")


def test_accounts_below_a_request_for_payment_are_the_writers() -> None:
    rows = [f"玉峰銀行 營業部 帳號 {RNG.randrange(10 ** 9, 10 ** 10)}" for _ in range(3)]
    assert not scan("\n".join(["匯款至", *rows]))[0].persons
    assert scan("\n".join(["匯款至", *(f"{name} {row}" for name, row in zip(("王小明", "陳美玲", "林志宏"), rows, strict=True))]))[0].persons == 3
    assert scan("\n".join(["匯款至", "", "客戶", *rows]))[0].persons == 3


def test_health_cards_by_the_cell_to_the_left():
    rows = [f"王小明\t健保卡\t00001234567{i}" if i % 2 else f"王小明\t護照\t31234567{i}" for i in range(8)]
    tally, _ = scan("姓名\t證件種類\t證件號碼\n" + "\n".join(rows))
    assert (tally.identifiers["tw.nhi_card"], tally.identifiers["tw.passport"]) == (4, 4)


@pytest.mark.parametrize("above, kind", [("證件別........護照", "tw.passport"), ("證件種類：健保卡", None), ("ID type: Passport", "tw.passport"),
                                         ("客戶：王小明", None), ("證件別 護照", "tw.passport")])
def test_the_line_above_says_of_what_document(above, kind):
    found = scan("".join(f"{above}\n證件號碼：35123456{i}\n\n" for i in range(4)))[0].identifiers
    assert found.get("tw.passport") == (4 if kind else None)


def test_accounts_behind_the_code_of_their_bank():
    text = "五月薪資轉帳\n" + "".join(f"王小明  812-3000001234567{i}  12,345\n" for i in range(4))
    assert scan(text)[0].identifiers["tw.bank_account"] == 4
    text = "".join(f"帳號：812-3000001234567{i}、3000001234567{i}\n" for i in range(4))
    assert scan(text)[0].identifiers["tw.bank_account"] == 4


def test_the_bare_word_of_an_account_beside_a_person():
    numbers = [f"0{RNG.randrange(10**13):013d}" for _ in range(4)]
    said_of = ("Please debit account {} of Wang Hsiao-Ming.", "Chen Mei Ling wants the proceeds in account {}.",
               "Account {} (Lin Chih Wei) is to be closed.", "Transfer to Ho Ka Ho, account: {}, today.")
    assert scan("\n".join(map(str.format, said_of, numbers)))[0].identifiers == {"tw.bank_account": 4}
    for other in ("AWS account {} was charged.", "Your Support Account {} is new.", "Amazon Web Services account {}: done",
                  "account {} updated 2026-05-04", "Lin Chih Wei, order {}"):
        assert not scan("\n".join(other.format(n) for n in numbers))[0].identifiers.get("tw.bank_account")


def test_the_beginning_of_an_account_is_no_other_number():
    from gateway.identifiers import jp

    number = next(n for n in (f"{i:012d}" for i in range(45_500_675_687, 45_500_675_900)) if jp.my_number(n))
    rows = f"戶名 王小明 帳號 {number[:4]} {number[4:8]} {number[8:]} 00\n戶名 李家美 帳號 0323 3833 6523 80"
    assert scan(rows)[0].identifiers == {"tw.bank_account": 2}
    assert scan(f"佐藤 マイナンバー {number[:4]} {number[4:8]} {number[8:]} 34歳")[0].identifiers == {"jp.my_number": 1}


def test_a_card_in_a_text_about_residence_cards():
    rows = "".join(f"NGUYEN VAN {name}（ベトナム）　カード番号{value}\n" for name, value in (("A", "AB12345678CD"), ("B", "XY23456789KL"), ("C", "UH34567890EA")))
    assert scan("在留カード更新の確認\n" + rows)[0].identifiers == {"jp.residence_card": 3}
    assert not scan("会員カード更新の確認\n" + rows)[0].identifiers


def test_amounts_are_no_numbers_of_documents():
    text = "\n".join(f"{n}年核發護照 132,316 本，規費收入 34524325{n}{{}}" for n in range(5))
    assert not scan(text.replace("{}", " 元。"))[0].identifiers and not scan(text.replace("{}", "円"))[0].identifiers
    rows = "\n".join(f"王小明 帳號 0519194584136{n} 元大銀行" for n in range(5))
    assert scan(rows)[0].identifiers == {"tw.bank_account": 5}


def test_a_title_speaks_for_the_lines_below_it_in_any_order() -> None:
    rows = [f"012-34-{RNG.randrange(10 ** 6, 10 ** 7)}" for _ in range(20)]
    grid = layout.from_text(1, Text("\n".join(["請匯款至", *rows[:10], "", *rows[10:]]), "body"), Labels())
    found = sorted(tokens(grid.text), key=lambda token: token.start)
    wanted = [row <= meant.BELOW for row in range(1, 21)]
    for order in (range(20), reversed(range(20)), RNG.sample(range(20), 20)):
        said = {i: meant.own_account(grid, Labels(), grid.row(found[i].start), found[i]) for i in order}
        assert [said[i] for i in range(20)] == wanted


def test_numbers_of_an_authority_are_of_no_person():
    law = "\n".join(f"帳號應予遮蔽（金管銀字第{n}號令）" for n in ("10293847561", "10293847562", "10293847563"))
    assert not scan(law)[0].identifiers
    assert not scan("\n".join(f"帳號應予遮蔽（金管銀字第{n}號令）" for n in range(10293847561, 10293847661)))[0].identifiers
    assert scan(law.replace("（金管銀字第", "：").replace("號令）", ""))[0].identifiers["tw.bank_account"] == 3


def test_numbers_of_issues_are_of_no_person():
    for text in ("Fix account number validation (#123456{})", "帳號被鎖定 #123456{}", "口座番号エラー #123456{}", "Fix passport check (bug 30123456{})"):
        for lines in (5, 90):                             # in long texts numbers are taken together
            assert not scan("\n".join(text.format(n % 10) for n in range(lines)))[0].identifiers, text
    for text, kind in (("Account #123456789{}", "tw.bank_account"), ("Passport # 30123456{}", "tw.passport"), ("口座番号：#123456{}", "jp.bank_account"),
                       ("護照號碼 陳志明 #31234567{}", "tw.passport"), ("Account No. Mary Smith (#123456789{})", "tw.bank_account")):
        assert scan("\n".join(text.format(n) for n in range(5)))[0].identifiers[kind] == 5, text


@pytest.mark.parametrize(("heading", "digits"), [
    ("存款帳戶餘額", 12), ("账户余额", 12), ("預金口座残高", 7), ("口座数", 7), ("Account number balance", 12), ("帳戶數", 10), ("存款帳號總數", 10),
    ("护照人数", 9), ("Deposit account total", 12), ("口座数は", 7), ("分行帳戶數目", 12), ("普通預金口座数", 7), ("新規口座開設件数", 7), ("護照申辦件數", 9),
    ("旅券発行部数", 9), ("账户新增率", 12), ("口座振替手数料", 7), ("護照辨識模組", 9), ("护照识别系统", 9), ("Passports issued:", 9), ("Passport module", 9), ("Passports checked", 9), ("護照套", 9), ("活期存款目標", 12), ("銀行帳戶移轉", 12),
    ("Bank account summary", 12), ("口座開設アプリ", 7), ("帳號鎖定", 12), ("AD帳號", 10), ("数位账户版本", 12), ("口座アプリ ビルド", 7)])
def test_what_stands_on_an_account_is_no_account(heading: str, digits: int):
    values = [str(RNG.randrange(10 ** (digits - 1), 10 ** digits)) for _ in range(8)]
    assert not scan("\n".join(f"{heading} {value}" for value in values))[0].identifiers
    assert not scan(tables=[Table("sheet", (("Branch", heading), *((f"B{n}", value) for n, value in enumerate(values))))])[0].identifiers


@pytest.mark.parametrize(("heading", "digits"), [
    ("帳號識別碼", 12), ("護照", 9), ("扣款帳號", 12), ("銀行帳戶", 12), ("口座番号", 7), ("Bank account no.", 12)])
def test_numbers_of_accounts_and_passports(heading: str, digits: int):
    values = [str(RNG.randrange(3 * 10 ** (digits - 1), 4 * 10 ** (digits - 1))) for _ in range(8)]
    text = "\n".join(f"{heading} {value}" for value in values)
    assert sum(scan(text)[0].identifiers.values()) == sum(scan("x" * 1600 + "\n" + text)[0].identifiers.values()) == 8
    for over in (heading, f"{heading}及金額", f"{heading}と金額"):
        table = Table("sheet", (("Name", over), *((f"王{n}", value) for n, value in enumerate(values))))
        assert max(scan(tables=[table])[0].identifiers.values()) == 8


def test_amounts_behind_the_word_account_are_no_accounts():
    for text in ("由扣款帳號扣款 {} 元", "口座番号の残り {}円", "Debit account {} dollars", "銀行帳戶 {} 筆", "口座番号 {} 件", "銀行帳號照會 文號 {}"):
        for lines in (5, 90):
            assert not scan("\n".join(text.format(RNG.randrange(10 ** 9, 10 ** 10)) for _ in range(lines)))[0].identifiers, text


def test_guessed_headings_do_not_speak_against_ibans() -> None:
    rows = ("Andrew Parker GB59BARC29988741751615 9,389,895 a@b.example", "Jeremy Lee FR1637981580792418366170805 943,886 c@d.example",
            "Mary Anderson FR5426697251841576196091131 3,580,470 e@f.example")
    assert scan("\n".join(("Beneficiary IBAN Amount EUR Email", *rows)))[0].identifiers["iban"] == 3
    assert not scan("\n".join(("Name Ref Amount EUR Email", *rows)).replace("9 ", "8 ").replace("5 ", "6 ").replace("1 ", "2 "))[0].persons
