"""FDF (ISO 32000-2, 12.7.8): what was filled in and noted in a form, in the syntax of a PDF without its pages.

Notes bring files, and the data bring scripts. qpdf reads it behind a catalogue that FDF does not have.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pikepdf

from gateway.extract.base import Context, Node, Problem, Yield
from gateway.extract.pdf.document import ERRORS, structure
from gateway.model.finding import IncidentCode

HEAD, BEGINS = b"%FDF-", 1024
OURS = ((HEAD, b"%PDF-"), (b"/Root", b"/Were"), (b"trailer", b"trialer"), (b"startxref", b"startxxxx"))
"""Words that lead to its own root, which has no pages."""
NUMBER = re.compile(rb"(?<![0-9])([0-9]{1,6})\s{1,9}[0-9]{1,5}\s{1,9}obj")


class FormsData:
    name = "forms-data"

    def claims(self, node: Node) -> bool:
        return HEAD in node.data[:BEGINS] and not node.type.startswith(("message/", "multipart/", "text/html"))

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        data = node.data[node.data.find(HEAD):]
        for word, ours in OURS:
            data = data.replace(word, ours)
        try:
            with pikepdf.open(io.BytesIO(_whole(data)), suppress_warnings=True, inherit_page_attributes=False) as document:
                yield from structure(document, context, len(data))
        except ERRORS as error:
            yield Problem(IncidentCode.MALFORMED, f"FDF: {type(error).__name__}")


def _whole(data: bytes) -> bytes:
    """With a catalogue of an empty page behind it, whose numbers no object of it has: qpdf repairs nothing that has no page."""
    free = max((int(found[1]) for found in NUMBER.finditer(data)), default=0) + 1
    objects = (f"<< /Type /Catalog /Pages {free + 1} 0 R >>", f"<< /Type /Pages /Kids [{free + 2} 0 R] /Count 1 >>",
               f"<< /Type /Page /Parent {free + 1} 0 R /MediaBox [0 0 9 9] >>")
    made = "".join(f"\n{number} 0 obj\n{content}\nendobj" for number, content in enumerate(objects, free))
    return data + f"{made}\ntrailer\n<< /Root {free} 0 R >>\n%%EOF\n".encode("ascii")


FORMS_DATA = FormsData()
