"""Valid values by construction, for tests that need many of them. No value belongs to a person."""

from __future__ import annotations

import random

from gateway.identifiers import cn, hk, jp, payment, tw


def _last(stem: str, check, alphabet: str = "0123456789X") -> str | None:
    return next((stem + c for c in alphabet if check(stem + c)), None)


def _some(make, check, alphabet: str = "0123456789X") -> str:
    while True:
        value = _last(make(), check, alphabet)
        if value is not None:
            return value


def tw_id(rng: random.Random) -> str:
    return _some(lambda: rng.choice("ABCDEFGHJKLMNPQRSTUVXYWZIO") + rng.choice("12") + f"{rng.randrange(10**7):07d}", tw.national_id)


def tw_resident(rng: random.Random) -> str:
    return _some(lambda: rng.choice("ABCDEFGH") + rng.choice("89") + f"{rng.randrange(10**7):07d}", tw.resident_id)


def cn_id(rng: random.Random) -> str:
    return _some(lambda: rng.choice(("110101", "310104", "440305")) + f"{rng.randrange(1950, 2005)}{rng.randrange(1, 13):02d}"
                 f"{rng.randrange(1, 29):02d}{rng.randrange(1000):03d}", cn.resident_id)


def hk_id(rng: random.Random) -> str:
    return _some(lambda: rng.choice("ABCDEFGH") + f"{rng.randrange(10**6):06d}", hk.hkid, "0123456789A")


def my_number(rng: random.Random) -> str:
    return _some(lambda: f"{rng.randrange(10**11):011d}", jp.my_number)


def licence(rng: random.Random) -> str:
    return _some(lambda: "30" + f"{rng.randrange(10**8):08d}", lambda v: jp.driver_licence(v + "0")) + "0"


def card(rng: random.Random, prefix: str = "4579") -> str:
    return _some(lambda: prefix + f"{rng.randrange(10**11):011d}"[: 15 - len(prefix)], payment.card)
