"""Settings reach the keeper."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from gateway.app.keeper import next_hops
from gateway.config import load
from gateway.ops.clock import SystemClock

FILE = """
[gateway]
our_domains = ["bank.example"]
state_dir = "{state}"
[[listener]]
name = "in"
address = "127.0.0.1:10025"
direction = "inbound"
next_hop = ["127.0.0.1:10026"]
[quarantine]
retain = "5d"
four_eyes_persons = 7
[notices]
next_hop = ["127.0.0.1:10027"]
"""


async def test_next_hops_of_releases_and_of_notices(tmp_path: Path) -> None:
    file = tmp_path / "sekisho.toml"
    file.write_text(FILE.format(state=tmp_path))
    hops = next_hops(load(file), SystemClock())
    assert {name: hop.settings.hops[0].port for name, hop in hops.items()} == {"in": 10026, "": 10027}


def test_the_settings_of_custody(tmp_path: Path) -> None:
    from gateway.app.custody import settings  # Django is configured by the test builders
    from tests.builders import custody as _  # noqa: F401

    file = tmp_path / "sekisho.toml"
    file.write_text(FILE.format(state=tmp_path))
    found = settings(load(file))
    assert found.four_eyes_persons == 7 and found.retain == timedelta(days=5)
