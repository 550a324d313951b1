"""Objects of OLE 1.0 in files that nothing else reads: Write (.wri), Cardfile, Schedule and their kin keep them as they are.

[MS-OLEDS] 2.2.4: version, format and the length-prefixed name of the class stand in front of the data. A double click
hands a package to the shell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from gateway.extract.base import Context, Node, Yield
from gateway.extract.office.objects import ole1
from gateway.extract.office.richtext.rtfobjects import embedded

OBJECT = re.compile(rb"\x01\x05\0\0[\x01\x02]\0\0\0[\x02-\x28]\0\0\0(?=[A-Za-z][ -~]{0,38}\0)")
CLASS = b"\x01\x05\0\0"
MOST = 100
"""Objects of one file: no page of Write has room for more."""
LARGEST = 1 << 20
"""Octets of an object that are taken out. Archives and programs that are longer are found where they begin, by themselves."""


class Packaged:
    name = "packaged"

    def claims(self, node: Node) -> bool:
        return node.type == "application/octet-stream" and CLASS in node.data

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        for found in islice(OBJECT.finditer(node.data), MOST):
            piece = node.data[found.start():found.start() + LARGEST]
            if ole1(piece) is not None:
                yield from embedded(b"", b"", piece)


PACKAGED = Packaged()
