"""Pages that carry or write files."""

from __future__ import annotations

from gateway.detect.base import Scope
from gateway.detect.smuggling import SmugglingDetector
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Observation, Sample
from gateway.model.finding import Severity
from gateway.model.transaction import Direction


def look(*observations: tuple[str, str], type: str = "text/html", size: int = 1000,
         names: tuple[str, ...] = ("a.html",)) -> dict[str, Severity]:
    artifact = Artifact(1, 0, ArtifactKind.PART, names, detected_type=type)
    sample = Sample(artifact, bytes(size), observations=[Observation(*o) for o in observations])
    return {f.code: f.severity for f in SmugglingDetector(Scope(Direction.INBOUND, "", (), ())).look(sample)}


WRITER = (("HTML-WRITES-FILE", "createObjectURL"), ("HTML-AUTOSTART", ".click("), ("HTML-DECODES", "atob"))


def test_program_or_archive_in_a_literal():
    assert look(("HTML-LITERAL", "base64 application/x-dosexec")) == {"SMUGGLING-HTML-FILE": Severity.HIGH}
    assert look(("HTML-DATA-URI", "application/zip application/zip")) == {"SMUGGLING-HTML-FILE": Severity.HIGH}


def test_pictures_and_fonts_are_no_smuggling():
    assert look(("HTML-LITERAL", "base64 image/png"), ("HTML-DATA-URI", "font/woff2 font/woff2")) == {}


def test_enciphered_payload():
    assert look(*WRITER, ("HTML-OPAQUE", "600"))["SMUGGLING-HTML-ENCIPHERED"] is Severity.HIGH


def test_page_with_nothing_to_read_that_makes_a_file():
    assert look(("HTML-FILE-UNSEEN", "")) == {"SMUGGLING-HTML-FILE": Severity.HIGH}
    assert look(("HTML-FILE-UNSEEN", ""), names=()) == {}
    assert look(("HTML-FILE-WAITS", "")) == {"SMUGGLING-HTML-FILE": Severity.HIGH}
    assert look(("HTML-FILE-WAITS", ""), names=()) == {}


def test_page_that_deciphers():
    assert look(("HTML-DECIPHERS", "crypto.decrypt")) == {"SMUGGLING-HTML-ENCIPHERED": Severity.HIGH}
    assert look(("HTML-DECIPHERS", "crypto.decrypt"), names=()) == {}


def test_data_with_a_style_sheet_of_its_own():
    assert look(("HTML-ENTITY", "sheet"), names=("a.xml",))["SMUGGLING-XML-SCRIPT"] is Severity.HIGH
    assert look(("HTML-ENTITY", ""), names=("a.xml",)) == {}


def test_page_that_is_mostly_one_literal_and_writes_it():
    assert look(*WRITER[:2], ("HTML-MOSTLY-LITERAL", "900"))["SMUGGLING-HTML-ENCIPHERED"] is Severity.HIGH
    assert look(("HTML-MOSTLY-LITERAL", "900")) == {}


def test_library_with_a_blob_of_its_own_is_evidence_only():
    assert look(*WRITER, ("HTML-OPAQUE", "600"), size=1_000_000) == {"SMUGGLING-HTML-WRITER": Severity.MEDIUM}


def test_script_alone_is_nothing():
    assert look(("HTML-SCRIPT", "10 characters")) == {}


def test_svg():
    assert look(("HTML-SCRIPT", ""), type="image/svg+xml") == {"SMUGGLING-SVG-SCRIPT": Severity.HIGH}
    assert look(("HTML-SCRIPT", ""), ("HTML-AUTOSTART", ""), type="image/svg+xml") == {"SMUGGLING-SVG-SCRIPT": Severity.HIGH}
    assert look(type="image/svg+xml") == {}


def test_page_in_an_address():
    assert look(("HTML-DATA-URI", "text/html text/html")) == {"SMUGGLING-HTML-FILE": Severity.HIGH}
    assert look(("HTML-DATA-URI", "text/csv text/csv"), ("HTML-DATA-URI", "image/png image/png")) == {}


def test_picture_with_a_link_that_runs():
    assert look(("HTML-LINK", "a javascript:alert(1)"), type="image/svg+xml") == {"SMUGGLING-SVG-SCRIPT": Severity.HIGH}
    assert look(("HTML-LINK", "a https://b.example/"), type="image/svg+xml") == {}
    assert look(("HTML-DATA-URI", "text/html text/html"), type="image/svg+xml") == {"SMUGGLING-SVG-FILE": Severity.HIGH}


def test_numbers_pages_and_pictures_that_act():
    assert look(*WRITER, ("HTML-MOSTLY-NUMBERS", "900"))["SMUGGLING-HTML-ENCIPHERED"] is Severity.HIGH
    assert look(*WRITER[:2], ("HTML-MOSTLY-NUMBERS", "900")) == {}        # a chart whose button saves its numbers as CSV
    assert look(("HTML-MOSTLY-NUMBERS", "900"), WRITER[0]) == {}
    assert look(("HTML-OPAQUE", "600"), WRITER[2], ("HTML-WRITES-PAGE", "eval("))["SMUGGLING-HTML-ENCIPHERED"] is Severity.HIGH
    assert look(("HTML-OPAQUE", "60"), WRITER[2], ("HTML-WRITES-PAGE", "eval(")) == {}
    assert look(("HTML-OBSCURED", "written in signs")) == {"SMUGGLING-HTML-OBSCURED": Severity.HIGH}
    assert look(("HTML-ENTITY", ""), type="image/svg+xml") == {"SMUGGLING-SVG-SCRIPT": Severity.HIGH}
    assert look(("HTML-TAG", "foreignobject"), ("HTML-TAG", "form"), type="image/svg+xml") == {"SMUGGLING-SVG-PAGE": Severity.HIGH}
    assert look(("HTML-TAG", "foreignobject"), type="image/svg+xml") == {"SMUGGLING-SVG-PAGE": Severity.MEDIUM}
    assert look(("HTML-LINK", "animate https://h.example/l"), type="image/svg+xml") == {"SMUGGLING-SVG-PAGE": Severity.HIGH}
    assert look(("HTML-LINK", "a https://h.example/l"), ("HTML-LINK", "image https://h.example/a.png"), type="image/svg+xml") == {}


def test_doors_and_hidden_forms_of_attached_pages():
    assert look(("HTML-DOOR", "leaves for another page")) == {"SMUGGLING-HTML-DOOR": Severity.HIGH}
    assert look(("HTML-HIDDEN-FORM", "base64")) == {"SMUGGLING-HTML-FORM": Severity.HIGH}


def test_the_body_of_a_mail_is_no_door():
    assert look(("HTML-DOOR", "leaves for another page"), names=()) == {}


def test_a_picture_that_leads_to_a_program():
    artifact = Artifact(1, 0, ArtifactKind.PART, ("a.svg",), detected_type="image/svg+xml")
    for way, codes in (("offers a program", ["SMUGGLING-SVG-PAGE"]), ("leaves for another page", [])):
        sample = Sample(artifact, b"<svg/>", observations=[Observation("HTML-DOOR", way)])
        assert [f.code for f in SmugglingDetector(Scope(Direction.INBOUND, "", (), ())).look(sample)] == codes


def test_data_that_a_browser_runs():
    script, markup = ("HTML-SCRIPT", "10 characters"), ("HTML-ENTITY", "markup")
    assert look(script, names=("a.xml",)) == {"SMUGGLING-XML-SCRIPT": Severity.HIGH}
    assert look(markup, names=("a.xhtml",)) == {"SMUGGLING-XML-SCRIPT": Severity.HIGH}
    assert look(("HTML-LINK", "a:script https://h.example/a.js"), names=("a.rss",)) == {"SMUGGLING-XML-SCRIPT": Severity.HIGH}
    assert look(("HTML-LINK", "a:link https://h.example/script"), names=("a.rss",)) == {}
    assert look(script, names=("a.xhtml",)) == look(markup, names=("a.xml",)) == look(("HTML-ENTITY", ""), names=("a.xhtml",)) == {}


def asks(page: str, *more: str, names: tuple[str, ...] = ("a.html",)) -> list[str]:
    artifact = Artifact(1, 0, ArtifactKind.PART, names, detected_type="text/html")
    sample = Sample(artifact, page.encode(), observations=[Observation(code, "") for code in more])
    scope = Scope(Direction.INBOUND, "", ("c@x.example", "bob@bank.example"), ())
    return [f.code for f in SmugglingDetector(scope).look(sample) if f.code == "SMUGGLING-HTML-FORM"]


def test_pages_that_name_whom_they_ask():
    for named in ("<input name=e value='Bob@bank.example'>", "<script>e=atob('Ym9iQGJhbmsuZXhhbXBsZQ==')</script>"):
        assert asks(named, "HTML-PASSWORD") == ["SMUGGLING-HTML-FORM"]
        assert asks(named, "HTML-PASSWORD", names=()) == asks(named, "HTML-PASSWORD", "HTML-MOSTLY-LITERAL") == asks(named) == []
    assert asks("<input name=e value='carol@bank.example'>", "HTML-PASSWORD") == []


def test_pages_that_send_a_password_away():
    assert asks("<input type=password>", "HTML-PASSWORD", "HTML-PASSWORD-SENT") == ["SMUGGLING-HTML-FORM"]
    message, sent = "QUJD" * 1100, ("HTML-PASSWORD", "HTML-PASSWORD-SENT")
    for envelope in (f"<input type=hidden value='{message}'>", f"<TEXTAREA name=m hidden>{message}</TEXTAREA>"):
        assert asks(envelope, *sent) == []
        assert asks(envelope + " " * len(message) * 2, *sent) == ["SMUGGLING-HTML-FORM"]
    for beside in (f"<!-- {message} -->", f"<pre hidden>{message}</pre>", f"<script>g='{message}'</script>"):
        assert asks(beside, *sent) == asks(beside, *sent, "HTML-MOSTLY-LITERAL") == ["SMUGGLING-HTML-FORM"]
    assert asks(f"<input type=hidden name=__VIEWSTATE value='{message}'>", *sent) == ["SMUGGLING-HTML-FORM"]
    assert asks("x", "HTML-PASSWORD", "HTML-PASSWORD-SENT", names=()) == []


def test_enciphered_messages_that_name_whom_they_ask():
    message = "bob@bank.example<input type=hidden value='@'>"
    for brought in ("QUJD" * 300, ("QUJD" * 15 + "\r\n") * 30):
        assert asks(message.replace("@'", f"{brought}'"), "HTML-PASSWORD") == []
        assert asks(message.replace("@'", f"{brought}'") + "words " * 900, "HTML-PASSWORD") == ["SMUGGLING-HTML-FORM"]
    assert asks(message + "<img src='data:image/png;base64," + "QUJD" * 300 + "'>", "HTML-PASSWORD") == ["SMUGGLING-HTML-FORM"]


def test_page_within_a_page_saved_as_a_message():
    detector = SmugglingDetector(Scope(Direction.INBOUND, "", (), ()))
    door = [Observation("HTML-DOOR", "leaves for another page")]
    for number, name in ((1, "statement.mht"), (3, "forwarded.eml")):
        list(detector.look(Sample(Artifact(number, 0, ArtifactKind.PART, (name,), detected_type="message/rfc822"), b"x")))
        page = Artifact(number + 1, number, ArtifactKind.PART, (), detected_type="text/html")
        codes = [f.code for f in detector.look(Sample(page, b"x", observations=door))]
        assert codes == (["SMUGGLING-HTML-DOOR"] if number == 1 else [])
    attached = Artifact(9, 2, ArtifactKind.OBJECT, (), detected_type="text/html", label="attach")     # to an appointment
    assert [f.code for f in detector.look(Sample(attached, b"x", observations=door))] == ["SMUGGLING-HTML-DOOR"]


def test_files_that_a_played_page_wrote():
    assert look(("HTML-FILE-UNASKED", "saves text/plain"))["SMUGGLING-HTML-FILE"] is Severity.HIGH
    assert look(("HTML-FILE-UNASKED", "saves text/plain"), names=()) == {}
    assert look(("HTML-FILE-MADE", "saves application/zip"))["SMUGGLING-HTML-FILE"] is Severity.HIGH
    assert look(("HTML-FILE-MADE", "saves text/csv"), ("HTML-FILE-MADE", "downloads image/png")) == {}


def test_what_a_script_made_is_opened_as_a_file():
    artifact = Artifact(1, 0, ArtifactKind.OBJECT, (), detected_type="text/html", label="played")
    sample = Sample(artifact, b"", observations=[Observation("HTML-DOOR", "turns into another page")])
    found = SmugglingDetector(Scope(Direction.INBOUND, "", (), ())).look(sample)
    assert [f.code for f in found] == ["SMUGGLING-HTML-DOOR"]


def test_data_that_a_page_keeps_packed():
    assert look(("HTML-LITERAL", "base64 application/zlib"), ("HTML-LITERAL", "base64 application/gzip")) == {}
    assert look(("HTML-DATA-URI", "application/gzip application/gzip"))["SMUGGLING-HTML-FILE"] is Severity.HIGH


def test_commands_that_are_copied_unseen():
    assert look(("HTML-COPIES-UNSEEN", "mshta")) == {"SMUGGLING-HTML-DOOR": Severity.HIGH} and look(("HTML-COPIES-UNSEEN", "mshta"), names=()) == {}


def test_workbooks_of_an_export_button_are_judged_by_themselves():
    for made in ("saves application/vnd.openxmlformats", "downloads application/vnd.openxmlformats"):
        assert look(("HTML-FILE-MADE", made)) == {}
    assert look(("HTML-FILE-MADE", "saves application/zip")) == {"SMUGGLING-HTML-FILE": Severity.HIGH}
    assert look(("HTML-FILE-UNASKED", "saves application/vnd.openxmlformats")) == {"SMUGGLING-HTML-FILE": Severity.HIGH}
