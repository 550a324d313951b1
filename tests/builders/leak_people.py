"""People who do not exist, with numbers that are valid by construction, for mail that must be held."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from gateway.identifiers import kr, payment
from tests.gateway.identifiers import makers

SURNAMES = {"tw": "陳林黃張李王吳劉蔡楊許鄭謝郭洪", "cn": "王李张刘陈杨赵黄周吴徐孙胡朱高", "hk": "陳李黃梁何鄧馮曹曾潘"}
GIVEN = {"tw": "志家淑芬美玲怡君雅婷俊傑建宏宗翰佳蓉", "cn": "伟芳娜敏静丽强磊军洋勇艳杰娟涛明", "hk": "嘉欣子軒詠詩浩然穎彤俊樂"}
JAPANESE = (("佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "山本", "中村", "小林", "加藤"), ("太郎", "花子", "健一", "美咲", "翔太", "陽子", "直樹", "由美"))
KOREAN = ("김", "이", "박", "최", "정"), ("민준", "서연", "지훈", "수빈", "현우")
WESTERN = (("James", "Mary", "Robert", "Linda", "David", "Susan"), ("Smith", "Johnson", "Brown", "Garcia", "Miller", "Davis"))
TYPES = {"tw": "tw.national_id", "cn": "cn.resident_id", "hk": "hk.id", "jp": "jp.my_number", "kr": "kr.rrn"}


@dataclass(frozen=True)
class Person:
    country: str
    name: str
    id: str
    year: int
    month: int
    day: int
    phone: str
    email: str
    card: str

    @property
    def born(self) -> str:
        return f"{self.year}-{self.month:02d}-{self.day:02d}"

    @property
    def roc(self) -> str:
        return f"民國{self.year - 1911}年{self.month}月{self.day}日"

    @property
    def era(self) -> str:
        return f"昭和{self.year - 1925}年{self.month}月{self.day}日" if self.year < 1989 else f"平成{self.year - 1988}年{self.month}月{self.day}日"


def rrn(rng: random.Random, year: int, month: int, day: int) -> str:
    stem = f"{year % 100:02d}{month:02d}{day:02d}{rng.choice('12' if year < 2000 else '34')}{rng.randrange(10**5):05d}"
    return next(stem + c for c in "0123456789" if kr.rrn(stem + c))


def cn_born(rng: random.Random, year: int, month: int, day: int) -> str:
    from gateway.identifiers import cn

    stem = f"{rng.choice(('110101', '310104', '440305', '510107', '330106'))}{year}{month:02d}{day:02d}{rng.randrange(1000):03d}"
    return next(stem + c for c in "0123456789X" if cn.resident_id(stem + c))


def licence(rng: random.Random) -> str:
    return makers.licence(rng)


def amex(rng: random.Random) -> str:
    stem = "37" + f"{rng.randrange(10**12):012d}"
    return next(stem + c for c in "0123456789" if payment.card(stem + c))


def name_of(rng: random.Random, country: str) -> str:
    if country == "jp":
        return rng.choice(JAPANESE[0]) + rng.choice(("", " ", "\u3000")) + rng.choice(JAPANESE[1])
    if country == "kr":
        return rng.choice(KOREAN[0]) + rng.choice(KOREAN[1])
    if country == "us":
        return f"{rng.choice(WESTERN[0])} {rng.choice(WESTERN[1])}"
    return rng.choice(SURNAMES[country]) + "".join(rng.choice(GIVEN[country]) for _ in range(rng.choice((1, 2, 2))))


def phone_of(rng: random.Random, country: str) -> str:
    rest = f"{rng.randrange(10**8):08d}"
    return {"tw": f"09{rest[:2]}-{rest[2:5]}-{rest[5:8]}", "cn": f"13{rest[0]}{rest}", "jp": f"090-{rest[:4]}-{rest[4:]}",
            "hk": f"{rng.choice('569')}{rest[:3]} {rest[4:]}", "kr": f"010-{rest[:4]}-{rest[4:]}", "us": f"({rng.randrange(201, 989)}) {rng.randrange(200, 999)}-{rest[:4]}"}[country]


def person(rng: random.Random, country: str) -> Person:
    year, month, day = rng.randrange(1945, 2002), rng.randrange(1, 13), rng.randrange(1, 29)
    ids: dict[str, Callable[[], str]] = {
        "tw": lambda: makers.tw_id(rng), "cn": lambda: cn_born(rng, year, month, day), "hk": lambda: makers.hk_id(rng),
        "jp": lambda: makers.my_number(rng), "kr": lambda: rrn(rng, year, month, day)}
    return Person(country, name_of(rng, country), ids[country](), year, month, day, phone_of(rng, country),
                  f"u{rng.randrange(10**6)}@mail{rng.randrange(9)}.example", makers.card(rng, rng.choice(("4579", "5412", "3560", "6225"))))


def people(rng: random.Random, country: str, least: int = 4, most: int = 14) -> list[Person]:
    return [person(rng, country) for _ in range(rng.randrange(least, most))]
