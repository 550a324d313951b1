"""Caps and rates: the idle make room, the trusted are not counted, the window passes."""

from __future__ import annotations

from gateway.edge.admission import Admission
from gateway.edge.settings import AdmissionLimits, Networks
from tests.builders.edge import listener

FAR = "192.0.2.1"
OPEN = listener(1, trust=Networks.of(("198.51.100.0/24",)))


class Session:
    def __init__(self) -> None:
        self.evicted = False

    def evict(self) -> None:
        self.evicted = True


def test_connections_of_one_address() -> None:
    admission = Admission(AdmissionLimits(per_address=2))
    assert [admission.connect(OPEN, FAR, 0.0) for _ in range(3)] == [True, True, False]
    assert admission.connect(OPEN, "192.0.2.2", 0.0)
    admission.leave(FAR)
    assert admission.connect(OPEN, FAR, 1.0)
    assert admission.open == 3


def test_trusted_peers_and_loopback_speak_for_many() -> None:
    admission = Admission(AdmissionLimits(per_address=1, connects=1, messages=1, recipients=1))
    for address in ("198.51.100.7", "127.0.0.1"):
        assert all(admission.connect(OPEN, address, 0.0) for _ in range(5))
        assert all(admission.message(OPEN, address, 0.0) and admission.recipient(OPEN, address, 0.0) for _ in range(5))


def test_rates_pass_with_their_window() -> None:
    admission = Admission(AdmissionLimits(connects=2, messages=1, recipients=3))
    assert [admission.connect(OPEN, FAR, 0.0) for _ in range(3)] == [True, True, False]
    assert [admission.message(OPEN, FAR, 1.0) for _ in range(2)] == [True, False]
    assert [admission.recipient(OPEN, FAR, 1.0) for _ in range(4)] == [True, True, True, False]
    assert not admission.message(OPEN, FAR, 59.0)
    assert admission.message(OPEN, FAR, 61.0) and admission.connect(OPEN, FAR, 61.0)


def test_the_longest_idle_makes_room() -> None:
    admission = Admission(AdmissionLimits(connections=2))
    old, new = Session(), Session()
    for session, at in ((old, 0.0), (new, 0.5)):
        admission.connect(OPEN, FAR, at)
        admission.idle(session, at)
    assert not admission.connect(OPEN, FAR, 0.9), "nobody has been idle for a second yet"
    assert admission.connect(OPEN, FAR, 2.0)
    assert (old.evicted, new.evicted) == (True, False)


def test_a_session_with_a_message_in_hand_is_never_asked() -> None:
    admission = Admission(AdmissionLimits(connections=1))
    session = Session()
    admission.connect(OPEN, FAR, 0.0)
    admission.idle(session, 0.0)
    admission.busy(session)
    assert not admission.connect(OPEN, FAR, 9.0)
    assert not session.evicted


def test_a_proxied_client_counts_under_its_own_address() -> None:
    admission = Admission(AdmissionLimits(per_address=1))
    proxy = "198.51.100.1"
    for wanted in (True, False):
        admission.connect(OPEN, proxy, 0.0)
        assert admission.rename(OPEN, proxy, FAR, 0.0) is wanted
    admission.leave(FAR)
    admission.leave(FAR)
    assert admission.open == 0 and not admission._per_address


def test_stress_begins_at_four_fifths() -> None:
    admission = Admission(AdmissionLimits(connections=10))
    seen = []
    for number in range(10):
        admission.connect(OPEN, f"192.0.2.{number}", 0.0)
        seen.append(admission.stress)
    assert seen == [False] * 7 + [True] * 3
