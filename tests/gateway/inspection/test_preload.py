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
if sys.argv[1] == "deep":
    import numpy
    from PIL import Image, ImageChops
    loaded |= {"PIL.ImageChops"}
    grey = numpy.arange(64, dtype=numpy.uint8).reshape(8, 8)
    numpy.unique(grey), numpy.median(grey), numpy.percentile(grey, 5), numpy.linalg.solve(numpy.eye(2), numpy.ones(2))
    picture = Image.fromarray(grey).convert("P").convert("RGBA")
    ImageChops.invert(picture.convert("L").point(lambda shade: shade).quantize(4).convert("L")).getexif().get_ifd(34665)
    Image.new("RGB", (8, 8), "white").transform((8, 8), Image.Transform.PERSPECTIVE, (1, 0, 0, 0, 1, 0, 0, 0), fillcolor="red")
print(sorted(set(sys.modules) - loaded))
print("msoffcrypto" in sys.modules)
"""


@pytest.mark.parametrize(("lane", "heavy"), [("plain", "False"), ("deep", "True")])
def test_nothing_is_left_for_later_and_the_plain_lane_stays_lean(lane: str, heavy: str) -> None:
    done = subprocess.run([sys.executable, "-P", "-c", CHECK, lane], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", heavy]
