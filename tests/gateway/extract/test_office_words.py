from __future__ import annotations

from gateway.extract.base import Context, Node
from gateway.extract.office_words import OFFICE_WORDS
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.deadline import Limits
from tests.builders.documents import docx


def read(data, outbound=True):
    node = Node(Artifact(1, 0, ArtifactKind.PART), data, "application/zip")
    assert OFFICE_WORDS.claims(node)
    return [text.content for text in OFFICE_WORDS.extract(node, Context(Limits(), outbound))]


def test_field_codes_and_descriptions():
    body = ('<w:p><w:r><w:instrText> QUOTE A123456789 </w:instrText></w:r><w:r><wp:docPr xmlns:wp="x" descr="陳小明 B123456789"/></w:r>'
            '<w:fldSimple w:instr="QUOTE C123456789"/></w:p>')
    assert read(docx(body)) == ["陳小明 B123456789\nQUOTE C123456789\n QUOTE A123456789 "]
    assert read(docx(body), outbound=False) == []


def test_nothing_of_documents_without_them():
    assert read(docx()) == []
    assert read(docx()[:-40]) == []                       # not our fault to tell
