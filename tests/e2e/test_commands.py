"""Commands beside a running gateway: what is registered is in force soon, custody is reached through the keeper."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.e2e.harness import Gateway, gateway

WITHIN = 60.0                            # seconds until what was registered is in force: promised
NAMES = ["歐陽明月", "司馬青雲", "上官飛燕", "諸葛小亮"]
ROWS = [(name, f"{50471900 + n * 3737}", f"住戶{n}") for n, name in enumerate(NAMES)]
DOCUMENT = "".join(f"第{n}條 本行對於專案編號{n * 7919}之預算執行情形應於每季終了後十五日內提報董事會備查。\n" for n in range(1, 40))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory):
    with gateway(tmp_path_factory.mktemp("house"), extra='[inspection]\nchildren = 1\n') as running:
        yield running


def outbound(house: Gateway, number: int, text: str) -> None:
    content = (f"From: wang@bank.example\r\nTo: partner@else.example\r\nMessage-ID: <{number}@bank.example>\r\nSubject: list\r\n"
               f"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n")
    code, said = house.send(house.outbound, "wang@bank.example", ["partner@else.example"], content.encode())
    assert code == 250, said


def held(house: Gateway, number: int) -> bool:
    return any(m["header_message_id"] == f"<{number}@bank.example>" for m in house.json("quarantine", "list"))


def soon_held(house: Gateway, first: int, text: str) -> bool:
    """The same text again and again, until one is held or the promise is broken."""
    end = time.monotonic() + WITHIN
    while time.monotonic() < end:
        outbound(house, first, text)
        if held(house, first):
            return True
        first += 1
        time.sleep(1.0)
    return False


def test_a_table_and_a_document_are_in_force_soon(house: Gateway, tmp_path: Path) -> None:
    table, document = tmp_path / "t.csv", tmp_path / "rules.txt"
    table.write_text("姓名,會員編號,備註\n" + "".join(",".join(row) + "\n" for row in ROWS), "utf-8")
    document.write_text(DOCUMENT, "utf-8")
    records = "\r\n".join(f"{name} {code}" for name, code, _ in ROWS)
    part = DOCUMENT[:len(DOCUMENT) // 2].replace("\n", "\r\n")
    outbound(house, 1, records)
    outbound(house, 2, part)
    assert not held(house, 1) and not held(house, 2)
    assert b"takes it within 60 s" in house.run("edm", "import", "--name", "members", str(table)).stdout
    assert soon_held(house, 100, records), house.errors()
    house.run("fingerprint", "add", str(document))
    assert soon_held(house, 200, part), house.errors()
    house.run("edm", "drop", "members")
    assert house.wait_event("reload", WITHIN, registered=1, outcome="success")


def test_custody_is_reached_through_the_keeper(house: Gateway, tmp_path: Path) -> None:
    id = house.json("quarantine", "list")[0]["id"]
    assert house.json("quarantine", "preview", id)[0]["headers"]
    raw = house.run("quarantine", "export", id, "--raw").stdout
    house.run("keys", "rotate")
    assert house.run("quarantine", "export", id, "--raw").stdout == raw
    assert house.run("audit", "verify").stdout.endswith(b" 0 flaws\n")
    house.run("backup", str(tmp_path / "b.tar"))
    assert (tmp_path / "b.tar").stat().st_size > len(raw) // 20
    actions = [json.loads(line)["action"] for line in house.run("audit", "export").stdout.splitlines() if b'"record"' in line]
    assert {"edm-import", "edm-drop", "fingerprint-add", "keys-rewrap", "audit-export"} <= set(actions)
    assert house.run("audit", "verify").returncode == 0


def test_an_event_log_verifies_the_chain_from_outside(house: Gateway, tmp_path: Path) -> None:
    assert house.wait_event("audit-checkpoint", 90)
    (tmp_path / "log").write_text("".join(json.dumps(e) + "\n" for e in house.events))
    assert b" 0 flaws" in house.run("audit", "verify", "--outside", str(tmp_path / "log")).stdout


def test_reload_stats_and_doctor(house: Gateway) -> None:
    pid = house.process.pid if house.process else 0
    assert f"(pid {pid})".encode() in house.run("signatures", "reload").stdout
    assert house.wait_event("reload", 60, outcome="success", signatures=house.wait_event("reload", 60, outcome="success").get("signatures"))
    assert house.json("stats")[0]["messages"] >= 2
    rows = house.json("doctor")
    assert {"gateway"} == {r["what"] for r in rows if r["detail"] == f"runs (pid {pid})"}
    assert not [r for r in rows if r["status"] == "RED" and r["area"] != "libraries"], rows
