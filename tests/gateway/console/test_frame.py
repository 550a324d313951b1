from __future__ import annotations

from django.test import RequestFactory
from django.utils import translation

from gateway.config.values import LANGUAGES as CONFIGURED
from gateway.console.frame import TAGS, frame, reader
from gateway.console.settings import LANGUAGES
from tests.builders.console import Site


def test_languages_are_those_of_the_configuration() -> None:
    assert [TAGS[code] for code, _ in LANGUAGES] == list(CONFIGURED)


def test_frame(site: Site) -> None:
    with translation.override("zh-hant"):
        found = frame(RequestFactory().get("/quarantine?a=名"))
        assert found["language"] == "zh-Hant" == reader() and found["here"].startswith("/quarantine?a=") and found["here"].isascii()
        assert [code for code, _, _, current in found["languages"] if current] == ["zh-hant"] and found["account"] is None
        assert frame(RequestFactory().post("/quarantine/x/deny"))["here"] == ""
