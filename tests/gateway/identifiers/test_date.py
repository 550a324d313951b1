from __future__ import annotations

import pytest

from gateway.identifiers.date import DATE, parse, readings, valid_date


@pytest.mark.parametrize(("text", "date"), [
    ("民國48年05月20日", "19590520"), ("1995/07/08", "19950708"), ("1952-08-08", "19520808"), ("19770821", "19770821"), ("昭和60年3月1日", "19850301"),
    ("平成元年1月8日", "19890108"), ("H1.1.8", "19890108"), ("S60.3.1", "19850301"), ("48.05.20", "19590520"), ("生日：2001年2月3日", "20010203"), ("民國 75 年 12 月 27 日", "19861227"),
    ("中華民國75年1月2日", "19860102"), ("昭和 60 年 3 月 1 日", "19850301"), ("27/12/1986", "19861227"), ("03.04.1990", "19900403"), ("12/27/1986", "19861227"),
    ("27 Dec 1986", "19861227"), ("December 27, 1986", "19861227"), ("3rd March 1990", "19900303"), ("05-Jun-1971", "19710605"), ("Sept. 9, 1971", "19710909")])
def test_calendars_of_the_region(text, date):
    assert parse(text) == date


@pytest.mark.parametrize("text", ["1995/13/08", "20261340", "12345678", "1.2.3.4", "A19770821", "0929-565-591", "no date", "31/02/1990", "27/12-1986", "may 1990",
    "Maybe 3, 1990", "1 12 1990", "99 Dec 1986"])
def test_no_date(text):
    assert parse(text) == ""


def test_days_of_the_month():
    assert valid_date("20230229")
    assert not valid_date("20230431")
    assert not valid_date("18490101")


def test_day_and_month_of_a_western_date_may_change_places():
    both = DATE.search("3/4/1990")
    assert both is not None and readings(both) == ("19900403", "19900304")
    one = DATE.search("5/5/1990")
    assert one is not None and readings(one) == ("19900505",)
