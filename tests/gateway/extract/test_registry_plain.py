"""The plain lane stays lean: it imports none of the heavy parsers, and ends with the gate."""

from __future__ import annotations

import subprocess
import sys

from gateway.extract.base import Gate
from gateway.extract.registry_plain import LIGHT, PLAIN, PLAIN_TYPES

HEAVY = "oletools olefile libarchive pikepdf pypdfium2 PIL python_calamine zxingcpp msoffcrypto LnkParse3 magic"


def test_gate_is_last():
    assert PLAIN[:-1] == LIGHT
    assert PLAIN[-1] == Gate(PLAIN_TYPES)


def test_ordinary_mail_is_plain():
    assert {"message/rfc822", "text/plain", "text/html", "text/calendar"} <= PLAIN_TYPES
    assert not {"application/pdf", "application/zip", "image/png", "application/octet-stream"} & PLAIN_TYPES


def test_nothing_heavy_is_imported():
    code = f"import gateway.extract.registry_plain, sys; print([m for m in '{HEAVY}'.split() if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert out.stdout.strip() == "[]"
