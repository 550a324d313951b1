"""Cheap guesses by content: is it text, HTML, a mail message."""

from __future__ import annotations

import re

CONTROLS = bytes(c for c in range(32) if c not in (0, 7, 8, 9, 10, 11, 12, 13, 26, 27))
"""Octets that no text in any charset we know holds; 26 ends DOS text, 27 shifts ISO-2022."""

PRINTABLE = bytes(range(32, 127)) + b"\t\r\n"
SURE = 32
"""Octets of which at random one in 10^13 cases is all printable."""
SAMPLE = 400                             # octets that are looked at

HTML_TAG = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|script|iframe|meta|table|style|title|form|object|embed|svg|img|div|br|p|a\s)[\s>/]|"
    rb"<!--", re.I)
HEADER_LINE = re.compile(rb"[!-9;-~]{1,76}[ \t]*:")
ENVELOPE = re.compile(rb"From [^\r\n]{3,200} [0-9]{4}(?: [+-][0-9]{4})?[ \t]*\r?\n")
MAIL_HEADERS = re.compile(
    rb"^(?:return-path|received|from|to|cc|subject|date|message-id|mime-version|content-type|content-transfer-encoding|"
    rb"delivered-to|reply-to|sender|dkim-signature|x-mailer|content-disposition)[ \t]*:", re.I | re.M)


def text_like(head: bytes) -> bool:
    """True where nothing but text in some charset (or UTF-16) starts so."""
    if not head:
        return True
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return True
    strange = len(head) - len(head.translate(None, CONTROLS))
    if strange * 200 > len(head):
        return False
    nulls = head.count(0)
    return nulls * 100 <= len(head) or _utf16_like(head) or _utf32_like(head)


def _utf16_like(head: bytes) -> bool:
    """UTF-16 without a mark: every other octet of mostly Latin text is NUL, and the others are text."""
    even, odd = head[0::2], head[1::2]
    for high, low in ((odd, even), (even, odd)):
        if high.count(0) * 10 > len(high) * 6 and low.count(0) * 50 < len(low) and high.count(0) > 4:
            return not low.translate(None, bytes(range(32, 127)) + b"\r\n\t")[8:]
    return False


def _utf32_like(head: bytes) -> bool:
    """UTF-32 without a mark: of four octets three are NUL, and the first or last are Latin text."""
    if len(head) < SURE or head.count(0) * 4 < len(head) * 3 - len(head) // 8:
        return False
    for low, high in ((head[0::4], head[3::4] + head[2::4]), (head[3::4], head[0::4] + head[1::4])):
        if not any(high) and low.count(0) * 50 < len(low):
            return not low.translate(None, bytes(range(32, 127)) + b"\r\n\t")[8:]
    return False


def written(data: bytes) -> bool:
    """True where it is certainly text: nothing but printable ASCII, and too much of it for an accident of decoding."""
    return len(data) >= SURE and not data[:SAMPLE].translate(None, PRINTABLE)


def html_like(head: bytes) -> bool:
    """True where a browser would show it as HTML (WHATWG MIME sniffing, 7.1), markup anywhere near the start."""
    return HTML_TAG.search(head[:1024]) is not None


CARDS = ((b"BEGIN:VCARD", "text/vcard"), (b"BEGIN:V", "text/calendar"))
"""Components by themselves too: some calendars open them (RFC 5545, 3.4 and 3.6)."""


def card_like(head: bytes, named: bool) -> str:
    """The type of a calendar or an address book, "" for none; in a file named so it may begin behind other lines."""
    start = head.lstrip()
    at = start.find(b"\nBEGIN:V") if named and start[:7].upper() != b"BEGIN:V" else -1
    begun = start[at + 1:at + 16].upper()
    return next((kind for begin, kind in CARDS if begun.startswith(begin)), "")


def mail_like(head: bytes) -> bool:
    """True where it starts like a message: header lines only, at least three, two of them well known; one behind the line from
    which a message of a mailbox begins (RFC 4155)."""
    start = head.lstrip(b"\r\n\1")
    boxed = ENVELOPE.match(start) is not None
    if start.startswith(b"From "):
        start = start.partition(b"\n")[2]
    if HEADER_LINE.match(start) is None:
        return False
    block = re.split(rb"\r?\n\r?\n", start, maxsplit=1)[0]
    lines = [line for line in block.splitlines() if line and line[:1] not in b" \t"]
    if len(lines) < 2 - boxed or not all(HEADER_LINE.match(line) for line in lines[:-1]):
        return False
    known = {m.lower().rstrip(b" \t:") for m in MAIL_HEADERS.findall(block)}
    return len(known) >= (1 if boxed else 3) or (len(known) >= 2 and b"content-type" in known)


PDF_LINE = re.compile(rb"(?:\A|[\r\n])[^\s]{0,1020}%PDF-\d\.\d[^\w\r\n]{0,8}(?:[\r\n]|\Z)")
PDF_OBJECT = re.compile(rb"(?<![A-Za-z])obj(?![A-Za-z])")


def speaks_of_pdf(data: bytes, head: bytes) -> bool:
    """Whether a text names the first words of a PDF in a sentence: no line of its own, and no object (ISO 32000-1, 7.5)."""
    return text_like(head) and PDF_LINE.search(head) is None and PDF_OBJECT.search(data) is None
