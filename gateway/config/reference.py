"""Writes the reference of all settings and the commented example from the schema, so that neither can be out of date."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from gateway.config.schema import REQUIRED, SECTIONS, TABLES, Setting, settings

# Values of the example file where the default says nothing. The example loads as it stands.
EXAMPLE: Mapping[tuple[str, str], Any] = {
    ("gateway", "hostname"): "mx.bank.example",
    ("gateway", "our_domains"): ["bank.example"],
    ("gateway", "languages"): ["zh-Hant", "ja", "en"],
    ("gateway", "timezone"): "Asia/Taipei",
    ("listener", "name"): "inbound",
    ("listener", "address"): "127.0.0.1:10025",
    ("listener", "direction"): "inbound",
    ("listener", "next_hop"): ["127.0.0.1:10026"],
}
BARE = re.compile(r"[A-Za-z0-9_-]+")  # a key of TOML that stands without quotes
_ORDER = (
    "gateway", "listener", "limits", "inspection", "scanner", "passwords", "auth", "dkim", "annotate", "quarantine", "notices",
    "approval", "console", "console.oidc", "console.ldap", "journal", "policy",
)


def reference() -> str:
    """docs/reference/config.md."""
    return "\n".join(_reference()) + "\n"


def example(values: Mapping[tuple[str, str], Any] | None = None) -> str:
    """A whole commented configuration file: what is set in `values` (section, key) stands open, every default behind
    a comment sign."""
    return "\n".join(_example(EXAMPLE if values is None else values)) + "\n"


def _reference() -> Iterator[str]:
    yield "# Settings"
    yield ""
    yield "Written from the schema in `gateway/config/schema.py`. The file is TOML; a commented example is in"
    yield "[example.toml](example.toml). An unknown key is an error. Sizes (`50MiB`) and durations (`90s`, `5m`, `90d`) carry"
    yield "their units; passwords and keys stand in files of their own, not readable by everybody; paths begin with `/`."
    yield ""
    yield "`include = [\"conf.d/*.toml\"]` at the top of the main file reads more files beside it, in the order of their names:"
    yield "lists of tables are joined, and a key that is set twice is an error. Rules, exceptions and groups:"
    yield "[policy.md](policy.md)."
    for name in _ORDER:
        section = {**SECTIONS, **TABLES}[name]
        yield ""
        yield f"## [[{name}]]" if name in TABLES else f"## [{name}]"
        yield ""
        yield str(section.__doc__)
        yield ""
        yield "| setting | kind | default | meaning |"
        yield "| --- | --- | --- | --- |"
        for item in settings(section):
            yield f"| `{item.key}` | {item.kind.words} | {_default(item)} | {item.doc} |"


def _default(item: Setting) -> str:
    if item.default is REQUIRED:
        return "must be given"
    if item.filled:
        return item.filled
    return f"`{toml(item.default)}`"


def _example(values: Mapping[tuple[str, str], Any]) -> Iterator[str]:
    yield "# sekisho: every setting with its default. Lines behind a # show what holds when nothing is written."
    for name in _ORDER:
        section = {**SECTIONS, **TABLES}[name]
        yield ""
        yield f"# {section.__doc__}"
        shown = f"[[{name}]]" if name in TABLES else f"[{name}]"
        # a table that may be left out stands behind ## as a whole: its lines mean nothing without its header
        mark = "#" if name in SECTIONS or any(section == name for section, _ in values) else "##"
        yield shown if mark == "#" else f"{mark} {shown}"
        for item in settings(section):
            yield f"# {item.doc}" + (f" Without it: {item.filled}." if item.filled else "")
            if (name, item.key) in values:
                yield f"{item.key} = {toml(values[name, item.key])}"
            elif item.default is REQUIRED:
                yield f"{mark} {item.key} = ..."
            else:
                yield f"{mark} {item.key} = {toml(item.default)}"


def toml(value: Any) -> str:
    """One value as TOML on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml(v) for v in value) + "]"
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(str(key))} = {toml(v)}" for key, v in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, date):
        return value.isoformat()
    return _quoted(str(value))


def _key(name: str) -> str:
    return name if BARE.fullmatch(name) else _quoted(name)


def _quoted(text: str) -> str:
    """The escapes of JSON are those of TOML, which wants DEL escaped as well."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
