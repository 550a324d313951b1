from __future__ import annotations

import pytest

from gateway.detect.base import Scope, Tally
from gateway.detect.data.labels import Labels, forbids, marking
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Sample, Table, Text
from gateway.model.finding import Severity
from gateway.model.transaction import Direction


@pytest.mark.parametrize("line", [
    "機密", "【極機密】", "密件", "社外秘", "＜社外秘＞", "绝密", "内部资料 严禁外传", "CONFIDENTIAL", "STRICTLY CONFIDENTIAL - INTERNAL USE ONLY",
    "*** Confidential ***", "機密等級：機密", "Classification: Restricted", "㊙", "密"])
def test_marking_lines(line):
    assert marking(line)


@pytest.mark.parametrize("line", [
    "機密情報が含まれる場合があります", "社外秘の取扱いにご注意ください。", "本郵件可能包含機密資訊", "请妥善保管内部资料", "Reminder: the training on handling confidential documents",
    "secretary", "秘書", "", "公開", "draft", "This is confidential", "密碼"])
def test_words_in_sentences_are_no_marking(line):
    assert not marking(line)


@pytest.mark.parametrize(("name", "forbidden"), [
    ("Confidential - Internal only", True), ("機密 - 全體同仁", True), ("Highly Confidential", True), ("General", False), ("Public", False), ("Personal", False)])
def test_names_of_sensitivity_labels(name, forbidden):
    assert bool(forbids(name)) is forbidden


def codes(*texts, tables=(), direction=Direction.OUTBOUND):
    detector = Labels(Scope(direction, "", (), ()))
    sample = Sample(Artifact(0, None, ArtifactKind.MESSAGE), b"", list(texts), list(tables))
    found = list(detector.look(sample))
    assert all(f.severity is Severity.HIGH for f in found)
    tally = Tally()
    detector.conclude(tally)
    assert bool(found) == ("label" in tally.identifiers)
    return {f.code for f in found}


def test_places_of_markings():
    assert codes(Text("社外秘", "header")) == {"LABEL-MARKING"}
    assert codes(Text("社外秘\n\n本文\n続き", "body")) == {"LABEL-MARKING"}
    assert codes(Text("本文\n" * 9 + "社外秘\n" + "本文\n" * 9, "body")) == set()
    assert codes(Text("本文\n" * 9 + "社外秘", "page 1")) == {"LABEL-MARKING"}
    assert codes(Text("[Confidential] plan", "header Subject")) == {"LABEL-MARKING"}
    assert codes(Text("confidential documents training", "header Subject")) == set()


def test_sensitivity_field():
    assert codes(Text("Company-Confidential", "header Sensitivity")) == {"LABEL-SENSITIVITY"}
    assert codes(Text("Personal", "header Sensitivity")) == set()


def test_microsoft_labels():
    name = "MSIP_Label_0d5e2a6c-1111-4222-8333-444455556666_Name"
    assert codes(tables=[Table("properties", ((name, "Confidential"),))]) == {"LABEL-SENSITIVITY"}
    assert codes(tables=[Table("properties", ((name, "General"),))]) == set()
    assert codes(Text(f"{name[:-4]}Enabled=True;{name}=Highly Confidential;", "header Msip_Labels")) == {"LABEL-SENSITIVITY"}


def test_inbound_is_not_judged():
    assert codes(Text("社外秘", "header"), direction=Direction.INBOUND) == set()
