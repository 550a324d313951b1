"""What the form of the list asks for, as it was sent, as custody wants it, and as a list that is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.http import urlencode
from django.utils.translation import gettext

from gateway.console.frame import reader
from gateway.console.words import DIRECTION, KIND, STATUS
from gateway.notices.catalog import IDENTIFIERS, text

LONGEST = 200                            # characters of a field
WAITING = ("held", "release_requested", "release_blocked", "delivery_unknown")
CHOICES: Mapping[str, Mapping[str, str]] = {"status": STATUS, "kind": KIND, "direction": DIRECTION}
WORDS = ("text", "sender", "recipient", "rule", "hash")
DAYS = ("since", "until")
SHA256 = re.compile(r"[0-9a-f]{64}")
FIELDS = (*CHOICES, "data", *WORDS, *DAYS)


def given(form: QueryDict | Mapping[str, str]) -> dict[str, str]:
    """Every field of the form; a choice or a day that is none counts as not made."""
    said = {name: str(form.get(name, "")).strip()[:LONGEST] for name in FIELDS}
    for name, known in CHOICES.items():
        if said[name] not in known and (name, said[name]) != ("status", "waiting"):
            said[name] = ""
    if said["data"] not in data_classes():
        said["data"] = ""
    for name in DAYS:
        said[name] = said[name] if day(said[name]) else ""
    said["hash"] = said["hash"].lower()
    return said


def query(said: Mapping[str, str], zone: str) -> dict[str, Any]:
    """The arguments of custody's verb `list`. A hash that is none finds nothing, rather than everything."""
    asked: dict[str, Any] = {name: [said[name]] for name in CHOICES if said[name]}
    if said["status"] == "waiting":
        asked["status"] = WAITING
    asked |= {name: said[name] for name in ("sender", "recipient", "text") if said[name]}
    for name, field in (("rule", "reason"), ("data", "data_class"), ("hash", "attachment")):
        if said[name]:
            asked[field] = said[name]
    since, until = day(said["since"]), day(said["until"])
    if since:
        asked["since"] = datetime.combine(since, time(), ZoneInfo(zone)).isoformat()
    if until:
        asked["until"] = datetime.combine(until + timedelta(days=1), time(), ZoneInfo(zone)).isoformat()
    return asked


def day(said: str) -> date | None:
    try:
        found = date.fromisoformat(said)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2999 else None


def kept(said: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in said.items() if value}


def address(said: Mapping[str, str], **more: str) -> str:
    """The query string of a list, with its question mark; "" for the whole one."""
    found = kept(said) | {name: value for name, value in more.items() if value}
    return f"?{urlencode(found)}" if found else ""


def data_classes() -> dict[str, str]:
    """Types of customer data in the reader's language; the count of people first."""
    language = reader()
    return {"persons": gettext("People")} | {name: text(language, english) for name, english in IDENTIFIERS.items()}
