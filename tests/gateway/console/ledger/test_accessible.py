"""The pages of the record, of reports and of tokens: labels, headings and tables that a screen reader can follow."""

from __future__ import annotations

import pytest
from lxml import html

from tests.builders.console import Site
from tests.builders.custody import Held, leak


@pytest.mark.parametrize("path", ["/audit", "/reports", "/reports?month=2026-11", "/tokens"])
def test_names_labels_and_structure(site: Site, held: Held, path: str) -> None:
    held(leak, persons=3)
    site.people("audrey", "auditor")
    page = html.fromstring(site.browser("audrey").open(path).content)
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    for field in page.xpath("//input[not(@type='hidden')] | //select | //textarea"):
        assert page.xpath(f"//label[@for='{field.get('id')}']"), html.tostring(field)
    assert len(page.xpath("//h1")) == 1
    for region in page.xpath("//*[@aria-labelledby]"):
        assert all(page.get_element_by_id(name) is not None for name in region.get("aria-labelledby").split())
    for table in page.xpath("//table"):
        assert table.xpath(".//th[@scope='col']") and len(table.xpath(".//thead/tr/th")) == len(table.xpath(".//tbody/tr[1]/td"))
    for button in page.xpath("//button"):
        assert (button.text_content() + (button.get("aria-label") or "")).strip()
    for plot in page.xpath("//svg[@role='img']"):
        assert plot.get("aria-label")
