"""`sekisho [--config FILE] COMMAND`. Exit status: 0 fine, 1 found something or refused by a rule, 2 usage or operating error."""

from __future__ import annotations

import importlib
import io
import os
import sys
from pathlib import Path

import click
from click.exceptions import NoArgsIsHelpError

from gateway import __version__
from gateway.cli.common import Session, one_line, printable
from gateway.model.errors import SekishoError

LONGEST = 800                            # characters of a complaint

# Command -> the module that holds it. They are imported only when they are called: `scan` needs no Django.
COMMANDS = {
    "audit": "gateway.cli.audit", "backup": "gateway.cli.state", "demo": "gateway.cli.demo", "doctor": "gateway.cli.doctor",
    "directory": "gateway.cli.directory",
    "edm": "gateway.cli.edm", "fingerprint": "gateway.cli.edm", "init": "gateway.cli.state", "keys": "gateway.cli.state",
    "policy": "gateway.cli.policy", "quarantine": "gateway.cli.quarantine", "queue": "gateway.cli.queue",
    "report": "gateway.cli.report",
    "restore": "gateway.cli.state", "scan": "gateway.cli.scan", "serve": "gateway.cli.serve",
    "signatures": "gateway.cli.signatures", "stats": "gateway.cli.stats", "token": "gateway.cli.token",
    "user": "gateway.cli.user",
}


class Commands(click.Group):
    def list_commands(self, context: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        module = COMMANDS.get(name)
        return getattr(importlib.import_module(module), name) if module else None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--config", "config", type=click.Path(path_type=Path), metavar="FILE",
              help="Configuration (else $SEKISHO_CONFIG, ./sekisho.toml, /etc/sekisho/sekisho.toml).")
@click.version_option(__version__, prog_name="sekisho")
@click.pass_context
def sekisho(context: click.Context, config: Path | None) -> None:
    """The checkpoint for mail: what comes in is inspected, what goes out is checked for customer data."""
    context.obj = Session(config)


def keep_streams() -> None:
    """Closed standard streams get the null device, or the next file we open would take their number and our output.

    Standard input stays closed for who asks: nothing is not an empty message.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)       # the lowest free number: this one
    if sys.stdout is None:
        sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    if sys.stderr is None:
        sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)
    for stream in (sys.stdout, sys.stderr):      # a terminal in Big5 or EUC-JP shows what it has, and \\u… for the rest
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def main() -> None:
    keep_streams()
    output = sys.stdout
    try:
        status = sekisho.main(prog_name="sekisho", standalone_mode=False)
    except NoArgsIsHelpError as nothing:
        status = complain(f"say what to do: {nothing.ctx.command_path} --help lists it" if nothing.ctx else "say what to do")
    except click.ClickException as wrong:
        usage = wrong.ctx.get_usage() if isinstance(wrong, click.UsageError) and wrong.ctx else ""
        status = complain(one_line(wrong.format_message()) + (f" ({one_line(usage)})" if usage else ""))
    except SekishoError as trouble:
        status = complain(one_line(str(trouble)))
    except (KeyboardInterrupt, click.Abort):
        status = complain("interrupted")
    except SystemExit as ended:
        # The reader of our output went away (`| head`): not an error. click says 1, and puts a mute one in the stream's place.
        status = 0 if sys.stdout is not output else ended.code
    except BrokenPipeError:              # while flushing at exit Python would complain once more
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    except OSError as trouble:
        status = complain(one_line(f"{trouble.strerror or trouble}" + (f": {trouble.filename}" if trouble.filename else "")))
    except ModuleNotFoundError as missing:               # also what Python says of a folder that it may not read
        status = complain(f"{missing.name} cannot be imported; is the installation whole, and readable for uid {os.geteuid()}?")
    except Exception as fault:
        if os.environ.get("SEKISHO_TRACEBACK"):
            raise
        status = complain(one_line(f"internal fault: {type(fault).__name__}: {fault}; set SEKISHO_TRACEBACK=1 to see where"))
    sys.exit(status if isinstance(status, int) else 0)


def complain(text: str) -> int:
    """One line for people, however long or odd what they typed was."""
    text = printable(text)
    print(f"sekisho: {text if len(text) <= LONGEST else text[:LONGEST] + '…'}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    main()
