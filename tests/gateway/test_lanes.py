import asyncio
import os
import signal
import subprocess
from typing import ClassVar

import pytest

from gateway import lanes as module
from gateway.config import load
from gateway.inspection.launch import DEEP, PLAIN, TOOL, CellError
from gateway.inspection.lockdown import Layer
from gateway.lanes import Lanes, settings
from gateway.ops.clock import SystemClock
from gateway.reference import edm_store
from tests.builders.waiting import until

CLOCK = SystemClock()


class Events(list):
    def emit(self, event, /, **fields):
        self.append((event, fields))


class FakeZygote:
    """A process that only lives, and notes what is done to it."""

    made: ClassVar[list] = []
    failing = ""
    more = ()

    def __init__(self, lane, path, wanted, standby=None):
        self.lane, self.settings, self.did = lane, wanted, []
        self.process = standby.process if standby is not None and standby.fitting else subprocess.Popen(["sleep", "60"])
        self.control = type("Control", (), {"close": lambda me: None})()
        self.signature_version = f"v{len(self.made)}"
        self.layers = (Layer("seccomp", True), Layer("empty-root", lane != TOOL, "not for tools"), *self.more)
        self.made.append(self)

    def load(self, clock, seconds):
        if self.failing == self.lane:
            raise CellError(f"the {self.lane} lane: no")
        self.did.append("load")

    def take_over(self):
        self.did.append("take over")

    def wait_ready(self, clock, seconds):
        self.load(clock, seconds)
        self.take_over()

    @property
    def alive(self):
        return self.process.poll() is None

    def retire(self):
        self.did.append("retire")
        self.process.kill()

    def stop(self, seconds=5.0):
        self.did.append("stop")
        self.process.kill()
        self.process.wait()


class FakeStandby:
    """A process that only lives; `fitting` where a launch may take it."""

    made: ClassVar[list] = []
    fitting = True

    def __init__(self, lane, wanted):
        self.lane, self.ended = lane, False
        self.process = subprocess.Popen(["sleep", "60"])
        self.made.append(self)

    def end(self):
        self.ended = True
        self.process.kill()
        self.process.wait()


@pytest.fixture
def ahead(monkeypatch):
    """Zygotes loaded ahead at once, not after a while."""
    class Standbys(FakeStandby):
        made: ClassVar[list] = []

    monkeypatch.setattr(module, "stand_by", Standbys)
    monkeypatch.setattr(module, "AHEAD", 0.01)
    yield Standbys
    for standby in Standbys.made:
        standby.end()


@pytest.fixture
def fake(monkeypatch):
    class Zygotes(FakeZygote):
        made: ClassVar[list] = []

    monkeypatch.setattr(module, "launch", Zygotes)
    yield Zygotes
    for zygote in Zygotes.made:
        zygote.process.kill()
        zygote.process.wait()


def configured(folder, more=""):
    (folder / "sekisho.toml").write_text(f'[gateway]\nstate_dir = "{folder}"\nprocesses = 3\n{more}')
    return load(folder / "sekisho.toml")


def lanes(folder, more=""):
    return Lanes(configured(folder, more), folder / "run", CLOCK, Events())


def test_settings_of_a_lane(tmp_path):
    config = configured(tmp_path, '[limits]\nmemory = "512MiB"\ncpu = "10s"\n[inspection]\nchildren = 8\ndeep_children = 5\nreuse = 7\n'
                        'require = ["seccomp"]\n')
    plain, deep, tool = (settings(config, lane, tmp_path / "own") for lane in (PLAIN, DEEP, TOOL))
    assert (plain.children, deep.children) == (8 + 3 + 1, 6) and (plain.spare, tool.spare) == (2, 1)
    assert (plain.memory, plain.cpu_seconds, plain.reuse, plain.require) == (512 << 20, 11, 7, ("seccomp",))
    assert (plain.state_dir, plain.registered) == (tmp_path / "own", tmp_path)


async def test_three_lanes_start_and_end_together(tmp_path, fake):
    house = lanes(tmp_path)
    assert not house.ready() and house.signature_version == ""
    await house.start()
    assert house.ready() and [z.lane for z in fake.made] == [PLAIN, DEEP, TOOL]
    assert all(z.did == ["load", "take over"] for z in fake.made) and house.signature_version == "v1"
    await house.stop()
    assert not house.ready() and not any(z.alive for z in fake.made)


async def test_layers_that_do_not_hold_are_told(tmp_path, fake):
    """The filter of a service manager may forbid what a shell has: `doctor` in a shell saw them hold."""
    house = lanes(tmp_path)
    await house.start()
    assert house.events == []
    fake.more = (Layer("landlock", False, "forbidden"),)
    await house.reload(house.config)
    assert [(e, f["part"], f["reason"]) for e, f in house.events] == [
        ("incident", f"zygote-{lane}", "lacks: landlock (forbidden)") for lane in (PLAIN, DEEP, TOOL)]
    await house.stop()


async def test_one_that_cannot_start_ends_all(tmp_path, fake):
    fake.failing = DEEP
    with pytest.raises(CellError, match="the deep lane: no"):
        await lanes(tmp_path).start()
    assert [z.did[-1] for z in fake.made] == ["stop"] * 3 and not any("take over" in z.did for z in fake.made)


async def test_a_start_that_is_given_up_leaves_nothing(tmp_path, fake, monkeypatch):
    """A thread that still waits for a zygote would keep the whole process waiting."""
    monkeypatch.setattr(fake, "load", lambda zygote, clock, seconds: zygote.process.wait(60) and None)
    house = lanes(tmp_path)
    starting = asyncio.create_task(house.start())
    await until(lambda: len(fake.made) == 3)
    await asyncio.sleep(0.05)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert not any(z.alive for z in fake.made) and all(z.did == ["stop"] for z in fake.made)
    await house.stop()


async def test_a_reload_takes_over_and_retires_the_old(tmp_path, fake):
    house = lanes(tmp_path)
    await house.start()
    await house.reload(house.config)
    old, new = fake.made[:3], fake.made[3:]
    assert all(z.did[-1] == "retire" for z in old) and all(z.did == ["load", "take over"] for z in new) and house.ready()
    await house.stop()
    assert not house.events


async def test_a_reload_that_fails_changes_nothing(tmp_path, fake):
    house = lanes(tmp_path)
    await house.start()
    fake.failing = TOOL
    with pytest.raises(CellError):
        await house.reload(house.config)
    assert list(house.zygotes.values()) == fake.made[:3] and house.ready()
    await house.stop()


async def test_a_zygote_that_dies_is_started_again(tmp_path, fake, monkeypatch):
    monkeypatch.setattr(module, "FIRST_DELAY", 0.01)
    house = lanes(tmp_path)
    await house.start()
    os.kill(fake.made[0].process.pid, signal.SIGKILL)
    await until(lambda: house.zygotes[PLAIN] is not fake.made[0])
    assert house.ready() and house.zygotes[DEEP] is fake.made[1]
    assert house.events == [("restart", {"worker": "zygote-plain", "status": "exit -9", "delay": 0.01})]
    await house.stop()


@pytest.mark.parametrize(("status", "delays"), [("kill -9 $$", [0.01, 0.02, 0.03, 0.03]), ("exit 247", [0.01, 0.02, 0.03, 0.03]),
                                                ("exit 1", [0.01, 0.02, 0.04, 0.05])])
async def test_one_that_is_killed_while_it_loads_does_not_wait_for_long(tmp_path, fake, monkeypatch, status, delays):
    for name, seconds in (("FIRST_DELAY", 0.01), ("LAST_KILLED", 0.03), ("LAST_DELAY", 0.05)):
        monkeypatch.setattr(module, name, seconds)
    house = lanes(tmp_path)
    await house.start()

    def load(zygote, clock, seconds):
        zygote.process.kill()
        zygote.process.wait()
        zygote.process = subprocess.Popen(["sh", "-c", status])
        zygote.process.wait()
        raise CellError("ended while loading")

    monkeypatch.setattr(fake, "load", load)
    os.kill(fake.made[0].process.pid, signal.SIGKILL)
    await until(lambda: len(house.events) >= 4)
    assert [f["delay"] for _, f in house.events][:4] == delays
    await house.stop()


async def test_one_that_cannot_be_started_again_is_tried_again(tmp_path, fake, monkeypatch):
    monkeypatch.setattr(module, "FIRST_DELAY", 0.01)
    house = lanes(tmp_path)
    await house.start()
    fake.failing = PLAIN
    fake.made[0].process.kill()
    await until(lambda: len(fake.made) > 4)
    assert not house.ready()
    fake.failing = ""
    await until(house.ready)
    await house.stop()


async def test_what_is_registered_is_followed(tmp_path, fake):
    house = lanes(tmp_path)
    await house.start()
    following = asyncio.create_task(house.follow(0.02))
    await asyncio.sleep(0.1)
    assert len(fake.made) == 3                           # nothing changed, nothing is renewed
    (tmp_path / "c.csv").write_text("name,phone\n林美玲,0912345678\n", "utf-8")
    (tmp_path / "edm").mkdir()
    (tmp_path / "edm" / ".half.written").write_text("x")
    await asyncio.sleep(0.1)
    assert len(fake.made) == 3
    edm_store.import_csv(tmp_path, "customers", tmp_path / "c.csv")
    await until(lambda: house.events)
    assert house.events == [("reload", {"outcome": "success", "registered": 1})] and len(fake.made) == 6
    fake.failing = DEEP
    edm_store.drop(tmp_path, "customers")
    await until(lambda: len(house.events) > 1)
    assert house.events[1] == ("reload", {"outcome": "failure", "reason": "the deep lane: no"}) and house.ready()
    fake.failing = ""
    await until(lambda: len(house.events) > 2)           # it is tried again without another change
    assert house.events[2][1]["outcome"] == "success"
    following.cancel()
    await house.stop()


async def test_the_end_of_a_process_is_seen_without_reaping_it():
    process = await asyncio.create_subprocess_exec("sleep", "0.1")
    await asyncio.wait_for(module.ended(process.pid), 5)
    await process.wait()
    await asyncio.wait_for(module.ended(process.pid), 5)


async def test_what_was_loaded_ahead_is_used_by_the_next_reload(tmp_path, fake, ahead):
    house = lanes(tmp_path)
    await house.start()
    await until(lambda: len(ahead.made) == 2)
    await house.reload(house.config)
    taken = {zygote.lane: zygote.process for zygote in house.zygotes.values()}
    assert all(taken[standby.lane] is standby.process for standby in ahead.made[:2])
    await until(lambda: len(ahead.made) == 4)
    await house.stop()
    assert all(standby.ended for standby in ahead.made[2:])


async def test_one_that_fits_no_more_or_died_is_put_away(tmp_path, fake, ahead):
    house = lanes(tmp_path)
    await house.start()
    await until(lambda: len(ahead.made) == 2)
    first, second = ahead.made
    first.fitting = False
    await house.reload(house.config)
    assert first.ended and not second.ended
    await until(lambda: len(ahead.made) == 4)
    ahead.made[2].process.kill()
    await until(lambda: len(ahead.made) == 5)
    assert ahead.made[2].ended and ahead.made[4].lane == ahead.made[2].lane
    await house.stop()


async def test_without_room_for_one_reloads_go_on(tmp_path, fake, monkeypatch):
    def refuse(lane, wanted):
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(module, "stand_by", refuse)
    monkeypatch.setattr(module, "AHEAD", 0.01)
    house = lanes(tmp_path)
    await house.start()
    await until(lambda: any(event == "incident" and fields["part"] == "zygote-deep" for event, fields in house.events))
    await house.reload(house.config)
    assert house.ready()
    await house.stop()
