import io
import zipfile
from email import message_from_bytes

from gateway.app.registered import Text, joined, texts, wrapped
from gateway.config import load
from gateway.inspection.protocol import PREVIEW_TEXT, PREVIEW_TEXTS


def preview(*pieces):
    return {"texts": [("message > 1 a", "body", piece) for piece in pieces], "headers": [], "macros": [], "artifacts": []}


def test_a_file_of_any_octets_and_name_becomes_one_part():
    octets = bytes(range(256)) * 9
    mail = message_from_bytes(wrapped('計畫 "2026"\r\nBcc: x.docx', octets))
    parts = [p for p in mail.walk() if not p.is_multipart()]
    assert [p.get_payload(decode=True) for p in parts if p.get_filename()] == [octets] and mail["Bcc"] is None


def test_what_two_readers_gave_counts_once():
    assert joined(preview("a", "b", "a")) == Text("a\nb") and joined(preview()) == Text("")


def test_what_was_cut_is_said():
    assert not joined(preview("a" * (PREVIEW_TEXT - 1))).cut
    assert joined(preview("a" * PREVIEW_TEXT)).cut
    assert joined(preview(*["a" * (PREVIEW_TEXT - 1)] * (PREVIEW_TEXTS // PREVIEW_TEXT), "abcd")).cut


async def test_text_is_read_in_the_cell_also_from_containers():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("inner.txt", "內部文件之內容")
    found = await texts(load(None), [("a.txt", "本行年度計畫".encode("big5")), ("b.zip", packed.getvalue()), ("c.bin", b"\0\1\2")])
    assert "本行年度計畫" in found[0].content and "內部文件之內容" in found[1].content and found[2].content == ""
