"""Name servers for tests: a zone in memory that answers like gateway.auth.resolver, and a real one on loopback."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections.abc import Mapping

from dnslib import AAAA, CNAME, MX, PTR, QTYPE, RR, SOA, TXT, A
from dnslib.server import DNSLogger, DNSServer

from gateway.auth.resolver import TemporaryFailure

# name -> records as (type, value); the value TIMEOUT makes every question about that type fail
Zone = Mapping[str, list[tuple[str, object]]]
TIMEOUT = "TIMEOUT"


class Names:
    """A Lookup over a zone; `asked` lists every question."""

    def __init__(self, zone: Zone) -> None:
        self.zone = {name.lower().rstrip("."): list(records) for name, records in zone.items()}
        self.asked: list[tuple[str, str]] = []

    def records(self, name: str, kind: str, level: int = 0) -> list:
        if level == 0:
            self.asked.append((name, kind))
        found = self.zone.get(name.lower().rstrip("."), [])
        for type_, value in found:
            if type_ == "CNAME" and level < 5:
                return self.records(str(value), kind, level + 1)
        values = [value for type_, value in found if type_ in (kind, "*")]
        if TIMEOUT in values:
            raise TemporaryFailure("timeout")
        return values

    async def text(self, name):
        return [v if isinstance(v, bytes) else v.encode() for v in self.records(name, "TXT")]

    async def addresses(self, name, version):
        return [ipaddress.ip_address(v) for v in self.records(name, "A" if version == 4 else "AAAA")]

    async def exchanges(self, name):
        return [host for _, host in sorted(self.records(name, "MX"))]

    async def pointers(self, address):
        return list(self.records(address.reverse_pointer, "PTR"))

    async def exists(self, name):
        self.records(name, "A")
        name = name.lower().rstrip(".")
        return any(known == name or known.endswith("." + name) for known in self.zone)


class NameServer:
    """A real name server on loopback (dnslib). Odd names behave oddly, by their first label:

    broken (SERVFAIL), refused, slow (answers after two seconds), silent (never), loop (CNAME to itself), lying (another
    name's answer), bomb (a thousand records).
    """

    def __init__(self, zone: Zone, negative_ttl: int = 60) -> None:
        self.zone = {name.lower().rstrip("."): list(records) for name, records in zone.items()}
        self.asked: list[tuple[str, str]] = []
        self.negative_ttl = negative_ttl
        self.closing = threading.Event()
        quiet = DNSLogger(logf=lambda _: None)
        self._udp, self._tcp = self._pair(quiet)
        self.port = self._udp.server.server_address[1]

    def _pair(self, quiet: DNSLogger) -> tuple[DNSServer, DNSServer]:
        """UDP and TCP on one port; a port that is free for the one may be taken for the other."""
        for _ in range(50):
            udp = DNSServer(self, address="127.0.0.1", port=0, logger=quiet)
            try:
                return udp, DNSServer(self, address="127.0.0.1", port=udp.server.server_address[1], tcp=True, logger=quiet)
            except OSError:
                udp.server.server_close()
        raise AssertionError("no port is free for both UDP and TCP")

    def __enter__(self) -> NameServer:
        self._udp.start_thread()
        self._tcp.start_thread()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        for server in (self._udp, self._tcp):
            server.stop()
            server.server.server_close()

    def resolve(self, request, handler):
        reply = request.reply()
        name, kind = str(request.q.qname).lower().rstrip("."), QTYPE[request.q.qtype]
        self.asked.append((name, kind))
        if self.odd(name.partition(".")[0], request, reply):
            return reply
        records = self.zone.get(name)
        if records is None and not any(known.endswith("." + name) for known in self.zone):
            reply.header.rcode = 3
        for type_, value in records or ():
            if type_ in (kind, "CNAME"):
                reply.add_answer(RR(request.q.qname, QTYPE.reverse[type_], rdata=rdata(type_, value), ttl=60))
        if not reply.rr:
            reply.add_auth(RR("example", QTYPE.SOA, rdata=SOA("ns.example", "x.example", (1, 1, 1, 1, self.negative_ttl)), ttl=60))
        return reply

    def odd(self, label: str, request, reply) -> bool:
        if label == "broken":
            reply.header.rcode = 2
        elif label == "refused":
            reply.header.rcode = 5
        elif label == "slow":
            time.sleep(2)
            reply.add_answer(RR(request.q.qname, QTYPE.TXT, rdata=TXT("late"), ttl=60))
        elif label == "silent":
            self.closing.wait(20)
        elif label == "loop":
            reply.add_answer(RR(request.q.qname, QTYPE.CNAME, rdata=CNAME(request.q.qname), ttl=60))
        elif label == "lying":
            reply.q.qname = "else.example"
            reply.add_answer(RR("else.example", QTYPE.TXT, rdata=TXT("v=spf1 +all"), ttl=60))
        elif label == "bomb":
            for n in range(1000):
                reply.add_answer(RR(request.q.qname, QTYPE.TXT, rdata=TXT(f"v=spf1 {n}"), ttl=2**31 - 1))
        else:
            return False
        return True


def rdata(kind: str, value):
    if kind == "TXT":
        octets = value if isinstance(value, bytes) else value.encode()
        return TXT([octets[n:n + 255] for n in range(0, len(octets), 255)] or [b""])
    if kind == "MX":
        return MX(value[1], value[0])
    return {"A": A, "AAAA": AAAA, "PTR": PTR, "CNAME": CNAME}[kind](value)
