"""The tool lane as last reader; here 7zz is run straight, with the arguments the lane uses."""

import subprocess
from pathlib import Path

import pytest

from gateway.extract.archive.sevenzip import SEVENZIP
from gateway.extract.archive.sevenzip_tool import SEVENZIP_TOOL, listing, members, opened
from gateway.extract.archive.zip import ZIP
from gateway.extract.base import Context, Node, ToolFailed
from gateway.extract.bounded import LimitReached
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.deadline import Limits
from tests.builders.archives import codes, content, seven_zip

FILES = {"a.txt": b"hello " * 100, "書/b.exe": b"MZ\x90\0" + bytes(range(256))}
ARGUMENTS = {"7zz-list": ("l", "-slt", "-sns", "-sccUTF-8", "-p"), "7zz-extract": ("e", "-so", "-y", "-sns", "-p")}


class Direct:
    def __init__(self, folder: Path, change=lambda tool, out: out):
        self.folder, self.change = folder, change

    def run(self, tool, data, **parameters):
        assert parameters == {"password": ""}
        (self.folder / "asked").write_bytes(data)
        done = subprocess.run(["7zz", *ARGUMENTS[tool], str(self.folder / "asked")], capture_output=True, check=False)
        return self.change(tool, done.stdout)


class Missing:
    def run(self, tool, data, **parameters):
        raise ToolFailed("not installed")


def read(extractor, data, kind, tools):
    node = Node(Artifact(0, None, ArtifactKind.PART, size=len(data)), data, kind)
    assert extractor.claims(node)
    return list(extractor.extract(node, Context(Limits(), tools=tools)))


@pytest.mark.parametrize(("extractor", "kind", "media", "method"), [
    (ZIP, "zip", "application/zip", "-mm=Deflate64"), (SEVENZIP, "7z", "application/x-7z-compressed", "-m0=Deflate64"),
    (SEVENZIP_TOOL, "wim", "application/x-ms-wim", "-mx=0")])
def test_what_nothing_else_reads(tmp_path, extractor, kind, media, method):
    data = seven_zip(tmp_path, FILES, kind, method)
    found = read(extractor, data, media, Direct(tmp_path))
    assert {n: d for n, d in content(found).items() if d} == FILES and codes(found) == set()
    assert "UNSUPPORTED" in codes(read(extractor, data, media, None))
    assert "UNSUPPORTED" in codes(read(extractor, data, media, Missing()))


def test_an_answer_that_does_not_fit_its_list_is_not_taken(tmp_path):
    data = seven_zip(tmp_path, FILES, "zip", "-mm=Deflate64")
    for change in (lambda t, o: o[:-1] if t == "7zz-extract" else o, lambda t, o: o[::-1] if t == "7zz-extract" else o,
                   lambda t, o: b"" if t == "7zz-list" else o, lambda t, o: o.replace(b"Size = 6", b"Size = 999999999999999996")):
        assert members(data, Context(Limits(), tools=Direct(tmp_path, change))) is None


def test_a_bomb_is_told_by_its_list(tmp_path):
    class Unpacks(Direct):
        def run(self, tool, data, **parameters):
            assert tool == "7zz-list"
            return super().run(tool, data, **parameters)

    data = seven_zip(tmp_path, {"a.txt": bytes(40 << 20)}, "zip", "-mm=Deflate64")
    with pytest.raises(LimitReached, match="100 to 1"):
        members(data, Context(Limits(), tools=Unpacks(tmp_path)))


def test_listing():
    found = listing(b"Path = a b.txt\nSize = 5\nCRC = 0000000A\n\nPath = d\nFolder = +\nSize = 0\n\nPath = e\nAttributes = D drwx\n")
    assert [(e.name, e.size, e.folder, e.crc) for e in found] == [("a b.txt", 5, False, 10), ("d", 0, True, None), ("e", 0, True, None)]
    assert listing(b"Size = 5\nnonsense\n") == []


def test_a_volume_of_ntfs():
    """Streams beside files are listed; what the volume keeps for itself is no file, but under its own number and name only."""
    class Answers:
        def run(self, tool, data, **parameters):
            if tool == "7zz-extract":
                return b"boot" + b"hello" + b"MZ" + b"user"
            return (b"--\nPath = x\nType = NTFS\n\n----------\n"
                    b"Path = [SYSTEM]/$Boot\nFolder = -\nSize = 4\niNode = 7\n\nPath = a.txt\nSize = 5\niNode = 27\n\n"
                    b"Path = a.txt:b.exe\nSize = 2\niNode = 27\n\nPath = [SYSTEM]/$Boot\nSize = 4\niNode = 40\n")

    found = members(bytes(4096), Context(Limits(), tools=Answers()))
    assert [(m.name, m.data) for m in found] == [(b"a.txt", b"hello"), (b"a.txt:b.exe", b"MZ"), (b"[SYSTEM]/$Boot", b"user")]


@pytest.mark.parametrize(("head", "any_archive", "a_disk"), [
    (b"--\nPath = x\nType = zip\nPhysical Size = 5\n", True, False),
    (b"--\nPath = x\nType = zip\nOffset = 3000000\n", False, False),
    (b"--\nPath = x\nType = VHD\nOffset = 0\n----\nSize = 9\n--\nType = NTFS\n", True, True),
    (b"--\nType = VHD\nOffset = 0\n--\nType = MBR\n----\nPath = 0.exfat\nOffset = 65536\n--\nPath = 0.exfat\nType = zip\nOffset = 3000\n", False, False),
    (b"--\nType = QCOW\n----\nSize = 9\n--\nType = 7z\n", True, False),
    (b"--\nPath = x\nType = QCOW\nERRORS:\nUnexpected end of archive\nPhysical Size = 9\n", False, False),
    (b"--\nPath = x\nType = NTFS\nWARNINGS:\nThere are data after the end of archive\n", True, True), (b"", False, False),
])
def test_what_was_opened(head, any_archive, a_disk):
    """An archive that lies in a volume which 7-Zip cannot read is not what the volume holds."""
    assert (bool(opened(head, disk=False)), bool(opened(head, disk=True))) == (any_archive, a_disk)


@pytest.mark.parametrize(("volume", "count"), [(bytes(512), 1), (bytes(3) + b"\1\2NoFS" + bytes(503), 0)])
def test_a_volume_nobody_knows_is_not_read(volume, count):
    class Answers:
        def run(self, tool, data, **parameters):
            return volume if tool == "7zz-extract" else b"--\nType = GPT\n\n----------\nPath = 0.img\nSize = 512\n"

    assert len(members(bytes(4096), Context(Limits(), tools=Answers()), disk=True) or []) == count
