from __future__ import annotations

import pytest

from gateway.extract.pictures.cards import entitled, faced, korean, listed, social, stacked, titled
from gateway.identifiers.terms import Labels


@pytest.mark.parametrize(("text", "read"), [
    ("運転免許証\n氏名 小野 聡\n番号 447548321582\n", "運転免許証\n氏名 小野 聡\n番号 運転免許証: 447548321582\n"),
    ("運転免許証     運転免許証\n\n第 447548321582 号   508840328031", "運転免許証     運転免許証\n\n第 運転免許証: 447548321582 号   運転免許証: 508840328031"),
    ("氏名 木村隆 1971年11月24日   運転免許証\n番号 第 549660318782 号",
     "氏名 木村隆 1971年11月24日   運転免許証\n番号 第 運転免許証: 549660318782 号"),
    ("日本国政府 在留カード RESIDENCE CARD\n矯号 KG29163858JD", "日本国政府 在留カード RESIDENCE CARD\n矯号 日本国政府 在留カード RESIDENCE CARD: KG29163858JD"),
    ("番号 第 307993226480 号\n活免許証", "番号 第 活免許証: 307993226480 号\n活免許証"),       # which stands below it
    ("香港身份證\n04-01-1968\nH528375(4)", "香港身份證\n04-01-1968\n香港身份證: H528375(4)"),
    ("中華民國居留證\nA800000014", "中華民國居留證\n中華民國居留證: A800000014"),
    ("SOCIAL SECURITY\nTHIS NUMBER HAS BEEN ESTABLISHED FOR\n\n519-42-7815\nANN BELL",
     "SOCIAL SECURITY\nTHIS NUMBER HAS BEEN ESTABLISHED FOR\n\nSOCIAL SECURITY: 519-42-7815\nANN BELL"),
    ("SOCIAL LCLCURITY\nTHIS NUMBER HAS BEEN ESTABLISHED FOR\n519-42-7815",
     "SOCIAL LCLCURITY\nSOCIAL SECURITY\nTHIS NUMBER HAS BEEN ESTABLISHED FOR\nSOCIAL SECURITY: 519-42-7815"),
])
def test_a_title_is_the_label_of_a_bare_number(text, read):
    assert titled(text, Labels()) == read


@pytest.mark.parametrize("text", [
    "運転免許証\n電話番号 09012345678",                  # called something else
    "運転免許証\n1977-01-01\n2026 04 01",
    "売上一覧\n番号 447548321582",                        # no document
    "運転免許証の番号は 12 桁です\n447548321582",       # a sentence
    "運転免許証" + "\nx" * 10 + "\n447548321582",           # too far below
    "447548321582\n運転免許証",
    "新式統一證號 要保人\nA800000014 王小明",            # the heading of a table
    "身分證    電話\n王小明    0912345678",
    "Contributions to social security\n519-42-7815",
    "口座開設申込書\n中村太郎\n451001677103", "開戶申請書\n451001677103",
])
def test_numbers_of_something_else_stay(text):
    assert titled(text, Labels()) == text


@pytest.mark.parametrize(("text", "read"), [
    ("FIRST CREDIT\n4579 4718 0996 2803\nVALID THRU 01/27", None),
    ("4579  4718  0996  2802\nANN BELL\nEXP 01/2027", "Card number: 4579  4718  0996  2802\nANN BELL\nEXP 01/2027"),
    ("4579 4718 0996 2802   3742 639203 90756\n有効期限 01/27", "Card number: 4579 4718 0996 2802   Card number: 3742 639203 90756\n有効期限 01/27"),
    ("4579 4718 0996 2802\nORDERED 01/27", None), ("4579 4718 0996 2802\nx\nx\nx\nVALID THRU 01/27", None),
])
def test_the_number_of_a_card_over_its_month(text, read):
    assert faced(text) == (read or text)


def test_residence_cards_under_one_label():
    text = "氏名,在留カード番号,国籍\nLI WEI,SV45948835FH,ベトナム\nJohn Walker MJ53610398ZA 中国"
    assert listed(text, Labels()) == "在留カード番号: SV45948835FH\n在留カード番号: MJ53610398ZA"
    assert listed(text, Labels(), "SV45948835FH LA00038425SC").count("\n") == 2
    assert listed("部品番号 SV45948835FH", Labels()) == listed("在留カード番号", Labels()) == ""


@pytest.mark.parametrize(("heading", "found"), [
    ("氏名 在斬    ド番号 国短", 3), ("氏名 在留力一ト番暑 国籍", 3), ("担当者名 部品番号", 0), ("在庫 ド番号", 0)])
def test_residence_cards_of_a_list_of_names_whose_label_was_misread(heading, found):
    text = f"{heading}\nLI WEI BE99449781TU\nANN BELL YA85034703PF\nJOHN DOE EH40437512TL"
    assert len(listed(text, Labels()).split()) == 2 * found


def test_a_title_that_only_the_other_reading_has():
    text, other = "SOCIAL SECUayITY\n578-68-7889", "SOCIAL SECURITY\n5/78-68- 7889"
    assert entitled(text, other, Labels()) == f"SOCIAL SECURITY\n{text}"
    assert entitled(other, text, Labels()) == other and entitled(other, other, Labels()) == other
    assert entitled(text, other + "\n" * 40, Labels()) == entitled(text, "", Labels()) == text


@pytest.mark.parametrize(("heading", "found"), [
    ("氏名 放基番号 生年月日", 3), ("旅券番号", 3), ("放基番号", 0), ("部品番号 品名 在庫", 0), ("担当者名 部品番号", 0)])
def test_passports_of_a_list_of_people_whose_label_was_misread(heading, found):
    text = f"{heading}\n田中健一 TS5107040 1973-11-25\n渡辺美咲 TK1034699 1949-01-25\n伊藤直樹 MR5104698 1961-05-08"
    assert len(listed(text, Labels()).split()) == 2 * found


@pytest.mark.parametrize(("text", "read"), [
    ("alpha\n4579\n\n4718\n0996\n2802\nEXP 03/29", "alpha\n4579 4718 0996 2802\nEXP 03/29"),
    ("4579 4718\n0996 2802", "4579 4718 0996 2802"),
    ("4579\n4718\n0996\n2803", None), ("4579\n4718\n0996\n2803\nEXP 03/29", "4579 4718 0996 2803\nEXP 03/29"),  # its check digit is wrong
    ("2019\n4579\n4718\n0996\n2802", None), ("4579\n4718\n0996\n2802\n2803", None),       # a longer column
    ("4579 4718 0996 2802", None), ("4579 a\n4718\n0996\n2802", None), ("", None)])
def test_numbers_of_cards_in_several_lines(text, read):
    assert stacked(text) == (read or text)


def test_korean_numbers_are_labelled():
    assert korean("x\n880927 - 1913605 y") == "x\n주민등록번호: 880927-1913605 y"
    assert korean("880927-9913605 02-880927-1913605 8809271913605") == "880927-9913605 02-880927-1913605 8809271913605"


@pytest.mark.parametrize(("named", "english", "count"), [
    ("個人番号 3.3.3 9 1", "523919697728 [551949940736] 8956 7708 4895 x", 3), ("個人番号カード\n個人番号\nHHE BBH", "AES\n5239 1969 7728", 1),
    ("伝票番号 3.3.3", "523919697728 551949940736 895677084895", 0), ("個人番号 523919697728", "551949940736", 0),
    ("個人番号", "523919697728 551949940736 895677084896 895677084897", 0), ("個人番号", "", 0)])
def test_individual_numbers_whose_label_another_reading_has(named, english, count):
    assert listed(named, Labels(), english).count("個人番号: ") == count


def test_hong_kongs_numbers_that_only_the_english_reading_has():
    title = "HONG KONG PERMANENT IDENTITY CARD\nB7--250(/)"
    assert listed(title, Labels(), "x\nB756250(6)") == "香港身份證號碼: B756250(6)"
    assert listed("型號一覽", Labels(), "B756250(6)") == listed(title, Labels(), "B756250/6 B756250(3)") == ""


@pytest.mark.parametrize("number", ["6227 0059 0662 2413 413", "622848 2372753348466", "4579 4718 0996 2802"])
def test_cards_without_a_month(number: str) -> None:
    assert f"Card number: {number}" in faced(f"中国银行\n{number}\n借记卡 DEBIT\nUnionPay 银联")
    for other in (f"中国银行\n{number}", f"VISA\n{number}\n4580 4718 0996 2801\n3530 1113 3330 0000", f"VISA\n{number[:-1]}0\n"):
        assert "Card number" not in faced(other)


@pytest.mark.parametrize(("text", "other", "read"), [
    ("Claimants SSN\n1. Ann Bell   489-78-4128   682,000", "1. AnnBell489-78-4128\n401-25-8649", "SSN: 489-78-4128\nSSN: 401-25-8649"),
    ("SOCIAL SECLRIIY\n201-39-9103", "Social Security\n201-39-9103", "SSN: 201-39-9103"),
    ("RECIPIENTS TIN\n574-45-3122", "", "SSN: 574-45-3122"), ("Parts\n201-39-9103 TINT", "", ""), ("SSN\n000-12-3456 1201-39-9103", "", ""), ("LESSNESS 201-39-9103", "", "")])
def test_social_security_numbers_are_labelled_where_the_page_says_what_they_are(text, other, read):
    assert social(text, other) == read
