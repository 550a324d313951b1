from __future__ import annotations

import pytest

from gateway.auth.health.base import shown, tags


@pytest.mark.parametrize(("record", "wanted"), [
    (b"v=DMARC1; P=none ;p=reject;;x", {"v": "DMARC1", "p": "none"}), (b"", {}), (b"\xff=1", {"�": "1"}), (b"a==b", {"a": "=b"}),
])
def test_tags(record: bytes, wanted: dict[str, str]) -> None:
    assert tags(record) == wanted


def test_what_is_shown_is_printable_and_short() -> None:
    assert shown(b"a\x1b[31m\r\n\xff") == "a?[31m??�" and shown("x" * 200) == "x" * 100 + "…"
