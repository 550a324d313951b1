from __future__ import annotations

from gateway.extract.base import Child, Problem
from gateway.extract.office.binary import mapi
from gateway.model.content import Text


def test_text8_prefers_utf8_then_the_code_page() -> None:
    assert mapi.text8("請款".encode(), 950) == "請款"
    assert mapi.text8("請款".encode("cp950"), 950) == "請款"
    assert mapi.text8("請求書".encode("cp932"), 932) == "請求書"


def test_message_and_attachment() -> None:
    made = mapi.Properties({0x0037: "主旨", 0x1000: "本文"}, {mapi.HTML: b"<p>x</p>", mapi.RTF: b"bad"})
    found = list(mapi.message(made))
    assert Text("主旨", "header Subject") in found and Text("本文", "body") in found
    assert any(isinstance(c, Child) and c.detected_type == "text/html" for c in found)
    assert any(isinstance(p, Problem) for p in found)
    part = mapi.Properties({mapi.ATTACH_LONG: "報價.pdf", mapi.ATTACH_SHORT: "A~1.PDF"}, {mapi.ATTACH_DATA: b"%PDF-"})
    child = next(iter(mapi.attachment(part, "attachment 1")))
    assert isinstance(child, Child) and child.names == ("報價.pdf", "A~1.PDF")
    assert mapi.Properties({mapi.ATTACH_PATH: "C:\\x\\a.js"}).names() == ("a.js",)
