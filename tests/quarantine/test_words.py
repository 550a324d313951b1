"""Words of earlier mail: between whom, for how long, and what the database tells of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from quarantine import keys, words
from quarantine.models import AnnouncedWords, QuarantinedMessage
from quarantine.service import QuarantineService
from tests.builders.custody import FakeClock, Held, House

LOCKED = {"findings": [], "artifacts": [], "incidents": [{"code": "ENCRYPTED", "artifact": "message > 2 a.zip"}]}
THEM, US, OTHER = "Tanaka@Partner.example", "wang@bank.example", "chen@bank.example"


def test_between_the_same_two_in_both_directions(service: QuarantineService) -> None:
    service.remember(THEM, [US], ["Sakura-2026", "Kaede9"])
    service.remember(US, [THEM], ["Momiji7"])
    assert service.words_between("tanaka@partner.example", [US]) == ("Momiji7", "Sakura-2026", "Kaede9")
    assert service.words_between(US, [OTHER, THEM]) == ("Momiji7", "Sakura-2026", "Kaede9")
    assert service.words_between(THEM, [OTHER]) == ()
    assert service.words_between("", [US]) == ()


def test_nothing_to_keep(service: QuarantineService) -> None:
    for sender, to, found in ((THEM, [US], []), ("", [US], ["word"]), (THEM, [], ["word"]), (THEM, [US], ["w" * 129, ""])):
        assert service.remember(sender, to, found) == 0
    assert not AnnouncedWords.objects.exists()


def test_forgotten_after_the_days_that_were_set(service: QuarantineService, clock: FakeClock) -> None:
    service.settings = replace(service.settings, remember_words=timedelta(days=2))
    service.remember(THEM, [US], ["Sakura-2026"])
    clock.forward(days=2, seconds=-1)
    assert service.words_between(THEM, [US])
    clock.forward(seconds=2)
    assert not service.words_between(THEM, [US])
    assert service.forget_words() == 1 and not AnnouncedWords.objects.exists()


def test_bounds(service: QuarantineService, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(words.MAILS + 5):
        service.remember(THEM, [US], [f"{n}-{i}" for i in range(words.WORDS + 3)])
    assert AnnouncedWords.objects.count() == words.MAILS
    found = service.words_between(THEM, [US])
    assert len(found) == words.MAILS * words.WORDS and found[0] == f"{words.MAILS + 4}-0" and "0-0" not in found
    service.remember(THEM, [f"u{n}@bank.example" for n in range(words.PARTNERS + 9)], ["x"])
    assert AnnouncedWords.objects.count() == words.MAILS + words.PARTNERS
    monkeypatch.setattr(words, "EVERYBODY", 10)
    assert service.forget_words() == words.MAILS + words.PARTNERS - 10


def test_the_files_tell_neither_words_nor_people(service: QuarantineService, house: House) -> None:
    service.remember(THEM, [US], ["Sakura-2026"])
    lengths = {len(bytes(row.sealed)) for row in AnnouncedWords.objects.all()}
    service.remember(THEM, [OTHER], ["x"])
    assert {len(bytes(row.sealed)) for row in AnnouncedWords.objects.all()} == lengths, "the length tells nothing"
    connection.close()
    for path in (p for p in house.directory.rglob("*") if p.is_file()):
        octets = path.read_bytes()
        assert b"Sakura" not in octets and b"tanaka" not in octets.lower() and b"wang@" not in octets, path


def test_a_changed_row_and_a_key_that_is_gone(service: QuarantineService, house: House) -> None:
    service.remember(THEM, [US], ["Sakura-2026"])
    service.remember(THEM, [OTHER], ["Kaede9"])
    mine, theirs = AnnouncedWords.objects.order_by("id")
    AnnouncedWords.objects.filter(pk=mine.pk).update(sealed=bytes(theirs.sealed))
    assert service.words_between(THEM, [US]) == (), "sealed for another pair"
    keys.add_key(house.key_file, house.clock.now())
    service.replace_ring(keys.load(house.key_file))
    assert service.words_between(THEM, [OTHER]) == ("Kaede9",), "the old key is still there"
    fresh = keys.create_key_file(Path(house.directory / "other.key"), house.clock.now())
    service.replace_ring(fresh)
    assert service.words_between(THEM, [OTHER]) == ()


def test_held_mail_between_the_same_two_is_marked(service: QuarantineService, held: Held) -> None:
    def put(**changes: object) -> str:
        return held(**{"sender": THEM, "recipients": (US,), "inspection": LOCKED} | changes)
    ids = {"theirs": put(), "reply": put(sender=US, recipients=(THEM,)), "other": put(recipients=(OTHER,)),
           "open": put(inspection={"findings": [], "incidents": []}), "pending": put(pending=True), "decided": put()}
    QuarantinedMessage.objects.filter(pk=ids["decided"]).update(status="denied")
    QuarantinedMessage.objects.update(recheck=False)
    assert service.remember(THEM, [US], ["Sakura-2026"]) == 3
    marked = set(QuarantinedMessage.objects.filter(recheck=True).values_list("pk", flat=True))
    assert marked == {ids["theirs"], ids["reply"], ids["pending"]}
    assert service.remember(THEM, [US], ["again"]) == 0, "marked already"


def test_a_flood_of_words_is_not_a_flood_of_judgements(service: QuarantineService, held: Held) -> None:
    id = held(sender=THEM, recipients=(US,), inspection=LOCKED)
    service.rechecked(id, tried=False)
    for n in range(words.RECHECKS):
        assert service.remember(THEM, [US], [f"word{n}"]) == 1
        service.rechecked(id, tried=True)
    assert service.remember(THEM, [US], ["one-more"]) == 0


def test_a_word_that_comes_while_others_are_looked_at_is_not_lost(service: QuarantineService, held: Held) -> None:
    id = held(sender=THEM, recipients=(US,), inspection=LOCKED)
    looked_at = service.words_for(id)
    assert service.remember(THEM, [US], ["Sakura-2026"]) == 0, "marked still: the look is not over"
    assert service.rechecked(id, tried=bool(looked_at), known=looked_at), "to be looked at again, at once"
    assert service.to_recheck() == [id]
    assert not service.rechecked(id, tried=True, known=service.words_for(id))
    assert service.to_recheck() == []


def test_words_that_never_end_are_not_tried_for_ever(service: QuarantineService, held: Held) -> None:
    id = held(sender=THEM, recipients=(US,), inspection=LOCKED)
    for n in range(words.RECHECKS):
        assert service.to_recheck() == [id]
        service.remember(THEM, [US], [f"word{n}"])
        service.rechecked(id, tried=True, known=())
    assert service.to_recheck() == []
