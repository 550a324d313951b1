"""Announced passwords are found in four written languages, without relying on blanks."""

import time

import pytest

from gateway.extract.base import Context
from gateway.extract.passwords import (
    COMMON,
    MAX_STRONG,
    announced,
    candidates,
    encodings,
    loose,
    remember,
    remember_fields,
    remember_name,
)
from gateway.model.deadline import Limits

ANNOUNCED = [
    ("The password is: Lab2026!x", "Lab2026!x"),
    ("Please use the passcode Xy-99_z to open it.", "Xy-99_z"),
    ("Password follows\r\n\r\nq7Kz!m", "q7Kz!m"),
    ("Q9ab is the password.", "Q9ab"),
    ("PW=Lab2026", "Lab2026"),
    ("附件已加密，密碼：Lab2026", "Lab2026"),
    ("附件密碼為Lab2026，請查收。", "Lab2026"),
    ("解压密码 Lab2026", "Lab2026"),
    ("附件密码为 Ab#12。谢谢", "Ab#12"),
    ("解壓縮密碼是「春暖花開2026」。", "春暖花開2026"),
    ("密码是春天花开2026。", "春天花开2026"),
    ("添付ファイルのパスワードは「Lab2026」です。", "Lab2026"),
    ("パスワードはLab2026です。", "Lab2026"),
    ("パスワード：ｌａｂ２０２６です", "lab2026"),
    ("「Lab2026」がパスワードとなります", "Lab2026"),
    ("暗証番号 8841", "8841"),
    ("以 Lab2026 作為密碼", "Lab2026"),
    ("口令: 'two words'", "two words"),
    ("提取码：k3x9", "k3x9"),
    ("pwd:S0me(thing)", "S0me(thing)"),
    ("비밀번호는 벚꽃2026입니다", "벚꽃2026입니다"),
    ("첨부파일 암호: 벚꽃 입니다", "벚꽃"),
    ("패스워드 : Lab2026", "Lab2026"),
    ("ＰＷは 春天2026 でお願いします", "春天2026"),
    ("unzip with: 春天abc", "春天abc"),
    ("The archive opens with 春天abc", "春天abc"),
]


@pytest.mark.parametrize(("text", "word"), ANNOUNCED)
def test_announced_word_is_among_the_candidates(text, word):
    assert word in announced(text)


def test_ordinary_words_are_not_announcements():
    assert announced("Please find the report attached. Compass spinning, keyboard broken. Come with us, the shop opens at nine.") == []


def test_a_line_of_one_word_is_a_weak_candidate():
    assert "tr0ub4dor&3" in loose("お世話になっております。\n\ntr0ub4dor&3\n\n以上")
    assert "Hello" not in loose("Hello there, see you soon")


def test_order_is_configured_announced_weak_common():
    context = Context(limits=Limits(), passwords=["Configured1"])
    remember(context, "密碼：Strong1\n\nweak0")
    found = list(candidates(context))
    assert found[0] == "Configured1"
    assert found.index("Strong1") < found.index("weak0") < found.index(COMMON[0])
    assert len(found) == len(set(found))


def test_a_file_name_may_carry_it():
    context = Context(limits=Limits())
    remember_name(context, "名單(密碼A123b).zip")
    assert "A123b" in context.words
    remember_name(context, "a(密碼K7#mQ2x!).7z")
    assert "K7#mQ2x!" in context.words
    remember_name(context, "密碼165079_月報.zip")
    assert "165079" in context.words


def test_a_flood_is_bounded_in_number_and_time():
    context = Context(limits=Limits())
    started = time.process_time()
    remember(context, "密碼：" + " ".join(f"w{i}x" for i in range(100_000)))
    remember(context, "密碼" * 100_000)
    for i in range(100):
        remember(context, "\n".join(f"password: k{i}{j}" for j in range(50)))
    assert len(context.passwords) <= MAX_STRONG
    assert time.process_time() - started < 2


def test_octets_of_a_word_by_code_page():
    assert encodings("abc") == (b"abc",)
    assert "密碼".encode("cp950") in encodings("密碼")
    assert "ぱす".encode("cp932") in encodings("ぱす")


@pytest.mark.parametrize("text", [
    "Password: L a b 2 0 2 6", "Password: L_a_b_2_0_2_6", "密碼：L-a-b-2-0-2-6", "パスワード： L．a".replace("．", " . ") + " . b . 2 . 0 . 2 . 6", "Password: L\u200ba\u200bb2\u200b026",
    "file,key\na.zip,Lab2026\n", "a.zip | Lab2026 | from Monday",
])
def test_letters_apart_and_columns(text):
    assert "Lab2026" in [*announced(text), *loose(text)]
    assert "a_1" in announced("Password: a _ 1") or "a_12" in announced("Password: a _ 1 2")


@pytest.mark.parametrize("row", ["." * 100, "-" * 100, "_." * 50, " ." * 50])
def test_rows_of_dots_are_gaps_and_letters_both_and_cost_nothing(row):
    began = time.process_time()
    announced(f"Password: x{row}ab")
    assert time.process_time() - began < 0.5


def test_a_word_between_dots_of_a_file_name():
    context = Context(Limits())
    remember_name(context, "report.Lab2026.zip")
    assert "Lab2026" in context.words


def test_words_that_need_not_be_said():
    context = Context(Limits(), passwords=["said"])
    remember_fields(context, "Sat, 21 Nov 2026 09:00:00 +0800", "Alice <alice@sender.example>")
    assert {"20261121", "1151121", "1121", "alice", "sender.example"} <= set(context.implied)
    assert next(iter(candidates(context))) == "said" and "20261121" in candidates(context)
    remember_fields(context, "no date", "nobody")


def test_a_telephone_number_without_its_area():
    assert "23455678" in loose("密碼為本公司電話號碼(不含區碼)：(02)2345-5678")
