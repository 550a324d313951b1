"""What README and docs show must be so: commands and options that exist, settings that load, links that lead somewhere."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from gateway.cli.main import sekisho
from gateway.policy import check

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "deploy").rglob("*.md")])
_FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")
_CALL = re.compile(r"(?:^|[\s(`])sekisho (?=[a-z-])(.*)")
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")
_STOP = ("|", "&", ";", ")", "#", ">", "…", "(", "2>")
# A block of a configuration names one of these; others are word lists, credentials and the like.
_SECTION = re.compile(r"^\[\[?(?:gateway|listener|limits|inspection|passwords|auth|quarantine|notices|approval|console|journal|"
                      r"policy|annotate|dkim|scanner|group|rule|exception)[\].]", re.MULTILINE)
# What the reader has and we have not; the last two: a page shows one setting at a time, not a whole gateway.
_ELSEWHERE = ("there is no file", "does not exist", "cannot be read", "our_domains is empty", "is not of our_domains")


def blocks(language: str | None = None) -> Iterator[tuple[str, str]]:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for match in _FENCE.finditer(text):
            if language is None or match[1] == language:
                yield f"{page.relative_to(ROOT)}:{text.count(chr(10), 0, match.start()) + 1}", match[2]


def calls() -> Iterator[tuple[str, str]]:
    """Every command line that a page shows, in blocks and in the text."""
    for page in PAGES:
        for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
            shown = [line] if line.startswith(("    ", "sekisho ", "ID=$(")) or page.name == "README.md" else _SPAN.findall(line)
            for text in shown:
                found = _CALL.search(text)
                if found is not None:
                    yield f"{page.relative_to(ROOT)}:{number}", found[1]


def words_of(text: str) -> list[str]:
    try:
        words = shlex.split(text.replace("$ID", "ID"), comments=True)
    except ValueError:                       # the quote ends on another line
        words = text.split()
    ends = [n for n, word in enumerate(words) if word.startswith(_STOP) or word.endswith((";", ")", "`"))]
    return words[:ends[0]] if ends else words


def strange(words: list[str]) -> str:
    """What of a command line does not exist."""
    command: click.Command = sekisho
    context = click.Context(sekisho)
    rest = words
    while isinstance(command, click.Group):
        options = {name for parameter in command.params for name in parameter.opts}
        while rest and rest[0].split("=")[0] in options:
            rest = rest[2 if rest[0] == "--config" else 1:]
        if not rest:
            return ""
        name, *rest = rest
        if not re.fullmatch(r"[a-z-]+", name):       # `sekisho quarantine VERB`
            return ""
        inner = command.get_command(context, name)
        if inner is None:
            return f"there is no command {name}"
        command = inner
    known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)} | {"--help", "-h"}
    given = [word.split("=")[0].rstrip(",.") for word in rest if word.startswith("--") and len(word) > 2]
    return next((f"{command.name} has no {option}" for option in given if option not in known), "")


@pytest.mark.parametrize(("where", "text"), [pytest.param(*one, id=one[0]) for one in calls()])
def test_commands_that_are_shown_exist(where: str, text: str) -> None:
    assert not strange(words_of(text)), f"{where}: sekisho {text}"


def test_commands_are_found_and_wrong_ones_too() -> None:
    assert len(list(calls())) > 80
    assert strange(["quarantine", "relase", "ID"]) == "there is no command relase"
    assert strange(["--config", "x.toml", "scan", "--jsn", "x"]) == "scan has no --jsn"
    assert not strange(words_of('quarantine release "$ID" --reason "checked with the sender" --wait'))
    assert words_of("serve > events.log &") == ["serve"]


@pytest.mark.parametrize(("where", "text"), [pytest.param(*one, id=one[0]) for one in blocks("toml")])
def test_settings_that_are_shown_load(where: str, text: str, tmp_path: Path) -> None:
    table = tomllib.loads(text)
    assert table, where
    if not _SECTION.search(text):
        return
    path = tmp_path / "sekisho.toml"
    path.write_text(text, encoding="utf-8")
    wrong = [p.message for p in check(path) if not p.warning and not any(word in p.message for word in _ELSEWHERE)]
    assert not wrong, where


def test_settings_are_found() -> None:
    assert sum(bool(_SECTION.search(text)) for _, text in blocks("toml")) >= 3


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    targets = [t for t in _LINK.findall(page.read_text(encoding="utf-8")) if not re.match(r"[a-z]+:", t)]
    assert not [t for t in targets if not (page.parent / t).exists()]
