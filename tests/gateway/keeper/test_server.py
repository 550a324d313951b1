"""The keeper from outside: its socket, its guarantees."""

from __future__ import annotations

import asyncio
import os
import socket
import sqlite3
import struct
from pathlib import Path

import pytest

from gateway.effects.custody import KeeperClient, KeeperDesk, is_running, read_all
from gateway.keeper.server import Keeper
from gateway.model.custody import Status
from gateway.model.deadline import Deadline
from gateway.model.errors import CustodyUnavailable
from quarantine import desk
from quarantine.lifecycle import Refused
from quarantine.models import AuditRecord, OutboxEntry, QuarantinedMessage
from tests.builders.custody import ADMIN, ANNA, BEN, MARKER, ROOT, STAFF, House, admission, leak, memory, octets
from tests.builders.keeper import RealClock, Scene


async def put(scene: Scene, make=admission, data: bytes | None = None, client: KeeperClient | None = None, **changes):
    content = octets() if data is None else data
    fd = memory(content)
    try:
        clock = scene.keeper.ports.clock
        return await (client or scene.client).admit(make(content, **changes), fd, Deadline.after(clock, 30))
    finally:
        os.close(fd)


async def wait_for(check, seconds: float = 10.0) -> None:
    for _ in range(int(seconds * 50)):
        if await asyncio.to_thread(check):
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not happen")


def status(id: str) -> str:
    return QuarantinedMessage.objects.get(pk=id).status


async def of(function, *arguments):
    return await asyncio.to_thread(function, *arguments)


async def test_admitted_is_durable_and_readable(scene: Scene) -> None:
    admitted = await put(scene)
    assert not admitted.duplicate
    row = await of(QuarantinedMessage.objects.get, )
    assert row.pk == admitted.id and row.status == "held"
    assert (scene.house.directory / "blobs" / row.blob).exists()
    raw = await scene.client.call("export", ROOT, id=admitted.id, raw=True, reason="evidence")
    assert read_all(raw) == octets()
    preview = await scene.client.call("preview", ROOT, id=admitted.id)
    assert preview.body["text"] == octets().decode()


async def test_many_at_once_share_commits(scene: Scene) -> None:
    ids = [a.id for a in await asyncio.gather(*(put(scene, data=octets(f"{n}")) for n in range(200)))]
    assert len(set(ids)) == 200
    pong = (await scene.client.ask({"verb": "ping"})).body
    assert pong["commits"] < 150 and pong["largest_batch"] > 1
    assert await of(QuarantinedMessage.objects.count) == 200
    assert not list((scene.house.directory / "blobs").glob("*/.*"))


async def test_a_retry_is_recognised_and_stored_once(scene: Scene) -> None:
    first = await put(scene, retry_key="same")
    again = await put(scene, retry_key="same")
    assert (again.id, again.duplicate) == (first.id, True)
    both = await asyncio.gather(*(put(scene, retry_key="other") for _ in range(20)))
    assert len({a.id for a in both}) == 1 and sum(not a.duplicate for a in both) == 1
    assert len(list((scene.house.directory / "blobs").glob("*/*"))) == 2


async def test_pending_confirm_and_drop(scene: Scene) -> None:
    kept, dropped = await put(scene, pending=True), await put(scene, pending=True)
    assert await of(status, kept.id) == "pending"
    await scene.client.confirm(kept.id)
    await scene.client.drop(dropped.id)
    assert await of(status, kept.id) == "held"
    assert await of(QuarantinedMessage.objects.count) == 1
    with pytest.raises(CustodyUnavailable):
        await scene.client.confirm(dropped.id)


async def test_octets_that_are_not_those_announced(scene: Scene) -> None:
    with pytest.raises(CustodyUnavailable, match="not those announced"):
        await put(scene, sha256="0" * 64)
    with pytest.raises(CustodyUnavailable):
        await put(scene, size=10_000)
    assert await of(QuarantinedMessage.objects.count) == 0
    assert not list((scene.house.directory / "blobs").glob("*/*"))


async def test_the_whole_way_of_a_release(scene: Scene) -> None:
    await of(lambda: [scene.house.service.user_add(ROOT, a.name, [r.value for r in a.roles], a.mailboxes) for a in (ANNA, BEN, STAFF)])
    id = (await put(scene)).id
    asked = await scene.client.call("request", STAFF, id=id, reason="I need it")
    assert asked.body == {"id": id, "status": "release_requested", "approvals": 0, "needed": 2}
    assert (await scene.client.call("approve", ANNA, id=id, reason="fine")).body["approvals"] == 1
    assert (await scene.client.call("approve", BEN, id=id, reason="fine too")).body["status"] == "releasing"
    await wait_for(lambda: status(id) == "released")
    (sender, to, head, body), = scene.delivery.releases
    assert (sender, to, body) == ("stranger@else.example", ("staff@bank.example",), octets())
    assert head.startswith(b"X-Sekisho-Release: ") and head.endswith(b"\r\n") and head.count(b"\n") == 1
    assert scene.events.named("released") == [{"event": "released", "id": id, "reply": "250"}]
    with pytest.raises(Refused) as caught:
        await scene.client.call("release", ROOT, id=id, reason="again")
    assert caught.value.code == "ALREADY-RELEASED"


async def test_fifty_parallel_releases_deliver_once(scene: Scene) -> None:
    id = (await put(scene)).id
    clients = [KeeperClient(scene.path, scene.keeper.ports.clock) for _ in range(5)]
    answers = await asyncio.gather(
        *(clients[n % 5].call("release", ROOT, id=id, reason="go") for n in range(50)), return_exceptions=True)
    assert sum(not isinstance(a, Exception) for a in answers) == 1
    assert {a.code for a in answers if isinstance(a, Refused)} <= {"ALREADY-RELEASING", "ALREADY-RELEASED"}
    await wait_for(lambda: status(id) == "released")
    assert len(scene.delivery.releases) == 1
    for client in clients:
        await client.close()


async def test_roles_are_looked_up_not_believed(scene: Scene) -> None:
    id = (await put(scene)).id
    with pytest.raises(Refused, match="no such account"):
        await scene.client.call("show", ANNA, id=id)
    await of(lambda: scene.house.service.user_add(ROOT, "anna", ["auditor"]))
    with pytest.raises(Refused) as caught:
        await scene.client.call("release", ANNA, id=id, reason="I am an analyst")
    assert caught.value.code == "FORBIDDEN"


async def test_the_command_line_uses_the_same_verbs(scene: Scene) -> None:
    id = (await put(scene, leak)).id

    def work() -> None:
        assert is_running(scene.path)
        caller = KeeperDesk(scene.path)
        listed = caller.call("list", ROOT).body["messages"]
        assert [m["id"] for m in listed] == [id]
        password = caller.call("user-add", ROOT, name="anna", roles=["analyst"]).body["password"]
        assert len(password) >= 16
        assert caller.call("user-list", ROOT).body["users"][0]["name"] == "anna"
        exported = caller.call("export", ROOT, id=id, reason="evidence")
        assert exported.body["password"] and read_all(exported)[:2] == b"PK"
        with pytest.raises(Refused):
            caller.call("show", ROOT, id="0" * 24)
        with pytest.raises(Refused, match="lacks an argument"):
            caller.call("release", ROOT, id=id)
        with pytest.raises(Refused, match="no such verb"):
            caller.call("no-verb", ROOT)
        assert caller.call("audit-verify", ROOT).body["flaws"] == []
        caller.close()
    await asyncio.to_thread(work)
    assert not is_running(scene.path.with_name("none.sock"))


async def test_every_verb_is_served(scene: Scene) -> None:
    """None of the table falls through to an unexpected error, whatever is missing."""
    for verb in desk.VERBS:
        for arguments in ({}, {"id": "x", "reason": "y", "name": "z", "roles": [1], "action": None}):
            try:
                await scene.client.call(verb, ROOT, **arguments)
            except Refused:
                continue
    assert scene.events.named("incident") == []


async def test_keys_rotate_while_mail_is_released(scene: Scene) -> None:
    from quarantine import keys
    ids = [(await put(scene, leak, data=octets(f"{n}"))).id for n in range(30)]
    old = scene.house.service.ring.current.id

    async def release() -> None:
        for id in ids:
            await scene.client.call("release", ROOT, id=id, reason="go")

    async def rotate() -> str:
        await of(keys.add_key, scene.house.key_file, scene.house.clock.now())
        key = (await scene.client.call("keys-reload", ROOT)).body["key"]
        assert (await scene.client.call("keys-rewrap", ROOT)).body["in_use"] in ([key], [])
        return key
    _, key = await asyncio.gather(release(), rotate())
    assert key != old
    await wait_for(lambda: QuarantinedMessage.objects.filter(status="released").count() == 30)
    assert sorted(body for *_, body in scene.delivery.releases) == sorted(octets(f"{n}") for n in range(30))
    assert set(await of(lambda: list(QuarantinedMessage.objects.values_list("key_id", flat=True)))) == {key}
    assert keys.forget_keys(scene.house.key_file, frozenset({key})) == (old,)
    assert read_all(await scene.client.call("export", ROOT, id=ids[0], raw=True, reason="x")) == octets("0")
    assert read_all(await scene.client.call("export", ROOT, id=ids[0], raw=True, reason="x"))


async def test_a_locked_database_is_451_and_recovers(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import connections
    await put(scene)
    connections.settings["default"]["OPTIONS"]["timeout"] = 0.2
    await scene.keeper.committer.alone(lambda _: connections["default"].close())
    await scene.keeper.committer.alone(lambda _: connections["default"].settings_dict["OPTIONS"].update(timeout=0.2))
    other = sqlite3.connect(scene.house.directory / "quarantine.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(CustodyUnavailable, match="locked"):
        await put(scene)
    other.execute("ROLLBACK")
    other.close()
    connections.settings["default"]["OPTIONS"]["timeout"] = 5.0
    await put(scene)
    assert await of(QuarantinedMessage.objects.count) == 2
    assert len(list((scene.house.directory / "blobs").glob("*/*"))) == 2, "what was refused is not kept"


async def test_without_room_mail_is_deferred_until_there_is(scene: Scene) -> None:
    scene.house.service.blobs.reserve = 1 << 60
    with pytest.raises(CustodyUnavailable, match="are free"):
        await put(scene)
    scene.house.service.blobs.reserve = 0
    await put(scene)


async def test_too_much_at_once_is_deferred(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.keeper.server.MOST_STAGING", 5)
    answers = await asyncio.gather(*(put(scene, data=octets(f"{n}")) for n in range(60)), return_exceptions=True)
    assert any(isinstance(a, CustodyUnavailable) for a in answers) and any(not isinstance(a, Exception) for a in answers)
    assert scene.keeper.staging.count == 0 and scene.keeper.staging.octets == 0


async def test_pending_mail_found_at_the_start_is_kept_and_its_notices_leave(house: House, keeper: Keeper) -> None:
    from gateway.model.custody import OutgoingMail
    notice = OutgoingMail("staff@bank.example", b"Subject: held\r\n\r\nyour mail\r\n", "notice")

    def before() -> str:
        data = octets()
        return house.service.admit_now(admission(data, pending=True, notices=(notice,)), memory(data)).id
    id = await asyncio.to_thread(before)
    assert await of(lambda: OutboxEntry.objects.get().state) == "waiting"
    assert (await keeper.start())["kept"] == 1
    await wait_for(lambda: OutboxEntry.objects.get().state == "done")
    assert await of(status, id) == Status.HELD
    sender, to, _, body = keeper.ports.delivery.taken[0]  # type: ignore[attr-defined]
    assert (sender, to, body) == ("", ("staff@bank.example",), notice.content)
    await keeper.stop()


async def test_a_client_connects_again_after_a_restart(house: House, scene: Scene) -> None:
    await put(scene)
    await scene.keeper.stop()
    with pytest.raises(CustodyUnavailable):
        await put(scene)
    second = Keeper(house.again(), scene.path, house.key_file, scene.keeper.ports)
    await second.start()
    await put(scene)
    await second.stop()
    scene.keeper.serving.clear()
    scene.keeper.committer = second.committer
    scene.keeper.__post_init__()


async def test_nonsense_on_the_socket_harms_nobody(scene: Scene) -> None:
    before = len(os.listdir("/proc/self/fd"))

    def speak(data: bytes) -> None:
        from gateway.effects.wire import connect
        with connect(scene.path, timeout=2.0) as raw:
            raw.sendall(data)
            raw.shutdown(socket.SHUT_WR)
            while raw.recv(4096):
                pass
    for data in (b"", b"\x00", b"\xff" * 8, struct.pack("!I", 2) + b"[]", struct.pack("!I", 5) + b"{nope", b"GET / HTTP/1.0\r\n\r\n",
                 struct.pack("!I", 20) + b'{"verb":"admit","n":', struct.pack("!I", 15) + b'{"verb":"admit"', struct.pack("!I", 2) + b"{}"):
        await asyncio.to_thread(speak, data)
    await put(scene)
    assert len(os.listdir("/proc/self/fd")) < before + 20, "a descriptor for each stays open"


async def test_who_may_connect(scene: Scene) -> None:
    assert scene.path.stat().st_mode & 0o077 == 0
    assert scene.path.parent.stat().st_mode & 0o077 == 0
    scene.keeper.uids = frozenset({4242})
    with pytest.raises(CustodyUnavailable):
        await put(scene)
    assert "may not connect" in scene.events.named("incident")[0]["reason"]


async def test_long_paths(house: House, keeper: Keeper) -> None:
    keeper.path = house.directory / ("d" * 120) / "keeper.sock"
    keeper.path.parent.mkdir(mode=0o700)
    await keeper.start()
    client = KeeperClient(keeper.path, RealClock(house))
    assert (await client.ask({"verb": "ping"})).body["pid"] == os.getpid()
    await client.close()
    await keeper.stop()


async def test_nothing_readable_in_the_state_directory(scene: Scene) -> None:
    """Bodies, subjects, findings, notices: none of it can be grepped, before or after a release."""
    from gateway.model.custody import OutgoingMail
    notice = OutgoingMail("staff@bank.example", f"Subject: {MARKER}\r\n\r\n{MARKER}\r\n".encode(), "notice")
    first, second = await put(scene, notices=(notice,)), await put(scene, leak, pending=True, notices=(notice,))
    await scene.client.call("release", ROOT, id=first.id, reason="go")
    await wait_for(lambda: status(first.id) == "released")
    assert second.id and scene.delivery.taken
    files = [p for p in scene.house.directory.rglob("*") if p.is_file()]
    assert len(files) >= 4
    for path in files:
        assert MARKER.encode() not in path.read_bytes(), path
        assert b"MARKER-6d1f" not in path.read_bytes(), path


async def test_the_stop_signs_the_chain(house: House, keeper: Keeper) -> None:
    from quarantine.models import Checkpoint
    await keeper.start()
    await of(lambda: house.service.note(ADMIN, "login"))
    await keeper.stop()
    assert await of(lambda: Checkpoint.objects.get().seq) == await of(AuditRecord.objects.count) - 1      # and its own record
    assert not Path(keeper.path).exists()
