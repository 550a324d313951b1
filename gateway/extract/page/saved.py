"""Links that save what their own address holds (HTML 4.6.3, `download`; RFC 2397): no script is needed for a file on the disk."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

NAME = re.compile(r"(?<![\w-])download\s{0,8}=\s{0,8}(?:\"([^\"]{1,400})|'([^']{1,400})|([^\s\"'<>]{1,400}))", re.I)
HELD = re.compile(r"(?<![\w-])(?:xlink:)?href\s{0,8}=\s{0,8}"
                  r"(?:\"\s{0,8}(data:[^\"]{4,})|'\s{0,8}(data:[^']{4,})|(data:[^\s\"'<>]{4,}))", re.I)


def saved_links(attributes: str) -> Iterator[tuple[str, str]]:
    """(name, address) of a tag with such attributes: the octets alone may not tell what the file will be."""
    name, address = NAME.search(attributes), HELD.search(attributes)
    if name is not None and address is not None:
        yield html.unescape(name[1] or name[2] or name[3])[:255], html.unescape(address[1] or address[2] or address[3])
