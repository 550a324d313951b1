"""In the cell no file can be opened and nothing imported: every container is read with not one file descriptor left to use."""

import gzip
import pickle
import subprocess
import sys

from tests.builders.archives import Member, make_zip, seven_zip
from tests.builders.discs import fat_of, iso_of
from tests.gateway.extract.archive.test_arj import arj_of
from tests.gateway.extract.archive.test_lzh import lzh_of
from tests.gateway.extract.archive.test_rar import NAMES4, SOLID5

SCRIPT = """
import pickle, resource, sys
from gateway.extract.base import Child, Context, Node
from gateway.extract.identify import identify
from gateway.extract.registry import EXTRACTORS
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.deadline import Limits
blobs = pickle.load(sys.stdin.buffer)
resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
count = 0
for name, data in blobs.items():
    kind = "application/x-vhd" if name == "fat" else identify(data, (name,))
    node = Node(Artifact(0, None, ArtifactKind.PART, (name,), size=len(data)), data, kind)
    for extractor in EXTRACTORS:
        if extractor.claims(node):
            found = [c for c in extractor.extract(node, Context(Limits(), passwords=["x1", "\\u5bc6"])) if isinstance(c, Child) and c.data]
            count += bool(found)
print(count)
"""


def test_no_file_is_opened(tmp_path):
    name, data = "請求書.txt", b"hello " * 50
    blobs = {
        "zip": make_zip(*(Member(name.encode(c), data) for c in ("cp932", "cp950", "gb18030", "utf-8"))),
        "aes": seven_zip(tmp_path, {"a.txt": data}, "zip", "-px1", "-mem=AES256"),
        "crypto": seven_zip(tmp_path, {"a.txt": data}, "zip", "-px1"),
        "7z": seven_zip(tmp_path, {name: data}, "7z", "-p密", "-mhe=on"),
        "gz": gzip.compress(data), "lzh": lzh_of((name.encode("cp932"), data)), "arj": arj_of((name.encode("cp950"), data)),
        "rar5": SOLID5, "rar4": NAMES4, "iso": iso_of(joliet=3), "fat": fat_of([(b"A", name, data)]),
        "xz": seven_zip(tmp_path, {"a": data}, "xz"), "tar": seven_zip(tmp_path, {name: data}, "tar"),
    }
    done = subprocess.run([sys.executable, "-c", SCRIPT], input=pickle.dumps(blobs), capture_output=True, check=False)
    assert done.stderr.decode()[-2000:] == ""
    assert int(done.stdout) >= len(blobs)
