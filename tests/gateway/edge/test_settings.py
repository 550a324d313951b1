"""Settings of the contract in the edge's form."""

from __future__ import annotations

from types import SimpleNamespace

from gateway.edge.settings import AdmissionLimits, Hop, ListenerSettings, Networks


def test_networks() -> None:
    networks = Networks.of(["192.0.2.0/24", "2001:db8::/32"])
    inside = ["192.0.2.1", "::ffff:192.0.2.1", "2001:db8::1", "2001:db8::1%eth0"]
    assert [a in networks for a in inside] == [True] * 4
    assert [a in networks for a in ("192.0.3.1", "2001:db9::1", "", "nonsense")] == [False] * 4
    assert "192.0.2.1" not in Networks()


def test_a_listener_of_the_configuration() -> None:
    config = SimpleNamespace(gateway=SimpleNamespace(hostname="mx.bank.example", our_domains=["Bank.Example"]),
                             limits=SimpleNamespace(final_reply=90.0))
    listener = SimpleNamespace(
        name="inbound", address=Hop("127.0.0.1", 10025), direction="inbound", next_hop=[Hop("::1", 26), Hop("127.0.0.1", 27)],
        next_hop_tls="required", next_hop_credentials="", clients=["127.0.0.0/8"], trust=[], tls="none", tls_cert="", tls_key="",
        max_size=1000, proxy="required", stray="normalize", owner="", mode="observe")
    found = ListenerSettings.of(config, listener)
    assert (found.proxy, found.observe, found.stray, found.our_domains) == (True, True, "normalize", frozenset({"bank.example"}))
    assert [str(h) for h in found.next_hop.hops] == ["[::1]:26", "127.0.0.1:27"]
    assert "127.0.0.1" not in found.trust


def test_fewer_connections_where_files_are_scarce() -> None:
    assert AdmissionLimits().within(7).connections == 7
