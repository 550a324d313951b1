"""The bundled sample mails of the demo: harmless, made here, one for each thing the gateway does."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP as WIRE

OUR = "bank.example"
PARTNER = "partner.example"


@dataclass(frozen=True, slots=True)
class Sample:
    name: str                            # also stands in the Message-ID, by which the demo finds it again
    title: str                           # what a reader of the demo's output sees
    direction: str
    sender: str
    recipients: tuple[str, ...]
    content: bytes
    expected: str                        # delivered or held


def message(name: str, sender: str, recipient: str, subject: str, text: str, charset: str = "utf-8") -> EmailMessage:
    mail = EmailMessage(policy=WIRE)
    mail["From"] = sender
    mail["To"] = recipient
    mail["Subject"] = subject
    mail["Date"] = "Sat, 21 Nov 2026 14:05:00 +0800"
    mail["Message-ID"] = f"<{name}@{sender.partition('@')[2]}>"
    mail.set_content(text, charset=charset, cte="base64" if charset != "us-ascii" else None)
    return mail


def program_stub() -> bytes:
    """A PE header that is recognised as a Windows program and runs nothing: it has no code section."""
    dos = b"MZ" + bytes(58) + (64).to_bytes(4, "little")
    coff = b"PE\0\0" + (0x8664).to_bytes(2, "little") + bytes(12) + (240).to_bytes(2, "little") + (0x22).to_bytes(2, "little")
    return dos + coff + (0x20B).to_bytes(2, "little") + bytes(238) + bytes(512)


def macro_workbook() -> bytes:
    """A workbook with an Excel 4.0 macro sheet that starts by itself; its only cell returns at once (MS-XLSX 2.2.3)."""
    main = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    types = f"""<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/xl/workbook.xml" ContentType="{main}"/>
<Override PartName="/xl/macrosheets/sheet1.xml" ContentType="application/vnd.ms-excel.macrosheet+xml"/></Types>"""
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    excel = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts = {
        "[Content_Types].xml": types,
        "_rels/.rels": f'<Relationships xmlns="{package}"><Relationship Id="rId1" Type="{office}/officeDocument" '
                       'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{excel}" xmlns:r="{office}"><sheets><sheet name="報表" sheetId="1" r:id="rId1"/>'
                           "</sheets><definedNames><definedName name=\"_xlnm.Auto_Open\">報表!$A$1</definedName></definedNames>"
                           "</workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}"><Relationship Id="rId1" '
                                      'Type="http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet" '
                                      'Target="macrosheets/sheet1.xml"/></Relationships>',
        "xl/macrosheets/sheet1.xml": '<xm:macrosheet xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main" '
                                     f'xmlns="{excel}"><sheetData><row r="1"><c r="A1"><f>RETURN()</f></c></row></sheetData>'
                                     "</xm:macrosheet>",
    }
    return zipped(parts)


def zipped(parts: dict[str, str | bytes]) -> bytes:
    """A zip of these members, the same octets on every day: ZipInfo's own date, not the clock's."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


# A zip with one member of traditional encryption (APPNOTE 6.1), made once with a password that stands nowhere.
ENCRYPTED_ZIP = base64.b64decode(
    "UEsDBBQAAQAIAFCydV33KseILgAAAEAAAAAKAAAAcmVwb3J0LnR4dIPCcmEEg7acwYBZUnBsD37+/sDbfrlR7cxNaby3TO/jc8+gUjeG99eazKrjodBQSwECPwMU"
    "AAEACABQsnVd9yrHiC4AAABAAAAACgAkAAAAAAAAACCApIEAAAAAcmVwb3J0LnR4dAoAIAAAAAAAAQAYAFQ0aj0Get0BAAAAAAAAAAAAAAAAAAAAAFBLBQYAAAAA"
    "AQABAFwAAABWAAAAAAA=")


def customer_list() -> bytes:
    """A customer list in Big5 with numbers that are valid by their check digit and belong to nobody we know."""
    people = [("王小明", "A10000001"), ("林美玲", "B22000003"), ("陳大文", "F13000007"), ("張雅婷", "H24000005")]
    rows = ["姓名,身分證字號,生日"] + [f"{name},{with_check_digit(stem)},1980/0{n}/15" for n, (name, stem) in enumerate(people, 1)]
    return "\r\n".join(rows).encode("big5")


def with_check_digit(stem: str) -> str:
    """A Taiwanese national ID from its letter and eight digits (weights 1 9 8 ... 1 of the Ministry of the Interior)."""
    letter = 10 + "ABCDEFGHJKLMNPQRSTUVXYWZIO".index(stem[0])
    total = letter // 10 + letter % 10 * 9 + sum(int(d) * w for d, w in zip(stem[1:], range(8, 0, -1), strict=True))
    return f"{stem}{-total % 10}"


def clean() -> EmailMessage:
    return message("demo-clean", f"sato@{PARTNER}", f"wang@{OUR}", "Meeting on Friday", "See you at ten.\n", "us-ascii")


def clean_cjk() -> EmailMessage:
    mail = message("demo-cjk", f"tanaka@{PARTNER}", f"wang@{OUR}", "會議紀錄與附件", "王先生您好:\n附上會議紀錄。\n", "big5")
    mail.add_attachment("會議紀錄\n一、結論\n".encode("gb18030"), "text", "plain", filename="會議紀錄.txt")
    return mail


def program() -> EmailMessage:
    mail = message("demo-program", f"invoice@{PARTNER}", f"wang@{OUR}", "請款單", "請查收附件。\n")
    mail.add_attachment(program_stub(), "application", "pdf", filename="請款單.pdf")
    return mail


def macro() -> EmailMessage:
    mail = message("demo-macro", f"invoice@{PARTNER}", f"wang@{OUR}", "請求書", "添付をご確認ください。\n", "iso-2022-jp")
    mail.add_attachment(macro_workbook(), "application", "vnd.ms-excel.sheet.macroEnabled.12", filename="請求書.xlsm")
    return mail


def encrypted() -> EmailMessage:
    mail = message("demo-encrypted", f"li@{PARTNER}", f"wang@{OUR}", "加密文件", "密码另行通知。\n", "gb18030")
    mail.add_attachment(ENCRYPTED_ZIP, "application", "zip", filename="报告.zip")
    return mail


def customer_data() -> EmailMessage:
    mail = message("demo-customers", f"wang@{OUR}", f"sato@{PARTNER}", "名單", "如附件。\n")
    mail.add_attachment(customer_list(), "text", "csv", filename="名單.csv")
    return mail


_SAMPLES: tuple[tuple[str, str, str, Callable[[], EmailMessage]], ...] = (
    ("a clean mail", "inbound", "delivered", clean),
    ("a clean mail in Chinese", "inbound", "delivered", clean_cjk),
    ("a program that calls itself a PDF", "inbound", "held", program),
    ("a workbook with a macro that starts by itself", "inbound", "held", macro),
    ("an encrypted archive without its password", "inbound", "held", encrypted),
    ("a customer list going out", "outbound", "held", customer_data),
)


def samples() -> list[Sample]:
    made = []
    for title, direction, expected, build in _SAMPLES:
        mail = build()
        name = str(mail["Message-ID"]).strip("<>").partition("@")[0]
        if mail.is_multipart():
            mail.set_boundary(f"=_{name}")       # the same octets each time
        made.append(Sample(name, title, direction, str(mail["From"]), (str(mail["To"]),), mail.as_bytes(), expected))
    return made
