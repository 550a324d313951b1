"""Whether more pictures with letters wait than are read for one message: that is told before the next one is read, which costs
seconds where a look at each costs a few hundredths.
"""

from __future__ import annotations

import io

from PIL import Image, PngImagePlugin

from gateway.extract import floods
from gateway.extract.base import Context, Node
from gateway.extract.pictures import barcodes, frames, lettering

MOST = 32
"""Pictures with letters of a message: each costs a second at the least, and no message has CPU for more."""
EVERY = 8
"""Pictures from one look at those that wait to the next."""
LOOKS = 2 * MOST
"""Pictures that are looked at: where most of them are photographs or codes, they are read as they come."""
DOCUMENT, MOST_PIXELS = 60_000, 100_000_000
"""Pixels from which on lettering may be a table, so that not having read it within the budget counts; most that are decoded."""
SIDE = 1200
"""Long side in pixels that is enough to see letters."""


def crowded(context: Context) -> bool:
    """Of outbound mail. Pictures of HEIF, AVIF and JPEG 2000 cost as much to decode as to read: they are not counted ahead."""
    waiting = [node for node in context.ahead() if node.type.startswith("image/") and node.type not in floods.BOXED]
    if context.lettered + len(waiting) <= MOST:
        return False
    count = context.lettered
    for node in waiting:
        if node.artifact.id not in context.letters and len(context.letters) < LOOKS:
            context.letters[node.artifact.id] = _shows_letters(node)
        count += context.letters.get(node.artifact.id, False)
        if count > MOST:
            return True
    return False


def _shows_letters(node: Node) -> bool:
    width, height, _ = floods.announced(node.type, node.data)
    if not DOCUMENT <= width * height <= MOST_PIXELS:
        return False
    try:
        Image.MAX_IMAGE_PIXELS, PngImagePlugin.MAX_TEXT_CHUNK = MOST_PIXELS, floods.TEXT
        picture = Image.open(io.BytesIO(node.data))
        picture.draft("L", (SIDE, SIDE))
        small = picture.convert("L")
        small.thumbnail((SIDE, SIDE), Image.Resampling.BOX)
    except (*frames.BROKEN, EOFError, Image.DecompressionBombError):
        return False                                      # its own reader says what is wrong with it
    if lettering.threes(small) < lettering.THREES:
        return False
    plain = barcodes.read(small)[1]                       # modules of codes look like letters
    return plain is small or lettering.threes(plain) >= lettering.THREES
