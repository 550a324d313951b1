from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import Any

import pytest

from gateway.console.state import Desks, console
from gateway.effects.custody import KeeperDesk
from gateway.model.errors import CustodyUnavailable
from quarantine.lifecycle import Refused
from tests.builders.console import Site
from tests.builders.custody import ROOT, Held, House
from tests.builders.keeper import Scene, keeper, scene

__all__ = ["keeper", "scene"]


@pytest.fixture
def id(house: House, held: Held) -> str:
    """A held message, and an account that may see it."""
    house.service.user_add(ROOT, "anna", ["analyst"])
    return held()


def test_console(site: Site) -> None:
    assert console().book is site.book and not console().https


async def test_verbs_reach_the_keeper_by_the_name_of_the_account(id: str, scene: Scene) -> None:
    desks = Desks(scene.path)
    assert (await asyncio.to_thread(desks, "show", "anna", id=id))["id"] == id
    with pytest.raises(Refused):
        await asyncio.to_thread(desks, "show", "nobody", id=id)
    assert (await asyncio.to_thread(desks, "hold", "anna", id=id, reason="x"))["status"] == "held"


async def test_a_keeper_that_was_restarted_is_found_again(id: str, scene: Scene) -> None:
    desks, answers = Desks(scene.path), []

    def work() -> None:                      # one thread: one connection
        for verb, more in (("show", {}), ("deny", {"reason": "x"}), ("show", {})):
            answers.append(desks(verb, "anna", id=id, **more)["status"])
            desks._own.desk._socket.shutdown(socket.SHUT_RDWR)

    await asyncio.to_thread(work)
    assert answers == ["held", "denied", "denied"]


async def test_a_decision_is_never_sent_twice(id: str, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    desks, sent = Desks(scene.path), []
    whole = KeeperDesk.call

    def call(desk: KeeperDesk, verb: str, *more: Any, **arguments: Any) -> Any:
        sent.append(verb)
        if verb == "deny":
            raise CustodyUnavailable("the answer was lost")
        return whole(desk, verb, *more, **arguments)

    monkeypatch.setattr(KeeperDesk, "call", call)
    with pytest.raises(CustodyUnavailable):
        await asyncio.to_thread(desks, "deny", "anna", id=id, reason="x")
    assert sent == ["ping", "deny"]


def test_no_keeper(tmp_path: Path) -> None:
    with pytest.raises(CustodyUnavailable):
        Desks(tmp_path / "keeper.sock")("list", "anna")
