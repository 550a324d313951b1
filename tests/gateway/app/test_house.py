import asyncio
import os
import signal
import socket
from dataclasses import replace

import pytest

from gateway.app import house as module
from gateway.app.house import House, bind, prepare, refuse_moves, warned
from gateway.config import Endpoint, load
from gateway.model.errors import ConfigError, SekishoError
from tests.builders.commands import write_config
from tests.builders.ports import free_port
from tests.builders.waiting import until
from tests.gateway.app.test_edge import EXCEPTION


@pytest.fixture
def port():
    return free_port()


def written(folder, port, more="", console=""):
    write_config(folder, port=port, more=more)
    path = folder / "sekisho.toml"
    path.write_text(path.read_text().replace('console = ""', f'console = "{console}"\nprocesses = 3'))
    return path


def config(*arguments, **options):
    return load(written(*arguments, **options))


class Events(list):
    def emit(self, event, /, **fields):
        self.append((event, fields))


class Lanes:
    signature_version = "s1"

    def __init__(self, failure=None):
        self.failure, self.loaded = failure, []

    async def reload(self, config):
        if self.failure:
            raise self.failure
        self.loaded.append(config)


class Well:
    """Supervisor, lanes and keeper of a gateway that is ready."""

    answers = True

    def missing(self):
        return []

    def ready(self):
        return True


class Told:
    def __init__(self, answers=None):
        self.answers, self.orders = answers or {}, []

    async def tell(self, roles, order, brief):
        self.orders.append((order, brief.config))
        return dict(self.answers)


def test_processes_share_a_port_and_a_second_gateway_does_not(tmp_path, port):
    house = House(config(tmp_path, port))
    house.listen()
    assert len(house.sockets["inbound"]) == 3 and len({s.getsockname() for s in house.sockets["inbound"]}) == 1
    with pytest.raises(ConfigError, match=f"cannot listen on 127.0.0.1:{port}: Address already in use"):
        House(config(tmp_path, port)).listen()
    for listener in house.sockets["inbound"]:
        listener.close()


def test_each_edge_gets_a_socket_of_its_own(tmp_path, port):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        console = f"127.0.0.1:{free.getsockname()[1]}"
    house = House(config(tmp_path, port, console=console))
    house.listen()
    workers = {w.name: w for w in house.workers()}
    assert list(workers) == ["keeper", "edge-0", "edge-1", "edge-2", "console"]
    assert len({workers[f"edge-{n}"].fds for n in range(3)}) == 3 and workers["edge-1"].brief().sockets[0][1] == workers["edge-1"].fds[0]
    assert workers["edge-0"].stage < workers["console"].stage < workers["keeper"].stage     # the keeper outlives who needs it
    assert not workers["console"].vital and workers["keeper"].vital and workers["keeper"].fds == ()
    for listener in [*house.sockets["inbound"], house.console]:
        listener.close()


def test_nothing_to_serve(tmp_path):
    path = tmp_path / "sekisho.toml"
    path.write_text(f'[gateway]\nstate_dir = "{tmp_path}/state"\n')
    with pytest.raises(ConfigError, match="nothing to serve"):
        asyncio.run(House(load(path)).serve())
    assert not (tmp_path / "state").exists()


def test_addresses_of_both_families():
    for address in (Endpoint("127.0.0.1", 0), Endpoint("::1", 0)):
        listener = bind(address, shared=True)
        assert not listener.getblocking()
        listener.close()
    with pytest.raises(ConfigError, match=r"cannot listen on 192\.0\.2\.1:25"):
        bind(Endpoint("192.0.2.1", 25), shared=False)


def test_a_low_port_without_the_right_to_it(monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")
    monkeypatch.setattr(module.socket.socket, "bind", refuse)
    with pytest.raises(ConfigError, match=r"cannot listen on 127\.0\.0\.1:25: Permission denied; ports below 1024 need a right"):
        bind(Endpoint("127.0.0.1", 25), shared=False)
    with pytest.raises(ConfigError, match="is another program there"):
        bind(Endpoint("127.0.0.1", 10025), shared=False)


def test_the_state_directory_is_for_its_owner(tmp_path):
    prepare(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700
    (tmp_path / "file").touch()
    with pytest.raises(SekishoError, match="file"):
        prepare(tmp_path / "file" / "b")


async def test_a_reload_is_in_force_everywhere(tmp_path, port):
    house = House(config(tmp_path, port))
    house.events = Events()
    before = house.config
    config(tmp_path, port, more='retain = "7d"\n')
    lanes, told = Lanes(), Told({"edge-0": "", "keeper": ""})
    await house.reload(told, lanes)
    assert house.config.quarantine.retain == 7 * 86400 != before.quarantine.retain
    assert lanes.loaded == [house.config] and told.orders == [("reload", house.config)]
    assert house.events[0][1]["outcome"] == "success" and house.events[0][1]["signatures"] == "s1"


@pytest.mark.parametrize(("more", "lanes", "answers", "said"), [
    ("nonsense = 1\n", Lanes(), {}, "nonsense"),
    ("[gateway2]\n", Lanes(), {}, "gateway2"),
    ('retain = "7d"\n', Lanes(SekishoError("a rule does not compile")), {}, "a rule does not compile"),
    ('retain = "7d"\n', Lanes(), {"edge-1": "no certificate", "edge-0": ""}, "edge-1: no certificate"),
])
async def test_a_reload_that_fails_keeps_the_old_and_says_why(tmp_path, port, more, lanes, answers, said):
    house = House(config(tmp_path, port))
    house.events, before = Events(), house.config
    written(tmp_path, port, more=more)
    told = Told(answers)
    await house.reload(told, lanes)
    assert house.config is before and house.events[0][0] == "reload"
    assert house.events[0][1]["outcome"] == "failure" and said in house.events[0][1]["reason"]
    # who had taken the new one has the old one again
    assert not told.orders or told.orders[-1] == ("reload", before)
    assert not lanes.loaded or lanes.loaded[-1] is before


async def test_an_exception_of_the_console_brings_nothing_else_with_it(tmp_path, port):
    """Somebody writes in the configuration file at that moment: what stands there, good or bad, waits for their reload."""
    house = House(config(tmp_path, port))
    house.events, before = Events(), house.config
    house.config.gateway.state_dir.mkdir(exist_ok=True)
    made = house.config.gateway.state_dir / "exceptions.toml"
    for more in ('retain = "7d"\n', "retain = half a"):
        written(tmp_path, port, more=more)
        made.write_text(EXCEPTION)
        lanes, told = Lanes(), Told({"edge-0": "", "keeper": ""})
        await house.follow(told, lanes)
        assert told.orders == [("follow", house.config)] and lanes.loaded == []
        assert replace(house.config, exceptions=(), version="") == replace(before, version="")
        assert house.config.exceptions[0].table["id"] == "console-1"
        made.unlink()
        await house.follow(told, lanes)
        assert house.config == before
    assert all(f["outcome"] == "success" and f["part"] == "exceptions" for _, f in house.events)


@pytest.mark.parametrize(("text", "answers", "said"), [
    ("[[exception]", {}, "no valid TOML"), ("[gateway]\n", {}, "tables only"),
    (EXCEPTION.replace("block-executables", "none"), {}, "there is no rule"), ("", {"edge-1": "no"}, "edge-1: no")])
async def test_an_exception_that_cannot_be_followed_changes_nothing(tmp_path, port, text, answers, said):
    house = House(config(tmp_path, port))
    house.events, before = Events(), house.config
    house.config.gateway.state_dir.mkdir(exist_ok=True)
    (house.config.gateway.state_dir / "exceptions.toml").write_text(text)
    told = Told(answers)
    await house.follow(told, Lanes())
    assert house.config is before and (not told.orders or told.orders[-1] == ("follow", before))
    assert house.events[0][1]["outcome"] == "failure" and said in house.events[0][1]["reason"]


@pytest.mark.parametrize("line", ['state_dir = "/elsewhere"', "processes = 4", 'ops = "127.0.0.1:1"', 'address = "127.0.0.1:1"'])
def test_what_is_tied_to_processes_changes_at_a_restart_only(tmp_path, port, line):
    before = config(tmp_path, port)
    path = tmp_path / "sekisho.toml"
    name = line.partition(" ")[0]
    path.write_text("\n".join(line if text.startswith(name + " ") else text for text in path.read_text().splitlines()))
    with pytest.raises(ConfigError, match="changes only at a restart"):
        refuse_moves(before, load(path))
    refuse_moves(before, before)


@pytest.mark.parametrize("line", ['database = "postgresql://u@h/n"', 'key_file = "{}/other"', 'blobs = "s3://b/x"\nblobs_credentials = "{}/s3"'])
def test_where_held_mail_is_changes_at_a_restart_only(tmp_path, port, line):
    """Said to be in force, and done at the next restart: mail would be held elsewhere by surprise."""
    (tmp_path / "s3").touch(0o600)
    before = config(tmp_path, port)
    with pytest.raises(ConfigError, match=rf"quarantine.{line.split()[0]} changes only at a restart"):
        refuse_moves(before, config(tmp_path, port, more=line.format(tmp_path) + "\n"))


async def test_signals(tmp_path, port):
    house = House(config(tmp_path, port))
    reloads = []

    async def reload(supervisor, lanes):
        reloads.append("begin")
        await asyncio.sleep(0.05)
        reloads.append("end")

    house.reload = house.follow = reload
    house.loaded.set()
    stopping = house.signals(None, None)
    for number in (signal.SIGHUP, signal.SIGUSR1):
        os.kill(os.getpid(), number)
        await until(lambda: reloads)
    await until(lambda: len(reloads) == 4)
    assert reloads == ["begin", "end"] * 2 and not stopping.is_set()         # one after the other
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(stopping.wait(), 60)
    for number in (signal.SIGHUP, signal.SIGUSR1, signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().remove_signal_handler(number)


async def test_a_reload_waits_for_a_start_and_a_stop_does_not(tmp_path, port):
    """Once: SIGHUP in the first second ended the gateway, SIGTERM left what was being loaded to be killed."""
    house = House(config(tmp_path, port))
    reloads, ended = [], asyncio.Event()

    async def reload(supervisor, lanes):
        reloads.append("done")

    class Slow:
        async def start(self):
            try:
                await asyncio.sleep(3600)
            finally:
                ended.set()

    house.reload = reload
    stopping = house.signals(None, None)
    loading = asyncio.create_task(house.load(Slow(), stopping))
    await asyncio.sleep(0)
    os.kill(os.getpid(), signal.SIGHUP)
    await asyncio.sleep(0.05)
    assert not reloads and not loading.done()
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(loading, 60)
    await asyncio.wait_for(ended.wait(), 60)
    assert not reloads and not house.loaded.is_set()

    class Quick:
        async def start(self):
            return None

    await asyncio.wait_for(house.load(Quick(), asyncio.Event()), 60)
    await asyncio.sleep(0.05)
    assert reloads == ["done"]
    for number in (signal.SIGHUP, signal.SIGUSR1, signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().remove_signal_handler(number)


async def test_lanes_that_cannot_be_had_end_the_start(tmp_path, port):
    class Fails:
        async def start(self):
            raise SekishoError("a layer is missing")

    with pytest.raises(SekishoError, match="a layer is missing"):
        await House(config(tmp_path, port)).load(Fails(), asyncio.Event())


async def test_readiness_is_announced_once_all_accept(tmp_path, port, monkeypatch):
    told = []
    monkeypatch.setattr(module, "notify", told.append)
    house = House(config(tmp_path, port))
    house.events = Events()

    class Supervisor:
        async def wait_ready(self):
            await asyncio.sleep(0.01)

    await house.announce(Supervisor(), asyncio.Event())
    assert house.events == [("ready", {"listeners": {"inbound": f"127.0.0.1:{port}"}, "console": ""})] and told == [b"READY=1"]


def test_what_is_doubtful_is_said_at_the_start(tmp_path, port):
    """Of settings and of exceptions alike: who never calls `policy check` reads the log."""
    assert warned(config(tmp_path, port)) == {}
    exception = '\n[[exception]]\nid = "e"\nrule = "block-macros"\nscope = { sender = ["a.example"] }\nowner = "a@bank.example"\nuntil = 2030-01-01\n'
    hop = '[notices]\nfrom = "guard@other.example"\n'
    first, second = warned(config(tmp_path, port, more=hop + exception))["warnings"]
    assert "is not of our_domains" in first and "anyone can write that sender" in second


async def test_a_stop_before_readiness_ends_quietly_and_a_failure_loudly(tmp_path, port):
    house = House(config(tmp_path, port))
    house.events = Events()
    stopping = asyncio.Event()
    stopping.set()

    class Never:
        async def wait_ready(self):
            await asyncio.sleep(3600)

    class Fails:
        async def wait_ready(self):
            raise SekishoError("the key is broken")

    await house.announce(Never(), stopping)
    with pytest.raises(SekishoError, match="the key is broken"):
        await house.announce(Fails(), asyncio.Event())
    assert not house.events


async def test_health_says_who_is_missing(tmp_path, port):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        ops = free.getsockname()[1]
    write_config(tmp_path, port=port)
    path = tmp_path / "sekisho.toml"
    path.write_text(path.read_text().replace('ops = ""', f'ops = "127.0.0.1:{ops}"'))
    house = House(load(path))

    class Supervisor:
        def missing(self):
            return ["edge-0"]

    class Down:
        def ready(self):
            return False

    server = await house.health(Supervisor(), Down(), Well())
    reader, writer = await asyncio.open_connection("127.0.0.1", ops)
    writer.write(b"GET /readyz HTTP/1.0\r\n\r\n")
    answer = await reader.read()
    writer.close()
    assert b"503" in answer.split(b"\r\n")[0] and b"edge-0 is not running" in answer and b"lanes are not running" in answer
    with pytest.raises(ConfigError, match="ops cannot listen"):
        await house.health(Supervisor(), Down(), Well())
    await server.stop()
    house.aggregator.close()


async def test_a_gateway_that_stops_takes_no_connection_and_is_not_ready(tmp_path, port):
    ops = free_port()
    path = written(tmp_path, port)
    path.write_text(path.read_text().replace('ops = ""', f'ops = "127.0.0.1:{ops}"'))
    house = House(load(path))
    house.listen()
    socket.create_connection(("127.0.0.1", port), 1).close()

    server = await house.health(Well(), Well(), Well())
    house.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), 1)
    reader, writer = await asyncio.open_connection("127.0.0.1", ops)
    writer.write(b"GET /readyz HTTP/1.0\r\n\r\n")
    assert b"the gateway is stopping" in await reader.read()
    writer.close()
    await server.stop()
    house.aggregator.close()


async def test_a_gateway_whose_keeper_hangs_is_not_ready(tmp_path, port):
    """The process lives: only its answers tell."""
    ops = free_port()
    path = written(tmp_path, port)
    path.write_text(path.read_text().replace('ops = ""', f'ops = "127.0.0.1:{ops}"'))
    house, vigil = House(load(path)), Well()
    house.config.gateway.state_dir.mkdir(exist_ok=True)
    server = await house.health(Well(), Well(), vigil)
    assert server.answer("GET", "/readyz") == (200, "text/plain; charset=utf-8", b"ready\n")
    vigil.answers = False
    assert server.answer("GET", "/readyz")[::2] == (503, b"the keeper does not answer\n")
    await server.stop()
    house.aggregator.close()


def test_a_gateway_that_cannot_hold_is_not_ready(tmp_path, port):
    """A load balancer then gives the mail to a node that can: a sender would be put off again and again."""
    house = config(tmp_path, port)
    house.gateway.state_dir.mkdir(exist_ok=True)
    assert module.full(house) == []
    wanting = replace(house, quarantine=replace(house.quarantine, min_free=1 << 60))
    assert "less than quarantine.min_free is left" in module.full(wanting)[0]
    house.gateway.state_dir.rename(tmp_path / "elsewhere")
    assert "No such file or directory" in module.full(house)[0]


async def test_no_ops_address_no_health(tmp_path, port):
    assert await House(config(tmp_path, port)).health(None, None, None) is None
