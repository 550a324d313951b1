from pathlib import Path

import click

from gateway.cli.reference import commands, document, options, usage

REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "cli.md"


def test_the_reference_is_what_the_commands_say():
    assert REFERENCE.read_text(encoding="utf-8") == document(), "python -P -m gateway.cli.reference > docs/reference/cli.md"


def test_it_says_nothing_of_the_machine_it_was_made_on(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    assert REFERENCE.read_text(encoding="utf-8") == document()
    assert "--jobs INTEGER RANGE`: Messages at a time.  [default: (one a processor)" in document()


def test_usage_and_options():
    @click.command(help="x")
    @click.option("--a", metavar="A", help="what a is")
    @click.option("--hidden", hidden=True)
    @click.argument("ids", nargs=-1, required=True, metavar="ID...")
    def made(**_):
        pass

    assert usage("made", made) == "sekisho made [OPTIONS] ID..." and list(options(made)) == [("--a A", "what a is")]


def test_groups_stand_before_what_is_in_them():
    names = [name for name, _ in commands()]
    assert names == sorted(names) and "quarantine" in names and "quarantine list" in names
