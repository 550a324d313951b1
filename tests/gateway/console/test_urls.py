from __future__ import annotations

import pytest
from django.urls import Resolver404, resolve, reverse

from gateway.console.words import ACT
from gateway.model.ids import ALPHABET, new_message_id
from tests.builders.console import Site
from tests.builders.custody import START
from tests.builders.screens import NO_PAGE, SCREENS, addresses


def test_every_id_and_verb_has_its_address(site: Site) -> None:
    id = new_message_id(START)
    assert resolve(f"/quarantine/{id}").kwargs == {"id": id} and reverse("show", args=[id]) == f"/quarantine/{id}"
    for verb in ACT:
        assert resolve(f"/quarantine/{id}/{verb}").kwargs == {"id": id, "verb": verb}
    for letter in ALPHABET:
        assert resolve(f"/quarantine/{letter * 24}")


@pytest.mark.parametrize("path", ["/quarantine/1", "/quarantine/" + "i" * 24, "/quarantine/" + "0" * 25, "/quarantine/" + "0" * 24 + "\n",
                                  "/quarantine/" + "0" * 24 + "/user-add", "/quarantine/../etc", "/admin/"])
def test_nothing_else_has(site: Site, path: str) -> None:
    with pytest.raises(Resolver404):
        resolve(path)


def test_every_address_is_looked_at_in_a_browser_or_shows_nothing(site: Site) -> None:
    """`tests.builders.screens` has them all: a new page is not forgotten there."""
    shown = {name for screen in SCREENS for name in screen.names}
    assert shown | set(NO_PAGE) == addresses() and not shown & set(NO_PAGE)
    assert len({screen.title for screen in SCREENS}) == len(SCREENS), "each has a name of its own"
