from __future__ import annotations

import pytest

from quarantine import keys, marks
from quarantine.marks import Mark
from quarantine.models import QuarantinedMessage
from quarantine.service import QuarantineService
from tests.builders.custody import ROOT, START, FakeClock, Held, House, leak

TO = ("a@else.example", "b@else.example")


@pytest.fixture
def line(service: QuarantineService, held: Held) -> str:
    id = held(leak, recipients=TO)
    service.release(ROOT, id, "go")
    return service.prepare(id).head.decode()


def sha(line: str) -> str:
    return QuarantinedMessage.objects.get().sha256


def test_counts_once_for_each_recipient(service: QuarantineService, line: str) -> None:
    assert not service.use_mark(line, [*TO, "c@else.example"], sha(line))
    assert not service.use_mark(line, [], sha(line))
    assert service.use_mark(line, [TO[0].upper()], sha(line))
    assert not service.use_mark(line, list(TO), sha(line)), "one of them was used"
    assert service.use_mark(line, [TO[1]], sha(line)), "an MTA may have split the recipients"


def test_freed_where_the_mail_was_not_taken(service: QuarantineService, line: str) -> None:
    assert service.use_mark(line, list(TO), sha(line))
    service.free_mark(line, [TO[0].upper()])
    service.free_mark("no mark", [TO[1]])
    assert not service.use_mark(line, [TO[1]], sha(line))
    assert service.use_mark(line, [TO[0]], sha(line))


def test_other_octets_and_expired_marks(service: QuarantineService, line: str, clock: FakeClock) -> None:
    assert not service.use_mark(line, list(TO), "0" * 64)
    clock.forward(hours=49)
    assert not service.use_mark(line, list(TO), sha(line))


def test_every_changed_character(service: QuarantineService, line: str) -> None:
    value = line.strip()
    for at in range(len(value)):
        if value[at] != " ":
            assert not service.use_mark(value[:at] + ("0" if value[at] != "0" else "1") + value[at + 1:], list(TO), sha(line)), at


def test_a_mark_of_a_rotated_key_still_counts(service: QuarantineService, line: str, house: House) -> None:
    service.replace_ring(keys.add_key(house.key_file, START))
    assert service.use_mark(line, list(TO), sha(line))


@pytest.mark.parametrize("value", ["", "v=1", "x" * 5000, "v=1; id=" + "i" * 24 + "; n=1; exp=1; k=" + "0" * 16 + "; h=" + "0" * 64])
def test_what_is_no_mark(value: str) -> None:
    assert marks.parse(value) is None


def test_form(service: QuarantineService) -> None:
    text = marks.write(service.ring, Mark("0" * 24, 3, 99), TO, "f" * 64)
    assert len(text) < 998 and text.endswith(b"\r\n") and text.isascii()
    mark = marks.parse(text.decode())
    assert mark is not None and (mark.attempt, mark.expires) == (3, 99)
    assert marks.genuine(service.ring, mark, TO[::-1], "f" * 64) and not marks.genuine(service.ring, mark, TO[:1], "f" * 64)
