from __future__ import annotations

import pytest

from gateway.identifiers.date import parse, valid_date


@pytest.mark.parametrize(("text", "date"), [
    ("民國48年05月20日", "19590520"), ("1995/07/08", "19950708"), ("1952-08-08", "19520808"), ("19770821", "19770821"), ("昭和60年3月1日", "19850301"),
    ("平成元年1月8日", "19890108"), ("H1.1.8", "19890108"), ("S60.3.1", "19850301"), ("48.05.20", "19590520"), ("生日：2001年2月3日", "20010203")])
def test_calendars_of_the_region(text, date):
    assert parse(text) == date


@pytest.mark.parametrize("text", ["1995/13/08", "20261340", "12345678", "1.2.3.4", "A19770821", "0929-565-591", "no date"])
def test_no_date(text):
    assert parse(text) == ""


def test_days_of_the_month():
    assert valid_date("20230229")
    assert not valid_date("20230431")
    assert not valid_date("18490101")
