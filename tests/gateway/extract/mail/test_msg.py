from __future__ import annotations

import pytest

from gateway.extract.identify import identify
from gateway.extract.mail.msg import MSG
from gateway.model.content import Text
from tests.builders.archives import codes, content, take_apart
from tests.builders.documents import compound

PLAIN = {"__properties_version1.0": bytes(32), "__substg1.0_0037001F": "主旨".encode("utf-16-le"), "__substg1.0_1000001F": "本文".encode("utf-16-le")}


def attached(name: str, data: bytes, prefix: str = "") -> dict[str, bytes]:
    at = f"{prefix}__attach_version1.0_#00000000/"
    return {at + "__properties_version1.0": bytes(8), at + "__substg1.0_3707001F": name.encode("utf-16-le"), at + "__substg1.0_37010102": data}


def test_bodies_and_attachments() -> None:
    found = take_apart(MSG, compound({**PLAIN, **attached("報價.pdf", b"%PDF-x"), "__substg1.0_10130102": b"<p>x</p>"}), "a.msg")
    assert Text("主旨", "header Subject") in found and Text("本文", "body") in found
    assert content(found) == {"body.html": b"<p>x</p>", "報價.pdf": b"%PDF-x"}


def test_message_in_message() -> None:
    inner = "__attach_version1.0_#00000000/__substg1.0_3701000D/"
    data = compound({**PLAIN, inner + "__substg1.0_0037001F": "內".encode("utf-16-le"), inner + "__properties_version1.0": bytes(32),
                     **attached("x.exe", b"MZ", inner)})
    found = take_apart(MSG, data)
    assert Text("內", "header Subject") in found and content(found)["x.exe"] == b"MZ"


def test_names_of_streams_have_no_case() -> None:
    data = compound({path.swapcase(): octets for path, octets in {**PLAIN, **attached("x.exe", b"MZ")}.items()})
    assert identify(data) == "application/vnd.ms-outlook" and content(take_apart(MSG, data))["x.exe"] == b"MZ"
    assert identify(compound({"Contents": "properties_version1.0".encode("utf-16-le")})) == "application/x-ole-storage"


def test_code_page_of_eight_bit_strings() -> None:
    head = bytes(32) + bytes.fromhex("0300fd3f") + bytes(4) + (932).to_bytes(4, "little") + bytes(4)
    data = compound({"__properties_version1.0": head, "__substg1.0_1000001E": "請求書".encode("cp932")})
    assert Text("請求書", "body") in take_apart(MSG, data)


def test_reminder_sound_on_a_share() -> None:
    data = compound({**PLAIN, "__substg1.0_8000001F": "\\\\h.example\\s.wav".encode("utf-16-le")})
    assert "DOC-EXTERNAL-SHARE" in codes(take_apart(MSG, data))
    data = compound({**PLAIN, "__substg1.0_8000001F": "File://192.0.2.1/s.wav".encode("utf-16-le")})
    assert "DOC-EXTERNAL-SHARE" in codes(take_apart(MSG, data))
    assert codes(take_apart(MSG, compound({**PLAIN, "__substg1.0_8000001F": "file:///C:/Windows/Media/a.wav".encode("utf-16-le")}))) == set()
    assert codes(take_apart(MSG, compound({**PLAIN, "__substg1.0_8000001F": "ordinary".encode("utf-16-le")}))) == set()


SCRIPT = 'Sub Item_Open()\r\nSet s = CreateObject("WScript.Shell")\r\nEnd Sub\r\n'


@pytest.mark.parametrize("octets", [SCRIPT.encode(), SCRIPT.encode("utf-16-le")])
def test_the_script_of_a_form(octets: bytes) -> None:
    found = content(take_apart(MSG, compound({**PLAIN, "__substg1.0_80050102": octets})))
    assert found == {"form.vbs": octets}
    other = bytes(range(256)) + b"CreateObject"
    assert content(take_apart(MSG, compound({**PLAIN, "__substg1.0_80050102": other, "__substg1.0_80060102": b"words " * 9}))) == {}


def test_attachment_that_only_has_an_extension() -> None:
    at = "__attach_version1.0_#00000000/"
    data = compound({**PLAIN, at + "__substg1.0_3703001F": ".js".encode("utf-16-le"), at + "__substg1.0_37010102": b"x"})
    assert content(take_apart(MSG, data)) == {"attachment.js": b"x"}
    assert content(take_apart(MSG, compound({**PLAIN, **attached("A.PDF", b"x"), at + "__substg1.0_3703001F": ".pdf".encode("utf-16-le")}))) == {"A.PDF": b"x"}


def test_attachment_by_reference_to_a_share() -> None:
    at = "__attach_version1.0_#00000000/"
    data = compound({**PLAIN, at + "__substg1.0_3708001F": "\\\\h.example\\s\\a.exe".encode("utf-16-le")})
    assert "DOC-EXTERNAL-SHARE" in codes(take_apart(MSG, data))
