from __future__ import annotations

import pytest

from gateway.extract.office.targets import Place, abroad, carries_share, judge, place


@pytest.mark.parametrize(("target", "where"), [
    ("http://h.example/t.dotm", Place.WEB), ("hTTps://h.example", Place.WEB), ("ht\ntp://h.example/x", Place.WEB), ("%68ttp://h.example", Place.WEB),
    ("\\\\h.example@80\\t.dotm", Place.SHARE), ("//h.example/x", Place.SHARE), ("file://h.example/x.dotm", Place.SHARE),
    ("file:///\\\\h.example\\x", Place.SHARE), ("file:////h.example/x", Place.SHARE),
    ("file:///C:\\Users\\王\\Normal.dotm", Place.LOCAL), ("file:///C:/x", Place.LOCAL), ("C:\\x.xlsx", Place.LOCAL), ("book2.xlsx", Place.LOCAL),
    ("../Templates/a.dotx", Place.LOCAL), ("file://localhost/x", Place.LOCAL), ("/C:/x", Place.LOCAL),
    ("\\\\?\\C:\\x.dotx", Place.LOCAL), ("file:///\\\\?\\C:\\x.dotx", Place.LOCAL), ("\\??\\C:\\x.dotx", Place.LOCAL), ("\\??\\UNC\\h.example\\s\\a", Place.SHARE), ("x/??/y", Place.LOCAL), ("jnlp:https://h.example/a", Place.SCRIPT),
    ("ms-msdt:/id PCWDiagnostic", Place.SCRIPT), ("search-ms:query=x&crumb=location:\\\\h", Place.SCRIPT), ("javascript:alert(1)", Place.SCRIPT),
    ("Macintosh%20HD:Users:jkr:Library:My%20Templates:a.dotx", Place.LOCAL), ("Macintosh HD:Users:a.dot", Place.LOCAL),
    ("Daten:Büro:Vorlagen:a.dot", Place.LOCAL), ("Macintosh HD:Users:\\\\h.example\\a.dot", Place.OTHER),
    ("Macintosh HD:http://h.example/a.dot", Place.OTHER), ("odd:a:b", Place.OTHER), ("session:1!new:{0}:x", Place.OTHER),
    ("ms-odd:a:b:c", Place.OTHER), ("java script:a:b:c", Place.SCRIPT), ("Macintosh HD::a", Place.OTHER),
    ("mhtml:http://h.example!x", Place.SCRIPT), ("mailto:a@b.example", Place.OTHER), ("tel:+886", Place.OTHER),
])
def test_place(target: str, where: Place) -> None:
    assert place(target) is where


@pytest.mark.parametrize(("kind", "target", "code"), [
    ("attachedTemplate", "http://h.example/t.dotm", "DOC-REMOTE-TEMPLATE"), ("attachedTemplate", "file:///C:\\x\\Normal.dotm", None),
    ("oleObject", "http://h.example/x.hta", "DOC-REMOTE-OLE"), ("oleObject", "file:///C:\\a.xlsx", "DOC-LOCAL-OLE"),
    ("externalLinkPath", "http://h.example/b.xlsx", "DOC-REMOTE-WORKBOOK"), ("externalLinkPath", "Book2.xlsx", "DOC-LOCAL-WORKBOOK"),
    ("externalLinkPath", "https://bank.sharepoint.com/b.xlsx", "DOC-CLOUD-WORKBOOK"), ("frame", "http://h.example", "DOC-REMOTE-FRAME"),
    ("subDocument", "\\\\h\\x.docx", "DOC-REMOTE-SUBDOCUMENT"), ("image", "https://h.example/a.png", "DOC-EXTERNAL-MEDIA"),
    ("image", "file://h.example/a.png", "DOC-EXTERNAL-SHARE"), ("hyperlink", "https://h.example", "DOC-LINK"),
    ("hyperlink", "mailto:a@b.example", None), ("hyperlink", "search-ms:x", "DOC-LINK-SCHEME"), ("somethingNew", "http://h.example", "DOC-REMOTE-OTHER"),
])
def test_judge(kind: str, target: str, code: str | None) -> None:
    found = judge(kind, target)
    assert (found.code if found else None) == code


@pytest.mark.parametrize("scheme", ["smb", "DAVS", "nfs"])
def test_schemes_of_shares(scheme: str) -> None:
    assert place(f"{scheme}://h.example/s/a.dotm") is Place.SHARE


@pytest.mark.parametrize("target", [
    "file:///C:/Windows/System32/cmd.exe", "\\\\h.example\\s\\setup.lnk", "invoice.exe", "powershell.exe%20-c%20x", "\\\\h.example@80\\s\\a.docx",
    "\\\\h.example@SSL\\DavWWWRoot\\a", "file://h.example/s/a.iso", "a.hta?x", "..\\x\\run.bat",
])
def test_links_to_programs(target):
    assert judge("hyperlink", target).code == "DOC-LINK-PROGRAM"


@pytest.mark.parametrize("target", [
    "https://www.example.com/a.exe", "www.example.com", "other.xlsx", "\\\\server\\share\\report.docx", "file:///C:/Users/x/a.pdf", "#Sheet1!A1",
    "mailto:a@b.example", "tel:+886",
])
def test_links_of_people(target):
    found = judge("hyperlink", target)
    assert found is None or found.code == "DOC-LINK"


@pytest.mark.parametrize("kind", ["attachedTemplate", "oleObject", "image", "unheardOf"])
def test_schemes_nobody_knows_are_fetched_from_elsewhere(kind):
    assert judge(kind, "gopher://h.example/x").code.startswith("DOC-REMOTE-")
    assert judge(kind, "mailto:a@b.example") is None or judge(kind, "mailto:a@b.example").code.startswith("DOC-LOCAL-")


def test_commands_of_other_office_programs():
    assert judge("hyperlink", "vnd.libreoffice.command:ofe|u|https://h.example/a.odt").code == "DOC-LINK-SCHEME"
    assert judge("hyperlink", "ms-word:ofv|u|https://h.example/a.docx").code == "DOC-LINK"


@pytest.mark.parametrize(("target", "code"), [
    ("ms-word:ofe|u|https://h.example/a.docm", "DOC-LINK-PROGRAM"), ("ms-excel:https://h.example/a.xlam?x=1", "DOC-LINK-PROGRAM"),
    ("ms-excel:ofv|u|https://h.example/a.xlsx", "DOC-LINK"), ("ms-powerpoint:ofe|u|\\\\h.example\\s\\a.pptx", "DOC-LINK-SHARE"),
    ("MS-ACCESS:ofe|u|https://h.example/a.accdb", "DOC-LINK-PROGRAM"), ("ms-infopath:https://h.example/a", "DOC-LINK-PROGRAM"),
    ("onenote:\\\\h.example\\n\\a.one", "DOC-LINK-SHARE"), ("onenote:https://bank.sharepoint.com/n/a.one#x", "DOC-LINK"),
    ("onenote:///C:\\n\\a.one", None), ("onenote:#Page", None), ("ms-settings:display", None), ("ms-outlook://emails/new", None),
    ("ksoqing://type=1&cmd=x", "DOC-LINK-SCHEME"), ("applescript://com.apple.scripteditor?action=new", "DOC-LINK-SCHEME"),
    ("ms-word:ofe%7Cu%7C%5C%5Ch.example%5Cs%5Ca.docx", "DOC-LINK-SHARE"), ("ms-excel:ofe%7Cu%7Chttps://h.example/a.xlsm", "DOC-LINK-PROGRAM"),
    ("\\\\[2001:db8::7]\\s\\a.docx", "DOC-LINK-SHARE"), ("\\\\[fe80::7]\\s\\a.docx", "DOC-LINK"), ("file://[fd00::7]/s/a.docx", "DOC-LINK"),
    ("cursor://anysphere.cursor-deeplink/mcp/install?name=a&config=eyJ9", "DOC-LINK-SCHEME"), ("vscode:mcp/install?%7B%7D", "DOC-LINK-SCHEME"),
    ("goose://extension?cmd=npx&arg=-y", "DOC-LINK-SCHEME"), ("vscode://vscode.git/clone?url=https://git.example/a", None),
    ("ssh://-oProxyCommand=a/b", "DOC-LINK-SCHEME"), ("ssh://git@git.example/a-b.git", None), ("tel:-1", None),
    ("mailto:mcp-server@h.example", None),
    ("shortcuts://run-shortcut?name=a", "DOC-LINK-SCHEME"), ("ms-rd:subscribe?url=https://h.example/a", "DOC-LINK-SCHEME"),
    ("ldap://h.example/cn=a", "DOC-LINK-SHARE"), ("ldap://dc01/cn=a", "DOC-LINK"), ("msteams://teams.example/l", None),
])
def test_links_that_office_programs_open(target, code):
    found = judge("hyperlink", target)
    assert (found.code if found else None) == code


@pytest.mark.parametrize("kind", ["webextension", "font"])
def test_nothing_is_fetched_from_shares_unseen(kind):
    assert judge(kind, "\\\\h.example@SSL\\dav\\a.xml").code == "DOC-EXTERNAL-SHARE"
    assert judge(kind, "https://h.example/a.xml").code.startswith("DOC-REMOTE-")


@pytest.mark.parametrize("target", [
    "\\\\h.example\\s\\a.docx", "file://198.51.100.7/s/a.pdf", "file:///\\\\h.example@8080\\s\\a.xlsx", "\\\\srv@SSL\\s\\a.docx", "smb://h.example/a",
    "file://user:word@h.example/a.docx", "\\\\3325256711\\s\\a", "\\\\0xC6336407\\s\\a", "//h.example./s/a.rtf!x",
])
def test_shares_of_the_world(target):
    assert abroad(target)
    assert judge("hyperlink", target).code in ("DOC-LINK-SHARE", "DOC-LINK-PROGRAM")
    assert judge("externalLinkPath", target).code == "DOC-REMOTE-WORKBOOK"


@pytest.mark.parametrize("target", [
    "\\\\fs01\\finance\\a.xlsx", "file:///\\\\10.1.2.3\\s\\a.xlsx", "\\\\192.168.1.20\\a\\b.xlsx", "file://nas.corp.local/s/a.xlsx", "\\\\172.31.9.9\\a\\b.xlsx",
])
def test_shares_of_an_office(target):
    assert not abroad(target)
    assert judge("hyperlink", target).code == "DOC-LINK"
    assert judge("externalLinkPath", target).code == "DOC-LOCAL-WORKBOOK"
    assert judge("subDocument", target).code == "DOC-REMOTE-SUBDOCUMENT"


@pytest.mark.parametrize("kind", ["attachedTemplate", "image", "oleObject", "mailMergeSource"])
def test_what_an_office_keeps_on_its_own_server(kind):
    """Known by a plain name to nobody but the office itself; an address without a name says nothing of whose it is."""
    for target in ("\\\\SRV01\\Vorlagen\\brief.dotx", "file:///\\\\FS-2\\a\\b.xlsx!Sheet1", "//nas/s/logo.png", "\\\\財務部\\共用\\範本.dotx"):
        found = judge(kind, target)
        assert found is None or found.code == "DOC-LOCAL-OLE"
    for target in ("\\\\10.1.2.3\\s\\a.dotx", "\\\\srv@80\\s\\a.dotx", "\\\\3325256711\\s\\a", "\\\\0xC6336407\\s\\a", "\\\\srv\\s\\a.hta",
                   "\\\\srv.example\\s\\a.dotx", "ldap://h.example/x"):
        assert judge(kind, target).code.startswith(("DOC-REMOTE-", "DOC-EXTERNAL-SHARE"))


@pytest.mark.parametrize("target", ["https://h.example/a", "C:\\a.docx", "mailto:a@b.example"])
def test_what_is_no_share_is_not_abroad(target):
    assert not abroad(target)


@pytest.mark.parametrize(("target", "code"), [
    ("https://bank.sharepoint.com/a.xlsx", "DOC-CLOUD-WORKBOOK"), ("https://d.docs.live.net/x/a.xlsx", "DOC-CLOUD-WORKBOOK"),
    ("\\\\fs01\\a.xlsx", "DOC-LOCAL-WORKBOOK"), ("http://h.example/a.xlsx", "DOC-REMOTE-WORKBOOK"),
])
def test_the_second_address_of_a_book(target, code):
    """What Excel has written beside the first one since 2021 ([MS-XLSX] 2.3.11)."""
    assert judge("externalLinkLongPath", target).code == code


@pytest.mark.parametrize(("kind", "target", "code"), [
    ("oleObject", "file:///C:\\Windows\\System32\\cmd.exe", "DOC-RUN-PROGRAM"), ("package", "C:\\a\\b.vbs", "DOC-RUN-PROGRAM"),
    ("oleObject", "file:///C:\\a\\b.xlsx!Sheet1!R1C1", "DOC-LOCAL-OLE"), ("oleObject", "budget.xlsx", "DOC-LOCAL-OLE"),
    ("oleObject", "\\\\h.example\\s\\a.exe", "DOC-REMOTE-OLE")])
def test_linked_objects_that_are_programs(kind: str, target: str, code: str) -> None:
    found = judge(kind, target)
    assert found is not None and found.code == code


@pytest.mark.parametrize(("target", "code"), [
    ("ms-photos:viewer?fileName=%5C%5Ch.example%5Cs%5Ca.png", "DOC-LINK-SHARE"), ("ms-odd:open?u=file://h.example/s/a", "DOC-LINK-SHARE"),
    ("ms-photos:viewer?fileName=\\\\fs01\\a.png", None), ("ms-photos:viewer?fileName=C:\\\\a.png", None), ("zoommtg://zoom.us/join?confno=1", None),
    ("mailto:a@b.example?body=see%20%5C%5Ch.example%5Cs", None), ("msteams:/l/meetup-join/19%3ameeting", None),
    ("ms-quick-assist:", "DOC-LINK-SCHEME"), ("rdp://full%20address=s:h.example", "DOC-LINK-SCHEME"), ("ms-device-enrollment:?mode=mdm", "DOC-LINK-SCHEME")])
def test_what_links_tell_programs(target: str, code: str | None) -> None:
    found = judge("hyperlink", target)
    assert (found.code if found else None) == code


@pytest.mark.parametrize(("target", "share"), [
    ("wpa:////h.example/s/a.etl", True), ("ms-photos:viewer?fileName=\\\\h.example\\a.png", True), ("wpa:////fs01/a.etl", False),
    ("skype:a?call", False), ("spotify://h.example/a", False), ("mailto:////h.example/a", False),
])
def test_shares_within_links_to_programs(target: str, share: bool) -> None:
    assert carries_share(target) is share
