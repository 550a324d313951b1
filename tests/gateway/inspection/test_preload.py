from __future__ import annotations

import subprocess
import sys

import pytest

CHECK = """
import sys
from gateway.inspection.preload import preload
preload(sys.argv[1])
loaded = set(sys.modules)
import codecs, email.parser
for name in ("cp950", "gb18030", "cp932", "euc_jp", "iso2022_jp_ext", "hz", "utf-7", "koi8-r", "UTF-8-SIG", "cp437", "idna"):
    codecs.lookup(name)
print(sorted(set(sys.modules) - loaded))
print("msoffcrypto" in sys.modules)
"""


@pytest.mark.parametrize(("lane", "heavy"), [("plain", "False"), ("deep", "True")])
def test_nothing_is_left_for_later_and_the_plain_lane_stays_lean(lane: str, heavy: str) -> None:
    done = subprocess.run([sys.executable, "-P", "-c", CHECK, lane], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", heavy]
