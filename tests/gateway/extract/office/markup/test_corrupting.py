"""Markup that corrupts memory."""

from __future__ import annotations

import pytest

from gateway.detect.active_content import TABLE
from gateway.extract.office.markup.corrupting import corrupting
from gateway.extract.office.markup.ooxml import OOXML
from gateway.model.content import Observation
from tests.builders.archives import take_apart
from tests.builders.documents import docx
from tests.builders.growth import linear


@pytest.mark.parametrize(("markup", "odd"), [
    ('<w:smartTag w:uri="urn:schemas:contacts" w:element="&#xBD50;&#x7C38;"><w:permStart w:id="1"/></w:smartTag>', True),
    ("<w:smartTag w:element='\u88ec\u08e2' w:uri='u'/>", True), ('<smartTag x=">" element="&#48464;"/>', True), ('<w:smartTag w:element=""/>', False),
    ('<w:smartTag w:uri="urn:schemas-microsoft-com:office:smarttags" w:element="City"/>', False), ('<w:smartTag w:element="&#x43;ity"/>', False),
    ('<w:smartTag w:uri="u" w:element="&#67;"/>', False), ("<w:smartTagPr/><w:smartTag/>", False),
    ('<o:OLEObject xmlns:o="urn:o"><w:font w:name="LincerCharChar"/></o:OLEObject>', True), ('<o:OLEObject Type="Embed"/><w:font w:name="a"/>', False),
    ('<o:OLEObject Type="Link"><o:LinkType>Picture</o:LinkType></o:OLEObject>', False),
])
def test_parts(markup: str, odd: bool) -> None:
    assert [o.code for o in corrupting(markup.encode())] == (["DOC-ODD"] if odd else [])


def test_of_a_document() -> None:
    body = '<w:p><w:smartTag w:uri="urn:schemas:contacts" w:element="&#xBD50;&#x7C38;"><w:r><w:t>x</w:t></w:r></w:smartTag></w:p>'
    assert "DOC-ODD" in {o.code for o in take_apart(OOXML, docx(body), "a.docx") if isinstance(o, Observation)}
    assert TABLE["DOC-ODD"][0] == "ACTIVE-OBJECT-DAMAGED"


def test_time_grows_with_the_part() -> None:
    for piece in (b"<w:smartTag a='", b'<w:smartTag w:element="City">', b"<OLEObject x='y' ", b"<OLEObject>"):
        assert linear(lambda data: list(corrupting(data)), lambda n, piece=piece: b"<a>smartTag OLEObject" + piece * n, 10_000)
