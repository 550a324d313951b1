import json
import os
import subprocess
import sys

import click
import pytest

from gateway import __version__
from gateway.cli import main as entry
from gateway.model.errors import SekishoError
from tests.builders.commands import run


def test_help_lists_every_command():
    shown = run("--help")
    assert shown.status == 0 and all(f"\n  {name} " in shown.out for name in entry.COMMANDS)


def test_the_version():
    assert run("--version").out == f"sekisho, version {__version__}\n"


@pytest.mark.parametrize("arguments", [("nope",), ("scan",), ("quarantine", "list", "--status", "nope"), ("--nope",), ("user", "add")])
def test_wrong_usage_is_one_line_and_status_two(arguments):
    assert run(*arguments).complaint


@pytest.mark.parametrize("group", [(), ("quarantine",), ("user",), ("signatures",)])
def test_a_group_alone_says_how_to_ask_it(group):
    assert run(*group).complaint == f"say what to do: {' '.join(('sekisho', *group))} --help lists it"


def test_a_complaint_is_short_and_harmless():
    said = run("--config", "\x1b]0;\u202e" + "x" * 50_000, "stats").complaint
    assert len(said) < 900 and said.isprintable()


def commands(group=entry.sekisho, path=()):
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield from commands(command, (*path, name)) if isinstance(command, click.Group) else [((*path, name), command)]


@pytest.mark.parametrize(("path", "command"), list(commands()), ids=lambda value: " ".join(value) if isinstance(value, tuple) else "")
def test_every_command_answers_programs(path, command):
    assert any("--json" in option.opts for option in command.params)


@pytest.mark.parametrize(("fault", "status", "said"), [
    (SekishoError("a:\n b"), 2, "sekisho: a: b\n"),
    (PermissionError(13, "Permission denied", "/x"), 2, "sekisho: Permission denied: /x\n"),
    (KeyboardInterrupt(), 2, "sekisho: interrupted\n"),
    (ModuleNotFoundError("No module", name="lxml"), 2,
     f"sekisho: lxml cannot be imported; is the installation whole, and readable for uid {os.geteuid()}?\n"),
    (KeyError("x"), 2, "sekisho: internal fault: KeyError: 'x'; set SEKISHO_TRACEBACK=1 to see where\n"),
])
def test_no_fault_ends_in_a_traceback(monkeypatch, fault, status, said):
    def fail(**_):
        raise fault
    monkeypatch.delenv("SEKISHO_TRACEBACK", raising=False)
    monkeypatch.setattr(entry.sekisho, "main", fail)
    ran = run("stats")
    assert (ran.status, ran.errors) == (status, said)


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&- <&-"])
def test_closed_streams_are_not_handed_to_files(closed, tmp_path):
    """A job without streams: what it opens must not get their numbers."""
    look = ("import os, sys; from gateway.cli.main import keep_streams; keep_streams(); print('x'); "
            f"file = open({str(tmp_path / 'held')!r}, 'w'); sys.exit(0 if file.fileno() > 2 and sys.stdout and sys.stderr else 1)")
    assert subprocess.run(["sh", "-c", f'exec "$0" -P -c "$1" {closed}', sys.executable, look], check=False).returncode == 0
    assert (tmp_path / "held").read_text() == ""


def test_a_reader_that_goes_away_is_no_error():
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([sys.executable, "-P", "-m", "gateway.cli.main", "signatures", "list"], stdout=writing,
                          stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


def test_an_interrupt_while_commands_are_loaded_is_one_line():
    look = "import gateway.cli, sys; raise KeyboardInterrupt if len(sys.argv) == 1 else ValueError('x')"
    early = subprocess.run([sys.executable, "-P", "-c", look], stderr=subprocess.PIPE, check=False)
    assert early.stderr == b"sekisho: interrupted\n" and early.returncode != 0
    fault = subprocess.run([sys.executable, "-P", "-c", look, "fault"], stderr=subprocess.PIPE, check=False)
    assert fault.stderr.startswith(b"Traceback") and fault.stderr.endswith(b"ValueError: x\n")


@pytest.mark.parametrize("command", [("policy", "check"), ("signatures", "list", "--json")])
def test_a_full_disk_is_said(command, tmp_path):
    (tmp_path / "c.toml").write_text("")
    with open("/dev/full", "wb") as full:
        done = subprocess.run([sys.executable, "-P", "-m", "gateway.cli.main", "--config", tmp_path / "c.toml", *command], stdout=full,
                              stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (2, b"sekisho: No space left on device\n")


@pytest.mark.parametrize("charset", ["ascii", "latin-1", "big5", "euc-jp"])
def test_a_terminal_without_a_character_shows_its_number(charset):
    look = ("from gateway.cli.main import keep_streams; from gateway.cli.common import put_json; keep_streams(); "
            "print('加𠮷'); put_json([{'a': '加𠮷'}])")
    done = subprocess.run([sys.executable, "-P", "-c", look], env={**os.environ, "PYTHONIOENCODING": charset}, capture_output=True,
                          check=False)
    people, programs = done.stdout.splitlines()
    assert people.decode(charset) in ("加\\U00020bb7", "\\u52a0\\U00020bb7")
    assert json.loads(programs.decode("ascii")) == {"a": "加𠮷"}


def test_a_programmer_gets_the_traceback(monkeypatch):
    monkeypatch.setenv("SEKISHO_TRACEBACK", "1")
    monkeypatch.setattr(entry.sekisho, "main", lambda **_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        entry.main()
