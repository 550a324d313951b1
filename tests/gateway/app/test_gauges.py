"""Free space and certificates, as the supervisor measures them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.app.gauges import measure
from gateway.ops.clock import SystemClock
from gateway.ops.metrics import Recorder
from tests.gateway.app.test_edge import config

LISTENER = """
[[listener]]
name = "in"
address = "127.0.0.1:10025"
direction = "inbound"
next_hop = ["127.0.0.1:10026"]
"""


def certificate(days: int) -> bytes:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mx.bank.example")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=days))
    return made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


def gauges(folder: Path, cert: bytes) -> dict:
    file = folder / "tls.pem"
    file.write_bytes(cert)
    basis = config(folder, more=LISTENER)
    listener = replace(basis.listeners[0], tls_cert=file)
    metrics = Recorder()
    measure(replace(basis, listeners=(listener,)), metrics, SystemClock())
    return metrics.take().gauges


def test_days_left_and_free_space(tmp_path: Path) -> None:
    seen = gauges(tmp_path, certificate(10))
    assert 9.9 * 86400 < seen["sekisho_certificate_seconds", ("in",)] <= 10 * 86400
    assert seen["sekisho_disk_free_bytes", ()] > 0


def test_what_is_over_is_below_zero_and_what_cannot_be_read_has_no_value(tmp_path: Path) -> None:
    assert gauges(tmp_path, certificate(0))["sekisho_certificate_seconds", ("in",)] <= 0
    assert ("sekisho_certificate_seconds", ("in",)) not in gauges(tmp_path, b"no certificate")
