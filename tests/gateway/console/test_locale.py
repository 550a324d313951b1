"""Four languages, complete: nothing without its translation, the same placeholders, terms of the place, as in the notices."""

from __future__ import annotations

import re
from pathlib import Path

import polib
import pytest

from gateway.console import words
from gateway.notices import catalog
from tests.builders.console import Site
from tests.builders.console_strings import strings
from tests.gateway.notices.test_catalog import FOREIGN

LOCALES = {"zh-Hant": "zh_Hant", "zh-Hans": "zh_Hans", "ja": "ja"}
FOLDERS = sorted(Path(words.__file__).parent.rglob("locale"))
PLACE = re.compile(r"%\([a-z]+\)s|\{[a-z]+\}")


def entries(language: str) -> dict[str, str]:
    """Of all catalogues of the console: each of its rooms may have its own. No text stands in two."""
    found = [e for folder in FOLDERS for e in polib.pofile(str(folder / LOCALES[language] / "LC_MESSAGES" / "django.po"), encoding="utf-8")]
    entries = {e.msgid: e.msgstr for e in found if not e.obsolete and not e.fuzzy}
    assert len(entries) == len(found)
    return entries


@pytest.mark.parametrize("language", LOCALES)
def test_every_string_is_translated_with_its_placeholders(site: Site, language: str) -> None:
    known, wanted = entries(language), strings()
    assert len(wanted) > 150
    assert wanted - set(known) == set(), "translate these"
    assert set(known) - wanted == set(), "nobody says these any more"
    for english, said in known.items():
        assert said.strip() and said != english, english
        assert sorted(PLACE.findall(said)) == sorted(PLACE.findall(english)), english


@pytest.mark.parametrize("language", LOCALES)
def test_terms_are_of_the_place_and_those_of_the_notices(language: str) -> None:
    known = entries(language)
    for said in known.values():
        assert not [word for word in FOREIGN[language] if word in said], said
    notices = polib.pofile(str(Path(catalog.__file__).parent / "locale" / LOCALES[language] / "LC_MESSAGES" / "sekisho.po"))
    shared = {e.msgid: e.msgstr for e in notices if e.msgid in known}
    assert shared and shared == {english: known[english] for english in shared}


def test_japanese_is_polite() -> None:
    for english, said in entries("ja").items():
        if english.endswith("."):
            assert said.endswith(("です。", "ます。", "した。", "せん。", "ください。")), said


def test_sentences_end_as_they_do_in_that_language() -> None:
    for language in LOCALES:
        for english, said in entries(language).items():
            assert english.endswith(".") is said.endswith("。"), said


@pytest.mark.parametrize(("language", "title", "button"), [
    ("zh-hant", "隔離郵件", "核准放行"), ("zh-hans", "隔离邮件", "批准放行"), ("ja", "保留メール", "配信を承認する"), ("en", "Held mail", "Approve release")])
def test_pages_speak_the_language(site: Site, held: object, language: str, title: str, button: str) -> None:
    site.people("anna", "analyst")
    id = held()  # type: ignore[operator]
    anna = site.browser("anna")
    answer = anna.send("/language", {"language": language, "next": "/quarantine"}, "/quarantine")
    assert answer.status_code == 303 and answer["Location"] == "/quarantine"
    page = anna.open("/quarantine").content.decode()
    assert f"<h1>{title}</h1>" in page and f'lang="{dict(zip(("zh-hant", "zh-hans", "ja", "en"), ("zh-Hant", "zh-Hans", "ja", "en"), strict=True))[language]}"' in page
    assert button in anna.open(f"/quarantine/{id}").content.decode()


def test_refusals_and_words_have_sentences() -> None:
    """Whatever custody refuses is said in the reader's language, not in the code's."""
    from gateway.keeper import server
    from gateway.model.artifact import ArtifactKind
    from gateway.model.custody import Status
    from gateway.model.decision import Kind
    from gateway.model.finding import Severity, Verdict
    from gateway.model.transaction import Direction
    from quarantine import access, accounts, custodian, decisions, desk, lifecycle

    found = {v.code for m in (access, custodian, decisions, desk, lifecycle, server) for v in vars(m).values()
             if isinstance(v, lifecycle.Refusal)} | {r.code for r in lifecycle.REFUSALS.values()} | {accounts.NO_ACCOUNT.code, "PASSWORD"}
    assert found <= set(words.REFUSAL)
    assert {s.value for s in Status} == set(words.STATUS) and {k.value for k in Kind} == set(words.KIND)
    assert {d.value for d in Direction} == set(words.DIRECTION) and {v.word for v in Verdict} == set(words.VERDICT)
    assert {s.word for s in Severity} == set(words.SEVERITY) and {k.value for k in ArtifactKind} == set(words.PART)
    assert {v.value for v in lifecycle.PERSONAL} | {"hold", "lift"} == set(words.ACT) == set(words.DONE) - {"password"}
