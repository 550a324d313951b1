"""Whoever copies the state directory without its two keys learns no value of a customer; who of our processes has the table's key."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import random
import secrets
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pyzipper

from gateway.cli.samples import message
from tests.builders.needles import Needles
from tests.e2e.harness import Gateway, gateway
from tests.gateway.identifiers import makers

KEYS = ("edm.key", "quarantine.key")
SURNAMES, GIVEN = "陳林黃張李王吳劉蔡楊許鄭謝郭洪邱曾廖賴徐", "志家淑芬美玲怡君雅婷俊傑建宏宗翰佳蓉明豪華文德榮國春秋金玉麗秀英惠珍"
WORD = "春暖花開2026-kaede"


def customer(rng: random.Random, number: int) -> tuple[str, ...]:
    name = rng.choice(SURNAMES) + rng.choice(GIVEN) + rng.choice(GIVEN)
    return (f"KX-{number * 17 + 4_000_000}", name, f"{rng.randrange(1940, 2004)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}",
            makers.tw_id(rng), f"09{rng.randrange(10**7, 10**8)}", f"w{rng.randrange(10**9)}@customers.example",
            str(rng.randrange(10**13, 10**14)), f"台北市民生東路{rng.randrange(1, 6)}段{rng.randrange(100, 999)}號{rng.randrange(2, 30)}樓")


HEAD = "客戶編號,姓名,出生日期,身分證字號,手機,電子郵件,帳號,地址\n"


@dataclass
class Stolen:
    house: Gateway
    people: list[tuple[str, ...]]
    needles: Needles
    held: list[str]


def csv(people: list[tuple[str, ...]]) -> str:
    return HEAD + "".join(",".join(person) + "\n" for person in people)


def filled(house: Gateway, folder: Path, people: list[tuple[str, ...]]) -> list[str]:
    """Runs every path that keeps something: tables, documents, held mail and its search, words, history, journal, releases."""
    (folder / "customers.csv").write_text(csv(people), "utf-8")
    house.run("edm", "import", "--name", "customers", str(folder / "customers.csv"))
    (folder / "plan.txt").write_text("\n".join(f"{p[1]}，{p[3]}，{p[7]}：本案由分行負責，逾期未辦者依規定辦理。" for p in people[:40]), "utf-8")
    house.run("fingerprint", "add", str(folder / "plan.txt"))
    assert house.wait_event("reload", 90, outcome="success"), house.errors()
    clerk, partner = "clerk@bank.example", "partner@else.example"

    def sent(mail, port: int) -> None:
        assert house.send(port, str(mail["From"]), [str(mail["To"])], mail.as_bytes())[0] == 250, house.errors()

    leak = message("leak", clerk, partner, f"{people[0][1]} {people[0][3]} 等客戶名單", csv(people[:60]))
    leak.add_attachment(csv(people[60:900]).encode("cp950"), "text", "csv", filename=f"{people[1][1]}.csv")
    sent(leak, house.outbound)
    sent(message("pair", clerk, partner, "聯絡", f"{people[5][1]} {people[5][2]}、{people[6][4]} {people[6][1]}、{people[7][6]} {people[7][1]}\n"), house.outbound)
    sent(message("one", clerk, partner, "您好", f"{people[9][1]} 先生您好，{people[9][4]} 是您的電話嗎？\n"), house.outbound)
    out = io.BytesIO()
    with pyzipper.AESZipFile(out, "w", compression=zipfile.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(WORD.encode())
        archive.writestr("list.csv", csv(people[900:950]))
    locked = message("locked", clerk, partner, "資料", "附件請查收。\n")
    locked.add_attachment(out.getvalue(), "application", "zip", filename="list.zip")
    sent(locked, house.outbound)
    sent(message("word", partner, clerk, "密碼", f"解壓密碼：{WORD}\n"), house.inbound)
    held = [row["id"] for row in house.held(sender=clerk)]
    for id in held:
        house.run("quarantine", "show", id)
    return held


@pytest.fixture(scope="module")
def stolen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stolen]:
    folder = tmp_path_factory.mktemp("stolen")
    rng = random.Random(4)
    people = [customer(rng, n) for n in range(2000)]
    with gateway(folder, console=True) as house:
        held = filled(house, folder, people)
        yield Stolen(house, people, Needles({value for person in people for value in person} | {WORD}), held)


def files(state: Path) -> list[Path]:
    return sorted(p for p in state.rglob("*") if p.is_file() and p.name not in KEYS)


def test_no_file_but_the_keys_shows_a_value(stolen: Stolen) -> None:
    assert len(stolen.held) >= 2
    searched = {path.relative_to(stolen.house.state): path.read_bytes() for path in files(stolen.house.state)}
    names = {str(path) for path in searched}
    assert {"edm/customers.edm", "quarantine.db", "journal.db", "history.db"} <= names and any(n.startswith("blobs/") for n in names), names
    shown = {(str(path), value, how) for path, data in searched.items() for value, how in stolen.needles.found(data)}
    assert not shown
    written = (stolen.house.folder / "stderr.log").read_bytes() + "\n".join(map(str, stolen.house.events)).encode()
    assert not stolen.needles.found(written)


@pytest.mark.parametrize("plant", [
    lambda v: v.encode(), lambda v: v.encode("utf-16-le"), lambda v: v.encode("gb18030"), lambda v: ascii(v)[1:-1].encode(),
    lambda v: v.encode().hex().encode(), lambda v: base64.b64encode(b"x" + v.encode() + b"yz"), lambda v: base64.b64encode(b"ab" + v.encode()),
    lambda v: hashlib.sha256(v.encode()).digest(), lambda v: hashlib.blake2b(v.encode(), digest_size=8).digest(),
    lambda v: zlib.compress(v.encode() * 3)])
def test_the_search_finds_what_is_planted(stolen: Stolen, plant) -> None:
    database = (stolen.house.state / "quarantine.db").read_bytes()
    for value in (stolen.people[77][1], stolen.people[78][3], stolen.people[79][4], WORD):
        where = secrets.randbelow(len(database))
        assert value in {found for found, _ in stolen.needles.found(database[:where] + plant(value) + database[where:])}


def processes(root: int) -> dict[int, str]:
    """Everything that this process started, and what it started, with the command line."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
    ours = {root}
    while more := {pid for pid, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return {pid: (Path("/proc") / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode() for pid in ours}


def holds(pid: int, octets: bytes) -> bool:
    """True where the memory that a process may write to has these octets."""
    with open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            span, mode = line.split()[:2]
            if not mode.startswith("rw"):
                continue
            start, end = (int(part, 16) for part in span.split("-"))
            try:
                if octets in os.pread(memory.fileno(), end - start, start):
                    return True
            except OSError:                               # reserved and never touched
                continue
    return False


def test_the_key_of_the_table_is_with_the_inspection_and_nobody_else(stolen: Stolen) -> None:
    key = (stolen.house.state / "edm.key").read_bytes()
    assert stolen.house.process
    running = processes(stolen.house.process.pid)
    having = {line for pid, line in running.items() if holds(pid, key)}
    others = {line for line in running.values() if "gateway.inspection" not in line}
    assert {role for role in ("edge", "keeper", "console") if any(f" {role}" in line for line in others)} == {"edge", "keeper", "console"}, running
    assert having and not having & others
