"""What one listener and its sessions go by: the contract's settings in the form that the edge works with."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gateway.model.address import normalise_domain

MOST_KNOWN = 4096                        # addresses whose answer is kept
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Networks:
    """A set of addresses, written as CIDR."""

    networks: tuple[Network, ...] = ()
    _known: dict[str, bool] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, texts: Iterable[object]) -> Networks:
        return cls(tuple(ipaddress.ip_network(str(text), strict=False) for text in texts))

    def __contains__(self, address: str) -> bool:
        known = self._known.get(address)
        if known is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            known = self._known[address] = _member(self.networks, address)
        return known


LOOPBACK = Networks.of(("127.0.0.0/8", "::1/128"))


def _member(networks: tuple[Network, ...], address: str) -> bool:
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return any(ip.version == n.version and ip in n for n in networks)


@dataclass(frozen=True, slots=True)
class Hop:
    """One address of a next hop."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class NextHopSettings:
    """Where mail goes and how."""

    hops: tuple[Hop, ...]                # tried in order
    tls: str = "none"                    # none opportunistic required
    credentials: Path | None = None      # file with two lines: user, password
    ca: Path | None = None               # PEM of the authority that `required` checks against; None: the system's
    connections: int = 40                # per next hop and process; Postfix's smtpd has 100 processes by default
    connect: float = 10.0                # seconds for TCP connect, greeting and EHLO together
    command: float = 30.0                # seconds for the answer to a command
    final: float = 600.0                 # seconds for the answer to the final dot (RFC 5321 section 4.5.3.2.6)
    idle: float = 10.0                   # seconds an unused connection is kept
    reserve: float = 20.0                # seconds left for its final answer, or we do not begin it
    parked: float = 5.0                  # seconds a transaction waits for its content with recipients offered
    resets: int = 50                     # RSETs after which a connection is not used again (Postfix counts them as junk)


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """Bounds of one session. All in seconds, octets or counts; each names its precedent."""

    command: float = 300.0               # between commands: RFC 5321 section 4.5.3.2.7
    command_stress: float = 10.0         # the same above 80 % of all connections: Postfix stress mode
    proxy: float = 5.0                   # for the PROXY header
    data: float = 180.0                  # between two pieces of content: RFC 5321 section 4.5.3.2.5
    data_total: float = 3600.0
    data_grace: float = 60.0             # after it content must come at `data_rate` on average
    data_rate: int = 1000                # octets a second
    recipients: int = 3000               # of one transaction: Postfix smtpd_recipient_limit has 1000
    errors: int = 20                     # Postfix smtpd_hard_error_limit
    junk: int = 100                      # NOOP, RSET, VRFY, HELP without a mail: Postfix smtpd_junk_command_limit
    flood: int = 64 << 20                # octets beyond the size limit that are read and dropped before we hang up


@dataclass(frozen=True, slots=True)
class AdmissionLimits:
    """Bounds over all sessions of one process."""

    connections: int = 4000
    per_address: int = 200               # open connections of one address outside `exempt`
    connects: int = 600                  # new connections a minute of one address outside `exempt`
    messages: int = 1200                 # messages a minute of one address outside `exempt`
    recipients: int = 12_000             # recipients a minute of one address outside `exempt`
    exempt: Networks = LOOPBACK          # `trust` peers are exempt too: they speak for many

    @classmethod
    def of(cls, config: Any) -> AdmissionLimits:
        """From gateway.config's `limits`; connections are shared out evenly among the processes."""
        limits = config.limits
        return cls(max(1, limits.connections // config.gateway.processes), limits.connections_per_client,
                   messages=limits.messages_per_minute, connects=limits.messages_per_minute,
                   recipients=10 * limits.messages_per_minute)

    def within(self, connections: int) -> AdmissionLimits:
        return replace(self, connections=connections)


@dataclass(frozen=True, slots=True)
class ListenerSettings:
    """One `[[listener]]` of the contract."""

    name: str
    address: Hop
    direction: str                       # inbound outbound auto
    next_hop: NextHopSettings
    clients: Networks
    trust: Networks
    hostname: str
    our_domains: frozenset[str]          # as Mailbox.domain has them
    tls: str = "none"                    # none starttls required implicit
    tls_cert: Path | None = None
    tls_key: Path | None = None
    max_size: int = 50 << 20
    proxy: bool = False
    stray: str = "reject"                # reject normalize
    owner: str = ""
    observe: bool = False
    final_reply: float = 90.0
    limits: SessionLimits = field(default_factory=SessionLimits)

    @classmethod
    def of(cls, config: Any, listener: Any) -> ListenerSettings:
        """From gateway.config's values: `config.gateway`, `config.limits` and one of `config.listeners`."""
        hops = tuple(Hop(e.host, e.port) for e in listener.next_hop)
        return cls(
            name=listener.name,
            address=Hop(listener.address.host, listener.address.port),
            direction=str(listener.direction),
            next_hop=NextHopSettings(hops, listener.next_hop_tls, listener.next_hop_credentials or None,
                                     listener.next_hop_ca or None, reserve=min(20.0, config.limits.final_reply / 4)),
            clients=Networks.of(listener.clients),
            trust=Networks.of(listener.trust),
            hostname=config.gateway.hostname,
            our_domains=frozenset(normalise_domain(d) for d in config.gateway.our_domains),
            tls=listener.tls,
            tls_cert=listener.tls_cert or None,
            tls_key=listener.tls_key or None,
            max_size=listener.max_size,
            proxy=listener.proxy == "required",
            stray=listener.stray,
            owner=listener.owner or "",
            observe=listener.mode == "observe",
            final_reply=config.limits.final_reply,
            limits=SessionLimits(command=config.limits.idle, data_total=config.limits.data, recipients=config.limits.recipients),
        )
