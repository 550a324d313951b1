"""What a picture says beside its pixels: text chunks of PNG, comments of JPEG and GIF, descriptions of EXIF, XMP."""

from __future__ import annotations

import re
from collections.abc import Iterator

from PIL import Image

from gateway.extract.charset import readings

DESCRIPTIONS = (0x010E, 0x010D, 0x013B, 0x8298)           # ImageDescription, DocumentName, Artist, Copyright (EXIF 2.32)
WIDE = range(0x9C9B, 0x9CA0)                              # XPTitle to XPSubject, in UTF-16
EXIF, USER_COMMENT = 0x8769, 0x9286
SAID = ("comment", "xmp", "XML:com.adobe.xmp")
MOST = 1 << 20
"""Octets of one entry that are read."""
TAG = re.compile(r"<[^<>]{0,2000}>")
ERRORS = (OSError, ValueError, SyntaxError, KeyError, TypeError, AttributeError, EOFError)


def words(picture: Image.Image) -> str:
    """All of it, a line each; '' where there is nothing."""
    return "\n".join(dict.fromkeys(line for line in (*_entries(picture), *_exif(picture)) if line.strip()))


def _entries(picture: Image.Image) -> Iterator[str]:
    found: dict[object, object] = {key: value for key, value in picture.info.items() if key in SAID}
    try:
        found |= getattr(picture, "text", {})             # the chunks behind the pixels too
    except ERRORS:
        found |= {key: value for key, value in picture.info.items() if isinstance(value, str)}
    for value in found.values():
        if isinstance(value, (str, bytes)):
            text = _read(value)
            yield TAG.sub("\n", text) if "<rdf:" in text else text


def _exif(picture: Image.Image) -> Iterator[str]:
    try:
        exif = picture.getexif()
        for tag in DESCRIPTIONS:
            yield _read(exif.get(tag, ""))
        for tag in WIDE:
            value = exif.get(tag, b"")
            yield bytes(value)[:MOST].decode("utf-16-le", "replace").rstrip("\0") if value else ""
        comment = exif.get_ifd(EXIF).get(USER_COMMENT, b"")
        yield _read(comment[8:] if isinstance(comment, bytes) else comment)
    except ERRORS:
        return                                            # what else is wrong with it says whoever reads the pixels


def _read(value: object) -> str:
    """Octets by their look; what the library took for Latin letters once more as the octets it was."""
    if isinstance(value, str):
        try:
            value = value[:MOST].encode("latin-1")
        except UnicodeEncodeError:
            return str(value)[:MOST]
    return readings(value[:MOST])[0][0].replace("\0", "") if isinstance(value, bytes) and value else ""
