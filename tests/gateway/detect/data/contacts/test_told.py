from __future__ import annotations

import pytest

from gateway.detect.data.contacts import told


def places(line: str) -> list[int]:
    return [i for i, c in enumerate(line) if c == "#"]


@pytest.mark.parametrize("line", [
    "客戶王小明的身分證是#,李美玲的居留證是#,陳大文的信用卡號是#。",
    "张伟的身份证#,李娜的信用卡#,以及王芳的护照#。",
    "Please update: Mary Smith (HKID #), John Fox (SSN #) and Ann Lee (IBAN #).",
    "Mary Smith's SSN is #, John Fox's HKID is #.",
    "山田 太郎様のマイナンバーは#、佐藤 花子様の旅券番号は#です。",
    "김민준의 주민등록번호는 #, 이서연의 카드번호는 #",
    "附件缺件:林志明 #、王小美 #、外籍看護 陳大文 居留證號 #,請補。",
    "Missing: Mary Smith #, John Fox #, Ann Lee #.",
    "김민준 #, 이서연 #",
    "今日反馈:客户张伟身份证#要求提前还款;客户李娜,证件号码#,投诉利率;另有王芳(卡号#)申请挂失。",
    "Mary Smith gave # as her number; John Fox's is #. Ann Lee and Jack Moore both paid by card (# and #).",
])
def test_a_person_before_each_value(line: str) -> None:
    assert told.apart(line, places(line))


@pytest.mark.parametrize("line", [
    "王小明的身分證是#,護照號碼是#,信用卡卡號是#",
    "王小明(身分證#),金融卡號:#",
    "王小明的身分證是#,王小明的護照是#",
    "王小明 #、護照 #、信用卡 #",
    "王小明 #、王小明 #",
    "Mary Smith #, Passport #",
    "Mary Smith #, Credit Card #",
    "Mary Smith (SSN #), Credit Card (#)",
    "Mary Smith's SSN is #, Passport Number: #",
    "客户张伟身份证#,护照#,经办李娜,卡号#",
    "Mary Smith and John Fox (SSN #) with card #, passport #",
])
def test_one_person_with_several(line: str) -> None:
    assert not told.apart(line, places(line))


def test_who_the_first_is_of_may_be_said_in_another_way() -> None:
    line = "經查林志明(身分證#)、王小美(居留證#)及陳大文(健保卡號#)均已開戶。"
    assert told.apart(line, places(line))
    line = "經查林志明(身分證#)、護照#及陳大文(健保卡號#)均已開戶。"
    assert not told.apart(line, places(line))
