"""Every sentence of a report: English, and its translations (gettext domain `reports`, folder `locale`)."""

from __future__ import annotations

import gettext
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

DOMAIN = "reports"
LOCALES: Mapping[str, str] = {"zh-Hant": "zh_Hant", "zh-Hans": "zh_Hans", "ja": "ja"}      # English is the source

TITLE = "Report on mail protection"
PERIOD = "{first} to {last} ({zone})"
MADE = "Made on {at} for {reader}"
SCOPE = "Only mail within the reader's scope is counted."
NOTHING = "Nothing in this period."
PAGE = "Page {page} of {pages}"
CONTENTS = "Contents"
SECTIONS: Mapping[str, str] = {
    "summary": "Summary",
    "blocked": "Held by kind",
    "days": "Held per day",
    "rules": "Rules that held mail",
    "classes": "Data classes in held mail",
    "decisions": "Who decided what",
    "released": "Released mail",
    "odd": "Decisions worth a second look",
    "jumps": "Senders who behave otherwise than before",
    "house": "Log-ins, accounts and exports",
    "controls": "Controls and laws",
}
NOTES: Mapping[str, str] = {
    "decisions": "Night is from 22:00 to 06:00 in {zone}. Those who release most stand first.",
    "jumps": "A sender's strongest week against the median of the others; held mail against the period before.",
    "controls": "This table says where to look. Whether a requirement is met is for people to judge.",
}
COLUMNS: Mapping[str, str] = {
    "figure": "Figure", "now": "This period", "before": "Period before", "kind": "Kind", "day": "Day", "rule": "Rule",
    "messages": "Messages", "class": "Data class", "mails": "Mails with it", "person": "Person", "time": "Time",
    "decision": "Decision", "message": "Message", "remarks": "Remarks", "sender": "Sender", "what": "What", "usual": "Usual",
    "action": "Action", "number": "Number", "norm": "Norm", "requirement": "Requirement", "shown": "Shown in", "source": "Source",
}
KINDS: Mapping[str, str] = {"threat": "Threat", "leak": "Leak of data", "uninspectable": "Not inspectable"}
ACTS: Mapping[str, str] = {
    "release": "Released", "approve": "Approved", "deny": "Denied", "return": "Returned", "delete": "Deleted",
    "preview": "Previewed", "export": "Exported", "request": "Release requested", "withdraw": "Withdrawn",
}
REMARKS: Mapping[str, str] = {
    "fast": "Faster than 5 s", "night": "At night", "weekend": "At the weekend", "department": "Own department",
}
FIGURES: Mapping[str, str] = {
    "messages": "Messages held", "persons": "Persons in held mail", "over_100": "Mails with more than 100 persons",
    "over_1000": "Mails with more than 1,000 persons", "released": "Releases and approvals",
    "odd": "Decisions worth a second look",
}
JUMPS: Mapping[str, str] = {
    "volume": "Messages sent in a week", "persons": "Persons in held mail", "class": "New data class: {name}",
}
TABLES = (SECTIONS, NOTES, COLUMNS, KINDS, ACTS, REMARKS, FIGURES, JUMPS)


def sentences() -> set[str]:
    return {TITLE, PERIOD, MADE, SCOPE, NOTHING, PAGE, CONTENTS, *(text for table in TABLES for text in table.values())}


@lru_cache(maxsize=8)
def translator(language: str) -> Callable[[str], str]:
    """English where there is no such language."""
    if language not in LOCALES:
        return str
    return gettext.translation(DOMAIN, Path(__file__).parent / "locale", [LOCALES[language]]).gettext
