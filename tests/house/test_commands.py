"""The command line that others rely on: every command and option of it exists, explains itself and is in the reference."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from gateway.cli.main import sekisho
from gateway.cli.reference import commands

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "cli.md"
REASONED = {"--reason", "--as", "--json"}
PROMISED: dict[str, set[str]] = {
    "demo": {"--once"},
    "init": set(), "backup": set(), "restore": set(), "keys rotate": set(), "serve": set(),
    "scan": {"--direction", "--mail-from", "--rcpt-to", "--jobs", "--json"},
    "quarantine list": {"--json", "--as", "--status", "--kind", "--direction", "--sender", "--recipient", "--reason", "--since", "--until"},
    "quarantine show": {"--json", "--as"},
    "quarantine preview": {"--as"},
    "quarantine request": REASONED, "quarantine approve": REASONED, "quarantine deny": REASONED,
    "quarantine release": REASONED | {"--wait"},
    "quarantine return": REASONED, "quarantine delete": REASONED,
    "quarantine export": {"--raw", "--as"},
    "policy check": set(), "policy explain": set(), "policy replay": set(),
    "signatures list": set(), "signatures check": set(), "signatures test": set(), "signatures reload": set(),
    "edm import": {"--name", "--keys", "--columns"}, "edm status": set(), "edm drop": set(),
    "fingerprint add": set(), "fingerprint list": set(), "fingerprint remove": set(),
    "user add": {"--role", "--mailbox", "--password-file"}, "user list": set(), "user role": {"--role"}, "user disable": set(),
    "user reset-mfa": set(),
    "audit verify": set(), "audit export": set(),
    "queue list": set(), "queue retry": set(), "queue drop": set(),
    "doctor": set(), "stats": set(),
}
COMPULSORY = ("approve", "deny", "release", "return", "delete")
"""Decisions about held mail: nobody takes one without saying why."""
FOUND = dict(commands())


def options(command: click.Command) -> dict[str, click.Option]:
    return {name: p for p in command.params if isinstance(p, click.Option) for name in p.opts}


@pytest.mark.parametrize("name", PROMISED)
def test_what_is_promised_exists(name: str) -> None:
    assert name in FOUND and PROMISED[name] <= set(options(FOUND[name])), name


def test_the_configuration_is_an_option_of_all() -> None:
    assert "--config" in options(sekisho)


@pytest.mark.parametrize("verb", COMPULSORY)
def test_a_reason_is_compulsory(verb: str) -> None:
    assert options(FOUND[f"quarantine {verb}"])["--reason"].required


@pytest.mark.parametrize("name", FOUND)
def test_everything_explains_itself(name: str) -> None:
    assert FOUND[name].help, name
    assert not [o for o, p in options(FOUND[name]).items() if not p.help], name


def test_the_reference_has_a_section_each_and_no_more() -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Everywhere", *FOUND]
    for name, command in FOUND.items():
        part = text.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        assert all(f"`{option}" in part for option in options(command)), name
