"""Settings of the contract in the edge's form."""

from __future__ import annotations

from pathlib import Path

from gateway.config import load
from gateway.edge.settings import AdmissionLimits, ListenerSettings, Networks


def test_networks() -> None:
    networks = Networks.of(["192.0.2.0/24", "2001:db8::/32"])
    inside = ["192.0.2.1", "::ffff:192.0.2.1", "2001:db8::1", "2001:db8::1%eth0"]
    assert [a in networks for a in inside] == [True] * 4
    assert [a in networks for a in ("192.0.3.1", "2001:db9::1", "", "nonsense")] == [False] * 4
    assert "192.0.2.1" not in Networks()


CONFIG = """
[gateway]
hostname = "mx.bank.example"
our_domains = ["Bank.Example"]
processes = 2
[limits]
final_reply = "40s"
inspection = "15s"
recipients = 500
connections = 100
connections_per_client = 7
idle = "60s"
[[listener]]
name = "inbound"
address = "127.0.0.1:10025"
direction = "inbound"
next_hop = ["[::1]:26", "127.0.0.1:27"]
next_hop_tls = "required"
trust = ["127.0.0.1/32"]
proxy = "required"
stray = "normalize"
mode = "observe"
"""


def test_a_listener_of_the_configuration(tmp_path: Path) -> None:
    file = tmp_path / "sekisho.toml"
    file.write_text(CONFIG)
    config = load(file)
    found = ListenerSettings.of(config, config.listeners[0])
    assert (found.proxy, found.observe, found.stray, found.our_domains) == (True, True, "normalize", frozenset({"bank.example"}))
    assert [str(h) for h in found.next_hop.hops] == ["[::1]:26", "127.0.0.1:27"]
    assert (found.next_hop.tls, found.next_hop.reserve, found.final_reply) == ("required", 10.0, 40.0)
    assert "127.0.0.1" in found.trust and "127.0.0.2" not in found.trust
    assert (found.limits.recipients, found.limits.command) == (500, 60.0)
    limits = AdmissionLimits.of(config)
    assert (limits.connections, limits.per_address, limits.messages) == (50, 7, 1200), "connections are shared by two processes"


def test_fewer_connections_where_files_are_scarce() -> None:
    assert AdmissionLimits().within(7).connections == 7
