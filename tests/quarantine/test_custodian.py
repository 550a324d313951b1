from __future__ import annotations

import os

import pytest
from django.db import IntegrityError, OperationalError

from gateway.model.custody import Status
from gateway.model.errors import CustodyUnavailable
from quarantine.custodian import reasoned
from quarantine.lifecycle import Refused, Verb
from quarantine.models import AuditRecord, QuarantinedMessage, State
from quarantine.sealing import SealBroken
from quarantine.service import QuarantineService
from tests.builders.custody import ADMIN, MARKER, Held, House, octets


def test_database_errors_are_our_fault_and_leave_nothing(service: QuarantineService) -> None:
    with pytest.raises(CustodyUnavailable, match="the database cannot: disk is full"), service.transaction():
        service.record(ADMIN, "x")
        raise OperationalError("disk is full")
    with pytest.raises(CustodyUnavailable), service.reading():
        raise OperationalError("locked")
    service.note(ADMIN, "y")
    assert [r.action for r in AuditRecord.objects.all()] == ["y"]


def test_an_inner_error_rolls_back_only_the_inner(service: QuarantineService) -> None:
    with service.transaction():
        State.objects.update(product="outer")
        with pytest.raises(IntegrityError), service.transaction():
            State.objects.update(product="inner")
            raise IntegrityError
    assert State.objects.get().product == "outer"


def test_who_comes_second_is_refused_by_what_the_first_made(service: QuarantineService, held: Held) -> None:
    id = held()
    mine, theirs = service.load(id), service.load(id)
    assert service.change(theirs, Verb.DENY) is Status.DENIED
    with pytest.raises(Refused) as caught:
        service.change(mine, Verb.RELEASE)
    assert caught.value.code == "DENIED" and QuarantinedMessage.objects.get(pk=id).status == "denied"


@pytest.mark.parametrize("id", ["", "x", "0" * 24, "../../etc/passwd", "0" * 25])
def test_ids_that_are_none(service: QuarantineService, id: str) -> None:
    with pytest.raises(Refused) as caught:
        service.load(id)
    assert caught.value.code == "NOT-FOUND"


def test_content_is_compared_with_what_was_admitted(service: QuarantineService, held: Held, house: House) -> None:
    id, other = held(), held(data=octets("second"))
    row = service.load(id)
    content = service.content(row)
    assert os.pread(content.fd, 1 << 16, 0) == octets() and content.admission.subject == f"Invoice {MARKER}"
    assert os.readlink(f"/proc/self/fd/{content.fd}").startswith("/memfd:"), "never on a disk"
    os.close(content.fd)
    blobs = house.directory / "blobs"
    (blobs / row.blob).write_bytes((blobs / service.load(other).blob).read_bytes())
    with pytest.raises(SealBroken):
        service.content(row)


def test_a_snapshot_keeps_no_writer_waiting(service: QuarantineService, house: House) -> None:
    import threading
    other = house.again()
    service.note(ADMIN, "before")
    with service.snapshot():
        before = AuditRecord.objects.count()
        worker = threading.Thread(target=other.note, args=(ADMIN, "meanwhile"))
        worker.start()
        worker.join(3)
        assert not worker.is_alive() and AuditRecord.objects.count() == before
    assert AuditRecord.objects.count() == before + 1


@pytest.mark.parametrize("text", ["", "  ", "\r\n\t"])
def test_a_reason_is_compulsory(text: str) -> None:
    with pytest.raises(Refused) as caught:
        reasoned(text)
    assert caught.value.code == "NO-REASON"
    assert reasoned(" two\r\n lines ") == "two lines"
