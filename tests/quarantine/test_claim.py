"""One custody has one writer: the claim on a database server, its loss and its return."""

from __future__ import annotations

import signal
import threading
import time

import psycopg
import pytest
from django.db import connection

from gateway.model.errors import CustodyUnavailable
from quarantine.claim import GATE, Claimed, NoClaim, ServerClaim, claim
from quarantine.models import AuditRecord
from tests.builders.custody import ADMIN, House
from tests.builders.postgres import Server


def test_a_file_needs_no_claim(house: House) -> None:
    one = claim()
    assert type(one) is NoClaim
    for step in (one.hold, one.check, one.doubt, one.release):
        step()


slow = pytest.mark.slow


@slow
def test_a_second_writer_is_told_who_writes(server_house: House) -> None:
    server_house.service.note(ADMIN, "one")
    second = server_house.again(claim=ServerClaim())
    with pytest.raises(Claimed, match=r"already written by sekisho keeper on .* pid \d+ \(127\.0\.0\.1\): stop it first"):
        second.note(ADMIN, "two")
    server_house.service.claim.release()
    second.note(ADMIN, "three")
    with pytest.raises(Claimed):
        server_house.service.note(ADMIN, "four")
    second.claim.release()
    assert list(AuditRecord.objects.order_by("seq").values_list("action", flat=True)) == ["one", "three"]


@slow
def test_one_that_is_just_ending_is_waited_for(server_house: House) -> None:
    server_house.service.note(ADMIN, "one")
    ending = threading.Timer(0.3, server_house.service.claim.release)
    ending.start()
    second = server_house.again(claim=ServerClaim())
    second.note(ADMIN, "two")
    ending.join()
    second.claim.release()


@slow
def test_who_lost_the_claim_writes_nothing(server_house: House, server: Server) -> None:
    """Its connection is cut and another takes over before it notices."""
    first = server_house.service
    first.note(ADMIN, "one")
    assert isinstance(first.claim, ServerClaim)
    server.run(f"SELECT pg_terminate_backend({first.claim.backend[0]})")
    second = server_house.again(claim=ServerClaim())
    end = time.monotonic() + 60
    while time.monotonic() < end:        # the server frees the lock a moment later
        try:
            second.note(ADMIN, "two")
            break
        except Claimed:
            time.sleep(0.05)
    with pytest.raises(Claimed):
        first.note(ADMIN, "lost")
    with pytest.raises(Claimed, match="already written by"):
        first.note(ADMIN, "lost again")
    second.claim.release()
    first.note(ADMIN, "three")
    assert list(AuditRecord.objects.order_by("seq").values_list("action", flat=True)) == ["one", "two", "three"]


@slow
def test_a_takeover_waits_for_the_last_transaction(server_house: House, server: Server) -> None:
    """The one before lost its claim's connection, not its transaction: that one still counts, and the next begins after it."""
    done: list[str] = []
    with psycopg.connect(server.url(connection.settings_dict["NAME"])) as before:
        before.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", GATE)
        taker = ServerClaim()

        def take() -> None:
            taker.hold()
            done.append("taken")
            taker.release()
            connection.close()

        thread = threading.Thread(target=take)
        thread.start()
        thread.join(0.5)
        assert done == [] and thread.is_alive()
        before.commit()
        thread.join(10)
    assert done == ["taken"]


@slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
def test_the_claim_returns_with_the_server(server_house: House, server: Server, how: signal.Signals) -> None:
    service = server_house.service
    service.note(ADMIN, "one")
    server.stop(how)
    for _ in range(3):
        with pytest.raises(CustodyUnavailable, match="the database cannot"):
            service.note(ADMIN, "while it is away")
    server.start()
    tries = 0
    while True:
        tries += 1
        try:
            service.note(ADMIN, "two")
            break
        except CustodyUnavailable:
            assert tries < 3, "it recovers by itself"
    assert list(AuditRecord.objects.order_by("seq").values_list("action", flat=True)) == ["one", "two"]
