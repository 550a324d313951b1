from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from gateway.app.common import Tools
from gateway.app.scanners import Scanners
from gateway.config import load
from gateway.inspection.scanners.clamd import Clamd
from gateway.inspection.scanners.icap import Icap
from gateway.model.transaction import Direction
from tests.builders.passthrough import Passthrough

TEXT = """
[[scanner]]
name = "clamd"
kind = "clamd"
address = "/run/clamav/clamd.ctl"
[[scanner]]
name = "kav"
kind = "icap"
address = "192.0.2.9:1344"
service = "av/respmod"
method = "reqmod"
directions = ["outbound"]
fail = "pass"
"""


def test_from_settings_to_lanes_and_through_a_reload(tmp_path: Path) -> None:
    file = tmp_path / "sekisho.toml"
    file.write_text(TEXT)
    config = load(file)
    scanners, cell = Scanners(Tools("test")), Passthrough()
    clamd, kav = scanners.around(cell, config).lanes
    assert isinstance(clamd.scanner, Clamd) and str(clamd.scanner.pool.address) == "/run/clamav/clamd.ctl"
    assert isinstance(kav.scanner, Icap) and kav.scanner.url == "icap://192.0.2.9:1344/av/respmod" and kav.scanner.method == "REQMOD"
    assert kav.terms.directions == {Direction.OUTBOUND} and (clamd.terms.fail, kav.terms.fail) == ("defer", "pass")
    assert scanners.around(cell, load(file)).lanes == (clamd, kav), "the same settings keep what is known"
    assert len(scanners.around(cell, replace(config, scanners=config.scanners[:1])).lanes) == 1
    assert scanners.around(cell, replace(config, scanners=())).lanes == ()
