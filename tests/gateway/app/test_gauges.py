"""Free space and certificates, as the supervisor measures them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.app.gauges import Gauges
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


class Served:
    """A gateway's configuration with one certificate, its gauges, its events and its time."""

    def __init__(self, folder: Path, cert: bytes) -> None:
        self.file, self.ahead, self.told = folder / "tls.pem", timedelta(0), []
        self.file.write_bytes(cert)
        basis = config(folder, more=LISTENER)
        self.config = replace(basis, listeners=(replace(basis.listeners[0], tls_cert=self.file),))
        self.metrics = Recorder()
        self.gauges = Gauges(lambda: self.config, self.metrics, self, self)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def monotonic(self) -> float:
        return 0.0

    def emit(self, event: str, /, **fields: object) -> None:
        self.told.append((event, fields["listener"], fields["reason"]))

    def measured(self) -> dict:
        self.gauges.measure()
        return self.metrics.take().gauges


def gauges(folder: Path, cert: bytes) -> dict:
    return Served(folder, cert).measured()


def test_days_left_and_free_space(tmp_path: Path) -> None:
    seen = gauges(tmp_path, certificate(10))
    assert 9.9 * 86400 < seen["sekisho_certificate_seconds", ("in",)] <= 10 * 86400
    assert seen["sekisho_disk_free_bytes", ()] > 0


def test_what_is_over_is_below_zero_and_what_cannot_be_read_has_no_value(tmp_path: Path) -> None:
    assert gauges(tmp_path, certificate(0))["sekisho_certificate_seconds", ("in",)] <= 0
    assert ("sekisho_certificate_seconds", ("in",)) not in gauges(tmp_path, b"no certificate")


def test_a_certificate_that_ends_soon_is_told_once_a_day(tmp_path: Path) -> None:
    served = Served(tmp_path, certificate(20))
    end = f"{datetime.now(UTC) + timedelta(days=20):%Y-%m-%d}"
    for days, said in ((0, ""), (5.5, ""), (6.5, "ends"), (6.6, ""), (7.5, "ends"), (21, "ended")):
        before = len(served.told)
        served.ahead = timedelta(days=days)
        served.measured()
        assert [line[2] for line in served.told[before:]] == [f"the certificate {said} on {end}: renew it, then reload"] * bool(said)


def test_a_renewed_file_counts_from_the_reload_on_that_serves_it(tmp_path: Path) -> None:
    served = Served(tmp_path, certificate(5))
    assert served.measured()["sekisho_certificate_seconds", ("in",)] <= 5 * 86400
    served.file.write_bytes(certificate(90))
    assert served.measured()["sekisho_certificate_seconds", ("in",)] <= 5 * 86400
    served.config = replace(served.config)
    assert served.measured()["sekisho_certificate_seconds", ("in",)] > 89 * 86400
    served.config = replace(served.config, listeners=())
    assert served.measured()["sekisho_certificate_seconds", ("in",)] is None
