"""The examination with what the configuration says: its name servers, its keys."""

from __future__ import annotations

from pathlib import Path

from gateway.app.domain import look_at, our_keys
from gateway.auth.health.keys import record
from gateway.config import load
from gateway.ops.clock import SystemClock
from tests.builders.certificates import files, pem, private
from tests.builders.zones import NameServer
from tests.gateway.auth.health.test_examine import GOOD_ZONE, Served


def config(folder: Path, port: int):
    paths = files(folder, key=pem("rsa"))
    file = folder / "sekisho.toml"
    file.write_text(f'[gateway]\nour_domains = ["good.example"]\n[auth]\nnameservers = ["127.0.0.1:{port}"]\n'
                    f'[[dkim]]\ndomain = "good.example"\nselector = "s1"\nkey_file = "{paths["key"]}"\n')
    return load(file)


async def test_our_own_domain_with_our_own_key(tmp_path: Path) -> None:
    with NameServer(GOOD_ZONE) as server:
        lines = await look_at("good.example", config(tmp_path, server.port), SystemClock(), 10.0, (), Served())
    assert [line.detail for line in lines if line.area == "dkim"][-1] == "the key that we sign with"
    assert {line.status for line in lines} == {"ok"}


def test_keys_are_those_of_the_domain(tmp_path: Path) -> None:
    made = config(tmp_path, 53)
    assert {s: record(k) for s, k in our_keys(made, "good.example").items()} == {"s1": record(private("rsa").public_key())}
    assert our_keys(made, "other.example") == {}
    (tmp_path / "key").unlink()
    assert our_keys(made, "good.example") == {}, "said by `policy check`"
