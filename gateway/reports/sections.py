"""A report as tables: facts of custody and journal become sections, which page, PDF and CSV show alike."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from gateway.reports import anomalies, words

TOP = 15                                 # rules and people in a plot
KINDS = ("threat", "leak", "uninspectable")
ACTS = ("release", "approve", "deny", "return", "delete", "preview", "export")
REMARKS = ("fast", "night", "weekend", "department")

Cell = str | int | float


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars over labels; several series stand on one another."""

    labels: tuple[str, ...]
    series: Mapping[str, tuple[float, ...]]
    lying: bool = False                  # horizontal bars: for names


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    chart: Chart | None = None


@dataclass(frozen=True, slots=True)
class Report:
    title: str
    lines: tuple[str, ...]               # organisation, period, when and for whom it was made, scope
    language: str
    made_at: datetime
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Material:
    """What a report is made of. `facts` as the verb `report` of custody gives them, `weeks` as the journal does."""

    facts: Mapping[str, Any]
    weeks: Sequence[Mapping[str, Any]]
    organisation: str
    since: datetime
    until: datetime                      # exclusive
    zone: str
    reader: str
    made_at: datetime
    scoped: bool = False                 # the reader sees a part of the house only


def compose(material: Material, language: str) -> Report:
    say = words.translator(language)
    zone = ZoneInfo(material.zone)
    last = (material.until.timestamp() - 1)
    period = say(words.PERIOD).format(first=f"{material.since.astimezone(zone):%Y-%m-%d}",
                                      last=f"{datetime.fromtimestamp(last, zone):%Y-%m-%d}", zone=material.zone)
    made = say(words.MADE).format(at=f"{material.made_at.astimezone(zone):%Y-%m-%d %H:%M}", reader=material.reader)
    lines = (material.organisation, period, made, *((say(words.SCOPE),) if material.scoped else ()))
    sections = tuple(_section(key, material, say, language) for key in words.SECTIONS)
    return Report(say(words.TITLE), lines, language, material.made_at, sections)


def _section(key: str, material: Material, say: Callable[[str], str], language: str) -> Section:
    make = MAKERS[key]
    columns, rows, chart = make(material, say, language)
    note = say(words.NOTES[key]).format(zone=material.zone) if key in words.NOTES else ""
    return Section(key, say(words.SECTIONS[key]), tuple(say(words.COLUMNS.get(c, c)) for c in columns), tuple(rows), note, chart)


Made = tuple[Sequence[str], Sequence[tuple[Cell, ...]], Chart | None]


def _summary(m: Material, say: Callable[[str], str], _: str) -> Made:
    now, before = m.facts["held"], m.facts["before"]
    people = m.facts["people"]["counts"].values()
    released = sum(p.get("release", 0) + p.get("approve", 0) for p in people)
    rows: list[tuple[Cell, ...]] = [(say(words.FIGURES[key]), now[key], before[key])
                                    for key in ("messages", "persons", "over_100", "over_1000")]
    rows += [(say(words.FIGURES["released"]), released, ""), (say(words.FIGURES["odd"]), len(m.facts["people"]["noted"]), "")]
    return ("figure", "now", "before"), rows, None


def _blocked(m: Material, say: Callable[[str], str], _: str) -> Made:
    now, before = m.facts["held"]["kinds"], m.facts["before"]["kinds"]
    return ("kind", "now", "before"), [(say(words.KINDS[k]), now.get(k, 0), before.get(k, 0)) for k in KINDS], None


def _days(m: Material, say: Callable[[str], str], _: str) -> Made:
    days = m.facts["held"]["days"]
    chart = Chart(tuple(days), {say(words.KINDS[k]): tuple(float(d.get(k, 0)) for d in days.values()) for k in KINDS})
    rows = [(day, *(counts.get(k, 0) for k in KINDS)) for day, counts in days.items()]
    return ("day", *(words.KINDS[k] for k in KINDS)), rows, chart if days else None


def _rules(m: Material, say: Callable[[str], str], _: str) -> Made:
    rules = sorted(m.facts["held"]["rules"].items(), key=lambda item: (-item[1], item[0]))
    return ("rule", "messages"), rules, _bars(rules, say(words.COLUMNS["messages"]))


def _classes(m: Material, say: Callable[[str], str], _: str) -> Made:
    found = sorted(m.facts["held"]["classes"].items(), key=lambda item: (-item[1], item[0]))
    return ("class", "number"), found, _bars(found, say(words.COLUMNS["number"]))


def _decisions(m: Material, say: Callable[[str], str], _: str) -> Made:
    people = m.facts["people"]["counts"]
    ranked = sorted(people, key=lambda name: (-(people[name].get("release", 0) + people[name].get("approve", 0)), name))
    rows = [(name, *(people[name].get(key, 0) for key in (*ACTS, *REMARKS))) for name in ranked]
    top = [(name, people[name].get("release", 0) + people[name].get("approve", 0)) for name in ranked]
    columns = ("person", *(words.ACTS[a] for a in ACTS), *(words.REMARKS[r] for r in REMARKS))
    return columns, rows, _bars([one for one in top if one[1]], say(words.FIGURES["released"]))


def _odd(m: Material, say: Callable[[str], str], _: str) -> Made:
    zone = ZoneInfo(m.zone)
    rows = [(f"{datetime.fromisoformat(n['at']).astimezone(zone):%Y-%m-%d %H:%M:%S}", n["actor"], say(words.ACTS[n["action"]]),
             n["id"], ", ".join(say(words.REMARKS[why]) for why in n["why"])) for n in m.facts["people"]["noted"]]
    return ("time", "person", "decision", "message", "remarks"), rows, None


def _released(m: Material, say: Callable[[str], str], _: str) -> Made:
    zone = ZoneInfo(m.zone)
    rows = [(f"{datetime.fromisoformat(n['at']).astimezone(zone):%Y-%m-%d %H:%M:%S}", n["actor"], n["id"],
             say(words.KINDS[n["kind"]]), n["sender"]) for n in m.facts["people"]["released"]]
    return ("time", "person", "message", "kind", "sender"), rows, None


def _jumps(m: Material, say: Callable[[str], str], _: str) -> Made:
    found = anomalies.volume(m.weeks) + anomalies.classes(m.facts["senders"], m.facts["senders_before"])
    rows = [(jump.sender, say(words.JUMPS[jump.what]).format(name=jump.detail), jump.now, jump.usual) for jump in found]
    return ("sender", "what", "now", "usual"), rows, None


def _house(m: Material, say: Callable[[str], str], _: str) -> Made:
    return ("action", "number"), sorted(m.facts["house"].get("actions", {}).items(), key=lambda item: (-item[1], item[0])), None


def _controls(m: Material, say: Callable[[str], str], language: str) -> Made:
    rows = [(c["norm"], c.get(language, c["en"]), " · ".join(say(words.SECTIONS[s]) for s in c["shows"]), c["source"])
            for c in controls()]
    return ("norm", "requirement", "shown", "source"), rows, None


MAKERS: Mapping[str, Callable[[Material, Callable[[str], str], str], Made]] = {
    "summary": _summary, "blocked": _blocked, "days": _days, "rules": _rules, "classes": _classes, "decisions": _decisions,
    "released": _released, "odd": _odd, "jumps": _jumps, "house": _house, "controls": _controls,
}


def controls() -> list[dict[str, Any]]:
    """The packaged table of norms: where a report shows what they ask for."""
    with open(Path(__file__).with_name("controls.toml"), "rb") as file:
        found: list[dict[str, Any]] = tomllib.load(file)["control"]
    return found


def _bars(rows: Sequence[tuple[Any, ...]], name: str) -> Chart | None:
    top = rows[:TOP]
    return Chart(tuple(str(r[0]) for r in top), {name: tuple(float(r[1]) for r in top)}, lying=True) if top else None


def lines(report: Report) -> Iterator[tuple[Cell, ...]]:
    """All of it for a spreadsheet: title, then each section with its columns."""
    yield (report.title,)
    yield from ((line,) for line in report.lines)
    for section in report.sections:
        yield ()
        yield (section.title,)
        yield section.columns
        yield from section.rows
