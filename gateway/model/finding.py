"""What an inspection says: findings (what was seen) and incidents (what could not be seen). Neither decides anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from functools import cached_property

from gateway.model.artifact import ArtifactTree


class Severity(IntEnum):
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @cached_property
    def word(self) -> str:
        return self.name.lower()


class Verdict(IntEnum):
    """What a message is. The order is that of strength; the strongest is the message's."""

    CLEAN = 0
    SUSPICIOUS = 1
    UNINSPECTABLE = 2
    SENSITIVE = 3
    MALICIOUS = 4

    @cached_property
    def word(self) -> str:
        return self.name.lower()


class Fault(StrEnum):
    """Whose fault an incident is: the message's leads to quarantine, our own to 451 and the sender's retry."""

    MESSAGE = "message"
    GATEWAY = "gateway"


class IncidentCode(StrEnum):
    ENCRYPTED = "ENCRYPTED"
    TIMEOUT = "TIMEOUT"
    CRASH = "CRASH"
    DEPTH = "DEPTH"
    COUNT = "COUNT"
    SIZE = "SIZE"
    RATIO = "RATIO"
    MALFORMED = "MALFORMED"
    AMBIGUOUS = "AMBIGUOUS"
    UNSUPPORTED = "UNSUPPORTED"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was seen. `evidence` is masked at birth and safe to show, store and log."""

    code: str                            # stable, such as MACRO-AUTOEXEC; docs/reference/findings.md lists all
    category: str                        # executable script macro active-content disguise archive smuggling signature
                                         # encrypted ambiguity impersonation data label
    severity: Severity
    artifact: int                        # id in the tree
    evidence: tuple[str, ...] = ()
    count: int = 1
    confidence: int = 100                # percent
    rule: str = ""                       # signature or identifier that produced it


@dataclass(frozen=True, slots=True)
class Incident:
    """What stopped an inspection of one artifact, and whose fault that is."""

    code: IncidentCode
    artifact: int
    fault: Fault = Fault.MESSAGE
    detail: str = ""                     # masked, for the log and the analyst; never file content


@dataclass(frozen=True, slots=True)
class Summary:
    """What the rest of the house needs to know of the headers; subject and names are masked before they are stored."""

    subject: str = ""                    # decoded, masked, at most 200 characters
    header_from: str = ""
    header_message_id: str = ""
    date: str = ""                       # Date field as it stands
    body_sha256: str = ""                # of everything after the first empty line
    attachments: tuple[str, ...] = ()    # masked names
    header_names: tuple[str, ...] = ()   # lower-case, in order, as they stand
    body_hashes: Mapping[str, str] = field(default_factory=dict)
    # ^ DKIM body hashes made in the cell: "sha256/relaxed/-" or "sha256/simple/1024" (l=) -> base64


@dataclass(frozen=True, slots=True)
class Inspection:
    """Everything one inspection found out. Facts only."""

    tree: ArtifactTree
    findings: tuple[Finding, ...] = ()
    incidents: tuple[Incident, ...] = ()
    identifiers: Mapping[str, int] = field(default_factory=dict)   # type name -> distinct valid values
    persons: int = 0                     # distinct people
    contacts: int = 0                    # contact records: a name with phone, address or e-mail
    summary: Summary = field(default_factory=Summary)
    signature_version: str = ""
    seconds: Mapping[str, float] = field(default_factory=dict)     # stage -> wall seconds
    cpu_ms: float = 0.0
    elapsed_ms: float = 0.0
    announced: tuple[str, ...] = field(default=(), repr=False)
    # ^ words that the mail announces as passwords: for other mail between the same people; in no report, log or journal

    @property
    def complete(self) -> bool:
        return not self.incidents
