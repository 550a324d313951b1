"""The sentences of self-service are all looked up by the catalogue, so each has its translations."""

from __future__ import annotations

from gateway.notices import phrases
from gateway.notices.catalog import strings


def test_every_table_is_translated() -> None:
    told = set(strings())
    assert all(set(table.values()) <= told for table in phrases.TABLES)
    assert len({id(t) for t in phrases.TABLES}) == 6 and all(phrases.TABLES)
