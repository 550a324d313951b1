"""Every detector there is. A factory is called once a message with its Scope. One line each."""

from __future__ import annotations

from gateway.detect.active_content import ActiveContentDetector
from gateway.detect.ambiguity import AmbiguityDetector
from gateway.detect.archive_abuse import ArchiveAbuse
from gateway.detect.base import DetectorFactory
from gateway.detect.data.detector import CustomerData
from gateway.detect.data.labels import Labels
from gateway.detect.disguise import DisguiseDetector
from gateway.detect.encrypted import Encrypted
from gateway.detect.executable import ExecutableDetector
from gateway.detect.impersonation import ImpersonationDetector
from gateway.detect.links import LinksDetector
from gateway.detect.macro import MacroDetector
from gateway.detect.script import ScriptDetector
from gateway.detect.smuggling import SmugglingDetector
from gateway.detect.yara_rules import YaraDetector

DETECTORS: tuple[DetectorFactory, ...] = (
    # programs, scripts, disguise
    ExecutableDetector,
    ScriptDetector,
    DisguiseDetector,
    SmugglingDetector,
    AmbiguityDetector,
    LinksDetector,
    YaraDetector,

    # documents and macros
    ActiveContentDetector, MacroDetector,

    # archives, encryption
    ArchiveAbuse, Encrypted,

    # senders
    ImpersonationDetector,

    # customer data
    CustomerData, Labels,

)
