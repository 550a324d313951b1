from __future__ import annotations

import io
import os
import random

import pytest
import pyzipper

from gateway.model.custody import Actor, Role
from quarantine import access
from quarantine.access import Act
from quarantine.lifecycle import Refused
from quarantine.models import AuditRecord, QuarantinedMessage
from quarantine.reading import Query
from quarantine.service import QuarantineService
from tests.builders.custody import (
    ADMIN,
    ANNA,
    AUDITOR,
    CLERK,
    MARKER,
    ROOT,
    STAFF,
    Held,
    admission,
    leak,
    octets,
    person,
)

FIELDS = ["id", "status", "kind", "direction", "verdict", "reason", "sender", "recipients", "subject", "header_message_id", "sha256", "size", "received_at", "expires_at", "persons", "identifiers"]


def ids(service: QuarantineService, actor: Actor = ROOT, **query) -> list[str]:
    return [m["id"] for m in service.find(actor, Query(**query)).messages]


def test_the_fields_of_the_list(service: QuarantineService, held: Held) -> None:
    held()
    one, = service.find(ROOT, Query()).messages
    assert set(FIELDS) <= set(one)
    assert (one["status"], one["size"], one["recipients"], one["subject"]) == (
        "held", len(octets()), ["staff@bank.example"], f"Invoice {MARKER}")
    assert one["received_at"] == "2026-11-21T01:00:00+00:00"


def test_the_list_shows_exactly_what_access_grants(service: QuarantineService, held: Held) -> None:
    """The query of `visible` and the table of `access` are one rule in two forms."""
    dice = random.Random(3)
    people = ("staff@bank.example", "clerk@bank.example", "a@other.example", "x@else.example")
    for n in range(30):
        held(dice.choice([admission, leak]), data=octets(f"{n}"), sender=dice.choice(people), recipients=tuple(dice.sample(people, 2)))
    for n in range(60):
        roles = dice.sample(list(Role), dice.randint(1, 2))
        scopes = frozenset(dice.sample(["bank.example", "other.example", "clerk@bank.example"], dice.randint(0, 2)))
        who = Actor(f"p{n}", frozenset(roles), frozenset(dice.sample(people, dice.randint(0, 2))), scopes=scopes)
        rows = QuarantinedMessage.objects.all()
        wanted = {r.pk for r in rows if access.reach(who, Act.SEE, service.subject(r))}
        assert set(ids(service, who, limit=100)) == wanted, who


def test_show_says_what_may_be_done(service: QuarantineService, held: Held) -> None:
    id = held()
    shown = service.show(ANNA, id)
    assert shown["inspection"]["findings"][0]["code"] == "EXECUTABLE-PE" and shown["approvals_needed"] == 2
    assert set(shown["possible"]) == {"request", "approve", "release", "deny", "return", "delete", "preview", "export", "hold"}
    assert service.show(AUDITOR, id)["possible"] == []
    assert set(service.show(STAFF, id)["possible"]) == {"request", "preview"}
    service.request(STAFF, id, "please")
    assert service.show(ANNA, id)["requests"][0]["requester"] == "staff"
    assert [h["action"] for h in service.show(ADMIN, id)["history"]][:2] == ["admit", "show"]


def test_every_sight_of_content_is_recorded_before_it_is_given(service: QuarantineService, held: Held) -> None:
    id = held()
    for call, actor in ((service.preview_content, STAFF), (lambda a, i: service.export_raw(a, i, "why"), ANNA)):
        content = call(actor, id)
        assert os.pread(content.fd, 1 << 16, 0) == octets()
        os.close(content.fd)
    assert list(AuditRecord.objects.filter(action__in=("preview", "export")).order_by("id").values_list("actor", "action")) == [
        ("staff", "preview"), ("anna", "export")]
    for actor in (ADMIN, AUDITOR, CLERK, person("x", Role.RECIPIENT, mailbox="x@bank.example")):
        for call in (lambda a: service.preview_content(a, id), lambda a: service.export_raw(a, id, "x")):
            with pytest.raises(Refused):
                call(actor)


def test_who_looks_at_mail_of_others_says_why(service: QuarantineService, held: Held) -> None:
    id = held()
    with pytest.raises(Refused) as refused:
        service.preview_content(ANNA, id, "  ")
    assert refused.value.code == "NO-REASON" and not AuditRecord.objects.filter(action="preview").exists()
    os.close(service.preview_content(ANNA, id, "a colleague asked").fd)
    assert '"reason":"a colleague asked"' in AuditRecord.objects.get(action="preview").detail


def test_the_zip_opens_with_its_password_only(service: QuarantineService, held: Held) -> None:
    id = held()
    fd, size, password = service.export_zip(ANNA, id, "for the police")
    data = os.pread(fd, size, 0)
    os.close(fd)
    assert MARKER.encode() not in data and len(password) == 19
    with pyzipper.AESZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == [f"{id}.eml"] and archive.infolist()[0].wz_aes_strength == 3
        with pytest.raises(RuntimeError):
            archive.read(f"{id}.eml", pwd=b"wrong")
        assert archive.read(f"{id}.eml", pwd=password.encode()) == octets()
