from __future__ import annotations

import random

import pytest

from gateway.detect.base import Scope, Tally
from gateway.detect.data.detector import CustomerData
from gateway.identifiers.date import BORN, readings
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Sample, Text
from gateway.model.transaction import Direction
from gateway.reference import Reference, edm_store

KNOWN = [("詹静", "1987-08-07", "宁夏回族自治区银川市兴庆区解放路12号3栋501室"), ("洪語彤", "1995-06-13", "臺南市東區文化路三段152號13樓"),
         ("斎藤 七海", "1980-01-02", "京都府京都市左京区吉田1丁目19番8号"), ("CHAN Tai Man", "1971-11-30", "646 Queens Road, Central")]
FILLER = ("本案請於下週三以前完成內部會簽，並將結果回報主管機關備查。", "いつもお世話になっております。下記の件につきましてご確認をお願いいたします。",
          "Please find the details below and let me know if anything is missing from the file.")


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    rng = random.Random(4)
    others = [("".join(map(rng.choice, ("陳林黃張李王吳劉蔡楊", "志芬玲君婷傑宏翰佳蓉豪華德榮國", "麗英珍雲龍虎安平祥瑞福壽康寧松"))),
               f"{rng.randrange(1940, 2005)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}",
               f"台北市{rng.choice('民中信和復文')}生路{rng.randrange(1, 9)}段{rng.randrange(1, 900)}號{rng.randrange(2, 30)}樓之{rng.randrange(1, 9)}")
              for _ in range(5000)]
    state = tmp_path_factory.mktemp("state")
    (state / "c.csv").write_text("\n".join(["name,birth,address", *(f'{n},{b},"{a}"' for n, b, a in KNOWN + others)]), "utf-8")
    edm_store.import_csv(state, "t", state / "c.csv")
    return Reference.load(state)


def records(reference, text):
    detector = CustomerData(Scope(Direction.OUTBOUND, "", (), (), reference))
    list(detector.look(Sample(Artifact(1, 0, ArtifactKind.PART), b"", [Text(text, "body")])))
    return {f.code: f.count for f in detector.conclude(Tally())}.get("EDM-t", 0)


@pytest.mark.parametrize("form", ["{n} {b}", "{n}（{b}）", "{n}（{b}）{a}", "「{n}」{b}", "【{n}】{b}生", "{n}<{b}>", '"{n}","{b}"', "{b}出生的{n}昨天來過。",
                                  "{n}住在{a}，請寄過去。", "{n}様のご住所は{a}です。", "「{n}」{a}", "{n} {a}電話請洽本人", "{a}的{n}"])
def test_two_fields_of_one_customer_in_a_sentence(reference, form):
    for name, born, address in KNOWN:
        assert records(reference, form.format(n=name, b=born, a=address)) == 1
    letter = "\n".join(line for n, b, a in KNOWN for line in (*FILLER, form.format(n=n, b=b, a=a), *FILLER))
    assert records(reference, letter) == 4


@pytest.mark.parametrize("form", ["{n} {b}", "客戶{n}，生日{b}，請回電。", "{n}（{a}）"])
def test_fields_of_different_customers_are_no_record(reference, form):
    mixed = [(n, KNOWN[i - 1][1], KNOWN[i - 2][2]) for i, (n, _, _) in enumerate(KNOWN)]
    assert records(reference, "\n".join((*FILLER, *(form.format(n=n, b=b, a=a) for n, b, a in mixed)))) == 0
    assert records(reference, "詹静先生您好，洪語彤小姐也會到。") == 0


@pytest.mark.parametrize("text", ["1987-08-07", "1987/8/7", "19870807", "民國76年8月7日", "民國七十六年八月七日", "昭和62年8月7日", "昭和六十二年八月七日", "一九八七年八月七日",
                                  "1987年8月7日", "Aug 7 1987", "Aug 7, 1987", "Aug 7\t 1987", "08/07/1987", "07/08/1987", "S62.8.7", "1987년 8월 7일", "0760807"])
def test_birth_dates_as_they_are_written(text):
    assert any("19870807" in readings(match) for match in BORN.finditer(f"生日{text},"))


@pytest.mark.parametrize("text", ["一二三四年", "民國七十六年", "一九八七年十三月一日", "一百年八月七日"])
def test_what_is_no_birth_date(text):
    assert not [date for match in BORN.finditer(text) for date in readings(match)]
