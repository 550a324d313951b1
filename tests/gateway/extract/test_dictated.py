"""Passwords that people dictate: names of digits and letters, and halves in two places."""

import time

import pytest

from gateway.extract.base import Context
from gateway.extract.dictated import PIECES, joined, spelled
from gateway.extract.passwords import announced, candidates, remember, remember_name
from gateway.model.deadline import Limits


@pytest.mark.parametrize(("text", "word"), [
    ("密碼是一二三四五六", "123456"),
    ("密碼：零玖壹貳（數字）", "0912"),
    ("パスワードは〇九一二です", "0912"),
    ("비밀번호는 영구일이", "0912"), ("비밀번호는 이삼사칠칠영", "234770"),
    ("Password: zero-nine-one-two", "0912"),
    ("The password is nine one one seven in digits", "9117"),
    ("密码 三、一、四、一", "3141"),
    ("Password (all lower case): Kilo Tango Four Two", "kt42"),
    ("密碼：大寫K 1 2 3 小寫t", "K123t"),
    ("パスワード：大文字のK、1、2、小文字のt", "K12t"),
    ("password: capital A bravo 7", "Ab7"),
])
def test_digits_and_letters_by_their_names(text, word):
    assert word in announced(text)


@pytest.mark.parametrize("text", ["is one of the two that we sent", "Lab2026", "on the way", "一般", "2026", "a b", "五月三日"])
def test_what_dictates_nothing(text):
    assert spelled(text) == []


def told(*texts: str, names: tuple[str, ...] = ()) -> list[str]:
    context = Context(Limits())
    for name in names:
        remember_name(context, name)
    for text in texts:
        context.hear(text)
    return list(candidates(context))


@pytest.mark.parametrize("texts", [
    ("密碼前半：Kq12\r\n密碼後半：Zt34\r\n",), ("パスワード（前半）：Kq12\r\nパスワード（後半）：Zt34\r\n",), ("密碼前四碼 Kq12，後面接 Zt34",),
    ("First half of the password: Kq12\r\nSecond half: Zt34",), ("密码分两段，第一段Kq12，第二段Zt34",), ("password part 1: Kq12", "password part 2: Zt34"),
    ("비밀번호 앞자리 Kq12 뒷자리 Zt34",),
])
def test_halves_are_put_together(texts):
    assert "Kq12Zt34" in told(*texts)


def test_a_half_may_stand_in_a_file_name():
    assert "Kq12Zt34" in told("密碼後半：Zt34，前半見檔名", names=("report_Kq12.7z",))
    assert "Kq12Zt34" not in told("密碼：Zt34", names=("report_Kq12.7z",))


@pytest.mark.parametrize(("text", "word"), [
    ("Password: last 4 digits of our phone number.\n--\nAlice\nTel +886 2 2345-5678", "5678"), ("密碼為訂單編號末四碼（20260098）", "0098"),
    ("密码为身份证后六位，编号 1101011990", "011990"), ("パスワードは電話番号の下4桁です。TEL 03-1234-5678", "5678"),
    ("비밀번호는 전화번호 뒤 4자리입니다. 02-123-4567", "4567"), ("the last three characters of the number AB123456", "456"),
])
def test_ends_of_numbers(text, word):
    assert word in told(text)
    assert word not in told(text.split("，")[0].split("（")[0].split("。")[0].split(".")[0].split("number A")[0])


def test_a_flood_of_halves_is_bounded():
    began = time.process_time()
    found = list(joined(["".join(f"第一段A{n}x 第二段B{n}y\n" for n in range(5000))] * 20))
    assert len(found) <= PIECES * (PIECES - 1)
    spelled("one " * 100_000)
    remember(Context(Limits()), "密碼" + "一、" * 100_000)
    assert time.process_time() - began < 1
