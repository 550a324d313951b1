"""Coverage-guided fuzzing of our own parsers (atheris, libFuzzer). Not part of the test run: `make fuzz`.

    python -m tests.fuzz.fuzz TARGET [libFuzzer options]

What it finds is written to tests/specimens/fuzz/TARGET/ and played back by tests/fuzz/test_finds.py ever after.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["gateway.extract", "gateway.model.filename"]):
    from tests.fuzz.targets import TARGETS

SPECIMENS = Path(__file__).parents[1] / "specimens" / "fuzz"


def main() -> None:
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        raise SystemExit(f"fuzz: name one of {', '.join(TARGETS)}")
    name = sys.argv.pop(1)
    target = TARGETS[name]
    finds = SPECIMENS / name
    finds.mkdir(parents=True, exist_ok=True)

    def one(data: bytes) -> None:
        try:
            target.run(data)
        except target.may_raise:
            return

    with tempfile.TemporaryDirectory(prefix="sekisho-fuzz-") as seeds:
        for number, seed in enumerate(target.seeds()):
            (Path(seeds) / str(number)).write_bytes(seed)
        options = ["-timeout=5", "-rss_limit_mb=1024", "-max_len=8192", f"-artifact_prefix={finds}/", "-print_final_stats=1"]
        atheris.Setup([sys.argv[0], *options, *sys.argv[1:], seeds, str(finds)], one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
