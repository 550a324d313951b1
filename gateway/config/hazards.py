"""Settings that are each right and wrong together: open relays, loops, secrets that others can read, mail in clear."""

from __future__ import annotations

import ipaddress
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from gateway.config.pemfiles import authority_problem, certificate_problem, key_problem
from gateway.config.schema import Config, Listener
from gateway.config.source import Source
from gateway.config.values import Endpoint, Network, show_duration, show_size
from gateway.model.address import normalise_domain

# A /8 is the largest private network (RFC 1918); whoever lists less than that lists strangers.
WIDEST = {4: 8, 6: 7}
POSTFIX_PROXY_TIMEOUT = 100.0            # seconds, smtpd_proxy_timeout
ANSWER_MARGIN = 20.0                     # seconds the next hop needs after the inspection


def hazards(config: Config, source: Source) -> None:
    """Adds every problem to `source`."""
    _gateway(config, source)
    _limits(config, source)
    _names(config, source)
    for index, listener in enumerate(config.listeners):
        _relay(listener, index, source)
        _owner(config, listener, index, source)
        _tls(listener, index, source)
        _loops(config, listener, index, source)
        _sizes(config, listener, index, source)
    _custody(config, source)
    _dkim(config, source)
    _relays(config, source)
    _scanners(config, source)
    _log_in(config, source)
    _folders(config, source)
    for where, path in _secrets(config):
        _secret(source, where, path)
    for where, path in _wanted(config):
        if _missing(path):
            source.fault(f"[{'.'.join(where[:-1])}] {where[-1]}: there is no file {path}", *where)


def _gateway(config: Config, source: Source) -> None:
    gateway = config.gateway
    if config.listeners and not gateway.our_domains:
        source.fault("[gateway] our_domains is empty: nobody could get mail; list your mail domains",
                     "gateway", "our_domains")
    if config.listeners and gateway.hostname == "localhost":
        source.fault("[gateway] hostname is not set: give the full name of this machine, such as mx.bank.example",
                     "gateway", "hostname", warning=True)
    for name, endpoint in (("console", gateway.console), ("ops", gateway.ops)):
        if endpoint is not None and not _loopback(endpoint):
            text = {"console": "passwords cross the network in clear; listen on 127.0.0.1 behind a TLS proxy",
                    "ops": "metrics can be read by whoever reaches it"}[name]
            source.fault(f"[gateway] {name} listens on {endpoint}: {text}", "gateway", name, warning=True)
    if _foreign(config, config.notices.from_):
        source.fault(f"[notices] from is not of our_domains: {config.notices.from_} may be refused as forged",
                     "notices", "from", warning=True)


def _limits(config: Config, source: Source) -> None:
    limits = config.limits
    if limits.inspection + ANSWER_MARGIN > limits.final_reply:
        source.fault(
            f"[limits] inspection ({show_duration(limits.inspection)}) must end {show_duration(ANSWER_MARGIN)} before "
            f"final_reply ({show_duration(limits.final_reply)}): the next hop needs that time", "limits", "inspection")
    if limits.final_reply >= POSTFIX_PROXY_TIMEOUT:
        source.fault(
            f"[limits] final_reply is {show_duration(limits.final_reply)}: Postfix gives up after 100s and sends the "
            "mail again; raise smtpd_proxy_timeout there or lower this", "limits", "final_reply", warning=True)


def _names(config: Config, source: Source) -> None:
    seen: dict[str, int] = {}
    addresses: dict[Endpoint, str] = {}
    for name, endpoint in (("[gateway] console", config.gateway.console), ("[gateway] ops", config.gateway.ops)):
        if endpoint is not None:
            if endpoint in addresses:
                source.fault(f"{name}: {endpoint} is already taken by {addresses[endpoint]}",
                             "gateway", name.split()[-1])
            addresses[endpoint] = name
    for index, listener in enumerate(config.listeners):
        if listener.name in seen:
            first = source.where("listener", seen[listener.name], "name")
            source.fault(f'[[listener]] name: "{listener.name}" is already the listener at {first}: names are unique',
                         "listener", index, "name")
        seen.setdefault(listener.name, index)
        other = next((o for e, o in addresses.items() if _same(e, listener.address)), None)
        if other is not None:
            source.fault(f"[[listener]] address: {listener.address} is already taken by {other}",
                         "listener", index, "address")
        addresses.setdefault(listener.address, f'listener "{listener.name}"')


def _relay(listener: Listener, index: int, source: Source) -> None:
    if not listener.clients:
        source.fault(f'listener "{listener.name}": clients is empty, so nobody may connect',
                     "listener", index, "clients")
    wide = _wide(listener.clients)
    if wide is not None and listener.direction in ("outbound", "auto"):
        source.fault(
            f'listener "{listener.name}" would be an open relay: it sends mail out and takes it from {wide}; '
            "list only your own mail servers in clients", "listener", index, "clients")
    trusted = _wide(listener.trust)
    if trusted is not None:
        source.fault(
            f'listener "{listener.name}": trust holds {trusted}, so strangers could claim any address by XCLIENT or '
            "PROXY; list only your own mail servers and load balancers", "listener", index, "trust")
    if listener.proxy == "required" and not listener.trust:
        source.fault(f'listener "{listener.name}": proxy = "required" needs the load balancer in trust',
                     "listener", index, "proxy")
    if listener.mode == "observe":
        source.fault(f'listener "{listener.name}" only observes: everything is delivered',
                     "listener", index, "mode", warning=True)


def _owner(config: Config, listener: Listener, index: int, source: Source) -> None:
    if listener.owner and _foreign(config, listener.owner):
        source.fault(f'listener "{listener.name}" owner is not of our_domains: notices about held mail leave the house to '
                     f"{listener.owner}", "listener", index, "owner", warning=True)


def _foreign(config: Config, address: str) -> bool:
    domains = config.gateway.our_domains
    return bool(domains) and normalise_domain(address.rpartition("@")[2]) not in domains


def _wide(networks: tuple[Network, ...]) -> Network | None:
    """The first block wider than any private network, joined from its pieces (two halves are the whole Internet)."""
    joined: list[Network] = []
    joined += ipaddress.collapse_addresses(n for n in networks if isinstance(n, ipaddress.IPv4Network))
    joined += ipaddress.collapse_addresses(n for n in networks if isinstance(n, ipaddress.IPv6Network))
    return next((n for n in joined if n.prefixlen < WIDEST[n.version]), None)


def _tls(listener: Listener, index: int, source: Source) -> None:
    if listener.tls != "none":
        for key, path in (("tls_cert", listener.tls_cert), ("tls_key", listener.tls_key)):
            if path is None:
                source.fault(f'listener "{listener.name}": tls = "{listener.tls}" needs {key}',
                             "listener", index, "tls")
            elif _missing(path):
                source.fault(f'listener "{listener.name}" {key}: there is no file {path}', "listener", index, key)
        _certificate(listener, index, source)
    wrong = authority_problem(listener.next_hop_ca) if listener.next_hop_ca is not None else ""
    if wrong:
        source.fault(f'listener "{listener.name}" next_hop_ca: {listener.next_hop_ca} {wrong}', "listener", index, "next_hop_ca")
    if listener.next_hop_credentials is not None:
        if listener.next_hop_tls != "required" and not all(_loopback(hop) for hop in listener.next_hop):
            source.fault(
                f'listener "{listener.name}": a password would go out in clear; set next_hop_tls = "required"',
                "listener", index, "next_hop_tls")
        if _missing(listener.next_hop_credentials):
            source.fault(f'listener "{listener.name}" next_hop_credentials: there is no file '
                         f"{listener.next_hop_credentials}", "listener", index, "next_hop_credentials")


def _certificate(listener: Listener, index: int, source: Source) -> None:
    """Junk in a certificate or key would be met only when the first client wants TLS."""
    if listener.tls_cert is None or listener.tls_key is None or _missing(listener.tls_cert) or _missing(listener.tls_key):
        return
    key, wrong = certificate_problem(listener.tls_cert, listener.tls_key)
    if wrong:
        path = listener.tls_cert if key == "tls_cert" else listener.tls_key
        source.fault(f'listener "{listener.name}" {key}: {path} {wrong}', "listener", index, key)


def _scanners(config: Config, source: Source) -> None:
    seen: dict[str, int] = {}
    for index, one in enumerate(config.scanners):
        if one.name in seen:
            first = source.where("scanner", seen[one.name], "name")
            source.fault(f'[[scanner]] "{one.name}" is already at {first}: names must differ', "scanner", index, "name")
        seen.setdefault(one.name, index)
        if one.timeout >= config.limits.final_reply:
            source.fault(f'[[scanner]] "{one.name}" timeout: no shorter than limits.final_reply, so nothing is left for an answer',
                         "scanner", index, "timeout")


def _relays(config: Config, source: Source) -> None:
    wide = _wide(config.auth.trusted_relays)
    if wide is not None:
        source.fault(f"[auth] trusted_relays holds {wide}: whoever connects could name another client in a Received line; "
                     "list only your own mail servers", "auth", "trusted_relays")


def _dkim(config: Config, source: Source) -> None:
    seen: dict[tuple[str, str], int] = {}
    for index, one in enumerate(config.dkim):
        name = f'[[dkim]] "{one.selector}" of {one.domain}'
        if (one.domain, one.selector) in seen:
            first = source.where("dkim", seen[one.domain, one.selector], "selector")
            source.fault(f"{name} is already at {first}: a selector names one key", "dkim", index, "selector")
        seen.setdefault((one.domain, one.selector), index)
        if one.from_ and one.until and one.until < one.from_:
            source.fault(f"{name}: until lies before from, so it would never sign", "dkim", index, "until")
        if not any(_related(one.domain, domain) for domain in config.gateway.our_domains):
            source.fault(f"{name} is not of our_domains: no mail of ours bears it", "dkim", index, "domain", warning=True)
        wrong = key_problem(one.key_file)
        if wrong:
            source.fault(f"{name} key_file: {one.key_file} {wrong}", "dkim", index, "key_file")
    sealing = config.auth.seal_domain
    if sealing and sealing not in {one.domain for one in config.dkim}:
        source.fault(f"[auth] seal_domain: there is no [[dkim]] key of {sealing}", "auth", "seal_domain")
    elif config.auth.seal == "always" and not sealing:
        source.fault('[auth] seal = "always" needs a [[dkim]] key to seal with', "auth", "seal")


def _related(one: str, other: str) -> bool:
    return one == other or one.endswith("." + other) or other.endswith("." + one)


def _loops(config: Config, listener: Listener, index: int, source: Source) -> None:
    for hop in listener.next_hop:
        own = next((one for one in config.listeners if _same(hop, one.address)), None)
        if own is not None:
            source.fault(
                f'listener "{listener.name}": next_hop {hop} is our own listener "{own.name}": mail would circle',
                "listener", index, "next_hop")


def _sizes(config: Config, listener: Listener, index: int, source: Source) -> None:
    if listener.max_size > config.limits.expanded:
        source.fault(
            f'listener "{listener.name}": max_size {show_size(listener.max_size)} is above [limits] expanded '
            f"{show_size(config.limits.expanded)}: such mail could never be inspected", "listener", index, "max_size")


def _custody(config: Config, source: Source) -> None:
    passwords = config.inspection.passwords_file
    if passwords is not None and _missing(passwords):
        source.fault(f"[inspection] passwords_file: there is no file {passwords}", "inspection", "passwords_file")
    quarantine = config.quarantine
    if quarantine.blobs != "file" and quarantine.blobs_credentials is None:
        source.fault("[quarantine] blobs on S3 needs blobs_credentials", "quarantine", "blobs")
    told = {hop for one in config.listeners for hop in one.next_hop}
    for hop in config.notices.next_hop:
        if hop not in told and any(_same(hop, one.address) for one in config.listeners):
            source.fault(f"[notices] next_hop {hop} is our own listener: our notices would be judged; "
                         "name the mail server behind it", "notices", "next_hop")


def _folders(config: Config, source: Source) -> None:
    """Without them no cell can be started: a reload would fail, and a gateway not come back."""
    for key, folders in (("local_signatures", config.inspection.local_signatures), ("local_words", config.inspection.local_words)):
        for folder in folders:
            if _missing(folder) or folder.is_file():
                source.fault(f"[inspection] {key}: there is no folder {folder}", "inspection", key)


def _log_in(config: Config, source: Source) -> None:
    wide = _wide(config.console.proxies)
    if wide is not None:
        source.fault(f"[console] proxies holds {wide}: whoever connects could claim any address; list only your own proxies",
                     "console", "proxies")
    oidc, ldap = config.oidc, config.ldap
    for section, on, needed in (
            ("oidc", oidc.issuer, {"client_id": oidc.client_id, "groups": oidc.groups}),
            ("ldap", ldap.servers, {"base": ldap.base, "groups": ldap.groups})):
        for key, value in needed.items():
            if on and not value:
                source.fault(f"[console.{section}] {key} is empty: nobody could log in that way", "console", section, key)
    for key, filter_ in (("filter", ldap.filter), ("groups_filter", ldap.groups_filter)):
        if ldap.servers and filter_.count("(") != filter_.count(")"):
            source.fault(f"[console.ldap] {key}: as many closing as opening brackets are wanted", "console", "ldap", key)
    if ldap.servers and "{name}" not in ldap.filter:
        source.fault("[console.ldap] filter has no {name}: everybody would be the same person", "console", "ldap", "filter")
    if ldap.servers and bool(ldap.bind_dn) != (ldap.bind_password_file is not None):
        source.fault("[console.ldap] bind_dn and bind_password_file belong together", "console", "ldap", "bind_dn")


def _secrets(config: Config) -> Iterator[tuple[tuple[str | int, ...], Path]]:
    quarantine = config.quarantine
    named: Iterable[tuple[tuple[str | int, ...], Path | None]] = (
        (("quarantine", "key_file"), quarantine.key_file),
        (("quarantine", "database_password_file"), quarantine.database_password_file),
        (("quarantine", "blobs_credentials"), quarantine.blobs_credentials),
        (("console", "oidc", "client_secret_file"), config.oidc.client_secret_file),
        (("console", "ldap", "bind_password_file"), config.ldap.bind_password_file),
        (("inspection", "passwords_file"), config.inspection.passwords_file),
        *((("dkim", i, "key_file"), one.key_file) for i, one in enumerate(config.dkim)),
        *((("listener", i, "tls_key"), one.tls_key) for i, one in enumerate(config.listeners)),
        *((("listener", i, "next_hop_credentials"), one.next_hop_credentials)
          for i, one in enumerate(config.listeners)),
    )
    for where, path in named:
        if path is not None:
            yield where, path


def _wanted(config: Config) -> Iterator[tuple[tuple[str, ...], Path]]:
    """Secrets without which a service that is in use could not be asked: `serve` would end at its first step, a log-in fail."""
    quarantine = config.quarantine
    for used, where, path in (
        (quarantine.database != "sqlite", ("quarantine", "database_password_file"), quarantine.database_password_file),
        (quarantine.blobs != "file", ("quarantine", "blobs_credentials"), quarantine.blobs_credentials),
        (bool(config.oidc.issuer), ("console", "oidc", "client_secret_file"), config.oidc.client_secret_file),
        (bool(config.ldap.servers), ("console", "ldap", "bind_password_file"), config.ldap.bind_password_file),
    ):
        if used and path is not None:
            yield where, path


def _secret(source: Source, where: tuple[str | int, ...], path: Path) -> None:
    """A secret that others may read is no secret. One that is not there yet (before `sekisho init`) is not judged."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return
    if stat.S_ISDIR(mode):
        source.fault(f"{where[-1]}: {path} is a folder; name the file in it", *where)
    elif mode & (stat.S_IROTH | stat.S_IWOTH):
        source.fault(f"{where[-1]}: {path} can be read by everybody; chmod 0600 {path}", *where)


def _missing(path: Path) -> bool:
    """Not there for certain; what we may not look at is not called missing."""
    try:
        path.stat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False


def _loopback(endpoint: Endpoint) -> bool:
    try:
        return ipaddress.ip_address(endpoint.host).is_loopback
    except ValueError:
        return endpoint.host == "localhost"


def _same(one: Endpoint, listening: Endpoint) -> bool:
    """Whether a connection to `one` reaches the socket at `listening`, as far as the numbers tell."""
    if one.port != listening.port:
        return False
    if one.host == listening.host:
        return True
    return listening.host in ("0.0.0.0", "::") and (_loopback(one) or one.host in ("0.0.0.0", "::"))  # noqa: S104
