"""Depth and references, and what has as many brackets without either."""

from __future__ import annotations

import pytest

from gateway.extract import nesting
from tests.builders.growth import linear

LAUGHS = b'<!DOCTYPE a [<!ENTITY a0 "ha">' + b"".join(b'<!ENTITY a%d "%s">' % (n + 1, b"&a%d;" % n * 10) for n in range(9)) + b"]>"


@pytest.mark.parametrize(("data", "held"), [
    (b"[" * 600, True), (b'{"a":[' * 300 + b"]}" * 300, True), (b'{"a":[' * 200 + b"]}" * 200, False), (b'{"a":{}},' * 5_000, False),
    (b'{"a": "' + b"[" * 900 + b'"}', False), (b'{"a": "x\\"' + b"[" * 900 + b'"}', False), (b"{}," * 500_001, True), (b"", False),
])
def test_json(data: bytes, held: bool) -> None:
    assert bool(nesting.json(data)) == held


@pytest.mark.parametrize(("data", "held"), [
    (b"<a>" * 501, True), (b"<a>" * 300 + b"</a>" * 300, False), (b"<a><b/></a>" * 4_000, False), (b"<a/>" * 4_000, False), (b"<!-- <a> -->" * 900, False),
    (b"<![CDATA[<a><a>]]>" * 900, False), (b"<?x ?>" * 900, False), (LAUGHS + b"<a>&a9;</a>", True), (LAUGHS + b"<a>&a3;</a>", False),
    (b'<!ENTITY a "&b;"><!ENTITY b "&a;"><x>&a;</x>', True), (b'<!ENTITY ns "http://ns.example/"><x a="&ns;"/>', False), (b"<a>&amp;</a>" * 400, False),
    (b"<!ENTITY a '" + b"x" * 60_000 + b"'><x>" + b"&a;" * 200 + b"</x>", True),
])
def test_xml(data: bytes, held: bool) -> None:
    assert bool(nesting.xml(data)) == held


@pytest.mark.parametrize(("source", "held"), [
    ("<b>" * 5_001, True), ("<table><tr><td>" * 5_001, True), ("<div><span>" * 3_000, True), ("<div><b>x</b></div>" * 9_000, False),
    ("<p><font size=2>x" * 9_000, False), ("<tr><td><font>a<td><b>b" * 9_000, False), ("<b><i>x</b></i>" * 9_000, False), ("<br><img><hr>" * 9_000, False),
    ("<object></object>" * 2_600, True), ("<iframe></iframe>" * 1_000 + "<p>" * 9_000, False),
])
def test_pages(source: str, held: bool) -> None:
    assert bool(nesting.page(source)) == held


@pytest.mark.parametrize(("source", "held"), [
    ("".join(f'<g id="a{n + 1}">' + f'<use xlink:href="#a{n}"/>' * 10 + "</g>" for n in range(8)), True),
    ('<g id="a"><use href="#a"/></g>' * 20, False), ('<use href="#a"/>' * 9_000, False), ("because of use, used and useful: " * 40, False),
    ('<svg id="s">' + '<g><use href="#b"/></g>' * 20 + "</svg>", False),
])
def test_drawings(source: str, held: bool) -> None:
    assert bool(nesting.drawing(source)) == held


def test_mailboxes_and_calendars() -> None:
    assert nesting.letters(b"\nFrom a" * 20_001) and not nesting.letters(b"\nFrom a" * 20_000)
    assert nesting.cards(b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 50_001) and not nesting.cards(b"begin:vcard\nend:vcard\n" * 20_000)
    assert nesting.cards(b"ATTENDEE:mailto:a\r\n" * 50_001) and not nesting.cards(b"ATTENDEE;CN=a:mailto:a\r\n" * 3_000)
    assert nesting.cards(b"BEGIN:VEVENT\r\n" * 17) and not nesting.cards(b"BEGIN:VEVENT\r\nBEGIN:VALARM\r\nEND:VALARM\r\nEND:VEVENT\r\n" * 100)


@pytest.mark.parametrize("unit", [b"<![CDATA[", b"<!--", b"<a ", b"</"])
def test_markup_that_nothing_ends_is_read_once(unit: bytes) -> None:
    assert linear(nesting.xml, lambda n: unit * n, 8_000)


def test_what_an_unended_comment_hides_is_no_depth() -> None:
    assert not nesting.xml(b"<!-- <a> -->" + b"<a/>" * 600 + b"<!--" + b"<a>" * 600)
    assert nesting.xml(b"<!-- -->" + b"<a>" * 600 + b"<!--")


def test_entities_are_looked_for_once() -> None:
    assert linear(nesting.xml, lambda n: b"<!DOCTYPE a [" + b"".join(b'<!ENTITY e%d "x">' % i for i in range(n)) + b"]>", 4_000)


def test_entities_of_parameters_count() -> None:
    """They are put in where an entity is declared, whether it is used or not."""
    assert nesting.xml(LAUGHS.replace(b"<!ENTITY a", b"<!ENTITY % a").replace(b"&", b"%"))
    assert not nesting.xml(b'<!DOCTYPE a [<!ENTITY % a "x"><!ENTITY b "%a;%a;">]><a>&b;</a>')


def test_a_quote_that_nothing_closes_is_read_once() -> None:
    assert linear(nesting.json, lambda n: b"[" * 600 + b'"' + b'\\"' * n, 5_000)
    assert nesting.json(b"[" * 600 + b'"') and nesting.json(b"[" * 600 + b'"\\')
    assert not nesting.json(b"[" * 400 + b'"' + b"[" * 400)


def test_elements_of_a_drawing_are_closed_one_by_one() -> None:
    assert linear(nesting.drawing, lambda n: "use " * 13 + "<g>" * n + "</g>" * n, 12_000)
