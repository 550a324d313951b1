from __future__ import annotations

import pickle
from collections import OrderedDict
from datetime import date

import pytest

from gateway.extract.records import pickled

RECORDS = [{"name": "陳志明", "id_no": "A123456789", "n": n} for n in range(3)]


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_plain_values(protocol):
    for value in (RECORDS, {"a": [1, 2.5, None, True], "b": {"c": "d"}}, ["x"] * 300):
        data = pickle.dumps(value, protocol)
        assert pickled.pickle_like(data)
        assert pickled.content(data) == value
    assert pickled.content(pickle.dumps([("a", 1), ("b", 2, 3, 4)], protocol)) == [["a", 1], ["b", 2, 3, 4]]


class Customer:
    def __init__(self):
        self.id_no = "A123456789"


@pytest.mark.parametrize("protocol", [2, 4])
def test_objects_are_what_they_were_made_from(protocol):
    found = pickled.content(pickle.dumps([Customer(), OrderedDict(a="A123456789"), date(2026, 1, 1)], protocol))
    assert found[0] == {"id_no": "A123456789"}
    assert "A123456789" in str(found[1])


def test_nothing_runs():
    assert pickled.content(b"\x80\x02cos\nsystem\nq\x00X\x02\x00\x00\x00lsq\x01\x85q\x02Rq\x03.") == ["ls"]


@pytest.mark.parametrize("data", [b"\x80\x04\x95.", b"\x80\x02h\x00.", b"\x80\x02a.", b"\x80\x02\x8c\xff.", b"\x80\x02X\xff\xff\xff\xff."])
def test_broken(data):
    with pytest.raises(pickled.NoPickle):
        pickled.content(data)
