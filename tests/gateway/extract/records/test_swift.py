from __future__ import annotations

from gateway.extract.base import Context, Node
from gateway.extract.records.swift import SWIFT
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Text
from gateway.model.deadline import Limits
from tests.builders.growth import linear

BEGIN = ":20:STARTUMS\r\n:25:50010517/0123456789\r\n:28C:1/1\r\n:60F:C261109EUR1000,00\r\n"


def read(text, outbound=True):
    node = Node(Artifact(1, 0, ArtifactKind.PART, ("a.sta",)), text.encode(), "text/plain")
    return list(SWIFT.extract(node, Context(Limits(), outbound=outbound))) if SWIFT.claims(node) else None


def test_parts_of_what_the_owner_is_told_also_over_lines():
    body = ":61:2611091109D9,00NTRF\r\n:86:020?00UEBERWEISUNG?31DE8937040044\r\n0532013000?32ERIKA\r\n MUSTERMANN\r\n:62F:C261109EUR900,00\r\n-"
    assert read(BEGIN + body) == [Text("020\nUEBERWEISUNG\nDE89370400440532013000\nERIKA MUSTERMANN", "statement", "utf-8")]
    assert read(BEGIN + body, outbound=False) == []


def test_other_texts():
    assert read(BEGIN + ":86:plain words") is None
    assert read("a letter ?31DE89370400440532013000") is None


def test_long_statements_cost_what_they_are_long():
    assert linear(read, lambda n: BEGIN + ":86:020?31x\r\n" * n, 10_000)
