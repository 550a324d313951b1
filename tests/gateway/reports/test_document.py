from __future__ import annotations

import re
from pathlib import Path

import pypdfium2
import pytest

from gateway.reports.document import FONTS, NoFont, pdf
from gateway.reports.sections import compose
from tests.builders.report import material

HAVE = any(path.is_file() for path in FONTS)


@pytest.mark.parametrize(("language", "title", "name"), [("zh-Hant", "郵件防護報告", "王經理"), ("ja", "メール保護レポート", "5 秒未満")])
def test_a_document_that_can_be_read_and_searched(language: str, title: str, name: str) -> None:
    assert HAVE, "these tests need Debian's package fonts-noto-cjk (deploy/install)"
    made = pdf(compose(material(), language))
    assert made.startswith(b"%PDF-") and len(made) < 400_000, "a subset of the font, not all of it"
    document = pypdfium2.PdfDocument(made)
    text = "\n".join(page.get_textpage().get_text_range() for page in document)
    assert title in text and name in text and "rule-0" in text and "ISO/IEC 27001:2022" in text
    assert document.get_metadata_dict()["Title"] == title and len(document) >= 3
    assert re.search(rb"/Lang\s*\(%s\)" % language.encode(), made)


@pytest.mark.slow
def test_it_is_the_same_octets_each_time() -> None:
    first, second = (pdf(compose(material(), "en")) for _ in range(2))
    assert re.sub(rb"/ID \[.*?\]", b"", first) == re.sub(rb"/ID \[.*?\]", b"", second)


def test_no_font(tmp_path: Path) -> None:
    with pytest.raises(NoFont, match="install Debian's fonts-noto-cjk, or ask for HTML"):
        pdf(compose(material(), "ja"), (tmp_path / "none.ttc",))
