"""Configuration: one schema, read from TOML, checked as a whole."""

from gateway.config.load import ConfigProblems, check, examine, find_config, load, with_made
from gateway.config.schema import (
    Auth,
    Config,
    Console,
    Entry,
    Gateway,
    Inspection,
    Journal,
    Limits,
    Listener,
    Notices,
    Quarantine,
)
from gateway.config.source import Problem
from gateway.config.values import Endpoint

__all__ = [
    "Auth", "Config", "ConfigProblems", "Console", "Endpoint", "Entry", "Gateway", "Inspection", "Journal", "Limits",
    "Listener", "Notices", "Problem", "Quarantine", "check", "examine", "find_config", "load", "with_made",
]
