"""Filters of the templates: hostile text, words of the tables, times."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template

from gateway.console.frame import reader
from gateway.console.shown import shown, shown_lines
from gateway.console.state import console
from gateway.console.words import word
from gateway.notices.plain import shown_time

register = template.Library()


@register.filter
def safe_text(value: Any) -> str:
    """One line of text from mail; the template escapes it for HTML afterwards."""
    return shown(value)


@register.filter
def safe_lines(value: Any) -> str:
    return shown_lines(value)


@register.filter
def say(value: Any, table: str) -> str:
    """The word of a table; a value that has none is shown as text from mail is."""
    return shown(word(table, str(value)))


@register.filter
def when(value: Any) -> str:
    """A stored time in the house's zone, written as in the reader's language."""
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        return shown(value)
    if at.tzinfo is None:
        return shown(value)
    return shown_time(at, console().config.gateway.timezone, reader())


@register.filter
def moment(value: Any) -> str:
    """A stored time as `when` writes it, without the zone: where a page says it once for all."""
    return when(value).partition(" (")[0]


@register.filter
def days_left(value: Any) -> int:
    """Whole days until a stored time; 0 for one that is past or none."""
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        return 0
    return max(0, (at - console().clock.now()).days) if at.tzinfo is not None else 0


@register.simple_tag
def asset(name: str) -> str:
    """The address of a static file: see gateway.console.assets."""
    from gateway.console.assets import ASSETS  # not before Django's settings are there

    return ASSETS[name].url
