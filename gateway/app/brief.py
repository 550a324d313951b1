"""What a worker is told when it starts and at a reload."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gateway.config import Config
from gateway.inspection.pool import Lanes as Addresses


@dataclass(frozen=True, slots=True)
class Brief:
    """Pickled by the supervisor. Holds no secret: those stay in the files that the configuration names."""

    config: Config
    sockets: tuple[tuple[str, int], ...] = ()    # listener name -> inherited listening socket

    @property
    def run(self) -> Path:
        """The folder of our Unix sockets: for the owner only."""
        return self.config.gateway.state_dir / "run"

    @property
    def keeper(self) -> Path:
        return self.run / "keeper.sock"

    @property
    def metrics(self) -> Path:
        return self.run / "metrics.sock"

    @property
    def lanes(self) -> Addresses:
        return Addresses.beneath(self.config.gateway.state_dir)
