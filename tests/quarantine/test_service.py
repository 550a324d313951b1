from __future__ import annotations

import pytest

from quarantine.lifecycle import Refused
from quarantine.models import Checkpoint
from quarantine.service import QuarantineService
from tests.builders.custody import ADMIN, ANNA, AUDITOR, CLERK, ROOT, Held, leak


def test_one_life_from_admission_to_the_audit(service: QuarantineService, held: Held) -> None:
    id = held(leak, pending=True)
    assert service.start() == {"kept": 1, "resumed": 0}
    service.request(CLERK, id, "please")
    service.deny(ANNA, id, "no")
    assert service.checkpoint(force=True) is not None and Checkpoint.objects.count() == 1
    verified = service.audit_verify(AUDITOR)
    assert verified.flaws == () and verified.records >= 4
    assert [r["action"] for r in service.audit_export(ADMIN) if r["type"] == "record"] == [
        "admit", "confirm", "request", "deny", "checkpoint", "audit-export", "checkpoint"]


def test_the_chain_is_for_admins_and_auditors(service: QuarantineService) -> None:
    for call in (service.audit_verify, service.audit_export):
        with pytest.raises(Refused):
            call(ANNA)
        call(ROOT)
