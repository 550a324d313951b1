"""Actions of Chinese fixed-layout documents."""

from __future__ import annotations

import pytest

from gateway.extract.base import Node
from gateway.extract.ofd import OFD
from gateway.model.artifact import Artifact, ArtifactKind
from tests.builders.archives import codes, take_apart


def document(address: str, event: str = "CLICK", prefix: str = "ofd:") -> bytes:
    return (f'<?xml version="1.0" encoding="UTF-8"?><{prefix}Document xmlns:ofd="http://www.ofdspec.org/2016"><{prefix}Actions>'
            f'<{prefix}Action Event="{event}"><{prefix}URI {address}/></{prefix}Action></{prefix}Actions></{prefix}Document>').encode()


@pytest.mark.parametrize(("address", "event", "code"), [
    ('URI="file:///C:/Windows/System32/cmd.exe"', "CLICK", "DOC-LINK-PROGRAM"), ("URI='javascript:app.alert(1)'", "DO", "DOC-LINK-SCHEME"),
    ('Base="" URI="https://h.example/"', "DO", "PDF-LINK-AUTO"), ('URI="&#92;&#92;h.example&#92;s"', "PO", "PDF-LINK-AUTO"),
    ('URI="&#92;&#92;h.example&#92;a.exe"', "CLICK", "DOC-LINK-PROGRAM"),
    ('URI="https://www.example.cn/check?code=1"', "CLICK", ""), ('URI="mailto:a@b.example"', "CLICK", ""),
])
def test_where_actions_lead(address: str, event: str, code: str) -> None:
    for prefix in ("ofd:", ""):
        assert codes(take_apart(OFD, document(address, event, prefix), kind="text/xml")) == ({code} if code else set())


def test_other_data_are_not_read() -> None:
    for data, kind in ((b"<?xml version='1.0'?><URI URI='file:///a.exe'/>", "text/xml"), (document('URI="a"'), "text/html")):
        assert not OFD.claims(Node(Artifact(0, None, ArtifactKind.PART), data, kind))
