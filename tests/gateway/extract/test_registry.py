"""The list of the deep lane holds the plain one's, and every entry is an extractor of its own name."""

from __future__ import annotations

from gateway.extract.base import Gate
from gateway.extract.registry import EXTRACTORS
from gateway.extract.registry_plain import LIGHT


def test_deep_list_begins_with_the_light_one():
    assert EXTRACTORS[:len(LIGHT)] == LIGHT


def test_names_are_unique_and_there_is_no_gate():
    names = [e.name for e in EXTRACTORS]
    assert len(set(names)) == len(names)
    assert not any(isinstance(e, Gate) for e in EXTRACTORS)
