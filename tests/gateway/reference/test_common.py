from __future__ import annotations

import random

import numpy as np
import pytest

from gateway.reference.common import in_common
from gateway.reference.fingerprint import Store

LETTERHEAD = "Example Bank plc, registered in England and Wales no. 1234567. Registered office: 1 Example Street, London E1. " \
    "Authorised by the Prudential Regulation Authority."
CLAUSE = "本契約之解釋、效力及其他未盡事宜，均以中華民國法律為準據法；因本契約所生之爭議，雙方同意以臺灣臺北地方法院為第一審管轄法院。" \
    "本契約壹式貳份，由雙方各執乙份為憑，並自雙方簽署之日起生效，其修改非經雙方書面同意不得為之。本契約之附件為本契約之一部分，與本契約有同一效力。"


def written(seed: int, words: int = 260) -> str:
    chance = random.Random(seed)
    return " ".join("".join(chance.choices("abcdefghijklmnoprstu", k=chance.randrange(2, 9))) for _ in range(words))


def library(tmp_path, *documents: str):
    store = Store(tmp_path)
    for number, document in enumerate(documents):
        store.add(f"{number}", document)
    return store.load()


@pytest.mark.parametrize("shared", [LETTERHEAD, CLAUSE])
def test_what_three_unlike_documents_share_counts_for_none(tmp_path, shared):
    found = library(tmp_path, *(f"{written(n)}\n{shared}" for n in range(3)))
    assert found.match(f"{written(9)}\n{shared}") == []
    for n in range(3):
        assert [(m.name, m.percent) for m in found.match(f"{written(n)}\n{shared}")] == [(str(n), 100)]
        assert [m.name for m in found.match(written(n)[200:500])] == [str(n)]


def test_what_two_share_counts(tmp_path):
    assert len(library(tmp_path, *(f"{written(n)}\n{CLAUSE}" for n in range(2))).match(CLAUSE)) == 2


def test_versions_keep_what_they_share(tmp_path):
    text = [written(n, 80) for n in range(8)]
    found = library(tmp_path, *("\n".join(text[:4 + n]) for n in range(5)))
    assert {m.name for m in found.match(text[0])} == set("01234")


def test_versions_count_as_one_document(tmp_path):
    one = written(1)
    found = library(tmp_path, f"{one}\n{CLAUSE}", f"{one}\n{written(5, 20)}\n{CLAUSE}", f"{written(2)}\n{CLAUSE}")
    assert len(found.match(CLAUSE)) == 3


def test_forms_of_one_template_keep_it(tmp_path):
    template = written(1)
    assert len(library(tmp_path, *(template + written(10 + n, 200) for n in range(4))).match(template)) == 4


def test_an_excerpt_and_a_passage_that_is_registered_itself_keep_theirs(tmp_path):
    report = [written(n, 120) for n in range(6)]
    assert [m.name for m in library(tmp_path, "\n".join(report), "\n".join(report[:1]), report[0][:250]).match(report[0][:240])]
    found = library(tmp_path / "x", CLAUSE, *(f"{written(n)}\n{CLAUSE}" for n in range(3)))
    assert [m.name for m in found.match(CLAUSE)] == ["0"]


def test_nothing_registered_and_nothing_shared():
    nothing = np.empty(0, np.uint64)
    assert not len(in_common(nothing, np.empty(0, np.int32), np.empty(0, np.int64)))
    assert not in_common(np.arange(4, dtype=np.uint64), np.array([0, 0, 1, 2]), np.array([2, 1, 1])).any()
