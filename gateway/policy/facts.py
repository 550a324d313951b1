"""What rules may look at: one message and one recipient, in policy words."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from gateway.model.address import Mailbox
from gateway.model.finding import Fault, Finding, Inspection, Severity, Verdict
from gateway.model.transaction import AuthResult, Direction, Transaction

# What a finding of MEDIUM and of HIGH severity makes of its message; LOW is information. A category that is not listed
# is taken for a threat.
VERDICTS: Mapping[str, tuple[Verdict, Verdict]] = {
    "encrypted": (Verdict.SUSPICIOUS, Verdict.UNINSPECTABLE),
    "ambiguity": (Verdict.SUSPICIOUS, Verdict.UNINSPECTABLE),
    "data": (Verdict.CLEAN, Verdict.SENSITIVE),      # one person's number is ordinary: counts make it sensitive
    "label": (Verdict.CLEAN, Verdict.SENSITIVE),
}
THREAT = (Verdict.SUSPICIOUS, Verdict.MALICIOUS)
SENSITIVE_PERSONS = 3                    # distinct people from whom on outbound mail is SENSITIVE
SENSITIVE_CONTACTS = 50

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Facts:
    """One message as judged for one recipient. `direction` is the recipient's: an insider's copy is INTERNAL."""

    inspection: Inspection
    verdicts: frozenset[Verdict]
    direction: Direction
    sender: Mailbox | None
    recipient: Mailbox
    client: Address | None
    listener: str
    size: int                            # octets
    auth: tuple[AuthResult, ...]


def facts_of(transaction: Transaction, inspection: Inspection, recipient: Mailbox, direction: Direction) -> Facts:
    return Facts(
        inspection=inspection, verdicts=verdicts(inspection, direction), direction=direction,
        sender=transaction.envelope.reverse_path, recipient=recipient, client=_address(transaction.session.client),
        listener=transaction.session.listener, size=transaction.message.size, auth=transaction.auth,
    )


def direction_for(transaction: Transaction, recipient: Mailbox, our_domains: frozenset[str]) -> Direction:
    """Mail of ours to a domain of ours stays in the house, whoever else gets it."""
    if transaction.direction is Direction.OUTBOUND and recipient.domain in our_domains:
        return Direction.INTERNAL
    return transaction.direction


def verdicts(inspection: Inspection, direction: Direction) -> frozenset[Verdict]:
    """Everything the message is. More findings never take one away."""
    return frozenset(_verdicts(inspection, direction)) | {Verdict.CLEAN}


def _verdicts(inspection: Inspection, direction: Direction) -> Iterator[Verdict]:
    leaving = direction is not Direction.INBOUND
    for finding in inspection.findings:
        verdict = verdict_of(finding)
        if verdict is not Verdict.SENSITIVE or leaving:
            yield verdict
    if leaving and (inspection.persons >= SENSITIVE_PERSONS or inspection.contacts >= SENSITIVE_CONTACTS):
        yield Verdict.SENSITIVE
    if any(incident.fault is Fault.MESSAGE for incident in inspection.incidents):
        yield Verdict.UNINSPECTABLE


def verdict_of(finding: Finding) -> Verdict:
    medium, high = VERDICTS.get(finding.category, THREAT)
    if finding.severity >= Severity.HIGH:
        return high
    return medium if finding.severity is Severity.MEDIUM else Verdict.CLEAN


@lru_cache(maxsize=4096)
def _address(text: str) -> Address | None:
    """None for a client whose address is not known: no network holds it."""
    try:
        address = ipaddress.ip_address(text.removeprefix("IPv6:").strip("[]"))
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address
