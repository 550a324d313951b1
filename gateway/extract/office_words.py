"""What Word and PowerPoint files say where no page shows it: field codes, descriptions of pictures. Outbound mail only.

The story reader gives the text; this gives attributes and codes with numbers in them.
"""

from __future__ import annotations

import html
import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from gateway.extract.base import Context, Node, Yield
from gateway.model.content import Text

PART = re.compile(r"(?:word|ppt)/[0-9A-Za-z/]{1,80}\.xml")
SAID = re.compile(rb"(?:descr|title|alt|val|tooltip|w:instr)=(?:\"([^\"<>]{8,8192})\"|'([^'<>]{8,8192})')")
CODE = re.compile(rb"<w:(?:instrText|delInstrText)[^>]{0,100}>([^<]{8,8192})<")
DIGITS = 7
PART_LIMIT = 32 << 20


class OfficeWordsExtractor:
    name = "office words"

    def claims(self, node: Node) -> bool:
        return node.data.startswith(b"PK\x03\x04") and (b"word/document" in node.data or b"ppt/presentation" in node.data)

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        if not context.outbound:
            return
        try:
            with zipfile.ZipFile(BytesIO(node.data)) as archive:
                parts = [i for i in archive.infolist() if PART.fullmatch(i.filename) and i.file_size <= PART_LIMIT]
                lines = dict.fromkeys(line for part in parts for line in _lines(archive.read(part)))
        except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, EOFError, zlib.error):
            return                                        # the readers of containers and packages say what is wrong
        if lines:
            yield Text("\n".join(lines), "beside the text", hidden=True)


def _lines(content: bytes) -> Iterator[str]:
    for pattern in (SAID, CODE):
        for match in pattern.finditer(content):
            value = match[match.lastindex or 1]
            if sum(48 <= c < 58 for c in value) >= DIGITS:
                yield html.unescape(value.decode("utf-8", "replace"))


OFFICE_WORDS = OfficeWordsExtractor()
