"""Four languages, complete: no string without its translation, the same placeholders, no mixture of terms."""

from __future__ import annotations

import string
from pathlib import Path

import polib
import pytest

from gateway.model.decision import Kind, Party
from gateway.model.finding import IncidentCode
from gateway.notices import catalog
from gateway.notices.catalog import LOCALES, finding_sentence, strings, text
from gateway.policy.words import IDENTIFIERS, PREFIXES
from tests.builders.messages import catalogues, compiled

LOCALE = Path(catalog.__file__).parent / "locale"
# Words and letters of another place.
FOREIGN = {
    "zh-Hant": ("邮", "软件", "信息", "文件夹", "默认", "用户", "服务器", "程序", "數據", "發件人", "收件人", "附件檔"),
    "zh-Hans": ("郵", "檔", "軟體", "資訊", "預設", "使用者", "寄件者", "收件者", "程式", "連結", "巨集", "電腦"),
    "ja": ("邮", "档", "软"),
}


def fields(sentence: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None)


def po(language: str) -> polib.POFile:
    return polib.pofile(str(LOCALE / LOCALES[language] / "LC_MESSAGES" / "sekisho.po"), encoding="utf-8")


@pytest.mark.parametrize("language", LOCALES)
def test_every_string_is_translated_with_its_placeholders(language: str) -> None:
    entries = {e.msgid: e.msgstr for e in po(language) if not e.obsolete and not e.fuzzy}
    wanted = set(strings())
    assert wanted - set(entries) == set(), "translate these"
    assert set(entries) - wanted == set(), "nobody says these any more"
    for english, sentence in entries.items():
        assert sentence.strip(), english
        assert fields(sentence) == fields(english), english
        assert sentence != english or english == ", ", english


@pytest.mark.parametrize("language", LOCALES)
def test_terms_are_of_the_place(language: str) -> None:
    for entry in po(language):
        assert not [word for word in FOREIGN[language] if word in entry.msgstr], entry.msgstr


def test_japanese_is_polite() -> None:
    for entry in po("ja"):
        if entry.msgid.endswith(".") and not entry.msgid.startswith("Found"):
            assert entry.msgstr.endswith(("です。", "ます。", "した。", "ません。", "ください。")), entry.msgstr


@pytest.mark.parametrize("path", list(catalogues()), ids=str)
def test_the_compiled_catalogue_is_that_of_its_source(path: Path) -> None:
    assert path.with_suffix(".mo").read_bytes() == compiled(path), "run: python tests/builders/messages.py"


def test_every_code_has_its_sentence() -> None:
    assert set(catalog.FINDINGS) == set(PREFIXES)
    assert set(catalog.INCIDENTS) == set(IncidentCode)
    assert set(catalog.IDENTIFIERS) == set(IDENTIFIERS)
    assert set(catalog.HAPPENED) == {(p, k) for p in (Party.RECIPIENT, Party.SENDER, Party.OWNER) for k in Kind}


def test_an_unknown_code_is_told_as_malicious() -> None:
    assert finding_sentence("NEWKIND-X") == catalog.FINDINGS["SIGNATURE-"]


def test_a_scan_that_broke_off_is_not_called_malicious() -> None:
    assert finding_sentence("SIGNATURE-TIMEOUT") == catalog.INCIDENTS[IncidentCode.TIMEOUT]
    assert finding_sentence("SIGNATURE-MATCH") == catalog.FINDINGS["SIGNATURE-"]


def test_text() -> None:
    assert text("ja", catalog.FINDINGS["EXECUTABLE-"], file="a") == "a は実行プログラムです。"
    assert text("en", "{file} is encrypted.", file="{x}") == "{x} is encrypted."
    assert text("tlh", "{file} is encrypted.", file="a") == "a is encrypted."
