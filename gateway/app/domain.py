"""`doctor --domain`: the resolver of the configuration, our own keys, HTTPS, and the examination."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.app.edge import resolver
from gateway.app.https import Https
from gateway.auth.dkim import PublicKey
from gateway.auth.health.base import Advice, Fetch
from gateway.auth.health.examine import examine
from gateway.auth.names import ascii_name
from gateway.config import Config
from gateway.config.pemfiles import signing_key
from gateway.model.deadline import Clock

PATIENCE = 3.0                           # seconds of one look-up, so that one silent server leaves time for the others


async def look_at(domain: str, config: Config, clock: Clock, seconds: float, selectors: Sequence[str] = (),
                  fetch: Fetch | None = None) -> list[Advice]:
    """`domain` in A-labels. Never raises for what it finds."""
    lookup = resolver(config, clock, min(PATIENCE, config.auth.timeout))
    return await examine(domain, lookup, fetch or Https(min(8.0, seconds / 2)), clock, seconds, selectors, our_keys(config, domain))


def our_keys(config: Config, domain: str) -> dict[str, PublicKey]:
    """Public halves of the keys of this domain, by selector. A key that cannot be read is another line's affair."""
    found: dict[str, PublicKey] = {}
    for one in config.dkim:
        if ascii_name(one.domain) != domain:
            continue
        try:
            found[one.selector] = signing_key(one.key_file).public_key()
        except (OSError, ValueError):
            continue
    return found
