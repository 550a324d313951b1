"""What the search for customer data costs. `pytest tests/bench -m slow -s` prints each figure; the small runs have no limits of time."""

from __future__ import annotations

import random
import re
import resource
import time
from collections.abc import Iterable, Iterator

import pytest

from gateway.detect.base import Scope, Tally
from gateway.detect.data.detector import CustomerData
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Sample, Text
from gateway.model.transaction import Direction
from gateway.reference import Reference, edm_store
from gateway.reference.edm import Index
from tests.builders import leak_benign, leak_texts
from tests.gateway.identifiers import makers

NAIVE = [re.compile(p) for p in (
    rb"[A-Z][12]\d{8}", rb"[A-Z][89A-D]\d{8}", rb"\d{17}[\dXx]", rb"[A-Z]{1,2}\d{6}\(?[0-9A]\)?", rb"\d{4}[ -]?\d{4}[ -]?\d{4}", rb"(?:\d[ -]?){13,19}",
    rb"\d{6}-?\d{7}", rb"\d{3}-\d{2}-\d{4}", rb"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", rb"[A-Z]{2}\d{7}", rb"09\d{2}-?\d{3}-?\d{3}", rb"[\w.+-]+@[\w-]+\.[\w.]+")]
SURNAMES = "陳林黃張李王吳劉蔡楊許鄭謝郭洪邱曾廖賴徐周葉蘇莊江何蕭羅高簡"
GIVEN = "志家淑芬美玲怡君雅婷俊傑建宏宗翰佳蓉明豪華文德榮國春秋金玉麗秀英惠珍雲龍虎安平祥瑞福壽康寧松柏梅蘭竹菊雪晴雨霖森林海洋江河山川石岩"
HEAD = "客戶編號,姓名,生日,手機,電子郵件,帳號\n"


def dense(rng: random.Random) -> str:
    return f"陳小明 {makers.tw_id(rng)} 09{rng.randrange(10**8):08d} {rng.randrange(10**16):016d} 台北市信義路{rng.randrange(300)}號\n"


def log(rng: random.Random) -> str:
    return (f"2026-05-{rng.randrange(1, 29):02d} 12:{rng.randrange(60):02d}:12.{rng.randrange(1000):03d} INFO [w-{rng.randrange(99)}] id={rng.randrange(10**12):012d} "
            f"from 10.{rng.randrange(256)}.3.{rng.randrange(256)} took {rng.randrange(9999)} ms trace={rng.getrandbits(64):016x}\n")


WORDS = ("the", "report", "of", "market", "and", "meeting", "please", "send", "we", "will", "review", "agenda", "quarter")


def prose(rng: random.Random) -> str:
    return " ".join(rng.choice(WORDS) for _ in range(14)) + ".\n"


def chinese(rng: random.Random) -> str:
    return "".join(rng.choice("的一是在不了有和人這中大為上個國我以要他時來用們生到作地於出就分對成會可主發年動同工也能下過子說") for _ in range(40)) + "。\n"


def mixed(rng: random.Random) -> str:
    return rng.choice((prose, prose, chinese, log, dense))(rng)


def headed(rng: random.Random) -> str:
    """A row of the CSV whose heading is HEADED."""
    return (f"陳小明,{makers.tw_id(rng)},09{rng.randrange(10**8):08d},u{rng.randrange(10**6)}@mail.example,1980-0{rng.randrange(1, 9)}-1{rng.randrange(9)},"
            f"{rng.randrange(10**12):012d}\n")


HEADED = "姓名,身分證字號,手機,信箱,生日,帳號\n"


def look(text: str, reference: Reference | None = None) -> Tally:
    detector = CustomerData(Scope(Direction.OUTBOUND, "a@bank.example", ("b@x.example",), ("bank.example",), reference))
    list(detector.look(Sample(Artifact(1, 0, ArtifactKind.PART), b"", [Text(text, "body")])))
    tally = Tally()
    list(detector.conclude(tally))
    return tally


def foreign(count: int) -> Iterator[str]:
    """Texts full of other people's data and of nobody's."""
    families = {**leak_texts.FAMILIES, **leak_benign.FAMILIES}
    for n in range(count):
        name = list(families)[n % len(families)]
        made = families[name](random.Random(f"foreign{n}"))
        yield made if isinstance(made, str) else made[0]


def records(texts: Iterable[str], index: Index) -> list[int]:
    """Rows of the table found in each text that has any."""
    reference = Reference((index,))
    return [found for text in texts if (found := look(text, reference).identifiers.get("edm", 0))]


def cpu(work) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def table(path, rows: int) -> None:
    rng = random.Random(1)
    with path.open("w", encoding="utf-8") as out:
        out.write(HEAD)
        for n in range(rows):
            some = rng.randrange(10**12)
            out.write(f"C{n:08d},{SURNAMES[n % len(SURNAMES)]}{GIVEN[some % len(GIVEN)]}{GIVEN[some // 97 % len(GIVEN)]},"
                      f"{1940 + some // 7 % 65}-{1 + some // 500 % 12:02d}-{1 + some // 6000 % 28:02d},"
                      f"09{some % 10**8:08d},u{n}@mail{n % 9}.example,{some:012d}\n")


@pytest.mark.slow
@pytest.mark.parametrize("line", [dense, headed, log, mixed, prose, chinese])
def test_speed_of_the_text_scan(line):
    rng = random.Random(2)
    text = (HEADED if line is headed else "") + "".join(line(rng) for _ in range(12_000))
    size = len(text.encode()) / 1e6
    ours = min(cpu(lambda: look(text)) for _ in range(2))
    naive = cpu(lambda: [sum(1 for _ in p.finditer(text.encode())) for p in NAIVE])
    print(f"\n{line.__name__}: {size / ours:.1f} MB/s of CPU, twelve patterns {size / naive:.1f} MB/s")
    double = cpu(lambda: look(text + text[::-1].replace("\n", " \n")))
    assert double < 8 * ours                              # linear, whatever the machine


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_ten_million_rows(tmp_path):
    source = tmp_path / "t.csv"
    table(source, 10_000_000)
    used, began = time.process_time(), time.monotonic()
    built = edm_store.import_csv(tmp_path, "big", source)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nbuild {time.monotonic() - began:.0f} s, CPU {time.process_time() - used:.0f} s, {built.size / 1e6:.0f} MB mapped, peak {peak:.0f} MB")
    index = edm_store.open_all(tmp_path)[0]
    tokens = [f"C{n * 199:08d}" if n % 2 else f"{n * 7919:012d}9" for n in range(50_000)]
    took = cpu(lambda: index.find([index.hash(token) for token in tokens]))
    print(f"50,000 tokens {took:.2f} s")
    assert built.size <= 700e6
    assert peak <= 2048
    began = time.process_time()
    found = records(foreign(10_000), index)
    print(f"10,000 foreign mails: {len(found)} with a record, most {max(found, default=0)}, {(time.process_time() - began) / 10:.1f} ms a mail")
    assert not found


def test_a_small_table_and_a_small_text(tmp_path):
    source = tmp_path / "t.csv"
    table(source, 3000)
    built = edm_store.import_csv(tmp_path, "small", source)
    index = edm_store.open_all(tmp_path)[0]
    assert built.rows == 3000
    assert {hit.row for hit in index.find([index.hash(f"C{n:08d}") for n in range(50)])} == set(range(50))
    assert records(foreign(300), index) == []
    lines = source.read_text("utf-8").splitlines()[1:]
    assert records(["\n".join(line.replace(",", " ") for line in lines[40:50])], index) == [10]
    rng = random.Random(2)
    text = "".join(dense(rng) for _ in range(300))
    assert look(text).identifiers["tw.national_id"] == 300
    assert "tw.national_id" not in look("".join(log(rng) for _ in range(300))).identifiers


def test_random_numbers_are_no_customers():
    """Fewer than one message of a thousand may be held; here 3,000 numbers in 100 messages, of which none is."""
    rng = random.Random(8)
    for digits in (8, 9, 10, 11, 12, 13, 14, 15, 16, 18):
        for _ in range(10):
            text = "\n".join(f"No. {rng.randrange(10 ** (digits - 1), 10 ** digits)} shipped" for _ in range(30))
            assert look(text).persons < 3
