"""The plain lane's list: extractors that import nothing heavy. What they cannot take apart goes to the deep lane."""

from __future__ import annotations

from gateway.extract.attributes import ATTRIBUTES
from gateway.extract.base import Extractor, Gate
from gateway.extract.blocks import BLOCKS
from gateway.extract.delimited import DELIMITED
from gateway.extract.formulas import FORMULAS
from gateway.extract.html import HTML
from gateway.extract.ics import ICS
from gateway.extract.inlined import INLINED
from gateway.extract.mbox import MBOX
from gateway.extract.mime.extractor import MIME
from gateway.extract.modules import CODES
from gateway.extract.pgp import PGP
from gateway.extract.smime import SMIME
from gateway.extract.strings import STRINGS
from gateway.extract.structured import STRUCTURED
from gateway.extract.sylk import SYLK
from gateway.extract.text import TEXT
from gateway.extract.xmllinks import XML_LINKS
from gateway.extract.zengin import ZENGIN

PLAIN_TYPES = frozenset({
    "application/x-empty", "application/json", "application/pgp-encrypted", "application/pgp-keys", "application/pgp-signature",
    "application/pkcs7-signature", "application/pkcs7-mime", "application/asn1", "application/x-pem", "application/x-enciphered",
    "message/delivery-status",
    "message/rfc822", "multipart/related",
    "text/calendar", "text/csv", "text/html", "text/plain", "text/vcard", "text/xml", "text/x-script",
})
"""Detected types (see gateway.extract.identify) that need no archive, office, PDF or image parser."""

LIGHT: tuple[Extractor, ...] = (
    MIME, MBOX, HTML, ATTRIBUTES, TEXT, INLINED, ICS, SMIME, PGP, DELIMITED, SYLK, ZENGIN, STRUCTURED, BLOCKS, FORMULAS,
    STRINGS, XML_LINKS, CODES)
"""Run in both lanes, in this order."""

PLAIN: tuple[Extractor, ...] = (*LIGHT, Gate(PLAIN_TYPES))
