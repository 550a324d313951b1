"""The messages of gateway/inspection/rehearsals, which a deep zygote judges before its first child:

    PYTHONPATH=. .venv/bin/python tests/builders/rehearsals.py
"""

from __future__ import annotations

import io
import math
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from PIL import Image

from tests.builders.documents import docx, package, pdf, relations

FOLDER = Path(__file__).parents[2] / "gateway/inspection/rehearsals"
WORDS = ["report", "of", "the", "branch", "for", "the", "month", "with", "figures", "tables", "and", "remarks", "營業", "報告", "月次", "報告書"]


def words(number: int, first: int = 0) -> str:
    return " ".join(WORDS[(first + i * 5) % len(WORDS)] for i in range(number))


def message(name: str, main: str, sub: str, data: bytes) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = "warm@example.com", "up@example.com", words(6)
    mail["Date"], mail["Message-ID"] = "Mon, 05 Jan 2026 09:00:00 +0800", f"<{name}@example.com>"
    mail.set_content("\n".join(words(12, i) for i in range(20)), cte="base64")
    mail.add_alternative(f"<html><body><p>{words(80)}</p><a href='https://www.example.com/'>more</a></body></html>", subtype="html")
    mail.add_attachment(data, maintype=main, subtype=sub, filename=name)
    for number, part in enumerate(mail.walk()):
        if part.is_multipart():
            part.set_boundary(f"level-{number}-of-{name}")
    return mail.as_bytes()


def photo() -> bytes:
    small = Image.new("RGB", (32, 24))
    small.putdata([(int(127 + 120 * math.sin(x / 5)), int(127 + 120 * math.sin(y / 4)), (x * 7 + y * 5) % 256)
                   for y in range(24) for x in range(32)])
    out = io.BytesIO()
    small.resize((640, 480), Image.Resampling.BICUBIC).save(out, "JPEG", quality=80)
    return out.getvalue()


def workbook() -> bytes:
    rows = "".join(f'<row r="{i}"><c r="A{i}"><v>{i}</v></c><c r="B{i}" t="inlineStr"><is><t>{words(3, i)}</t></is></c></row>'
                   for i in range(1, 120))
    return package({
        "[Content_Types].xml": "<Types/>", "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": "<workbook/>", "xl/_rels/workbook.xml.rels": relations(("worksheet", "worksheets/sheet1.xml")),
        "xl/worksheets/sheet1.xml": f"<worksheet><sheetData>{rows}</sheetData></worksheet>"})


def files() -> dict[str, bytes]:
    """By name: the whole messages."""
    body = "".join(f"<w:p><w:r><w:t>{words(40, i)}</w:t></w:r></w:p>" for i in range(40))
    office = "vnd.openxmlformats-officedocument."
    lines = " ".join(w for w in words(60).split() if w.isascii())
    return {
        "document.eml": message("report.docx", "application", office + "wordprocessingml.document",
                                docx(body, {"word/media/image1.jpg": photo()}, (("image", "media/image1.jpg"),))),
        "workbook.eml": message("figures.xlsx", "application", office + "spreadsheetml.sheet", workbook()),
        "page.eml": message("page.pdf", "application", "pdf", pdf(text=lines)),
        "photo.eml": message("photo.jpg", "image", "jpeg", photo()),
    }


if __name__ == "__main__":
    for name, content in files().items():
        (FOLDER / name).write_bytes(content)
