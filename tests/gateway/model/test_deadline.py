from datetime import UTC, datetime

from gateway.model.deadline import Deadline


class Clock:
    at = 100.0

    def now(self):
        return datetime(2026, 11, 21, tzinfo=UTC)

    def monotonic(self):
        return self.at


def test_a_deadline_runs_out_and_not_below_zero():
    clock = Clock()
    deadline = Deadline.after(clock, 5)
    assert deadline.left(clock) == 5
    clock.at = 200
    assert deadline.left(clock) == 0
    assert deadline.earlier(Deadline(104)).at == 104
