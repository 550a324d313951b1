"""Links: listed defanged, judged where they do more than open a page."""

from __future__ import annotations

import pytest

from gateway.detect.base import Scope, Tally
from gateway.detect.links import USER_PART, LinksDetector
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Observation, Sample, Text
from gateway.model.finding import Severity
from gateway.model.transaction import Direction
from tests.builders.growth import linear


def look(*urls: str, text: str = "") -> list:
    detector = LinksDetector(Scope(Direction.INBOUND, "", (), ()))
    sample = Sample(Artifact(1, 0, ArtifactKind.PART), b"", [Text(text, "body")] if text else [],
                    observations=[Observation("HTML-LINK", f"a {u}") for u in urls])
    return [*detector.look(sample), *detector.conclude(Tally())]


def test_list_is_defanged_and_counted():
    (finding,) = look("https://a.example/x?id=1", "https://a.example/x?id=2", text="see http://b.example/y。")
    assert (finding.code, finding.severity, finding.count) == ("LINK-LIST", Severity.LOW, 2)
    assert finding.evidence == ("hxxps://a[.]example/x", "hxxp://b[.]example/y")


@pytest.mark.parametrize(("url", "code", "severity"), [
    ("search-ms:query=x&crumb=location:\\\\h\\s", "LINK-PROGRAM", Severity.HIGH),
    ("ms-msdt:/id PCWDiagnostic", "LINK-PROGRAM", Severity.HIGH),
    ("file:///\\\\h.example\\s\\a.rtf!x", "LINK-MONIKER", Severity.HIGH),
    ("mhtml:http://e.example/a.mht!x", "LINK-PROGRAM", Severity.HIGH),
    ("ms-word:ofe|u|https://e.example/a.dotm", "LINK-PROGRAM", Severity.HIGH),
    ("ms-access:ofv|u|https://e.example/a", "LINK-PROGRAM", Severity.HIGH),
    ("ms-powerpoint:ofe|u|\\\\h.example\\s\\a.pptx", "LINK-PROGRAM", Severity.HIGH),
    ("ksoqing://type=office&cmd=x", "LINK-PROGRAM", Severity.HIGH),
    ("ms-photos:viewer?fileName=\\\\h.example\\s\\a.png", "LINK-PROGRAM", Severity.HIGH),
    ("x-viewer:open?path=%5C%5Ch.example%5Cs", "LINK-PROGRAM", Severity.HIGH),
    ("microsoft-edge:file://h.example/s/a.htm", "LINK-PROGRAM", Severity.HIGH),
    ("res://\\\\h.example\\a.dll/x", "LINK-PROGRAM", Severity.HIGH),
    ("rdp://full%20address=s:h.example", "LINK-PROGRAM", Severity.HIGH),
    ("itms-services://?action=download-manifest&url=https://h.example/m.plist", "LINK-PROGRAM", Severity.HIGH),
    ("cursor://anysphere.cursor-deeplink/mcp/install?name=a", "LINK-PROGRAM", Severity.HIGH),
    ("ssh://-oProxyCommand=x/y", "LINK-PROGRAM", Severity.HIGH),
    ("file://h.example/share/", "LINK-SHARE", Severity.MEDIUM),
    ("https://bank.example@evil.example/", "LINK-USER-PART", Severity.MEDIUM),
    ("http://192.0.2.1/a", "LINK-ADDRESS", Severity.MEDIUM),
    ("https://xn--80ak6aa92e.example/", "LINK-PUNYCODE", Severity.LOW),
])
def test_judged(url, code, severity):
    assert (code, severity) in [(f.code, f.severity) for f in look(url)]


@pytest.mark.parametrize("url", ["mailto:bob@bank.example", "#top", "cid:1", "tel:+886", "javascript:void(0)", "/path", "ssh://git@h.example/a-b",
                                 "mhtml:mid://00000012/!cid:001@x", "mhtml:file://C:\\a.mht!x",
                                 "ms-word:ofe|u|https://bank.example/a.docx", "msteams:/l/x",
                                 "onenote:///\\\\fileserver\\notes\\a.one", "notes:file:///C:/a.b", "vscode://file/a.py", "zoommtg://h.example/join?a=b"])
def test_no_links(url):
    assert look(url) == []


def test_long_addresses_are_read_once() -> None:
    assert linear(USER_PART.match, lambda n: "https://" + "." * n, 8_000)


@pytest.mark.parametrize(("url", "held"), [("https://bank.example@evil.example/", True), ("http://a.b:c@@x", True), ("https://user@host.example", False), ("https://a.b@", False),
                                           ("https://host.example/a.b@c", False), ("https://x@y.z@w", True)])
def test_what_looks_like_a_host_before_the_host(url: str, held: bool) -> None:
    assert bool(USER_PART.match(url)) == held
