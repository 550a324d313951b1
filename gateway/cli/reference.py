"""docs/reference/cli.md, made from the commands themselves: `python -P -m gateway.cli.reference > docs/reference/cli.md`."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator

import click

from gateway.cli.main import COMMANDS, sekisho

INTRODUCTION = """# The command line

    sekisho [--config FILE] COMMAND

The configuration is searched at `--config`, `$SEKISHO_CONFIG`, `./sekisho.toml`, `/etc/sekisho/sekisho.toml`. Run as root,
a command that works on the state directory first becomes its owner.

Exit status: 0 fine; 1 something was found, or a rule refused; 2 usage or operating error, with one line on standard error.
`--json` prints one JSON object a line. Who may read the state directory acts as its administrator, recorded under the
name of the operating system's user; `--as` acts as an account instead, with that account's rights.

Made from the commands' own help; do not edit.
"""


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command with its full name, groups before what is in them."""
    for name, module in sorted(COMMANDS.items()):
        yield from below(name, getattr(importlib.import_module(module), name))


def below(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        for inner, found in sorted(command.commands.items()):
            yield from below(f"{name} {inner}", found)


def usage(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=f"sekisho {name}")
    return " ".join([context.command_path, *command.collect_usage_pieces(context)])


def options(command: click.Command) -> Iterator[tuple[str, str]]:
    """Each option as it is written, and what it does."""
    context = click.Context(command)
    for parameter in command.params:
        if isinstance(parameter, click.Option) and (record := parameter.get_help_record(context)):
            yield record


def section(name: str, command: click.Command) -> Iterator[str]:
    yield f"## {name}\n"
    yield f"`{usage(name, command)}`\n" if not isinstance(command, click.Group) else ""
    yield (command.help or "").strip() + "\n"
    rows = [f"- `{written}`{': ' if text else ''}{text}" for written, text in options(command)]
    if rows:
        yield "\n".join(rows) + "\n"


def document() -> str:
    parts = [INTRODUCTION, "## Everywhere\n", "\n".join(f"- `{w}`: {t}" for w, t in options(sekisho)) + "\n"]
    for name, command in commands():
        parts += section(name, command)
    return "\n".join(part for part in parts if part)


if __name__ == "__main__":
    sys.stdout.write(document())
