"""What the commands share: the configuration, printing, and who we run as."""

from __future__ import annotations

import codecs
import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

import click

from gateway.app.rights import drop_to_owner
from gateway.config import Config, find_config, load
from gateway.model.errors import ConfigError, SekishoError


class Session:
    """One run of the command: its configuration is read when it is first asked for."""

    def __init__(self, wanted: Path | None) -> None:
        self.wanted = wanted                 # what --config named, whether it exists or not

    @cached_property
    def path(self) -> Path | None:
        try:
            here = Path.cwd()
        except OSError:                      # the folder we stand in was removed: what is named from / on is still there
            here = Path()
        return find_config(self.wanted, os.environ, here)

    @cached_property
    def config(self) -> Config:
        return load(self.path)

    @property
    def configured(self) -> Config:
        """The configuration of a gateway: commands that act on its state do not make do with defaults."""
        if self.path is None:
            raise ConfigError("no configuration found; name one with --config, or make one with: sekisho --config FILE init")
        return self.config


pass_session = click.make_pass_decorator(Session)
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")


def one_line(text: str) -> str:
    return " ".join(text.split())


def state_of(session: Session) -> Config:
    """The configuration of a gateway that was set up, with the rights of its state directory's owner."""
    config = session.configured
    folder = config.gateway.state_dir
    try:
        drop_to_owner(folder)
    except FileNotFoundError:
        raise SekishoError(f"{folder} does not exist; make it with: sekisho init") from None
    except NotADirectoryError:
        raise SekishoError(f"{folder} lies in no folder; name another state_dir") from None
    except PermissionError:
        raise SekishoError(f"{folder} may not be read by this user; run as its owner or as root") from None
    if not folder.is_dir():
        raise SekishoError(f"{folder} is no folder; name another state_dir")
    if not os.access(folder, os.R_OK | os.X_OK):
        raise SekishoError(f"{folder} may not be read by this user; run as its owner or as root")
    return config


def put_json(rows: Iterable[Mapping[str, Any]]) -> None:
    foreign = codecs.lookup(sys.stdout.encoding or "utf-8").name != "utf-8"      # JSON is UTF-8, and ASCII is that everywhere
    for row in rows:
        text = json.dumps(row, ensure_ascii=foreign, default=str) + "\n"
        # A file's name may hold octets that are no UTF-8 (lone surrogates here): JSON's own escapes say them.
        sys.stdout.write(text.encode("utf-8", "backslashreplace").decode("utf-8"))
        sys.stdout.flush()


def put_done(as_json: bool, text: str, **facts: Any) -> None:
    """What a command did: one object for programs, one line for people."""
    if as_json:
        put_json([facts])
    else:
        click.echo(text)


def put_secret(as_json: bool, text: str, undone: Callable[[], str], **facts: Any) -> None:
    """What can be shown this once. Where it cannot be shown, `undone` takes it back or says what to do instead."""
    try:
        put_done(as_json, text, **facts)
        sys.stdout.flush()
    except OSError as failure:               # a full disk, a reader that went
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())     # or Python would complain once more at its end
        raise SekishoError(f"standard output: {failure.strerror}; {undone()}") from failure


def put_table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], empty: str = "nothing") -> None:
    """A table for people; widths count what a terminal shows, so that CJK text keeps its columns."""
    if not rows:
        click.echo(empty)
        return
    cells = [[text_of(row.get(c)) for c in columns] for row in rows]
    widths = [max(width(c), *(width(r[n]) for r in cells)) for n, c in enumerate(columns)]
    click.secho("  ".join(pad(c.replace("_", " "), w) for c, w in zip(columns, widths, strict=True)).rstrip(), bold=True)
    for row in cells:
        click.echo("  ".join(pad(c, w) for c, w in zip(row, widths, strict=True)).rstrip())


MOMENT = "YYYY-MM-DD[THH:MM:SS]"


class Moment(click.DateTime):
    """A day, or a day and a time."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            said = printable(str(value))[:40]
            self.fail(f"'{said}' is no day and no time: write it as 2026-11-22 or 2026-11-22T14:05:00", param, ctx)


def text_of(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        value = " ".join(f"{k}:{v}" for k, v in value.items())
    elif isinstance(value, list | tuple):
        value = ", ".join(map(str, value))
    return printable(str(value))[:80]


def printable(text: str) -> str:
    """Control and bidirectional characters from mail must not reach a terminal."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)


def width(text: str) -> int:
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def pad(text: str, wanted: int) -> str:
    return text + " " * (wanted - width(text))
