"""Held mail as a bank has it, in four languages, and two weeks of what passed: for pages that people look at."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path
from typing import Any

from gateway.model.custody import Admission
from gateway.model.decision import Kind
from gateway.model.transaction import Direction
from quarantine.service import QuarantineService
from tests.builders import past
from tests.builders.custody import START, admission, leak, memory, octets

SHA = {name: f"{n:064x}" for n, name in enumerate(("mail", "invoice.docm", "名簿.xlsx", "report.zip", "setup.exe", "見積.xls"), 1000)}


def node(path: str, kind: str = "part", declared: str = "", detected: str = "application/octet-stream", size: int = 20480) -> dict[str, Any]:
    name = path.rpartition(" ")[2] if kind != "message" else ""
    return {"path": path, "kind": kind, "name": name if "." in name else "", "declared_type": declared or detected, "detected_type": detected, "size": size,
            "sha256": SHA.get(name, f"{abs(hash(path)) % 10**12:064x}")}


def finding(code: str, severity: str, artifact: str, *evidence: str, count: int = 1, rule: str = "") -> dict[str, Any]:
    return {"code": code, "category": code.partition("-")[0].lower(), "severity": severity, "artifact": artifact, "count": count,
            "evidence": list(evidence), "rule": rule}


def inspection(artifacts: list[dict[str, Any]], findings: list[dict[str, Any]], incidents: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    return {"complete": not incidents, "artifacts": [node("message", "message", detected="message/rfc822", size=48120), *artifacts], "findings": findings,
            "incidents": list(incidents), "persons": 0, "contacts": 0, "identifiers": {}, "signature_version": "65-demo",
            "auth": [{"method": "spf", "result": "fail", "domain": "else.example", "detail": "192.0.2.77 is not permitted"},
                     {"method": "dkim", "result": "none", "domain": ""}, {"method": "dmarc", "result": "fail", "domain": "else.example", "detail": "p=none"}]}


ZIP, DOCM = "message > 2 report.zip", "message > 2 report.zip > invoice.docm"
MACRO = inspection(
    [node("message > 1", detected="text/html", size=2210), node(ZIP, detected="application/zip"), node(DOCM, "member", detected="application/vnd.ms-word.document.macroEnabled.12"),
     node(f"{DOCM} > Module1", "macro", detected="text/x-vba", size=1812)],
    [finding("MACRO-AUTOEXEC", "high", f"{DOCM} > Module1", "Sub AutoOpen()"), finding("MACRO-DOWNLOAD", "critical", f"{DOCM} > Module1", "MSXML2.XMLHTTP … hxxp://files[.]else[.]example/a"),
     finding("LINK-TEXT-MISMATCH", "low", "message > 1", "www.bank.example → files.else.example")])
LEAK = inspection(
    [node("message > 1", detected="text/plain", size=420), node("message > 2 名簿.xlsx", detected="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
     node("message > 2 名簿.xlsx > 工作表1", "sheet", detected="text/plain", size=90211)],
    [finding("DATA-TW-NATIONAL-ID", "high", "message > 2 名簿.xlsx > 工作表1", "A12•••••89 (B2)", "F22•••••31 (B3)", count=128), finding("DATA-PHONE", "medium", "message > 2 名簿.xlsx > 工作表1", "09••-•••-678", count=128)])
LOCKED = inspection([node("message > 1", detected="text/plain"), node("message > 2 見積.xls", detected="application/vnd.ms-excel")], [],
                    ({"code": "ENCRYPTED", "artifact": "message > 2 見積.xls", "fault": "message", "detail": "password needed"},))
PROGRAM = inspection([node("message > 1", detected="text/plain"), node("message > 2 setup.exe", declared="application/pdf", detected="application/vnd.microsoft.portable-executable")],
                     [finding("EXECUTABLE-PE", "critical", "message > 2 setup.exe", "MZ"), finding("DISGUISE-TYPE", "high", "message > 2 setup.exe", "application/pdf")])

MAILS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("threat", {"subject": "【重要】請求書送付のご案内 4711", "header_from": "経理部 <keiri@else.example>", "inspection": MACRO, "reason": "block-macros"}),
    ("leak", {"subject": "客戶名單 2026 年度 – 請查收", "header_from": "王小明 <clerk@bank.example>", "inspection": LEAK, "persons": 128, "identifiers": {"tw.national_id": 128, "phone": 128}, "recipients": ("partner@else.example", "audit@else.example")}),
    ("threat", {"subject": "Invoice overdue – please open", "header_from": "Accounts <billing@shop.example>", "sender": "billing@shop.example", "inspection": PROGRAM}),
    ("uninspectable", {"subject": "御見積書（パスワード付き）", "header_from": "佐藤 <sato@partner.example>", "sender": "sato@partner.example", "inspection": LOCKED, "reason": "unmapped-incident"}),
    ("leak", {"subject": "对账单 – 客户资料", "header_from": "张伟 <clerk@bank.example>", "inspection": LEAK, "persons": 12, "identifiers": {"cn.resident_id": 12, "card": 3}}),
    ("threat", {"subject": "轉帳通知書補件", "header_from": "林小姐 <lin@else.example>", "inspection": MACRO, "reason": "block-macros"}),
    ("threat", {"subject": "薪資調整公告", "header_from": "人資 <hr@else.example>", "inspection": PROGRAM}),
    ("leak", {"subject": "印鑑変更届 三件", "header_from": "鈴木 <clerk@bank.example>", "inspection": LEAK, "persons": 3, "identifiers": {"jp.my_number": 3}}),
)


def fill(service: QuarantineService, folder: Path, analyst: str = "", staff: str = "") -> list[str]:
    """Ids of the held mail, in the order of MAILS. Some of it is asked for, released, denied."""
    ids = []
    for n, (kind, changes) in enumerate(MAILS):
        ids.append(put(service, n, kind, changes))
    if staff:
        service.request(service.actor(staff, "console"), ids[0], "仕入先からの請求書です。内容を確認したいです。")
        service.request(service.actor(staff, "console"), ids[3], "いつもの取引先の見積書です。")
    if analyst:
        service.deny(service.actor(analyst, "console"), ids[6], "偽裝的程式，寄件者不明")
        service.batch(service.actor(analyst, "console"), "hold", ids[5:6], "案件 2026-17")
    past.write(folder, list(journal()))
    return ids


def hostile(service: QuarantineService) -> str:
    """A mail of which every word would like to be more than a word."""
    bad = "<script>window.pwned=1</script><img src=x onerror=window.pwned=1>\u202e'\"{{7*7}}{% load x %}"
    name = f"message > 2 {bad}.zip"
    seen = inspection([node(name, detected=bad)], [finding("EXECUTABLE-PE", "critical", name, bad, "x" * 300, rule=bad)],
                      ({"code": "MALFORMED", "artifact": name, "fault": "message", "detail": bad},))
    return put(service, len(MAILS), "threat", {"subject": bad, "header_from": f"{bad} <a@else.example>", "inspection": seen, "reason": "block-executables",
                                               "header_message_id": f"<{bad}{'y' * 300}@else.example>", "sender": '"<script>"@else.example'})


def put(service: QuarantineService, n: int, kind: str, changes: dict[str, Any]) -> str:
    data = octets(f"{n}")
    made: Admission = (leak if kind == "leak" else admission)(data, received_at=START - timedelta(minutes=37 * n), **changes)
    if kind == "uninspectable":
        made = Admission(**{f: getattr(made, f) for f in Admission.__dataclass_fields__} | {"kind": Kind.UNINSPECTABLE, "verdict": "uninspectable", "direction": Direction.INBOUND})
    return service.admit_now(made, memory(data)).id


def journal() -> list[dict[str, Any]]:
    dice = random.Random(11)
    rules = ("block-executables", "block-macros", "many-persons", "unmapped-incident", "block-active-documents")
    found = []
    for day in range(14):
        for _ in range(30 + 12 * (day % 5) + dice.randrange(20)):
            at = START - timedelta(days=day, minutes=dice.randrange(500))
            held = dice.random() < 0.18
            outbound = dice.random() < 0.35
            found.append(past.entry(at, "outbound" if outbound else "inbound", "quarantine" if held else "reject" if dice.random() < 0.03 else "deliver",
                                    dice.choice(rules) if held else ""))
    return found
