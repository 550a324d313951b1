"""The real judge: in this process with small lists, and in real zygotes for what only shows behind the lockdown."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from dataclasses import replace

import pytest

from gateway.detect.base import Tally
from gateway.extract.base import NeedsDeepLane
from gateway.extract.charset import CHARSETS
from gateway.extract.registry_plain import LIGHT, PLAIN
from gateway.inspection.judge import SAMPLE, CellJudge, rehearsals
from gateway.inspection.launch import CellError, CellSettings
from gateway.inspection.pool import Lanes
from gateway.inspection.protocol import FINDINGS
from gateway.model.content import Sample
from gateway.model.deadline import Deadline
from gateway.model.finding import Finding, IncidentCode, Severity
from gateway.model.transaction import Direction
from gateway.reference import edm_store
from tests.builders.zygotes import start_zygote
from tests.gateway.inspection.conftest import CLOCK, Cell, ask, judge, spool

ZIPPED = (b"From: a@b\r\nMIME-Version: 1.0\r\nContent-Type: application/zip; name=x.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
          b"UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==\r\n")


class Counting:
    def __init__(self, scope) -> None:
        self.scope = scope
        self.looked = 0

    def look(self, sample: Sample):
        self.looked += 1
        yield Finding("TEST-SEEN", "data", Severity.LOW, sample.artifact.id, (self.scope.direction.value,))

    def conclude(self, tally: Tally):
        tally.persons = self.looked
        tally.identifiers["card"] = 2
        return ()


class Falling(Counting):
    def look(self, sample: Sample):
        yield Finding("TEST-HALF", "data", Severity.LOW, sample.artifact.id)
        raise KeyError("customer 4111111111111111")


class Flooding(Counting):
    def look(self, sample: Sample):
        return [Finding("TEST-FLOOD", "data", Severity.LOW, 0)] * (FINDINGS + 1)


def test_facts_are_put_together() -> None:
    inspection = CellJudge(LIGHT, [Counting]).inspect(SAMPLE, ask(), None)
    assert inspection.complete and inspection.signature_version == ""
    assert len(inspection.findings) == inspection.persons == len(inspection.tree.artifacts) == 3
    assert inspection.identifiers == {"card": 2}
    assert inspection.summary.header_from
    assert set(inspection.seconds) == {"extract", "detect"} and inspection.cpu_ms > 0


def test_detectors_are_new_for_every_message() -> None:
    both = CellJudge(LIGHT, [Counting])
    assert both.inspect(SAMPLE, ask(), None).persons == both.inspect(SAMPLE, ask(), None).persons


def test_a_detector_that_falls_over_is_an_incident_and_the_others_go_on() -> None:
    inspection = CellJudge(LIGHT, [Falling, Counting]).inspect(SAMPLE, ask(), None)
    assert {(i.code, i.detail) for i in inspection.incidents} == {(IncidentCode.CRASH, "Falling: KeyError")}
    assert {f.code for f in inspection.findings} == {"TEST-HALF", "TEST-SEEN"}


def test_a_flood_of_findings_is_an_incident() -> None:
    inspection = CellJudge(LIGHT, [Flooding]).inspect(SAMPLE, ask(), None)
    assert len(inspection.findings) == FINDINGS
    assert [i.code for i in inspection.incidents] == [IncidentCode.COUNT]


def test_the_plain_lane_passes_on() -> None:
    with pytest.raises(NeedsDeepLane):
        CellJudge(PLAIN, []).inspect(ZIPPED, ask(), None)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cell]:
    folder = tmp_path_factory.mktemp("real")
    cell = Cell(folder, Lanes.beneath(folder), {})
    for lane in ("plain", "deep"):
        cell.zygotes[lane] = start_zygote(lane, getattr(cell.lanes, lane), CellSettings(folder), CLOCK)
    yield cell
    for zygote in cell.zygotes.values():
        zygote.stop()


async def test_no_charset_is_loaded_late(real: Cell) -> None:
    pool = real.pool()
    mails = []
    for name, codec in sorted(CHARSETS.items()):
        text = "The weather is fine today. " * 3
        mails.append(b"From: a@b.example\r\nSubject: =?%s?q?x=E4=A4?=\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=%s\r\n\r\n%s\r\n"
                     % (name.encode(), name.encode(), text.encode(codec, "replace")))
    inspections = await asyncio.gather(*(judge(pool, mail) for mail in mails))
    late = {(name, i.incidents) for (name, _), i in zip(sorted(CHARSETS.items()), inspections, strict=True)
            if any("crash" in x.code.lower() or "Error" in x.detail for x in i.incidents)}
    assert not late
    assert not pool.noted.events
    await pool.close()


async def test_the_deep_lane_opens_an_archive(real: Cell) -> None:
    pool = real.pool()
    inspection = await judge(pool, ZIPPED)
    assert any(a.detected_type == "application/zip" for a in inspection.tree.artifacts)
    assert not [i for i in inspection.incidents if i.code in (IncidentCode.CRASH, IncidentCode.TIMEOUT)]
    assert not pool.noted.events
    await pool.close()


async def test_what_is_judged_before_the_first_child_is_usual_mail_that_the_deep_lane_is_for(real: Cell) -> None:
    assert rehearsals("plain") == (SAMPLE,)
    pool = real.pool()
    seen = set()
    for mail in rehearsals("deep")[1:]:
        inspection = await judge(pool, mail)
        assert inspection.complete and all(f.severity <= Severity.LOW for f in inspection.findings)
        seen |= {a.detected_type for a in inspection.tree.artifacts}
    assert seen > {"application/vnd.openxmlformats", "application/pdf", "image/jpeg", "text/html", "text/plain"}
    await pool.close()


async def test_inspections_name_the_signatures(real: Cell) -> None:
    pool = real.pool()
    assert (await judge(pool, SAMPLE)).signature_version == real.zygotes["plain"].signature_version != ""
    await pool.close()


def test_a_bad_local_signature_is_named(tmp_path) -> None:
    (tmp_path / "local").mkdir()
    (tmp_path / "local" / "bad.toml").write_text("id = ")
    with pytest.raises(CellError, match=r"bad\.toml"):
        start_zygote("plain", tmp_path / "z.sock", CellSettings(tmp_path, local_signatures=(tmp_path / "local",)), CLOCK)


async def test_a_registered_table_is_compared_behind_the_lockdown(tmp_path) -> None:
    house, lane = tmp_path / "house", tmp_path / "lane"
    for folder in (house, lane):
        folder.mkdir()
    rows = [f"王小明{n},X7{n:06d}Q,customer{n}@example.org" for n in range(200)]
    (house / "table.csv").write_text("name,customer number,email\n" + "\n".join(rows), "utf-8")
    edm_store.import_csv(house, "customers", house / "table.csv", kinds={"customer number": "code"})
    cell = Cell(lane, Lanes.beneath(lane), {})
    zygote = start_zygote("plain", cell.lanes.plain, CellSettings(lane, registered=house), CLOCK)
    pool = cell.pool()
    mail = ("From: a@bank.example\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
            + "\r\n".join(row.replace(",", " ") for row in rows[:8])).encode()
    fd = spool(mail)
    request = replace(ask(), direction=Direction.OUTBOUND)
    inspection = await pool.inspect(fd, len(mail), request, Deadline.after(CLOCK, 20))
    os.close(fd)
    assert not pool.noted.events
    assert [f.count for f in inspection.findings if f.code == "EDM-customers"] == [8]
    assert inspection.identifiers["edm"] == 8
    await pool.close()
    zygote.stop()


async def test_numbers_and_words_of_our_own_reach_the_cell(tmp_path) -> None:
    words = tmp_path / "words" / "terms"
    words.mkdir(parents=True)
    (words / "mine.toml").write_text('[kinds]\n"tw.passport" = ["旅行證件代碼"]\n', "utf-8")
    lane = tmp_path / "lane"
    lane.mkdir()
    cell = Cell(lane, Lanes.beneath(lane), {})
    wanted = CellSettings(lane, local_words=(tmp_path / "words",), own_numbers=("351-234-567",))
    zygote = start_zygote("plain", cell.lanes.plain, wanted, CLOCK)
    pool = cell.pool()
    lines = [f"旅行證件代碼：{number}" for number in (351234567, 352234567, 353234567)]
    mail = "\r\n".join(("From: a@bank.example", "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "", *lines)).encode()
    fd = spool(mail)
    inspection = await pool.inspect(fd, len(mail), replace(ask(), direction=Direction.OUTBOUND), Deadline.after(CLOCK, 20))
    os.close(fd)
    assert not inspection.incidents and not pool.noted.events
    assert inspection.identifiers == {"tw.passport": 2}
    await pool.close()
    zygote.stop()
