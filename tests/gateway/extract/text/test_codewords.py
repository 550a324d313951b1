from __future__ import annotations

import base64
import os
import quopri

import pytest

from gateway.extract.text.codewords import decoded, unquoted

VALUES = ("A123456789", "900101-1234568", "A123456(7)", "4111111111111111")


@pytest.mark.parametrize("encode", [
    lambda v: base64.b64encode(v.encode()).decode(), lambda v: base64.urlsafe_b64encode(v.encode()).decode().rstrip("="),
    lambda v: v.encode().hex(), lambda v: v.encode().hex().upper()])
@pytest.mark.parametrize("value", VALUES)
def test_a_column_of_encoded_values(encode, value):
    text = "".join(f"陳志明,{encode(value)};\n" for _ in range(4)).encode()
    assert decoded(text) == f"陳志明,{value};\n".encode() * 4


def test_encoded_values_with_words_before_them():
    said = "身分證 A123456789"
    assert decoded(f"陳志明,{base64.b64encode(said.encode()).decode()}\n".encode() * 3) == f"陳志明,{said}\n".encode() * 3
    assert decoded(f"x,{base64.b64encode(b'123456789 ' + bytes([0xe1, 0x41, 0xff]) * 3).decode()}\n".encode() * 3) == b""


def test_what_is_no_such_list():
    assert decoded(f"x,{base64.b64encode(b'A123456789').decode()}\n".encode() * 2) == b""
    assert decoded(base64.b64encode(os.urandom(3000))) == b""
    assert decoded(b"MzQ1 order QTEyMz 3132 313233343\n" * 9) == b""
    assert decoded(os.urandom(64).hex().encode()) == b""


def test_quoted_printable_that_nobody_decoded():
    plain = "存款帳號 123456789012\n" * 4
    assert unquoted(quopri.encodestring(plain.encode())).decode() == plain
    quoted = b"> " + quopri.encodestring(plain.encode()).replace(b"\n", b"\n> ")
    assert unquoted(b"Hi\n" + quoted).decode() == "Hi\n" + plain
    assert unquoted(b"a=E5 b=E6 c=E7 =E5 =E5 =E5 =E5 =E5 =E5 =E5") == b""


def test_values_behind_a_file_of_many_lines():
    listed = "".join(f"陳志明,{base64.b64encode(v.encode()).decode()};\n" for v in VALUES).encode()
    for file in (base64.encodebytes(b"name,id\n" + b"customer 1,0000123456\n" * 5000), (b"313233" * 20 + b"\r\n") * 500):
        assert decoded(file + b"\n" + listed).endswith("".join(f"陳志明,{v};\n" for v in VALUES).encode())
