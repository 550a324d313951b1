"""The plain lane's list: extractors that import nothing heavy. What they cannot take apart goes to the deep lane."""

from __future__ import annotations

from gateway.extract.base import Extractor, Gate
from gateway.extract.mail.ics import ICS
from gateway.extract.mail.mbox import MBOX
from gateway.extract.mail.pgp import PGP
from gateway.extract.mail.smime import SMIME
from gateway.extract.mime.extractor import MIME
from gateway.extract.office.markup.webpage import OFFICE_PAGE
from gateway.extract.office.markup.xmllinks import XML_LINKS
from gateway.extract.page.attributes import ATTRIBUTES
from gateway.extract.page.html import HTML
from gateway.extract.page.modules import CODES
from gateway.extract.records.delimited import DELIMITED
from gateway.extract.records.structured import STRUCTURED
from gateway.extract.records.swift import SWIFT
from gateway.extract.records.zengin import ZENGIN
from gateway.extract.text.blocks import BLOCKS
from gateway.extract.text.inlined import INLINED
from gateway.extract.text.plain import TEXT
from gateway.extract.text.strings import STRINGS
from gateway.extract.workbook.dif import DIF
from gateway.extract.workbook.formulas import FORMULAS
from gateway.extract.workbook.lotus import LOTUS
from gateway.extract.workbook.sylk import SYLK

PLAIN_TYPES = frozenset({
    "application/x-empty", "application/json", "application/pgp-encrypted", "application/pgp-keys", "application/pgp-signature",
    "application/pkcs7-signature", "application/pkcs7-mime", "application/asn1", "application/x-pem", "application/x-enciphered",
    "message/delivery-status",
    "message/rfc822", "multipart/related",
    "text/calendar", "text/csv", "text/html", "text/plain", "text/vcard", "text/xml", "text/x-script",
})
"""Detected types (see gateway.extract.identify) that need no archive, office, PDF or image parser."""

LIGHT: tuple[Extractor, ...] = (
    MIME, MBOX, HTML, ATTRIBUTES, TEXT, INLINED, ICS, SMIME, PGP, DELIMITED, SYLK, DIF, LOTUS, ZENGIN, SWIFT, STRUCTURED, BLOCKS,
    FORMULAS, STRINGS, OFFICE_PAGE, XML_LINKS, CODES)
"""Run in both lanes, in this order."""

PLAIN: tuple[Extractor, ...] = (*LIGHT, Gate(PLAIN_TYPES))
