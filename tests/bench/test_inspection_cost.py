"""What the inspection of ordinary mail costs: milliseconds of CPU by category, printed, nothing asserted about time.

    pytest -m slow -n0 -s tests/bench

`judged` is the judge alone, warm, in this process. `forked` is a fresh child for each mail, as the deep lane has them: page
faults, cold code and the end of the process included.
"""

from __future__ import annotations

import gc
import io
import os
import random
import statistics
import time
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from PIL import Image, ImageDraw

from gateway.inspection.judge import CellJudge, build
from gateway.inspection.protocol import encode_inspection
from gateway.model.deadline import Limits
from gateway.model.ports import InspectionRequest
from gateway.model.transaction import Direction
from tests.builders.documents import docx, package, relations

ROUNDS = 7
WORDS = ("payment", "account", "customer", "statement", "transfer", "please", "confirm", "branch", "loan", "匯款", "轉帳", "利率", "契約")
DICE = random.Random(1)
REQUEST = InspectionRequest("bench", Direction.INBOUND, "a@b.example", ("c@d.example",), ("d.example",), Limits())


def words(number: int) -> str:
    return " ".join(DICE.choice(WORDS) for _ in range(number))


def mail(*attachments: tuple[bytes, str, str, str], html: str = "", text: str = "") -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = "a@b.example", "c@d.example", words(5)
    message.set_content(text or words(200), cte="base64")
    if html:
        message.add_alternative(html, subtype="html", cte="base64")
    for data, main, sub, name in attachments:
        message.add_attachment(data, maintype=main, subtype=sub, filename=name)
    return message.as_bytes()


def photo(width: int, height: int) -> bytes:
    small = Image.frombytes("RGB", (width // 16, height // 16), DICE.randbytes(3 * (width // 16) * (height // 16)))
    out = io.BytesIO()
    small.resize((width, height), Image.Resampling.BICUBIC).save(out, "JPEG", quality=85)
    return out.getvalue()


def screenshot() -> bytes:
    picture = Image.new("RGB", (1280, 800), "white")
    draw = ImageDraw.Draw(picture)
    for y in range(10, 790, 14):
        draw.text((10, y), "payment account customer statement " * 5, fill=(20, 20, 20))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def document(pictures: bool = False) -> bytes:
    body = "".join(f"<w:p><w:r><w:t>{words(60)}</w:t></w:r></w:p>" for _ in range(80))
    styles = "".join(f'<w:style w:styleId="s{i}"><w:name w:val="{i}"/><w:rPr><w:b/></w:rPr></w:style>' for i in range(4000))
    more: dict[str, str | bytes] = {"word/styles.xml": f'<w:styles xmlns:w="w">{styles}</w:styles>'}
    if pictures:
        more["word/media/image1.jpg"] = photo(800, 600)
    return docx(body, more, (("styles", "styles.xml"),))


def workbook(rows: int) -> bytes:
    cells = "".join(f'<row r="{i}"><c r="A{i}"><v>{i}</v></c><c r="B{i}"><v>{i * 7}</v></c></row>' for i in range(1, rows))
    return package({
        "[Content_Types].xml": "<Types/>", "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": "<workbook/>", "xl/_rels/workbook.xml.rels": relations(("worksheet", "worksheets/sheet1.xml")),
        "xl/worksheets/sheet1.xml": f"<worksheet><sheetData>{cells}</sheetData></worksheet>"})


def printed(pages: int) -> bytes:
    """A PDF whose pages are pictures."""
    out = io.BytesIO()
    first, *rest = [Image.open(io.BytesIO(photo(1240, 1754))) for _ in range(pages)]
    first.save(out, "PDF", save_all=True, append_images=rest)
    return out.getvalue()


def table(rows: int) -> str:
    row = '<tr><td style="padding:4px;border:1px solid #ccc"><a href="https://www.example.com/p?id={}">{}</a></td></tr>'
    return "<html><body><table>" + "\n".join(row.format(i, words(12)) for i in range(rows)) + "</table></body></html>"


CATEGORIES: dict[str, Callable[[], bytes]] = {
    "text 20 kB": lambda: mail(text=words(2500)),
    "html 100 links": lambda: mail(html=table(100)),
    "photo 2400x1200": lambda: mail((photo(2400, 1200), "image", "jpeg", "a.jpg")),
    "screenshot 1280x800": lambda: mail((screenshot(), "image", "png", "a.png")),
    "docx": lambda: mail((document(), "application", "vnd.openxmlformats-officedocument.wordprocessingml.document", "a.docx")),
    "docx with a picture": lambda: mail((document(True), "application", "octet-stream", "a.docx")),
    "xlsx 20,000 rows": lambda: mail((workbook(20_000), "application", "octet-stream", "a.xlsx")),
    "pdf 4 scanned pages": lambda: mail((printed(4), "application", "pdf", "a.pdf")),
    "zip of both": lambda: mail((package({"a.docx": document(), "b.pdf": printed(1)}), "application", "zip", "a.zip")),
}


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> CellJudge:
    built = build("deep", {}, {"state_dir": str(tmp_path_factory.mktemp("state"))})
    gc.collect()
    gc.freeze()
    return built


def judged(judge: CellJudge, data: bytes) -> float:
    began = time.process_time()
    encode_inspection(judge.inspect(data, REQUEST, None))
    return (time.process_time() - began) * 1000


def forked(judge: CellJudge, data: bytes) -> float:
    """CPU of the fork here and of the child's whole life."""
    began = time.process_time()
    pid = os.fork()
    if pid == 0:
        try:
            encode_inspection(judge.inspect(data, REQUEST, None))
        finally:
            os._exit(0)
    _, _, usage = os.wait4(pid, 0)
    return (time.process_time() - began + usage.ru_utime + usage.ru_stime) * 1000


@pytest.mark.slow
@pytest.mark.parametrize("category", CATEGORIES)
def test_cost(judge: CellJudge, category: str, capsys: pytest.CaptureFixture[str]) -> None:
    data = CATEGORIES[category]()
    inspection = judge.inspect(data, REQUEST, None)
    assert not inspection.incidents and all(f.severity <= 2 for f in inspection.findings), "ordinary mail is neither held nor odd"
    warm = statistics.median(judged(judge, data) for _ in range(ROUNDS))
    fresh = statistics.median(forked(judge, data) for _ in range(ROUNDS))
    with capsys.disabled():
        print(f"{category:22} {len(data) >> 10:6} KiB  judged {warm:7.2f} ms  forked {fresh:7.2f} ms")
