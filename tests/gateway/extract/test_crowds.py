from __future__ import annotations

import base64

import pytest

from gateway.extract.base import Context
from gateway.extract.crowds import CODED, CODINGS, LAYERED, SMALL, crowd
from gateway.extract.registry import EXTRACTORS
from gateway.extract.text import blocks
from gateway.extract.walk import AFTER_FLOOD, walk
from gateway.model.content import Sample
from gateway.model.deadline import Limits
from gateway.model.finding import IncidentCode
from tests.builders import leak_files


@pytest.mark.parametrize(("kind", "data"), [
    ("text/plain", b"\n" * 1_600_000), ("text/plain", b"a\r" * 1_600_000), ("text/plain", b"12,3\n" * 450_000),
    ("text/csv", b"," * 5_100_000), ("text/plain", b"%41" * 4_100_000), ("application/json", b"[" + b"1," * 5_100_000 + b"1]"),
    ("text/html", b"<b>" * 1_100_000), ("text/html", b"<p " + b"a=1 " * 2_100_000), ("text/html", b"&#49;" * 2_100_000),
    ("image/svg+xml", b"<g/>" * 1_100_000), ("application/xml", b"<a/>" * 3_100_000), ("text/xml", b"<a " + b"b='' " * 3_100_000),
])
def test_what_nobody_writes(kind: str, data: bytes) -> None:
    assert crowd(kind, data)
    assert not crowd("application/zip", data)
    assert not crowd(kind, data[:SMALL - 1])


@pytest.mark.parametrize(("kind", "data"), [
    ("text/plain", b"0912345678\n" * 1_000_000), ("text/csv", b"name,A123456789,0912345678\n" * 300_000),
    ("text/html", b"<tr><td>name</td><td>number</td></tr>\n" * 60_000), ("text/plain", b"d2hhdCBpcyBzYWlk" * 500_000),
    ("application/json", b'{"a": "name", "b": 1234}, ' * 400_000), ("text/plain", b" " * 3_000_000),
])
def test_what_is_long_only(kind: str, data: bytes) -> None:
    assert crowd(kind, data) == ""


def test_only_the_beginning_of_a_crowd_is_read() -> None:
    seen: list[Sample] = []
    mail = leak_files.mail(("a.csv", b"A123456789,1\n" * 10 + b"1,2\n" * 500_000))
    found = walk(mail, Context(Limits(), True), EXTRACTORS, seen.append)
    assert [incident.code for incident in found.incidents] == [IncidentCode.COUNT]
    crowded = next(sample for sample in seen if sample.artifact.id == found.incidents[0].artifact)
    assert len(crowded.data) == AFTER_FLOOD
    assert crowded.artifact.size > AFTER_FLOOD
    assert any("A123456789" in text.content for text in crowded.texts)


def pages(count: int, each: int) -> bytes:
    return leak_files.mail(*((f"{n}.html", b"<html>%d" % n + b"<td>x</td>" * each) for n in range(count)))


@pytest.mark.parametrize(("outbound", "count"), [(False, 80), (True, 80), (False, 20)])
def test_the_elements_of_all_pages_count_together(outbound: bool, count: int) -> None:
    seen: list[Sample] = []
    found = walk(pages(count, 12_000), Context(Limits(), outbound), EXTRACTORS, seen.append)
    assert [incident.code for incident in found.incidents] == ([IncidentCode.COUNT] if count == 80 else [])
    assert (len(seen) > count) is (count == 20)


def test_who_comes_after_a_flood_reads_its_beginning_only() -> None:
    seen: list[Sample] = []
    frames = b"<html>" + b"<iframe srcdoc='&lt;p&gt;x&lt;/p&gt;'></iframe>" * 60_000 + b"</html>"
    found = walk(leak_files.mail(("a.html", frames)), Context(Limits(), True), EXTRACTORS, seen.append)
    assert {incident.code for incident in found.incidents} == {IncidentCode.COUNT}
    assert max(len(sample.data) for sample in seen if sample.artifact.detected_type == "text/html") == AFTER_FLOOD


def written_out(layers: int, octets: int) -> bytes:
    text = b"the report of market and meeting, please send; we will review the agenda\n" * (octets // 73)
    for _ in range(layers):
        text = base64.encodebytes(text)
    return leak_files.mail(("a.txt", text))


@pytest.mark.parametrize(("outbound", "layers", "octets", "told"), [
    (True, 1, CODED + 1000, "text written in codings"), (False, 1, CODED + 1000, ""), (True, 1, CODED // 2, ""),
    (False, 3, LAYERED, "codings within one another"), (True, 3, LAYERED, "codings within one another"), (True, 3, LAYERED // 8, ""),
])
def test_text_in_codings_and_codings_in_codings(outbound: bool, layers: int, octets: int, told: str) -> None:
    seen: list[Sample] = []
    found = walk(written_out(layers, octets), Context(Limits(), outbound), EXTRACTORS, seen.append)
    assert [incident.code for incident in found.incidents] == ([IncidentCode.SIZE] if told else [])
    assert told in "".join(incident.detail for incident in found.incidents)
    if told and layers == 1:                              # what holds the coding was not judged before it was told
        assert max(len(text.content) for sample in seen for text in sample.texts) <= AFTER_FLOOD


def test_escapes_of_programs_are_no_coding() -> None:
    lines = b'{"name": "\\u6797\\u7f8e\\u73b2", "city": "\\u53f0\\u5317"}\n' * (CODED // 40)
    found = walk(leak_files.mail(("a.txt", lines)), Context(Limits(), True), EXTRACTORS, lambda sample: None)
    assert found.incidents == ()


def test_every_coding_that_is_read_out_of_a_text_is_counted():
    """But for escapes and references, which programs write for every foreign letter."""
    assert {label for label, _, _ in blocks.CODINGS} - {"percent", "references", "escapes"} <= CODINGS
