"""Pages that Safari saved."""

from __future__ import annotations

import plistlib

import pytest

from gateway.extract.base import Child, Node
from gateway.extract.page.webarchive import WEB_ARCHIVE
from gateway.model.artifact import Artifact, ArtifactKind
from tests.builders.archives import codes, take_apart


def page(data: bytes, kind: str = "text/html", address: str = "https://h.example/a.html") -> dict[str, object]:
    return {"WebResourceData": data, "WebResourceMIMEType": kind, "WebResourceURL": address}


def archive(**more: object) -> bytes:
    return plistlib.dumps({"WebMainResource": page(b"<html>main page</html>"), **more}, fmt=plistlib.FMT_BINARY)


def test_the_page_its_resources_and_frames() -> None:
    inner = {"WebMainResource": page(b"<script>x</script>", address="")}
    found = take_apart(WEB_ARCHIVE, archive(WebSubresources=[page(b"MZ" + bytes(300), "image/png")], WebSubframeArchives=[inner]))
    assert {c.data for c in found if isinstance(c, Child)} == {b"<html>main page</html>", b"MZ" + bytes(300), b"<script>x</script>"}
    assert codes(found) == set()


@pytest.mark.parametrize("data", [
    archive()[:-20], b"bplist00WebMainResource" + b"\xff" * 60, b"bplist00WebMainResource", b"bplist00WebMainResource" + bytes(60),
    b"bplist00WebMainResource\x4f\x12\0\xff\xff\xff" + bytes(6) + b"\x17" + bytes(6) + b"\1\1" + (1).to_bytes(8, "big") + bytes(8) + (35).to_bytes(8, "big"),
])
def test_damaged_ones_are_said(data: bytes) -> None:
    assert codes(take_apart(WEB_ARCHIVE, data)) == {"MALFORMED"}


def test_too_many_resources_and_such_over_one_another() -> None:
    assert "COUNT" in codes(take_apart(WEB_ARCHIVE, archive(WebSubresources=[page(b"a%d" % n) for n in range(2001)])))
    objects = b"bplist00WebMainResource" + b"\x4f\x11\x10\0" * 1024 + bytes(4096)
    table = b"".join((23 + 4 * n).to_bytes(2, "big") for n in range(1000))
    trailer = bytes(6) + b"\2\2" + (1000).to_bytes(8, "big") + bytes(8) + len(objects).to_bytes(8, "big")
    assert "COUNT" in codes(take_apart(WEB_ARCHIVE, objects + table + trailer))


def test_other_property_lists_are_left() -> None:
    node = Node(Artifact(0, None, ArtifactKind.PART), plistlib.dumps({"a": 1}, fmt=plistlib.FMT_BINARY), "application/octet-stream")
    assert not WEB_ARCHIVE.claims(node)
