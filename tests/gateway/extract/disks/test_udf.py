from gateway.extract.base import Context
from gateway.extract.bounded import Budget
from gateway.extract.disks.udf import extract, present
from gateway.model.deadline import Limits
from tests.builders.archives import codes, content
from tests.builders.discs import DATA, iso_of


def read(data):
    context = Context(Limits())
    return list(extract(data, context, Budget.of(context), []))


def test_udf_alone():
    data = iso_of(udf="2.60").replace(b"CD001", b"XX001")
    assert present(data)
    assert content(read(data)) == {"資料/請求書.exe": DATA}


def test_what_cannot_be_followed_is_unsupported():
    assert not present(bytes(300_000))
    assert codes(read(bytes(600_000))) == {"UNSUPPORTED"}
    data = bytearray(iso_of(udf="2.60"))
    data[256 * 2048:257 * 2048] = bytes(2048)
    data[-2048:] = bytes(2048)
    assert codes(read(bytes(data))) == {"UNSUPPORTED"}
