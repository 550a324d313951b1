"""Customers written down in all the ways we could think of are held; numbers that are nobody's are not.

The families are made from rules, a seed each, so a change that only fits one sample shows here.
"""

from __future__ import annotations

import random
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from gateway.inspection.judge import CellJudge, build
from gateway.model.deadline import Limits
from gateway.model.finding import IncidentCode, Inspection
from gateway.model.ports import InspectionRequest
from gateway.model.transaction import Direction
from tests.builders import leak_benign, leak_documents, leak_files, leak_texts

REQUEST = InspectionRequest("leaks", Direction.OUTBOUND, "a@bank.example", ("c@other.example",), ("bank.example",), Limits())
PERSONS, CONTACTS = 3, 50                  # the packaged policy's
FILES = {**leak_files.FAMILIES, **leak_documents.FAMILIES}
UNCOUNTED = {"encoded_twice"}              # families in which a value may be read in two ways


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> CellJudge:
    return build("deep", {}, {"state_dir": str(tmp_path_factory.mktemp("state"))})


def mail(text: str) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = "a@bank.example", "c@other.example", "資料"
    message.set_content(text, cte="base64")
    return message.as_bytes()


def held(found: Inspection) -> bool:
    return found.persons >= PERSONS or found.contacts >= CONTACTS or bool(found.incidents)


@pytest.mark.parametrize("name", leak_texts.FAMILIES)
def test_customers_are_found_however_they_are_written(judge, name):
    for seed in range(3):
        text, _types = leak_texts.FAMILIES[name](random.Random(f"{name}{seed}"))
        found = judge.inspect(mail(text), REQUEST, None)
        assert not found.incidents
        assert held(found), f"seed {seed}: {dict(found.identifiers)}\n{text[:500]}"


def in_files(judge: CellJudge, name: str, seed: int) -> Inspection:
    made = FILES[name](random.Random(f"{name}{seed}"))
    return judge.inspect(leak_files.mail(*(made if isinstance(made, list) else [made])), REQUEST, None)


@pytest.mark.parametrize("name", FILES)
def test_customers_are_found_in_files_of_all_kinds(judge, name):
    for seed in range(4):
        found = in_files(judge, name, seed)
        assert held(found), f"seed {seed}: {dict(found.identifiers)}"


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_customers_are_found_in_all_places_of_files(judge, name):
    for seed in range(4, 30):
        assert held(in_files(judge, name, seed)), seed


@pytest.mark.parametrize("name", leak_benign.FAMILIES)
def test_numbers_of_nobody_pass(judge, name):
    for seed in range(4):
        text = leak_benign.FAMILIES[name](random.Random(f"{name}{seed}"))
        found = judge.inspect(mail(text), REQUEST, None)
        assert not held(found), f"seed {seed}: {dict(found.identifiers)} {found.persons} {found.contacts}\n{text[:500]}"


def pst(version: int) -> bytes:
    """The beginning of an Outlook mailbox (MS-PST 2.2.2.6: magic, client magic, version 14 and 15 ANSI, 23 Unicode)."""
    return b"!BDN" + bytes(4) + b"SM" + version.to_bytes(2, "little") + b"\x13\0\x01\x01" + bytes(8000)


@pytest.mark.parametrize("direction", [Direction.OUTBOUND, Direction.INBOUND])
@pytest.mark.parametrize("file", [
    ("archive.pst", pst(23)), ("archive.ost", pst(23)), ("old.pst", pst(14)), ("notes.txt", pst(15)), ("mail.zip", leak_files.package({"a.pst": pst(23)}))])
def test_mailboxes_of_outlook_are_held_unread(judge, file, direction):
    found = judge.inspect(leak_files.mail(file), replace(REQUEST, direction=direction), None)
    assert [(i.code, i.detail) for i in found.incidents] == [(IncidentCode.UNSUPPORTED, "no reader for application/vnd.ms-outlook-pst")]


@pytest.mark.slow
def test_counts_are_exact_nearly_always(judge):
    right = asked = 0
    for name, family in leak_texts.FAMILIES.items():
        for seed in range(20):
            text, types = family(random.Random(f"{name}{seed}"))
            if types and name not in UNCOUNTED:
                found = judge.inspect(mail(text), REQUEST, None).identifiers
                asked += 1
                right += all(found.get(kind, 0) == number for kind, number in types.items())
    assert right / asked >= 0.97
