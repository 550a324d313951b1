"""The command table, and that the dialogs speak every command of it."""

from __future__ import annotations

from pathlib import Path

from gateway.edge.verbs import COMMANDS

DIALOGS = Path(__file__).parents[2] / "dialogs"


def test_every_command_is_in_a_dialog() -> None:
    spoken = {line.split(":", 1)[1].split()[0].upper() for file in DIALOGS.glob("*.dialog")
              for line in file.read_text(encoding="utf-8").splitlines() if line.startswith("C:") and line[2:].strip()}
    assert set(COMMANDS) - spoken - {"STARTTLS"} == set(), "STARTTLS is in test_session"
