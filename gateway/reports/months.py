"""The period of a report: a calendar month or days, in the house's time zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo

MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")


@dataclass(frozen=True, slots=True)
class Span:
    since: datetime
    until: datetime                      # exclusive


def month(wanted: str, now: datetime, zone: tzinfo) -> Span:
    """`YYYY-MM`, or "" for the last whole one. Raises ValueError with what to write."""
    if not wanted:
        local = now.astimezone(zone)
        year, number = (local.year, local.month - 1) if local.month > 1 else (local.year - 1, 12)
    else:
        found = MONTH.fullmatch(wanted)
        if found is None or not 1 <= int(found[2]) <= 12 or not 1970 <= int(found[1]) < 9999:
            raise ValueError(f"{wanted[:40]} is no month: write it as 2026-11")
        year, number = int(found[1]), int(found[2])
    after = (year, number + 1) if number < 12 else (year + 1, 1)
    return Span(_midnight(date(year, number, 1), zone), _midnight(date(*after, 1), zone))


def parse(since: str, until: str, zone: tzinfo) -> Span:
    """Two days. Raises ValueError with what to write."""
    try:
        first, last = date.fromisoformat(since), date.fromisoformat(until)
    except ValueError:
        raise ValueError("a day is written as 2026-11-21") from None
    if not first < last or (last - first).days > 366:
        raise ValueError("the period ends after it begins, and has at most 366 days")
    return Span(_midnight(first, zone), _midnight(last, zone))


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone)
