from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from gateway.reports.months import month, parse

TAIPEI = ZoneInfo("Asia/Taipei")


@pytest.mark.parametrize(("now", "wanted", "since", "until"), [
    (datetime(2026, 11, 22, tzinfo=UTC), "", "2026-10-01", "2026-11-01"),
    (datetime(2026, 12, 31, 15, 59, tzinfo=UTC), "", "2026-11-01", "2026-12-01"),
    (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), "", "2026-12-01", "2027-01-01"),     # 2027 in Taipei
    (datetime(2026, 1, 5, tzinfo=UTC), "", "2025-12-01", "2026-01-01"),
    (datetime(2026, 1, 5, tzinfo=UTC), "2024-02", "2024-02-01", "2024-03-01"),
])
def test_months(now: datetime, wanted: str, since: str, until: str) -> None:
    span = month(wanted, now, TAIPEI)
    assert (f"{span.since:%Y-%m-%d}", f"{span.until:%Y-%m-%d}") == (since, until)
    assert span.since.tzinfo is TAIPEI and (span.since.hour, span.until.hour) == (0, 0)


@pytest.mark.parametrize("wanted", ["2026-13", "2026-00", "november", "2026-1", "20261", "0000-01"])
def test_what_is_no_month(wanted: str) -> None:
    with pytest.raises(ValueError, match="is no month: write it as"):
        month(wanted, datetime(2026, 1, 5, tzinfo=UTC), TAIPEI)


@pytest.mark.parametrize(("since", "until", "said"), [
    ("2026-02-02", "2026-02-02", "ends after"), ("2026-02-02", "2028-02-02", "366 days"), ("x", "2026-02-02", "a day is written")])
def test_what_are_no_days(since: str, until: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse(since, until, TAIPEI)


def test_days() -> None:
    assert (parse("2026-02-02", "2026-02-03", TAIPEI).until - parse("2026-02-02", "2026-02-03", TAIPEI).since).days == 1
