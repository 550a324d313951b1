"""What judging an ordinary mail of 100 kB without pictures costs, both ways. Printed; nothing is asserted about time.

    pytest tests/bench -m slow -n0 -s -k ordinary
"""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from gateway.inspection.judge import CellJudge, build
from gateway.inspection.protocol import encode_inspection
from gateway.model.deadline import Limits
from gateway.model.ports import InspectionRequest
from gateway.model.transaction import Direction
from tests.builders import leak_files
from tests.builders.leak_people import people

OCTETS = 100_000
SEEDS = 8
LATIN = ["the", "quarterly", "report", "on", "operations", "shows", "that", "we", "shipped", "more", "than", "planned", "and", "the", "budget", "for", "next", "year", "is", "being", "reviewed", "by", "all", "teams", "please", "send", "your", "remarks", "until", "friday", "so", "that", "they", "can", "be", "discussed", "in", "our", "meeting", "thank", "you", "and", "best", "regards"]
WIDE = ["本公司", "第三季", "營運計畫", "會議紀錄", "請", "於", "週五", "前", "回覆", "附件", "謝謝", "您", "的", "協助", "客戶", "訂單", "出貨", "排程", "預算", "審查", "部門", "主管", "報告", "進度"]
REQUEST = InspectionRequest("bench", Direction.OUTBOUND, "a@bank.example", ("c@d.example",), ("bank.example",), Limits())
INBOUND = replace(REQUEST, direction=Direction.INBOUND, reverse_path="c@d.example", recipients=("a@bank.example",))


def filled(make: Callable[[], str]) -> str:
    made, size = [], 0
    while size < OCTETS:
        made.append(make())
        size += len(made[-1].encode())
    return "".join(made)


def sentence(rng: random.Random) -> str:
    words = rng.choice((LATIN, WIDE))
    told = rng.choice(("", f" {rng.randrange(2020, 2030)}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}", f" no. {rng.randrange(10**6)}"))
    return (" " if words is LATIN else "").join(rng.choice(words) for _ in range(rng.randrange(6, 20))) + told + rng.choice((". ", "。", "\n"))


def page(markup: str) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = "a@bank.example", "c@other.example", "News"
    message.set_content(f"<html><head><style>a{{color:#036}}</style></head><body>{markup}</body></html>", subtype="html", cte="quoted-printable")
    return message.as_bytes()


def thread(rng: random.Random) -> bytes:
    """Answers upon answers, each with its marks, as people leave them below."""
    return leak_files.mail(body=filled(lambda: "> " * rng.randrange(4) + sentence(rng).strip() + "\n"))


def newsletter(rng: random.Random) -> bytes:
    """Nested tables with styles, tracked links and pixels."""
    def block() -> str:
        link = f"https://news.example/c/{rng.getrandbits(128):032x}?u={rng.getrandbits(64):016x}&amp;l={rng.randrange(99)}"
        return (f'<table width="600" cellpadding="0" style="border-collapse:collapse;font-family:Arial,sans-serif"><tr><td style="padding:8px 16px;'
                f'color:#{rng.getrandbits(24):06x};font-size:14px"><a href="{link}" style="text-decoration:none"><b>{sentence(rng)}</b></a><br>'
                f'{sentence(rng)}{sentence(rng)}<img src="https://news.example/p/{rng.getrandbits(64):016x}.gif" width="1" height="1" alt=""></td></tr></table>\n')
    return page(filled(block))


def price_list(rng: random.Random) -> bytes:
    """A table pasted from a workbook."""
    def row() -> str:
        cells = (f"P-{rng.randrange(10**5):05}", rng.choice(WIDE), f"{rng.randrange(10**5) / 100:.2f}", str(rng.randrange(500)), f"2026/{rng.randrange(1, 13)}")
        return "<tr>" + "".join(f'<td class="xl65" style="border:.5pt solid;height:16pt">{cell}</td>' for cell in cells) + "</tr>\n"
    return page(f"<table>{filled(row)}</table>")


def log(rng: random.Random) -> bytes:
    return leak_files.mail(("service.log", filled(
        lambda: f"2026-11-22T10:{rng.randrange(60):02}:{rng.randrange(60):02} INFO request {rng.getrandbits(40):x} served in {rng.randrange(900)} ms\n").encode()))


def orders(rng: random.Random) -> bytes:
    return leak_files.mail(("orders.csv", ("order,item,pieces,price,date\n" + filled(
        lambda: f"SO{rng.randrange(10**7):07},{rng.choice(WIDE)},{rng.randrange(99)},{rng.randrange(10**6) / 100},2026-{rng.randrange(1, 13):02}-11\n")).encode()))


def customers(rng: random.Random) -> bytes:
    """What is held: every line has somebody's numbers."""
    def line() -> str:
        one = people(rng, "tw", 1, 2)[0]
        return f"{one.name},{one.id},{one.phone},{one.email}\n"
    return leak_files.mail(("list.csv", ("姓名,身分證字號,手機,信箱\n" + filled(line)).encode()))


FAMILIES = (thread, newsletter, price_list, log, orders, customers)


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> CellJudge:
    built = build("deep", {}, {"state_dir": str(tmp_path_factory.mktemp("state"))})
    gc.collect()
    gc.freeze()
    return built


def cost(judge: CellJudge, data: bytes, request: InspectionRequest) -> float:
    began = time.process_time()
    found = judge.inspect(data, request, None)
    encode_inspection(found)
    assert not found.incidents
    return (time.process_time() - began) * 1000


@pytest.mark.slow
@pytest.mark.parametrize("request_", [REQUEST, INBOUND], ids=["outbound", "inbound"])
def test_ordinary_mails_of_100_kb(judge: CellJudge, request_: InspectionRequest, capsys: pytest.CaptureFixture[str]) -> None:
    every: list[float] = []
    with capsys.disabled():
        print()
        for family in FAMILIES:
            mails = [family(random.Random(seed)) for seed in range(SEEDS)]
            cost(judge, mails[0], request_)
            times = sorted(cost(judge, mail, request_) for mail in mails for _ in range(3))
            every += times
            print(f"{request_.direction.value:9} {family.__name__:11} median {times[len(times) // 2]:6.1f} ms  most {times[-1]:6.1f} ms of CPU")
        every.sort()
        print(f"{request_.direction.value:9} all         p95 {every[len(every) * 95 // 100]:6.1f} ms of CPU")
    assert every[0] > 0


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.__name__)
def test_the_mails_are_what_they_say(judge: CellJudge, family: Callable[[random.Random], bytes]) -> None:
    data = family(random.Random(99))
    assert OCTETS <= len(data) < 4 * OCTETS
    assert (judge.inspect(data, REQUEST, None).persons > 500) == (family is customers)
