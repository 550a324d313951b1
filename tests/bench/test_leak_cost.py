"""What judging outbound mail costs: dense texts, workbooks, PDFs. Printed; nothing is asserted about time but that it is said.

    pytest tests/bench -m slow -n0 -s
"""

from __future__ import annotations

import gc
import io
import random
import statistics
import time
from collections.abc import Callable

import pypdfium2
import pytest
import python_calamine

from gateway.extract.base import Context, Node
from gateway.extract.pdf.text import text as pdf_text
from gateway.extract.workbook.sheets import SHEETS
from gateway.inspection.judge import CellJudge, build
from gateway.inspection.protocol import encode_inspection
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Table
from gateway.model.deadline import Limits
from gateway.model.ports import InspectionRequest
from gateway.model.transaction import Direction
from tests.bench.test_data_cost import dense, mixed, prose
from tests.builders import leak_documents, leak_files
from tests.builders.leak_people import people

REQUEST = InspectionRequest("bench", Direction.OUTBOUND, "a@bank.example", ("c@d.example",), ("bank.example",), Limits())


def lines(make: Callable[[random.Random], str], octets: int) -> str:
    rng, made, size = random.Random(1), [], 0
    while size < octets:
        made.append(make(rng))
        size += len(made[-1].encode())
    return "".join(made)


def workbook(rows: int) -> tuple[str, bytes]:
    rng = random.Random(2)
    made = [p for _ in range(-(-rows // 8)) for p in people(rng, "tw", 8, 9)][:rows]

    def fill(book: object, sheet: object) -> None:
        sheet.write_row(1, 0, ("姓名", "身分證字號", "手機", "信箱", "生日"))
        for n, p in enumerate(made):
            sheet.write_row(2 + n, 0, (p.name, p.id, p.phone, p.email, p.born))
    return leak_documents.workbook(fill)


def printed(pages: int) -> bytes:
    rng = random.Random(3)

    def draw(page: object) -> None:
        for _ in range(pages):
            page.setFont("MSung-Light", 9)
            for row in range(60):
                p = people(rng, "tw", 1, 2)[0]
                page.drawString(40, 800 - row * 12, f"{p.name}  {p.id}  {p.phone}  {p.born}")
            page.showPage()
    return leak_documents.printed(draw)


MAILS: dict[str, Callable[[], bytes]] = {
    "text 20 kB, dense": lambda: leak_files.mail(body=lines(dense, 20_000)),
    "text 20 kB, mixed": lambda: leak_files.mail(body=lines(mixed, 20_000)),
    "text 100 kB, mixed": lambda: leak_files.mail(body=lines(mixed, 100_000)),
    "text 100 kB, prose": lambda: leak_files.mail(body=lines(prose, 100_000)),
    "workbook, 1,000 rows": lambda: leak_files.mail(workbook(1000)),
    "pdf, 10 pages": lambda: leak_files.mail(("a.pdf", printed(10))),
}


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> CellJudge:
    built = build("deep", {}, {"state_dir": str(tmp_path_factory.mktemp("state"))})
    gc.collect()
    gc.freeze()
    return built


def cpu(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1000


@pytest.mark.slow
@pytest.mark.parametrize("name", MAILS)
def test_cost_of_a_mail(judge: CellJudge, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    data = MAILS[name]()
    assert not judge.inspect(data, REQUEST, None).incidents
    times = sorted(cpu(lambda: encode_inspection(judge.inspect(data, REQUEST, None))) for _ in range(20))
    with capsys.disabled():
        print(f"\n{name:24} {len(data) >> 10:5} KiB  median {statistics.median(times):7.2f} ms  p95 {times[18]:7.2f} ms of CPU")


def mixed_book(rows: int, columns: int) -> bytes:
    """Cells in any order, of which 40 % are numbers, half of them with a fraction."""
    rng = random.Random(4)

    def fill(book: object, sheet: object) -> None:
        for row in range(rows):
            for column in range(columns):
                if rng.random() < 0.4:
                    sheet.write_number(row, column, rng.choice((rng.randrange(10**6), rng.randrange(10**6) / 100)))
                else:
                    sheet.write_string(row, column, f"{rng.choice(('王小明', '台北市', 'abc', 'A12'))}{rng.randrange(10**7)}")
    return leak_documents.workbook(fill)[1]


BOOKS: dict[str, Callable[[], bytes]] = {
    "1,000 rows of 4": lambda: mixed_book(1000, 4),
    "1,000 rows of 60": lambda: mixed_book(1000, 60),
    "10,000 rows of 6": lambda: mixed_book(10_000, 6),
    "10,000 people": lambda: workbook(10_000)[1],
}


@pytest.mark.slow
@pytest.mark.parametrize("name", BOOKS)
def test_workbooks_beside_calamine_alone(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    data = BOOKS[name]()
    node = Node(Artifact(1, 0, ArtifactKind.PART), data, "application/zip")

    def alone() -> None:
        book = python_calamine.load_workbook(io.BytesIO(data))
        for sheet in book.sheet_names:
            book.get_sheet_by_name(sheet).to_python()

    def ours() -> None:
        assert sum(isinstance(found, Table) for found in SHEETS.extract(node, Context(Limits(), True)))

    pairs = [(cpu(alone), cpu(ours)) for _ in range(15)]
    library, own = (statistics.median(times) for times in zip(*pairs, strict=True))
    with capsys.disabled():
        print(f"\n{name:17} ours {own:6.1f} ms, calamine alone {library:6.1f} ms: {own / library:.2f}")
    assert own > 0


@pytest.mark.slow
def test_extraction_beside_the_libraries_alone(capsys: pytest.CaptureFixture[str]) -> None:
    book, pages = workbook(10_000)[1], printed(40)

    def node(data: bytes, kind: str) -> Node:
        return Node(Artifact(1, 0, ArtifactKind.PART), data, kind)

    def calamine() -> None:
        found = python_calamine.load_workbook(io.BytesIO(book))
        for name in found.sheet_names:
            found.get_sheet_by_name(name).to_python()

    def pdfium() -> None:
        document = pypdfium2.PdfDocument(pages)
        for number in range(len(document)):
            document[number].get_textpage().get_text_range()

    import pikepdf

    def ours() -> None:
        with pikepdf.open(io.BytesIO(pages)) as document:
            list(pdf_text(pages, "", Context(Limits(), True), document))

    sheet = min(cpu(lambda: list(SHEETS.extract(node(book, "application/zip"), Context(Limits(), True)))) for _ in range(5))
    alone, drawn, own = (min(cpu(work) for _ in range(5)) for work in (calamine, pdfium, ours))
    with capsys.disabled():
        print(f"\nxlsx 10,000 rows {sheet:.0f} ms, calamine alone {alone:.0f} ms: {sheet / alone:.2f}; pdf 40 pages {own:.0f} ms, pdfium alone {drawn:.0f} ms: {own / drawn:.2f}")
    assert sheet > 0 and own > 0


def test_the_mails_of_the_benchmark_are_what_they_say(judge: CellJudge) -> None:
    assert judge.inspect(MAILS["workbook, 1,000 rows"](), REQUEST, None).persons == 1000
    assert judge.inspect(MAILS["pdf, 10 pages"](), REQUEST, None).persons >= 590
    assert judge.inspect(MAILS["text 100 kB, prose"](), REQUEST, None).persons == 0
