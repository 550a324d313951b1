"""Errors that cross rooms. Each says in one line what, where and what to do."""

from __future__ import annotations

import os


class SekishoError(Exception):
    """An operating error with a message fit for an administrator: one line, no customer data."""


class ConfigError(SekishoError):
    """A setting, policy or data file that cannot be used. `where` is file:line or a setting's name."""

    def __init__(self, message: str, where: str = "") -> None:
        super().__init__(f"{where}: {message}" if where else message)
        self.where = where


class GatewayFault(SekishoError):
    """Our own fault while a message is in hand: answered with 4xx, nothing kept, nothing lost."""


class CustodyUnavailable(GatewayFault):
    """The keeper, its database, its disk or its key is not to be had."""


class InspectionUnavailable(GatewayFault):
    """No child could be had in time, or the cell itself failed."""


class NextHopUnavailable(GatewayFault):
    """No next hop could be reached, or it answered 4xx to the session."""


def unreachable(error: OSError) -> str:
    """Why there is no connection, in the system's words: asyncio's text repeats the address behind a bracketed number."""
    number = error.errno or 0
    return (os.strerror(number) if number > 0 else error.strerror or str(error)) or "cannot be reached"
