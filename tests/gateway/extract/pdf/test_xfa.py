from __future__ import annotations

import pytest

from gateway.extract.office.markup.flat import OFFICE_XML
from gateway.extract.pdf import xfa as pdfxfa
from gateway.extract.pdf.document import PDF
from tests.builders.archives import codes, take_apart
from tests.builders.documents import pdf
from tests.builders.growth import linear


@pytest.mark.parametrize(("event", "script", "held"), [
    ("docReady", "xfa.host.gotoURL(&quot;http://h/&quot;)", True), ("initialize", "Get(&quot;http://h/&quot;)", True), ("click", "xfa.host.gotoURL(&quot;http://h/&quot;)", False),
    ("initialize", "Sum(b[*])", False), ("initialize", "app.alert(1)", True), ("exit", "app.alert(1)", False), ("validate", "app.alert(1)", False),
])
def test_forms_that_go_out_by_themselves(event: str, script: str, held: bool) -> None:
    form = f'<template><subform><event activity="{event}"><script>{script}</script></event></subform></template>'.replace("&quot;", "'")
    form = form.replace("(", "\\(").replace(")", "\\)")
    assert ("PDF-SCRIPT-ACTS" in codes(take_apart(PDF, pdf(f"/AcroForm << /XFA ({form}) >>"), "a.pdf"))) == held


XDP = '<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"><template><event activity="docReady"><script>{}</script></event></template></xdp:xdp>'


@pytest.mark.parametrize(("script", "held"), [
    ("app.launchURL(&quot;http://h/&quot;)", True), ("Get(&quot;http://h/&quot;)", True), ("Sum(b[*])", False),
    ("var h=xfa.host;h[&quot;goto&quot;+&quot;URL&quot;](&quot;http://h/&quot;)", True),
])
@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "utf-16-le"])
def test_forms_as_files_of_their_own(script: str, held: bool, charset: str) -> None:
    data = XDP.format(script).encode(charset)
    assert ("PDF-SCRIPT-ACTS" in codes(take_apart(OFFICE_XML, data, "a.xdp", kind="application/x-office-xml"))) == held


def test_scripts_with_their_events() -> None:
    assert list(pdfxfa.scripts('<event activity="click"><script>a &lt; 1</script></event><script>b</script>')) == [("click", "a < 1"), ("click", "b")]


@pytest.mark.parametrize(("event", "element", "held"), [
    ("docReady", '<execute connection="c" runAt="client"/>', True), ("initialize", '<submit target="http://h/"/>', True), ("click", '<submit target="http://h/"/>', False),
    ("docReady", "<executed/>", False),
])
def test_forms_that_send_themselves(event: str, element: str, held: bool) -> None:
    for written in (f'activity="{event}"', f"activity = '{event}'"):
        assert ("PDF-SUBMIT-AUTO" in codes(list(pdfxfa.form(f"<event {written}>{element}</event>")))) == held


@pytest.mark.parametrize("piece", ["<submit ", "<?xml-stylesheet ", "<execute "])
def test_beginnings_without_end_are_read_once(piece: str) -> None:
    assert linear(lambda text: list(pdfxfa.form(text)), lambda size: piece * size, 20_000)


@pytest.mark.parametrize(("element", "held"), [
    ('<image contentType="image/png" href="\\\\h.example\\s\\a.png"/>', True), ("<wsdlAddress> file://192.0.2.1/a.wsdl</wsdlAddress>", True),
    ("<q:uri>\\\\h.example\\a.xml</q:uri>", True), ('<image href="pictures/a.png"/>', False), ("<uri>https://h.example/a.xml</uri>", False),
    ("<text>\\\\h.example\\forms</text>", False),
])
def test_pictures_and_connections_of_shares(element: str, held: bool) -> None:
    assert ("PDF-REMOTE-SHARE" in codes(list(pdfxfa.form(f"<template>{element}</template>")))) == held


@pytest.mark.parametrize(("script", "held"), [
    ('Post(Concat("ht","tp://h/"), "x")', True), ("Get (u)", True), ("Post($.a)", True), ("xfa.Get(u)", False), ("get(u)", False), ("Getter(u)", False),
])
def test_requests_whose_address_is_put_together(script: str, held: bool) -> None:
    form = f'<event activity="initialize"><script contentType="application/x-formcalc">{script}</script></event>'
    assert ("PDF-SCRIPT-ACTS" in codes(pdfxfa.form(form))) == held
    assert "PDF-SCRIPT-ACTS" not in codes(pdfxfa.form(form.replace("initialize", "click")))


@pytest.mark.parametrize(("address", "held"), [("https://h.example/a.pdf", True), ("file://h.example/a.pdf", True), ("a.pdf", False)])
def test_the_document_of_a_form(address: str, held: bool) -> None:
    assert ("PDF-LINK-AUTO" in codes(pdfxfa.form(f'<xdp:xdp><pdf href="{address}" xmlns="x"/></xdp:xdp>'))) == held
