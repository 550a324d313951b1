"""Links that save what they hold."""

from __future__ import annotations

import pytest

from gateway.extract.page.saved import saved_links


@pytest.mark.parametrize(("attributes", "found"), [
    (" download=a.js href='data:;base64,eHh4'", [("a.js", "data:;base64,eHh4")]),
    (" href=\"data:text/plain,x&amp;y\" class=b download=\"My file.hta\"", [("My file.hta", "data:text/plain,x&y")]),
    (" xlink:href=data:application/zip;base64,UEs download='a.zip'", [("a.zip", "data:application/zip;base64,UEs")]),
    (" download href='data:text/csv,1,2'", []), (" download=a.pdf href='https://h.example/a.pdf'", []),
    (" data-download=x href='data:text/csv,1,2'", []), ("", []),
])
def test_names_and_addresses(attributes, found):
    assert list(saved_links(attributes)) == found
