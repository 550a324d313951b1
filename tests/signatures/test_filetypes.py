"""The table of blocked names: complete, well formed, refused with its place otherwise."""

from __future__ import annotations

import pytest

from gateway.model.errors import ConfigError
from signatures.filetypes import blocked_extensions, parse

GOOD = '[[group]]\nid="a"\ncode="X"\ncategory="script"\nseverity="high"\nwhy="w"\nextensions=["js"]\n'


def test_packaged_table():
    blocked = blocked_extensions()
    assert {"exe", "js", "lnk", "library-ms", "chm", "msi", "vsto", "dsn", "wcm"} <= blocked.keys()
    assert not {"pdf", "docx", "txt", "jpg", "html", "csv", "xml", "pem", "crt", "ics", "vcf", "json"} & blocked.keys()
    assert {g.code.partition("-")[0] for g in blocked.values()} == {"EXECUTABLE", "SCRIPT"}


@pytest.mark.parametrize("bad", [
    GOOD.replace('"high"', '"huge"'), GOOD.replace('"js"', '"JS"'), GOOD.replace('"js"', '".js"'), GOOD.replace('["js"]', '["js", "js"]'),
    GOOD.replace('why="w"\n', ""), "[[group", GOOD + 'more = 1\n',
])
def test_bad_table_names_its_place(bad):
    with pytest.raises(ConfigError, match=r"^t\.toml"):
        parse(bad, "t.toml")


def test_good_table():
    assert parse(GOOD, "t.toml")["js"].id == "a"
