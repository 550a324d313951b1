"""What of a mail outlives it: announced words only."""

from __future__ import annotations

import time

import pytest

from gateway.extract.keepsakes import MOST, keepsakes

KEPT = [
    ("先ほどお送りしたファイルのパスワードは下記の通りです。\n\nパスワード：Kaede#2026\n\n以上", "Kaede#2026"),
    ("添付ファイルのパスワードは「Lab2026」です。", "Lab2026"),
    ("パスワードはLab2026です。よろしくお願いします。", "Lab2026"),
    ("解凍パスワード：ｌａｂ２０２６", "lab2026"),
    ("パスワードをお送りします。\n\nh8Qz-mm1", "h8Qz-mm1"),
    ("剛才寄的附件密碼為Lab2026，請查收。", "Lab2026"),
    ("密碼：春暖花開2026", "春暖花開2026"),
    ("解壓縮密碼是「春暖花開2026」。", "春暖花開2026"),
    ("附件密码为 Ab#12。谢谢", "Ab#12"),
    ("解压密码：sakura", "sakura"),
    ("口令: 'two words'", "two words"),
    ("提取码：k3x9", "k3x9"),
    ("The password is: Lab2026!x", "Lab2026!x"),
    ("The password for the attachment is Xy-99_z", "Xy-99_z"),
    ("Password follows\r\n\r\nq7Kz!m", "q7Kz!m"),
    ("pwd:S0me(thing)", "S0me(thing"),
    ("Passcode: 884120", "884120"),
]


@pytest.mark.parametrize(("text", "word"), KEPT)
def test_kept(text: str, word: str) -> None:
    assert word in keepsakes([text])


@pytest.mark.parametrize("text", [
    "Forgot your password? Reset it here: https://bank.example/reset",
    "Your password will expire soon. Please change it in time.",
    "密碼已於昨日變更，若非本人操作請來電。",
    "パスワードの有効期限が近づいています。変更してください。",
    "Never tell anybody your password or PIN.",
    "お世話になっております。tr0ub4dor&3",
    "Order AB-1234, tracking 9988776655, code review tomorrow",
    "Compass spinning, keyboard broken. zipcode 10044",
    "The file is password protected. The password will be sent separately.",
    "",
])
def test_nothing_kept(text: str) -> None:
    assert keepsakes([text]) == ()


def test_bounds() -> None:
    started = time.process_time()
    many = keepsakes(["".join(f"password: word{i}{n}\n" for i in range(50_000)) for n in range(20)])
    assert len(many) == MOST
    assert keepsakes(["密碼：" + "長" * 100_000]) == ()
    for flood in ("密碼" * 100_000, "password for the " * 20_000, "password" + " " * 100_000, "password " * 50_000):
        keepsakes([flood] * 20)
    assert time.process_time() - started < 2
