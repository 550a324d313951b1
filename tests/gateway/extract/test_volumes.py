"""Split files: what their pieces make is read beside them, and a set with a gap says what is missing."""

from __future__ import annotations

import gzip
import io
import random
import struct
import tarfile
import zlib

import pytest

from gateway.extract import volumes
from gateway.extract.archive.rar_headers import RAR4, RAR5
from gateway.extract.base import Child, Context
from gateway.extract.registry import EXTRACTORS
from gateway.extract.volumes import Place, placed
from gateway.extract.walk import walk
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.deadline import Limits
from gateway.model.finding import IncidentCode
from tests.builders.archives import Member, make_zip, pieces, seven_zip, spanned_zip
from tests.gateway.extract.archive.test_rar import rar4_volumes, rar5_volumes
from tests.gateway.extract.test_walk import root_gives

NOTES = b"\r\n".join(b"%d %d" % (line, line * line) for line in range(400))
PROGRAM = b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0\x64\x86\2\0" + bytes(range(256))


def part(data: bytes, name: str) -> Child:
    return Child(data, ArtifactKind.PART, (name,))


def looked(children, limits: Limits | None = None, words: tuple[str, ...] = ()):
    samples = []
    context = Context(limits or Limits(), passwords=list(words))
    walked = walk(b"From: a@b.example\r\n\r\nx", context, [root_gives(*children), *EXTRACTORS], samples.append)
    paths = [walked.tree.path(a.id).removeprefix("message > ") for a in walked.tree.artifacts[1:]]
    seen = {o.code for s in samples for o in s.observations}
    return paths, [(i.code, i.detail) for i in walked.incidents], seen


def tar_gz(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as made:
        entry = tarfile.TarInfo(name)
        entry.size = len(data)
        made.addfile(entry, io.BytesIO(data))
    return out.getvalue()


def sets(folder):
    """Scheme -> volumes by name, in their order."""
    seven = pieces(seven_zip(folder, {"notes.txt": NOTES}, "7z"), 3)
    zipped = make_zip(Member(b"notes.txt", NOTES))
    spanned = spanned_zip({"notes.txt": NOTES}, 4)
    return {
        "7-Zip": {f"帳單.7z.{n:03}": p for n, p in enumerate(seven, 1)},
        "zip cut": {f"A.ZIP.{n:03}": p for n, p in enumerate(pieces(zipped, 3), 1)},
        "zip spanned": {**{f"a.z{n:02}": p for n, p in enumerate(spanned[:-1], 1)}, "A.zip": spanned[-1]},
        "rar 5": {f"a.part{n}.rar": p for n, p in enumerate(rar5_volumes(b"notes.txt", NOTES, 3), 1)},
        "rar 4": {f"a.part{n:02}.rar": p for n, p in enumerate(rar4_volumes(b"notes.txt", NOTES, 3), 1)},
        "rar old": dict(zip(("a.rar", "a.r00", "a.R01"), rar4_volumes(b"notes.txt", NOTES, 3), strict=True)),
        "split": {f"a.tar.gz.a{c}": p for c, p in zip("abc", pieces(tar_gz("notes.txt", NOTES), 3), strict=True)},
        "split -d": {f"a.gz.{n:02}": p for n, p in enumerate(pieces(gzip.compress(NOTES), 3))},
        "split, named": {f"a.zip.part-a{c}": p for c, p in zip("ab", pieces(zipped, 2), strict=True)},
        "split, bare": {f"xa{c}": p for c, p in zip("ab", pieces(zipped, 2), strict=True)},
        "numbered": {f"a.zip.part{n}": p for n, p in enumerate(pieces(zipped, 2), 1)},
    }


SCHEMES = (
    "7-Zip", "zip cut", "zip spanned", "rar 5", "rar 4", "rar old", "split", "split -d", "split, named", "split, bare", "numbered")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_complete_set_is_read_in_any_order(scheme, tmp_path):
    made = list(sets(tmp_path)[scheme].items())
    random.Random(3).shuffle(made)
    paths, incidents, seen = looked(part(data, name) for name, data in made)
    whole = next(p for p in paths if p.startswith("joined"))
    assert any(p.startswith(whole) and p.endswith(("notes.txt", " a")) for p in paths if p != whole), paths
    assert incidents == [] and not seen & (volumes.BROKEN | {"VOLUME-MISSING"})


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("gone", [0, 1, -1])
def test_a_set_with_a_gap_is_an_incident(scheme, gone, tmp_path):
    made = list(sets(tmp_path)[scheme].items())
    del made[gone]
    _, incidents, seen = looked(part(data, name) for name, data in made)
    assert incidents and "VOLUME-MISSING" in seen


def test_the_missing_part_is_named(tmp_path):
    one, _, three = sets(tmp_path)["7-Zip"].items()
    _, incidents, _ = looked((part(one[1], one[0]), part(three[1], three[0])))
    assert (IncidentCode.UNSUPPORTED, "part 2 of a split file is missing") in incidents


def test_volumes_in_an_archive_and_in_forwarded_mails(tmp_path):
    made = sets(tmp_path)["7-Zip"]
    packed = make_zip(*(Member(name.encode(), data, flags=0x800) for name, data in made.items()))
    paths, incidents, _ = looked([part(packed, "all.zip")])
    assert "all.zip > joined 帳單.7z > notes.txt" in paths and incidents == []
    apart = [part(make_zip(Member(name.encode(), data, flags=0x800)), f"{n}.zip") for n, (name, data) in enumerate(made.items())]
    paths, incidents, _ = looked(apart)
    assert "0.zip > joined 帳單.7z > notes.txt" in paths and incidents == []


def test_equal_copies_are_one_part_and_unequal_ones_no_set(tmp_path):
    made = list(sets(tmp_path)["7-Zip"].items())
    _, incidents, _ = looked(part(data, name) for name, data in [*made, made[1]])
    assert incidents == []
    other = made[1][0], made[1][1][:-1] + b"?"
    _, incidents, _ = looked(part(data, name) for name, data in [*made, other])
    assert (IncidentCode.UNSUPPORTED, "two different parts 2 of a split file") in incidents


def test_each_part_is_read_by_itself_too(tmp_path):
    made = list(sets(tmp_path)["7-Zip"].items())
    paths = looked(part(data, name) for name, data in [*made, ("帳單.7z.004", make_zip(Member(b"run.exe", PROGRAM)))])[0]
    assert "4 run.exe" not in paths and any(p.startswith("帳單.7z.004") and p.endswith("run.exe") for p in paths)
    program = looked([part(PROGRAM[:1], "a.exe.001"), part(PROGRAM[1:], "a.exe.002")])[0]
    assert "joined a.exe" in program


def test_what_is_locked_in_the_whole_holds_and_a_word_opens_it(tmp_path):
    made = pieces(seven_zip(tmp_path, {"notes.txt": NOTES}, "7z", "-pHarbour-77", "-mhe=on"), 3)
    given = [part(data, f"a.7z.{n:03}") for n, data in enumerate(made, 1)]
    _, incidents, seen = looked(given)
    assert [code for code, _ in incidents] == [IncidentCode.ENCRYPTED] and "ENCRYPTED-NAMES" in seen
    paths, incidents, _ = looked(given, words=("Harbour-77",))
    assert "joined a.7z > notes.txt" in paths and incidents == []


def test_a_damaged_file_counts_although_a_part_holds_it_whole(tmp_path):
    damaged = gzip.compress(NOTES)[:-9]
    spanned = spanned_zip({"a.gz": damaged, "b.txt": NOTES}, 3)
    _, incidents, _ = looked(part(data, f"a.z{n:02}" if n < 3 else "a.zip") for n, data in enumerate(spanned, 1))
    assert (IncidentCode.MALFORMED, "data end early") in incidents


def test_numbered_files_are_no_pieces():
    zips = [make_zip(Member(b"%d.txt" % n, b"words %d" % n)) for n in (1, 2)]
    for given in ([part(NOTES, "TXN.002")], [part(NOTES, f"TXN.{n:03}") for n in (3, 4)], [part(gzip.compress(NOTES), "log.gz.2")],
                  [part(data, f"a.zip.{n}") for n, data in enumerate(zips, 1)], [part(zips[0], "a.zip.001")],
                  [part(data, f"a.part{n}.zip") for n, data in enumerate(zips, 1)], [part(b"class A {}", "a.cs")],
                  [part(bytes(range(256)), "a.pdf.ai")]):
        paths, incidents, seen = looked(given)
        assert incidents == [] and "VOLUME-MISSING" not in seen and not any(p.startswith("joined") for p in paths)


def test_a_piece_that_looks_like_another_file_by_chance():
    found = volumes.Volumes()
    piece = Artifact(2, 0, ArtifactKind.PART, ("a.7z.002",), detected_type="application/octet-stream")
    literal = Child(b"octets", ArtifactKind.OBJECT, ("\0\1",), label="OpenPGP")
    found.covered[2] = "application/x-7z-compressed"
    assert found.told(literal, piece, [piece]) == ()
    found.covered[2] = "application/pdf"
    assert found.told(literal, piece, [piece]) == (literal,)


def test_what_they_make_counts_against_the_limits(monkeypatch):
    given = [part(bytes([n]) * 5000, f"a.bin.{n:03}") for n in (1, 2, 3)]
    assert looked(given, Limits(expanded=40_000))[1] == []
    assert [code for code, _ in looked(given, Limits(expanded=20_000))[1]] == [IncidentCode.SIZE]
    monkeypatch.setattr(volumes, "MOST", 2)
    alone = [part(b"%d" % n, f"{n}.txt.001") for n in range(4)] + [part(b"class A%d {}" % n, f"A{n}.cs") for n in range(4)]
    assert looked(alone)[1] == []
    assert [code for code, _ in looked([*alone, *(part(b"%d!" % n, f"{n}.txt.002") for n in range(4))])[1]] == [IncidentCode.COUNT]


@pytest.mark.parametrize(("name", "place"), [
    ("a.zip.001", Place("plain", "a.zip", 1)), ("a.7z.012 ", Place("plain", "a.7z", 12)), ("b.Z07", Place("zip", "b.zip", 7)),
    ("b.zx02", Place("zip", "b.zipx", 2)), ("c.part3.rar", Place("rar", "c.rar", 3)), ("c.r00", Place("old", "c.rar", 1)),
    ("c.s01", Place("old", "c.rar", 102)), ("d.tar.ab", Place("letters", "d.tar", 1)), ("d.tar.partba", Place("letters", "d.tar", 26)),
    ("xac", Place("letters", "x", 2)), ("d.tgz-ab", Place("letters", "d.tgz", 1)), ("d.zip_part_2", Place("plain", "d.zip", 2)), ("report.pdf", None), ("a.js", None), ("a.tar.br", None), ("a.rar", None),
    ("a.zip", None), ("", None), ("001", None),
])
def test_places(name, place):
    assert placed(name, b"") == place


def test_first_and_last_volumes_are_told_by_their_heads():
    assert placed("a.zip", spanned_zip({"a": NOTES}, 3)[-1]) == Place("zip", "a.zip", volumes.LAST)
    assert placed("a.RAR", RAR4 + struct.pack("<HBHH", 0, 0x73, 0x111, 13)) == Place("old", "a.RAR", 0)
    assert placed("a.rar", RAR5 + struct.pack("<L", zlib.crc32(b"")) + b"\4\1\0\1\0") == Place("old", "a.rar", 0)
    assert placed("a.rar", RAR5 + b"\0\0\0\0\x80") is None


def test_names_are_compared_as_people_see_them():
    one, two = Place("plain", "ＡＢ.zip", 1), Place("plain", "ab.ZIP", 2)
    assert one.key == two.key


def test_a_part_of_another_type_keeps_its_own_incidents():
    found = volumes.Volumes()
    first, second = (Artifact(n, 0, ArtifactKind.PART, (f"a.txt.{n:03}",), detected_type=kind)
                     for n, kind in ((1, "text/plain"), (2, "application/pdf")))
    assert found.add(first, b"words") and found.add(second, b"%PDF-")
    made, = found.sets()
    found.cover(made, Artifact(3, 0, ArtifactKind.ARCHIVE, detected_type="text/plain"))
    assert set(found.covered) == {1}
