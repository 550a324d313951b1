"""Four languages, complete: nothing without its translation, the same placeholders, terms of the place."""

from __future__ import annotations

import re
from pathlib import Path

import polib
import pytest

from gateway.reports import words
from tests.gateway.notices.test_catalog import FOREIGN

LOCALE = Path(words.__file__).parent / "locale"


def entries(language: str) -> dict[str, str]:
    return {e.msgid: e.msgstr for e in polib.pofile(str(LOCALE / words.LOCALES[language] / "LC_MESSAGES" / "reports.po"))}


@pytest.mark.parametrize("language", words.LOCALES)
def test_every_sentence_is_translated(language: str) -> None:
    known = entries(language)
    assert set(known) == words.sentences()
    for english, said in known.items():
        assert said.strip() and said != english
        assert sorted(re.findall(r"\{[a-z]+\}", said)) == sorted(re.findall(r"\{[a-z]+\}", english))
        assert english.endswith(".") is said.endswith("。"), said
        assert not [word for word in FOREIGN[language] if word in said], said
        assert words.translator(language)(english) == said


def test_english_and_unknown_languages() -> None:
    assert words.translator("en")("Summary") == "Summary" == words.translator("xx")("Summary")
