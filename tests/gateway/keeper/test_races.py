"""Many people and the clock at the same message at the same time: one of them wins, and what is sent is sent once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.effects.custody import KeeperClient
from gateway.model.custody import Status
from quarantine.lifecycle import Refused
from quarantine.models import AuditRecord, HeldRecipient, QuarantinedMessage, ReleaseRequest
from tests.builders.custody import ROOT, House, leak, octets
from tests.builders.keeper import Scene
from tests.builders.links import link, scribe
from tests.gateway.keeper.test_server import of, put, status, wait_for

DECIDED = {"released", "denied", "withdrawn", "returned", "expired"}


@pytest.fixture
async def crowd(scene: Scene) -> AsyncIterator[list[KeeperClient]]:
    """Ten connections, as ten windows of a console have them."""
    made = [KeeperClient(scene.path, scene.keeper.ports.clock) for _ in range(10)]
    yield made
    for client in made:
        await client.close()


def won(answers: list[Any]) -> list[Any]:
    """What was done; everything else must be a refusal, never a fault."""
    assert all(isinstance(a, Refused) or not isinstance(a, BaseException) for a in answers), answers
    return [a for a in answers if not isinstance(a, BaseException)]


@pytest.mark.parametrize("round_", range(4))
async def test_release_deny_return_and_expiry_at_once(scene: Scene, crowd: list[KeeperClient], round_: int) -> None:
    id = (await put(scene, leak, data=octets(f"{round_}"))).id
    scene.house.clock.forward(days=91)
    verbs = ("release", "deny", "return", "release", "deny") * 8
    asked = [crowd[n % 10].call(verb, ROOT, id=id, reason="now") for n, verb in enumerate(verbs)]
    expiring = [scene.keeper.committer.run(lambda service: service.expire()) for _ in range(4)]
    mixed = asked[:round_ * 10] + expiring + asked[round_ * 10:]     # who comes first differs from round to round
    answers = await asyncio.gather(*mixed, return_exceptions=True)
    done = [a for a in won(answers) if not isinstance(a, int)]
    ended = sum(a for a in answers if isinstance(a, int))
    assert len(done) + ended == 1, "exactly one decision"
    await wait_for(lambda: status(id) in DECIDED)
    sent = len(scene.delivery.releases)
    assert sent == (1 if await of(status, id) == "released" else 0)


async def test_fifty_clicks_on_one_link_ask_once(scene: Scene, crowd: list[KeeperClient]) -> None:
    told = scribe(scene.house)
    id = (await put(scene, leak)).id
    token = await of(lambda: link(scene.house, "clerk@bank.example", "sender", id))
    assert (await scene.client.ask({"verb": "pass-code", "token": token, "id": id, "act": "request"})).body["state"] == "sent"
    code = told.code()
    answers = await asyncio.gather(*(
        crowd[n % 10].ask({"verb": "pass-act", "token": token, "id": id, "act": "request", "code": code, "reason": "please"})
        for n in range(50)), return_exceptions=True)
    states = Counter(a.body["state"] for a in won(answers))
    assert states["done"] == 1 and states["used"] == 49
    assert await of(ReleaseRequest.objects.count) == 1


async def test_two_approvers_by_links_and_one_in_the_console_release_once(scene: Scene, crowd: list[KeeperClient]) -> None:
    told = scribe(scene.house)
    id = (await put(scene, leak)).id
    codes = {}
    for name in ("boss", "head"):
        token = await of(lambda name=name: link(scene.house, f"{name}@bank.example", "approver", id, token=name))
        await scene.client.ask({"verb": "pass-code", "token": token, "id": id, "act": "approve"})
        codes[name] = told.code()
    asks = [crowd[n % 10].ask({"verb": "pass-act", "token": name, "id": id, "act": "approve", "code": code, "reason": "yes"})
            for n in range(10) for name, code in codes.items()]
    asks += [crowd[n % 10].call("release", ROOT, id=id, reason="me too") for n in range(10)]
    answers = won(await asyncio.gather(*asks, return_exceptions=True))
    done = [a for a in answers if a.body.get("state", "done") == "done"]
    assert len(done) == 1
    await wait_for(lambda: status(id) == "released")
    assert len(scene.delivery.releases) == 1


async def test_guesses_at_once_are_all_counted(scene: Scene, crowd: list[KeeperClient]) -> None:
    told = scribe(scene.house)
    id = (await put(scene, leak)).id
    token = await of(lambda: link(scene.house, "clerk@bank.example", "sender", id))
    await scene.client.ask({"verb": "pass-code", "token": token, "id": id, "act": "withdraw"})
    guesses = [crowd[n % 10].ask({"verb": "pass-act", "token": token, "id": id, "act": "withdraw", "code": f"{n:08}", "reason": "x"})
               for n in range(100)]
    states = Counter(a.body["state"] for a in await asyncio.gather(*guesses))
    late = await scene.client.ask({"verb": "pass-act", "token": token, "id": id, "act": "withdraw", "code": told.code(), "reason": "x"})
    assert states == {"wrong-code": 100} and late.body["state"] == "wrong-code" and await of(status, id) == Status.HELD
    assert await of(AuditRecord.objects.filter(action="code-wrong").count) == 5


async def test_some_recipients_twice_at_once_get_it_once(scene: Scene, crowd: list[KeeperClient]) -> None:
    people = ("a@else.example", "b@else.example", "c@else.example")
    id = (await put(scene, leak, recipients=people)).id
    asks = [crowd[n % 10].call("release", ROOT, id=id, reason="one", recipients=[people[n % 2]]) for n in range(40)]
    assert len(won(await asyncio.gather(*asks, return_exceptions=True))) == 1
    await wait_for(lambda: status(id) == "held")
    (_, to, _, _), = scene.delivery.releases
    assert len(to) == 1
    await scene.client.call("release", ROOT, id=id, reason="the others")
    await wait_for(lambda: status(id) == "released")
    got = [address for _, to, _, _ in scene.delivery.releases for address in to]
    assert sorted(got) == sorted(people), "each exactly once"
    assert set(await of(lambda: list(HeldRecipient.objects.values_list("outcome", flat=True)))) == {"delivered"}


async def test_a_release_and_a_purge_of_what_was_decided_do_not_meet(scene: Scene, crowd: list[KeeperClient], house: House) -> None:
    id = (await put(scene, leak)).id
    asks = [*(crowd[n].call("release", ROOT, id=id, reason="go") for n in range(5)),
            *(crowd[n + 5].call("delete", ROOT, id=id, reason="gone") for n in range(5))]
    done = won(await asyncio.gather(*asks, return_exceptions=True))
    await wait_for(lambda: status(id) in ("released", "purged"))
    row = await of(QuarantinedMessage.objects.get)
    assert len(done) >= 1 and len(scene.delivery.releases) == (1 if row.ended_as == "released" or row.status == "released" else 0)
