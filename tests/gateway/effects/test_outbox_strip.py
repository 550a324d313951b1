"""A release without a part: what leaves, what is judged, what stays held, and that a crash makes no second delivery."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from typing import Any

import pytest

from gateway.effects.strip import Stripped, Unstrippable
from gateway.model.custody import Admission
from gateway.model.decision import Decision, Disposition
from gateway.model.finding import Inspection, Verdict
from quarantine.models import OutboxEntry, QuarantinedMessage
from quarantine.scope import Scope
from tests.builders.custody import ANNA, BEN, CLERK, Held, leak, memory
from tests.builders.keeper import inspection
from tests.gateway.effects.test_outbox import Post, allow_orm_in_the_loop, post
from tests.quarantine.test_scope import INSPECTION

__all__ = ["allow_orm_in_the_loop", "post"]
REST = b"Subject: the rest\r\n\r\nnothing else\r\n"


class FakeStrip:
    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.problem = ""

    async def strip(self, fd: int, size: int, admission: Admission, without: Sequence[str]) -> Stripped:
        self.asked.append(tuple(without))
        if self.problem:
            raise Unstrippable(self.problem)
        return Stripped(memory(REST), len(REST), hashlib.sha256(REST).hexdigest())


class Rescan:
    """Judges what it is given, and remembers it."""

    def __init__(self, *codes: str) -> None:
        self.codes, self.seen = codes, b""

    async def rescan(self, fd: int, size: int, admission: Admission) -> Inspection:
        self.seen = os.pread(fd, size + 1, 0)
        return inspection(*self.codes)


def decide(admission: Admission, found: Inspection) -> Sequence[Decision]:
    strong = Disposition.QUARANTINE if found.findings else Disposition.DELIVER
    return [Decision(r, strong, Verdict.CLEAN) for r in admission.envelope.recipients]


def memories() -> int:
    """Open memory files of this process."""
    links = (f"/proc/self/fd/{fd}" for fd in os.listdir("/proc/self/fd"))
    return sum("memfd:" in os.readlink(link) for link in links if os.path.islink(link))


@pytest.fixture
def cut(post: Post) -> Post:
    post.outbox.strip, post.outbox.rescan, post.outbox.decide = FakeStrip(), Rescan(), decide  # type: ignore[assignment]
    return post


def approved(cut: Post, held: Held) -> str:
    id = held(inspection=INSPECTION)
    for person in (ANNA, BEN):
        cut.house.service.approve(person, id, "without it", Scope((), ("2",)))
    return id


async def test_the_rest_is_judged_and_leaves_with_a_mark_of_its_own(cut: Post, held: Held) -> None:
    id = approved(cut, held)
    await cut.outbox.drained()
    ((_, to, head, body),) = cut.delivery.releases
    assert (to, body, cut.outbox.rescan.seen, cut.outbox.strip.asked) == (("staff@bank.example",), REST, REST, [("2",)])  # type: ignore[union-attr]
    assert cut.house.service.use_mark(head.decode(), ["staff@bank.example"], hashlib.sha256(REST).hexdigest())
    assert cut.row(id).status == "released" and cut.row(id).sent_sha256 == hashlib.sha256(REST).hexdigest()


async def test_people_may_approve_what_was_known_and_no_wish_may(cut: Post, held: Held) -> None:
    cut.outbox.rescan = Rescan("EXECUTABLE-PE")                    # another program is left in it, and that was known
    approved(cut, held)
    await cut.outbox.drained()
    assert len(cut.delivery.releases) == 1
    id = held(leak, data=b"Subject: 2\r\n\r\n", inspection=INSPECTION)
    cut.house.service.send_rest(CLERK, id, "please")
    await cut.outbox.drained()
    assert len(cut.delivery.releases) == 1 and cut.row(id).status == "held" and "today's policy" in cut.row(id).note


async def test_a_signed_mail_stays_whole_and_held(cut: Post, held: Held) -> None:
    cut.outbox.strip.problem = "the mail is signed or encrypted: it is never altered"  # type: ignore[union-attr]
    id = approved(cut, held)
    await cut.outbox.drained()
    assert cut.delivery.taken == [] and (cut.row(id).status, cut.row(id).note) == ("held", cut.outbox.strip.problem)  # type: ignore[union-attr]
    assert OutboxEntry.objects.get(pk=id).state == "failed"


@pytest.mark.parametrize("missing", ["strip", "rescan", "decide"])
async def test_where_somebody_is_missing_nothing_leaves_by_itself(cut: Post, held: Held, missing: str) -> None:
    setattr(cut.outbox, missing, None)
    id = held(leak, inspection=INSPECTION)
    cut.house.service.send_rest(CLERK, id, "please")
    await cut.outbox.drained()
    assert cut.delivery.releases == [] and cut.row(id).status == "held"


async def test_no_descriptor_is_left_open(cut: Post, held: Held) -> None:
    before = memories()
    for n, problem in enumerate(("", "signed", "")):
        cut.outbox.strip.problem = problem  # type: ignore[union-attr]
        id = held(leak, data=f"Subject: {n}\r\n\r\n".encode(), inspection=INSPECTION)
        cut.house.service.send_rest(CLERK, id, "please")
        await cut.outbox.drained()
    assert memories() == before
    assert QuarantinedMessage.objects.filter(status="released").count() == 2


async def test_a_restart_in_between_sends_the_same_octets_once_more_at_most(cut: Post, held: Held) -> None:
    id = approved(cut, held)
    assert cut.house.service.begin(id)
    wiring: Any = (cut.outbox.strip, cut.outbox.rescan, cut.outbox.decide)
    cut.restart()
    cut.outbox.strip, cut.outbox.rescan, cut.outbox.decide = wiring
    await cut.outbox.drained()
    assert [body for *_, body in cut.delivery.releases] == [REST] and cut.row(id).status == "released"
