"""Who is at the other end of a session, as far as that is known: by the connection, by PROXY, and by what is said."""

from __future__ import annotations

from dataclasses import dataclass, field

from gateway.edge.commands import Forwarded
from gateway.edge.proxy import ProxyHeader
from gateway.edge.settings import ListenerSettings
from gateway.model.transaction import Session


@dataclass(slots=True)
class Caller:
    """`peer` is at the other end of the TCP connection. `client` is who is in `clients` and whose rates count: the peer, or
    whom PROXY names. What XCLIENT and XFORWARD say is judged and logged, and gives no right."""

    peer: str
    client: str
    trusted: bool                        # may use PROXY, XCLIENT and XFORWARD, and sees the next hop's text
    secure: bool = False
    helo: str = ""
    extended: bool = False               # it said EHLO
    xclient: Forwarded = field(default_factory=Forwarded)
    xforward: Forwarded = field(default_factory=Forwarded)

    @classmethod
    def at(cls, peer: str, listener: ListenerSettings, secure: bool) -> Caller:
        return cls(peer, peer, peer in listener.trust, secure)

    def named(self, header: ProxyHeader, listener: ListenerSettings) -> None:
        """The proxy is believed, not whoever it lets through."""
        self.client = header.client or self.peer
        self.trusted = self.client in listener.trust

    def hello(self, helo: str, extended: bool) -> None:
        self.helo, self.extended = helo, extended

    def forget(self) -> None:
        """Back to the greeting: after STARTTLS (RFC 3207 section 4.2) and XCLIENT."""
        self.hello("", False)
        self.forget_transaction()

    def forget_transaction(self) -> None:
        """XFORWARD speaks of one transaction only."""
        self.xforward = Forwarded()

    def described(self, listener: str, utf8: bool, cipher: tuple[str, str, int] | None) -> Session:
        """The session as the pipeline knows it."""
        told = {**self.xclient.attributes, **self.xforward.attributes}
        tls = (f"{cipher[1]} {cipher[0]}" if cipher else "TLS") if self.secure else ""
        protocol = ("UTF8SMTP" if utf8 else "ESMTP" if self.extended else "SMTP") + ("S" if self.secure else "")
        return Session(
            listener=listener, peer=self.peer, client=told.get("ADDR") or self.client,
            client_name=told.get("NAME", ""), helo=told.get("HELO") or self.helo, protocol=protocol, tls=tls,
            login=told.get("LOGIN", ""), trusted=self.trusted)


def origin(seen: Session) -> dict[str, str]:
    """What the next hop is told of the client where it takes XFORWARD."""
    return {"NAME": seen.client_name, "ADDR": seen.client, "PROTO": seen.protocol, "HELO": seen.helo, "SOURCE": "REMOTE"}
