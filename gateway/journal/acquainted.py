"""To whom of these a sender has written before, as far as the journal goes back."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gateway.journal.reader import JournalUnreadable

MOST = 200                               # addresses of one question
QUESTION = """SELECT 1 FROM recipients JOIN entries ON entries.id = recipients.entry
    WHERE recipients.mailbox = ? AND entries.sender = ? AND entries.disposition IN ('deliver', 'annotate') LIMIT 1"""


@dataclass(frozen=True, slots=True)
class Acquainted:
    path: Path

    def met(self, sender: str, addresses: Sequence[str]) -> list[str]:
        """Those to whom mail of this sender passed. A missing journal remembers nobody. Raises JournalUnreadable."""
        if not self.path.exists() or not sender:
            return []
        try:
            with contextlib.closing(sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)) as connection:
                return [one for one in addresses[:MOST] if connection.execute(QUESTION, (one, sender)).fetchone() is not None]
        except sqlite3.Error as error:
            raise JournalUnreadable(f"{self.path}: {error}") from error
