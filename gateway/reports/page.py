"""A report as HTML with plots in SVG: no script, no style attribute, nothing from elsewhere. Everything is escaped."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from html import escape as escaped

from gateway.reports import words
from gateway.reports.sections import Chart, Report, Section

COLOURS = ("#1f5fa8", "#b3541e", "#5c5c5c")         # each at least 4.5:1 on white, apart also without colour vision
WIDTH, HEIGHT, LINE = 720, 220, 22       # user units
STYLE = """body{font:16px/1.5 "Noto Sans","Noto Sans CJK TC",sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;
color:#1a1a1a}
table{border-collapse:collapse;width:100%;margin:.5rem 0}th,td{border:1px solid #767676;padding:.25rem .5rem;text-align:left;
vertical-align:top;overflow-wrap:anywhere}th{background:#eef2f7}td.n{text-align:right}svg{max-width:100%;height:auto}
nav a{display:inline-block;min-height:1.7rem}
@media print{section{break-inside:avoid}}"""


def document(report: Report) -> str:
    """A whole page, for a file."""
    return (f'<!DOCTYPE html>\n<html lang="{report.language}"><head><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(report.title)}</title>'
            f"<style>{STYLE}</style></head><body><main><h1>{escape(report.title)}</h1>\n{fragment(report)}</main></body></html>\n")


def fragment(report: Report) -> str:
    """What stands below the title, also within a page of the console."""
    return "\n".join(_parts(report))


def _parts(report: Report) -> Iterator[str]:
    say = words.translator(report.language)
    yield "".join(f"<p>{escape(line)}</p>" for line in report.lines)
    entries = "".join(f'<li><a href="#{s.key}">{escape(s.title)}</a></li>' for s in report.sections)
    yield f'<nav aria-label="{escape(say(words.CONTENTS))}"><ul>{entries}</ul></nav>'
    for section in report.sections:
        yield f'<section id="{section.key}" aria-labelledby="h-{section.key}"><h2 id="h-{section.key}">{escape(section.title)}</h2>'
        if section.note:
            yield f"<p>{escape(section.note)}</p>"
        if section.chart is not None:
            yield chart(section.chart, section.title)
        yield table(section) if section.rows else f"<p>{escape(say(words.NOTHING))}</p>"
        yield "</section>"


def table(section: Section) -> str:
    head = "".join(f'<th scope="col">{escape(str(c))}</th>' for c in section.columns)
    body = "".join("<tr>" + "".join(_cell(value) for value in row) + "</tr>\n" for row in section.rows)
    return (f'<div class="scroll" tabindex="0" role="group" aria-labelledby="h-{section.key}"><table>'
            f"<thead><tr>{head}</tr></thead><tbody>\n{body}</tbody></table></div>")


def _cell(value: object) -> str:
    return f'<td class="n">{number(value)}</td>' if isinstance(value, int | float) else f"<td>{escape(str(value))}</td>"


def number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def chart(plot: Chart, title: str) -> str:
    """The figures stand in the table below it, so a reader who does not see it loses nothing."""
    body, height = (_lying(plot), LINE * len(plot.labels) + 8) if plot.lying else (_standing(plot), HEIGHT + 40)
    legend = "" if len(plot.series) == 1 else "".join(
        f'<li><svg width="12" height="12" aria-hidden="true"><rect width="12" height="12" fill="{COLOURS[n % 3]}"/></svg>'
        f" {escape(name)}</li>"
        for n, name in enumerate(plot.series))
    return (f'<svg role="img" aria-label="{escape(title)}" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
            f' font-size="12" fill="currentColor">{body}</svg>' + (f'<ul class="legend">{legend}</ul>' if legend else ""))


def _lying(plot: Chart) -> str:
    (values,) = plot.series.values()
    most, parts = max(values, default=1) or 1, []
    for n, (label, value) in enumerate(zip(plot.labels, values, strict=True)):
        length = (WIDTH - 330) * value / most
        parts.append(f'<text x="250" y="{n * LINE + 17}" text-anchor="end">{escape(cut(label, 34))}</text>'
                     f'<rect x="258" y="{n * LINE + 4}" width="{length:.1f}" height="{LINE - 6}" fill="{COLOURS[0]}"/>'
                     f'<text x="{262 + length:.1f}" y="{n * LINE + 17}">{number(value)}</text>')
    return "".join(parts)


def _standing(plot: Chart) -> str:
    totals = [sum(values) for values in zip(*plot.series.values(), strict=True)]
    most, step, parts = max(totals, default=1) or 1, (WIDTH - 50) / max(1, len(plot.labels)), []
    parts.append(f'<text x="44" y="14" text-anchor="end">{number(most)}</text>'
                 f'<path d="M48 4V{HEIGHT}H{WIDTH}" fill="none" stroke="currentColor"/>')
    every = max(1, len(plot.labels) // 8)
    for n, label in enumerate(plot.labels):
        x, y = 50 + n * step, float(HEIGHT)
        for colour, values in enumerate(plot.series.values()):
            tall = (HEIGHT - 8) * values[n] / most
            y -= tall
            if tall:
                parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(1.0, step - 3):.1f}" height="{tall:.1f}"'
                             f' fill="{COLOURS[colour % 3]}"/>')
        if n % every == 0:
            parts.append(f'<text x="{x:.1f}" y="{HEIGHT + 18}">{escape(label[5:] if len(label) == 10 else label)}</text>')
    return "".join(parts)


def cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most - 1] + "…"


def escape(text: str) -> str:
    return escaped(plain(text))


def plain(text: object) -> str:
    """No control, bidirectional or invisible character turns or hides a line of the report."""
    return "".join(c if unicodedata.category(c)[0] != "C" else "\ufffd" for c in str(text))
