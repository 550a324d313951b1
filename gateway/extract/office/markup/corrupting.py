"""Markup that no word processor writes, and that corrupts the memory of one that believes it ([ECMA-376] 17.5.1.9, 17.8.3.10).

A smart tag whose name is an address (CVE-2015-1641): names of smart tags are words of ASCII, such as `place` or `chmetcnv`. A font
within an object (CVE-2017-11826): fonts stand in their own table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from gateway.extract.bounded import counted
from gateway.model.content import Observation

SIGNS = (b"smartTag", b"OLEObject")
TAG = re.compile(rb"<(?:[\w.-]{1,20}:)?smartTag\s(?:\"[^\"]*+\"|'[^']*+'|[^<>\"'])*+>")
NAME = re.compile(rb"[\s:]element\s{0,9}=\s{0,9}(?:\"([^\"]{0,400})\"|'([^']{0,400})')")
LETTER = re.compile(r"[A-Za-z]")
WITHIN = re.compile(rb"<(?:[\w.-]{1,20}:)?OLEObject(?:\s(?:\"[^\"]*+\"|'[^']*+'|[^<>\"'])*+)?(?<!/)>"
                    rb"\s{0,400}<(?:[\w.-]{1,20}:)?font[\s/>]")
MOST = 300_000                           # smart tags of one part: old documents have one for each name of a person


def corrupting(data: bytes) -> Iterator[Observation]:
    """What one part of a document has of them."""
    if not any(sign in data for sign in SIGNS):
        return
    for found in counted(TAG.finditer(data), MOST, "smart tags"):
        name = NAME.search(found[0])
        value = unescape((name[1] or name[2] or b"").decode("utf-8", "replace")) if name is not None else ""
        if value and LETTER.search(value) is None:
            yield Observation("DOC-ODD", "a smart tag without a name")
            break
    if WITHIN.search(data):
        yield Observation("DOC-ODD", "a font within an object")
