"""What custody can do is offered everywhere: to the command line, to programs, to people, and each has its words in docs/."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

import tests.builders.custody  # noqa: F401  # isort: skip - configures Django before custody is imported
from gateway.console.api.operations import OPERATIONS, WITHHELD
from quarantine import desk

ROOT = Path(__file__).parents[2]
VERBS = sorted({*desk.VERBS, "preview"})
OFFERED = {operation.verb for operation in OPERATIONS}
BROWSER = "log-in and second factors happen in a browser"
ADMINISTRATOR = "the administrator of the machine alone"
OWN = "lists kept for the console's own list"
# Where a verb is not offered, with the reason. Whoever adds a verb offers it everywhere or gives a reason here.
NOT_CLI: Mapping[str, str] = {
    **dict.fromkeys((v for v in VERBS if v.startswith(("factor", "pass-")) or v in ("user-arrive", "login-failed", "user-password")), BROWSER),
    **dict.fromkeys(("filters", "filter-save", "filter-drop"), OWN), "count": "`quarantine list` counts by itself",
    **dict.fromkeys(("batch", "batch-show", "batch-undo"), "the command line decides one by one, without a grace"),
    "retention": "it runs by itself",
}
NOT_PAGE: Mapping[str, str] = {
    **dict.fromkeys(("keys-rewrap", "retention"), ADMINISTRATOR), "count": "the list of the page is the count",
    "filters": "the page of held mail reads them itself",
    **dict.fromkeys(("user-disable", "user-enable", "user-reset-mfa"), "the page of an account names them by their last word"),
}


def constants(folder: str, without: str = "") -> set[str]:
    found: set[str] = set()
    for path in (ROOT / folder).rglob("*.py"):
        if not without or without not in path.as_posix():
            found |= {n.value for n in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                      if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    return found


CLI, PAGES = constants("gateway/cli"), constants("gateway/console", without="/api/")
REFERENCE = (ROOT / "docs" / "reference" / "api.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_offered_everywhere_or_has_its_reason(verb: str) -> None:
    assert (verb in CLI) or verb in NOT_CLI, "no command"
    assert (verb in OFFERED) is not (verb in WITHHELD), "no address for programs, or a reason too many"
    assert (verb in PAGES) or verb in NOT_PAGE, "no page"


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_its_words(verb: str) -> None:
    """Its own section, or its line in the table of what programs are not offered."""
    assert re.search(rf"(?m)^(## {verb}$|\| `{verb}` \|)", REFERENCE)


def test_reasons_are_for_verbs_that_exist() -> None:
    for table in (NOT_CLI, WITHHELD, NOT_PAGE):
        assert set(table) <= set(VERBS), set(table) - set(VERBS)
