import zipfile
from email import message_from_bytes
from io import BytesIO

import pytest

from gateway.cli import samples


def test_each_sample_is_wire_ready_and_named_once():
    made = samples.samples()
    assert len({s.name for s in made}) == len(made) == 6
    for sample in made:
        assert b"\n" not in sample.content.replace(b"\r\n", b""), sample.name
        assert f"<{sample.name}@".encode() in sample.content
        assert not message_from_bytes(sample.content).defects


def test_the_check_digit_is_that_of_the_known_example():
    assert samples.with_check_digit("A12345678") == "A123456789"


def test_the_macro_workbook_is_a_readable_package():
    with zipfile.ZipFile(BytesIO(samples.macro_workbook())) as archive:
        assert archive.testzip() is None and "xl/macrosheets/sheet1.xml" in archive.namelist()


def test_the_encrypted_archive_is_encrypted():
    with zipfile.ZipFile(BytesIO(samples.ENCRYPTED_ZIP)) as archive, pytest.raises(RuntimeError, match="password required"):
        archive.read("report.txt")


def test_samples_are_the_same_octets_each_time():
    assert [s.content for s in samples.samples()] == [s.content for s in samples.samples()]
