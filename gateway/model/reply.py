"""SMTP replies (RFC 5321 section 4.2, RFC 3463). Public texts are generic; causes go to the log."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reply:
    code: int
    enhanced: str                        # "2.0.0"; "" where RFC 2034 wants none (greeting, EHLO, 354)
    text: str
    close: bool = False                  # close the connection after it

    def __str__(self) -> str:
        return " ".join(t for t in (str(self.code), self.enhanced, self.text) if t)

    @property
    def positive(self) -> bool:
        return 200 <= self.code < 400

    @property
    def temporary(self) -> bool:
        return 400 <= self.code < 500
