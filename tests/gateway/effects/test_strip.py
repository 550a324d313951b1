"""Taking a part out: its octets and no others; a cell that says nonsense moves nothing."""

from __future__ import annotations

import email
import email.policy
import os
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.effects.strip import AMBIGUOUS, NO_PART, SEALED, Stripper, Unstrippable, chosen, entity, splice
from gateway.extract.mime.outline import outline
from gateway.model.custody import Admission
from gateway.notices.placeholder import Note
from tests.builders.custody import admission, memory

NOTE = Note("附件已移除_2.txt", "Attachment-removed_2.txt", "第一行\nsecond line")
MAIL = (b"From: a@b.example\r\nSubject: =?big5?b?pKQ=?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\npre\r\n"
        b"--x\r\nContent-Type: text/plain; charset=big5\r\n\r\n\xa4\xa4\xa4\xe5\r\n"
        b"--x\r\nContent-Type: application/x-msdownload; name=a.exe\r\nContent-Transfer-Encoding: base64\r\n\r\nTVqQ\r\n"
        b"--x\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--x--\r\nepilogue\r\n")


class Cell:
    """The cell without its process."""

    async def preview(self, fd: int, size: int, admission: Admission) -> Mapping[str, Any]:
        seen = outline(os.pread(fd, size, 0))
        rows = [("sealed", "", "")] if seen.sealed else [(k, str(a), str(b)) for k, (a, b) in seen.spans.items()]
        return {"spans": rows}


async def strip(mail: bytes, *labels: str) -> bytes:
    fd = memory(mail)
    made = await Stripper(Cell(), lambda _, label: Note(f"n{label}", f"n{label}", NOTE.text)).strip(fd, len(mail), admission(mail), labels)
    os.close(fd)
    with os.fdopen(made.fd, "rb") as file:
        octets = file.read()
    assert len(octets) == made.size
    return octets


async def test_one_part_goes_and_every_other_octet_stays() -> None:
    changed = await strip(MAIL, "2")
    start, end = outline(MAIL).spans["2"]
    assert changed.startswith(MAIL[:start]) and changed.endswith(MAIL[end:]) and b"TVqQ" not in changed
    parsed = email.message_from_bytes(changed, policy=email.policy.default)
    parts = list(parsed.iter_parts())
    assert len(parts) == 3 and parts[0].get_content() == "中文"
    note = parts[1]
    assert note.get_content_type() == "text/plain" and note.get_filename() == "n2"
    assert note.get_payload(decode=True) == b"\xef\xbb\xbf" + "第一行\r\nsecond line\r\n".encode()


async def test_several_parts_in_any_order() -> None:
    changed = await strip(MAIL, "3", "2")
    assert b"TVqQ" not in changed and b"iVBOR" not in changed and list(outline(changed).spans) == ["1", "2", "3"]


async def test_what_is_signed_and_what_stands_alone_is_not_touched() -> None:
    with pytest.raises(Unstrippable, match="signed"):
        await strip(MAIL.replace(b"multipart/mixed", b"multipart/signed"), "2")
    for mail, label in ((MAIL, "4"), (MAIL.replace(b"--x--\r\n", b""), "2"), (b"Subject: x\r\n\r\nbody", "1")):
        with pytest.raises(Unstrippable):
            await strip(mail, label)


@pytest.mark.parametrize(("rows", "wanted", "why"), [
    ([("sealed", "", "")], ("2",), SEALED), ([], ("2",), AMBIGUOUS), ([("2", "0", "5")], (), NO_PART), ([("2", "0", "5")], ("3",), NO_PART),
    ([("2", "5", "3")], ("2",), AMBIGUOUS), ([("2", "0", "11")], ("2",), AMBIGUOUS), ([("2", "-1", "5")], ("2",), AMBIGUOUS),
    ([("1", "0", "5"), ("2", "4", "9")], ("1", "2"), AMBIGUOUS), ([("2", "٣", "9")], ("2",), AMBIGUOUS), ([("2", "0", "9" * 20)], ("2",), AMBIGUOUS)])
def test_the_cell_is_not_believed(rows: list[tuple[str, str, str]], wanted: tuple[str, ...], why: str) -> None:
    with pytest.raises(Unstrippable) as caught:
        chosen(rows, wanted, 10)
    assert str(caught.value) == why


def test_the_name_is_there_in_both_forms() -> None:
    part = entity(NOTE)
    assert b'name="Attachment-removed_2.txt"' in part and b"filename*=UTF-8''%E9%99%84" in part and part.isascii()
    assert max(len(line) for line in part.split(b"\r\n")) <= 998


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300), st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), max_size=5), st.binary(max_size=20))
def test_splice_is_what_slices_say(data: bytes, cuts: list[tuple[int, int]], new: bytes) -> None:
    pieces, at = [], 0
    for start, length in sorted(cuts):
        if at <= start and start + length <= len(data):
            pieces.append((start, start + length, new))
            at = start + length
    fd = memory(data)
    made = splice(fd, len(data), pieces)
    wanted, at = b"", 0
    for start, end, piece in pieces:
        wanted, at = wanted + data[at:start] + piece, end
    wanted += data[at:]
    assert os.pread(made.fd, made.size + 1, 0) == wanted
    os.close(made.fd)
    os.close(fd)
