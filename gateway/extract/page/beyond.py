"""Addresses of a page that lead beyond the web: to programs, and to shares that get a password's hash."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.extract.office.targets import Place, abroad, place, program
from gateway.model.content import Observation

CLICKED = frozenset({"a", "area", "form"})
PARTS_OF_PAGES = frozenset({"script", "link", "img", "source", "style"})
OF_THE_WEB = re.compile(r"//(?!\d)[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/")
ROOTED = re.compile(r"(?:file:)?[\\/]*(?:[A-Za-z][:|][\\/]|%\w{1,40}%)", re.I)
FOREIGN = re.compile(
    r"(?:[a-z]{3,8}:)?[\\/]+(?:(?!(?:0|10|127|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.)(?:\d{1,3}\.){3}\d{1,3}(?:[:\\/]|$)|"
    r"[\w.-]{1,253}@(?:ssl|\d{1,5})(?:@\d{1,5})?[\\/])", re.I)
"""A share at a public address, or by WebDAV. Signatures of firms show pictures of their own shares, by name."""


def beyond_web(tag: str, address: str, opened: bool) -> Iterator[Observation]:
    """What starts a program of a disk or share with one click, and what is fetched from a stranger's share without any.
    `opened`: the page is a file; bodies of messages show pictures of shares that have a full name, too."""
    if tag in PARTS_OF_PAGES and OF_THE_WEB.match(address):
        return                                            # `//cdn.example/a.js`: by the scheme of the page
    if program(address) and (place(address) is Place.SHARE or (tag in CLICKED and ROOTED.match(address))):
        yield Observation("DOC-LINK-PROGRAM", address)
    elif tag not in CLICKED and place(address) is Place.SHARE and (FOREIGN.match(address) or (opened and abroad(address))):
        yield Observation("DOC-EXTERNAL-SHARE", address)
