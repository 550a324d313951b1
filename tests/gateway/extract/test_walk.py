"""The walk: limits are incidents, exceptions are incidents, nothing is visited twice without need."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterator

import pytest
import python_calamine

from gateway.extract.base import Child, Context, Gate, NeedsDeepLane, Node, Problem, Yield
from gateway.extract.bounded import LimitReached
from gateway.extract.passwords import candidates
from gateway.extract.walk import walk
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation, Sample, Table, Text
from gateway.model.deadline import Limits
from gateway.model.finding import Fault, IncidentCode

MAIL = b"From: a@b.example\r\nSubject: hi\r\n\r\nbody\r\n"


class Fake:
    """Claims one type; what it does is handed in."""

    def __init__(self, type: str, act, name: str = "fake") -> None:
        self.name, self.type, self.act = name, type, act

    def claims(self, node: Node) -> bool:
        return node.type == self.type

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        yield from self.act(node, context)


def member(data: bytes, *names: str, **more) -> Child:
    return Child(data, ArtifactKind.MEMBER, names, **more)


def run(extractors, limits: Limits | None = None, data: bytes = MAIL):
    visited: list[Sample] = []
    walked = walk(data, Context(limits or Limits()), extractors, visited.append)
    return walked, visited


def root_gives(*items: Yield) -> Fake:
    return Fake("message/rfc822", lambda node, context: iter(items))


def test_children_get_paths_depth_hash_and_type():
    walked, visited = run([root_gives(member(b"plain words\n", "a.txt", label="1"))])
    child = walked.tree.artifacts[1]
    assert walked.tree.path(1) == "message > 1 a.txt"
    assert (child.depth, child.parent, child.detected_type, child.size) == (1, 0, "text/plain", 12)
    assert [s.artifact.id for s in visited] == [0, 1]
    assert walked.incidents == ()


def test_texts_and_observations_belong_to_the_node_that_gave_them():
    _, visited = run([root_gives(Text("words", "header Subject"), Observation("X-ODD"))])
    assert visited[0].texts[0].content == "words"
    assert visited[0].observed("X-ODD")


def test_same_content_is_two_artifacts_and_one_visit():
    walked, visited = run([root_gives(member(b"same", "a.txt"), member(b"same", "b.txt"))])
    assert len(walked.tree.artifacts) == 3
    assert len(visited) == 2


def test_same_content_under_another_extension_is_visited_again():
    _, visited = run([root_gives(member(b"same", "a.txt"), member(b"same", "a.js"))])
    assert [s.artifact.name for s in visited if s.artifact.id] == ["a.txt", "a.js"]


def test_names_with_numbers_are_seen_each_in_outbound_mail():
    visited: list[Sample] = []
    members = [member(b"same", f"A12345678{n}.txt") for n in range(3)]
    walk(MAIL, Context(Limits(), outbound=True), [root_gives(*members)], visited.append)
    assert len(visited) == 4


def test_odd_name_on_known_content_is_still_seen():
    _, visited = run([root_gives(member(b"same", "a.txt"), member(b"same", "a\u202etxt.txt"))])
    assert any(o.code == "NAME-BIDI" for s in visited for o in s.observations)


@pytest.mark.parametrize(("error", "code"), [
    (ValueError("secret content"), IncidentCode.MALFORMED),
    (RuntimeError("boom"), IncidentCode.CRASH),
    (RecursionError(), IncidentCode.CRASH),
    (MemoryError(), IncidentCode.SIZE), (LimitReached(IncidentCode.COUNT, "more than 3 calls"), IncidentCode.COUNT),
])
def test_exception_is_an_incident_and_keeps_what_was_seen_before(error, code):
    def act(node, context):
        yield member(b"seen", "a.txt")
        raise error

    walked, _ = run([Fake("message/rfc822", act)])
    assert [(i.code, i.artifact, i.fault) for i in walked.incidents] == [(code, 0, Fault.MESSAGE)]
    assert "secret" not in walked.incidents[0].detail
    assert len(walked.tree.artifacts) == 2


def book_without_its_sheet() -> bytes:
    """A binary workbook whose sheet stands in no relationship: the library for workbooks panics over it."""
    sheet = bytes(8) + struct.pack("<I", 4) + "rId9".encode("utf-16-le") + struct.pack("<I", 1) + b"S\0"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as book:
        book.writestr("xl/workbook.bin", b"\x83\x01\0\x8f\x01\0\x9c\x01" + bytes([len(sheet)]) + sheet + b"\x90\x01\0\x84\x01\0")
        book.writestr("xl/_rels/workbook.bin.rels", "<Relationships/>")
    return out.getvalue()


def test_a_panic_of_a_library_in_rust_is_an_incident_too():
    def act(node, context):
        yield member(b"seen", "a.txt")
        python_calamine.load_workbook(io.BytesIO(book_without_its_sheet()))

    walked, _ = run([Fake("message/rfc822", act)])
    assert [(i.code, i.detail) for i in walked.incidents] == [(IncidentCode.MALFORMED, "fake: PanicException")]
    assert len(walked.tree.artifacts) == 2


def test_what_ends_the_process_is_no_incident():
    def act(node, context):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run([Fake("message/rfc822", act)])


def test_problem_becomes_an_incident_of_its_node():
    walked, _ = run([root_gives(Problem(IncidentCode.ENCRYPTED, "a\x1b[2Jb"))])
    assert [(i.code, i.detail) for i in walked.incidents] == [(IncidentCode.ENCRYPTED, "a?[2Jb")]


def nest(node, context):
    yield Child(node.data + b"x", ArtifactKind.MEMBER, detected_type="message/rfc822")


def test_depth_limit():
    walked, visited = run([Fake("message/rfc822", nest)], Limits(depth=3))
    assert [i.code for i in walked.incidents] == [IncidentCode.DEPTH]
    assert len(visited) == 5                            # the one below the limit is still looked at, not taken apart


def test_count_limit_stops_the_walk():
    walked, _ = run([root_gives(*(member(b"%d" % n) for n in range(50)))], Limits(artifacts=10))
    assert [i.code for i in walked.incidents] == [IncidentCode.COUNT]
    assert len(walked.tree.artifacts) == 10


def test_size_limit_stops_the_walk():
    walked, _ = run([root_gives(member(b"a" * 600), member(b"b" * 600))], Limits(expanded=1000))
    assert [i.code for i in walked.incidents] == [IncidentCode.SIZE]
    assert len(walked.tree.artifacts) == 2


def test_ratio_limit_above_its_floor_only():
    limits = Limits(ratio=10, ratio_floor=1000)
    walked, _ = run([root_gives(member(b"a" * 999))], limits)
    assert walked.incidents == ()
    walked, _ = run([root_gives(member(b"a" * 1001))], limits)
    assert [i.code for i in walked.incidents] == [IncidentCode.RATIO]


def test_text_limit():
    walked, _ = run([root_gives(Text("a" * 20, "body"))], Limits(text=10))
    assert [i.code for i in walked.incidents] == [IncidentCode.SIZE]


def test_container_without_reader_is_unsupported_and_inert_media_is_complete():
    walked, _ = run([root_gives(member(b"7z\xbc\xaf\x27\x1c" + bytes(40)), member(b"\x89PNG\r\n\x1a\n" + bytes(40)))])
    assert [(i.code, i.artifact) for i in walked.incidents] == [(IncidentCode.UNSUPPORTED, 1)]


def test_plain_lane_asks_for_the_deep_one():
    with pytest.raises(NeedsDeepLane, match="application/pdf"):
        run([root_gives(member(b"%PDF-1.7\n")), Gate(frozenset({"message/rfc822"}))])


def test_bodies_are_read_before_containers():
    order: list[str] = []

    def note(node, context):
        order.append(node.type)
        return iter(())

    run([root_gives(member(b"PK\x03\x04" + bytes(40)), member(b"the password is x\n")),
         Fake("application/zip", note), Fake("text/plain", note)])
    assert order == ["text/plain", "application/zip"]


def test_limits_are_visible_to_extractors():
    seen: list[int] = []

    def act(node, context):
        seen.append(context.allowance(len(node.data)))
        return iter(())

    run([Fake("message/rfc822", act)], Limits(expanded=1000, ratio_floor=10))
    assert seen == [1000 - len(MAIL)]


def test_looking_for_hidden_files_is_not_reading():
    carve = Fake("application/x-alz", lambda node, context: iter(()), "carve")
    walked, _ = run([root_gives(member(b"ALZ\x01" + bytes(80), "a.dat")), carve])
    assert [i.code for i in walked.incidents] == [IncidentCode.UNSUPPORTED]


def test_a_name_of_an_archive_is_no_fault_where_a_reader_of_untyped_files_opened_it():
    opened = Fake("application/octet-stream", lambda node, context: iter((member(b"plain words\n", "a.txt"),)), "pgp")
    looked = Fake("application/octet-stream", lambda node, context: iter((member(b"plain words\n", "a.txt"),)), "carve")
    for reader, codes in ((opened, []), (looked, [IncidentCode.UNSUPPORTED])):
        walked, _ = run([root_gives(member(bytes(range(1, 200)), "a.txt.gpg")), reader])
        assert [i.code for i in walked.incidents] == codes


@pytest.mark.parametrize(("name", "codes"), [("a.vhd", [IncidentCode.UNSUPPORTED]), ("a.ZPAQ", [IncidentCode.UNSUPPORTED]), ("a.dat", [])])
def test_a_name_of_an_archive_that_nobody_read(name, codes):
    walked, _ = run([root_gives(member(bytes(range(1, 200)), name))])
    assert [i.code for i in walked.incidents] == codes


class Safe:
    """A stand-in for an archive: its content is `word:content`, and the word must be among the candidates."""

    name = "zip"

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def claims(self, node: Node) -> bool:
        return node.data.startswith(b"SAFE ")

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        word, _, content = node.data[5:].decode().partition(":")
        words = list(candidates(context))
        self.asked.append(words)
        for guess in words:
            if not context.effort.spend(0.01):
                break
            if guess == word:
                context.fits(guess)
                yield member(content.encode(), "inside.bin" if content.startswith("SAFE") else "inside.txt")
                return
        yield Problem(IncidentCode.ENCRYPTED, "no password fits")
        yield member(b"", "names.txt", anomalies=("ENCRYPTED",))


class Words:
    """Reads text, and takes notes of it."""

    name = "text"

    def claims(self, node: Node) -> bool:
        return node.type == "text/plain" and not node.data.startswith(b"SAFE ")

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        yield Text(node.data.decode(), "body")


class Box:
    """A container whose content comes late: its members stand for what a document says."""

    name = "box"

    def claims(self, node: Node) -> bool:
        return node.data.startswith(b"BOX ")

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        yield Text(node.data[4:].decode(), "document")


def safes(*parts: bytes):
    safe = Safe()
    given = root_gives(*(member(part, f"{n}.bin", detected_type="application/octet-stream") for n, part in enumerate(parts)))
    walked, visited = run([given, safe, Box(), Words()])
    return walked, visited, safe


def test_the_password_stands_in_a_later_attachment():
    walked, visited, safe = safes(b"SAFE Sakura-26:plain words", b"BOX password: Sakura-26")
    assert walked.incidents == () and [a.name for a in walked.tree.artifacts] == ["", "0.bin", "1.bin", "inside.txt"]
    assert len(safe.asked) == 2 and "Sakura-26" in safe.asked[1] and len(safe.asked[1]) < len(safe.asked[0]) + 10
    assert sorted(s.artifact.id for s in visited) == [0, 1, 2, 3]


class Note:
    """A picture: its words are given only where they are asked for."""

    name = "note"

    def __init__(self) -> None:
        self.looks = 0

    def claims(self, node: Node) -> bool:
        return node.data.startswith(b"NOTE ")

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        if not context.reading:
            context.unread.append((self, node))
            return
        self.looks += 1
        yield Text(node.data[5:].decode(), "ocr")
        raise ValueError("the rest cannot be read")


@pytest.mark.parametrize(("safe", "looks", "locked"), [
    (b"SAFE Sakura-26:plain words", 1, 0), (b"SAFE nobody-knows:x", 1, 1), (b"plain", 0, 0)])
def test_pictures_are_read_where_something_stays_locked(safe: bytes, looks: int, locked: int):
    note = Note()
    given = root_gives(*(member(part, f"{n}.bin", detected_type="application/octet-stream")
                         for n, part in enumerate((safe, b"NOTE password: Sakura-26"))))
    walked, _ = run([given, Safe(), note, Words()])
    assert (note.looks, len(walked.incidents)) == (looks, locked)


def test_the_password_of_one_stands_in_another_that_is_locked_too():
    walked, _, _ = safes(b"SAFE inner-7:deep inside", b"SAFE outer-5:password: inner-7", b"BOX password: outer-5")
    assert walked.incidents == ()
    assert [a.name for a in walked.tree.artifacts].count("inside.txt") == 2


def test_locks_within_locks():
    walked, _, _ = safes(b"SAFE outer-5:SAFE outer-5:same word twice", b"BOX password: outer-5")
    assert walked.incidents == () and walked.tree.artifacts[-1].depth == 3


def test_what_stays_locked_is_told_once_and_shown():
    walked, visited, safe = safes(b"SAFE nobody-knows:x", b"BOX password: wrong-1", b"BOX password: wrong-2")
    (incident,) = walked.incidents
    assert (incident.code, incident.artifact, incident.detail) == (IncidentCode.ENCRYPTED, 1, "no password fits")
    assert [a.name for a in walked.tree.artifacts if "ENCRYPTED" in a.anomalies] == ["names.txt"]
    assert sorted({s.artifact.id for s in visited}) == [0, 1, 2, 3, 4] and len(safe.asked) == 2


def test_no_new_words_no_new_guesses():
    _, _, safe = safes(b"SAFE a-word-1:x", b"SAFE a-word-2:y", b"BOX nothing here")
    assert len(safe.asked) <= 4


def test_guessing_has_an_end_over_all_nodes_together():
    weak = "\n".join(f"word{n}x" for n in range(400))
    walked, _, _ = safes(*(f"SAFE none-{n}:x".encode() for n in range(60)), b"BOX " + weak.encode())
    assert len(walked.incidents) == 60 and all(i.code is IncidentCode.ENCRYPTED for i in walked.incidents)
    assert all(i.detail.endswith("the time for guessing passwords is used up") for i in walked.incidents)


def test_guesses_made_too_early_leave_something_for_later():
    """The first look at a locked file may use half of the effort: the announcement may stand further on."""
    weak = b"\n".join(b"weak%dx" % n for n in range(500))
    walked, _, _ = safes(weak, b"SAFE Sakura-26:plain words", b"BOX password: Sakura-26")
    assert walked.incidents == ()


def test_a_limit_ends_the_waiting_too():
    given = root_gives(member(b"SAFE none-1:x", "a.bin"), *(member(b"%d" % n, f"{n}.txt") for n in range(30)))
    walked, visited = run([given, Safe(), Words()], Limits(artifacts=10))
    assert {i.code for i in walked.incidents} >= {IncidentCode.COUNT}
    assert 1 in {s.artifact.id for s in visited}


def test_too_much_is_not_kept_aside(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("gateway.extract.walk.LARGEST_WAIT", 100)

    class Large(Safe):
        def extract(self, node: Node, context: Context) -> Iterator[Yield]:
            self.asked.append([])
            yield member(b"x" * 101, "large.txt")
            yield Problem(IncidentCode.ENCRYPTED, "one of many")

    safe = Large()
    walked, _ = run([root_gives(member(b"SAFE x:y", "a.bin"), member(b"BOX password: more-1", "b.bin")), safe, Box(), Words()])
    assert len(safe.asked) == 1 and [i.code for i in walked.incidents] == [IncidentCode.ENCRYPTED]


def test_locked_files_together_keep_no_more_than_one(monkeypatch: pytest.MonkeyPatch):
    """Many half-open archives must not hold more aside than the limits let any mail unpack."""
    monkeypatch.setattr("gateway.extract.walk.LARGEST_WAIT", 1000)

    class Half(Safe):
        def extract(self, node: Node, context: Context) -> Iterator[Yield]:
            self.asked.append([])
            yield member(node.data[5:] * 40, "open.txt")
            yield Problem(IncidentCode.ENCRYPTED, "one of two")

    safe = Half()
    parts = (member(b"SAFE %08d" % n, f"{n}.bin") for n in range(10))
    walked, _ = run([root_gives(*parts, member(b"BOX password: more-1", "b.bin")), safe, Box(), Words()])
    assert len(safe.asked) == 10 + 3, "three were kept aside and looked at again"
    assert len(walked.incidents) == 10 and sum(a.name == "open.txt" for a in walked.tree.artifacts) == 10


def test_of_a_flood_only_the_beginning_is_judged():
    def act(node: Node, context: Context) -> Iterator[Yield]:
        yield Text("a" * (2 << 20), "body")
        yield Table("rows", (("x", "y"),) * (1 << 20))
        yield Text("b" * 10, "more")
        yield Problem(IncidentCode.COUNT, "too many")

    _, visited = run([Fake("message/rfc822", act)])
    assert [len(t.content) for t in visited[0].texts] == [1 << 20, 0] and len(visited[0].tables[0].rows) == 1 << 19
    _, visited = run([root_gives(Text("a" * (2 << 20), "body"), Problem(IncidentCode.ENCRYPTED, "locked"))])
    assert len(visited[0].texts[0].content) == 2 << 20


def test_what_broke_a_limit_is_not_drawn_again():
    drawn: list[str] = []

    def draw(node: Node, context: Context) -> Iterator[Yield]:
        drawn.append(node.type)
        yield Observation("DRAWN")

    run([root_gives(Problem(IncidentCode.RATIO, "a bomb")), Fake("message/rfc822", draw, "pictures")])
    assert drawn == []
    run([root_gives(Problem(IncidentCode.ENCRYPTED, "a lock")), Fake("message/rfc822", draw, "pictures")])
    assert drawn == ["message/rfc822"]


def test_many_members_below_the_floor_are_one_bomb():
    """Each container is packed more than the ratio and stays below its floor; honest ones are not that many."""
    def act(node: Node, context: Context) -> Iterator[Yield]:
        yield member(bytes([node.data[0]]) * 900)

    def packs(count: int) -> list[IncidentCode]:
        packed = [Child(bytes([n]) * 9, ArtifactKind.MEMBER, detected_type="application/zip") for n in range(count)]
        walked, _ = run([root_gives(*packed), Fake("application/zip", act)], Limits(ratio=10, ratio_floor=1000))
        return [i.code for i in walked.incidents]

    assert packs(1) == [] and set(packs(9)) == {IncidentCode.RATIO}


def test_what_stands_beside_many_small_bombs_is_still_taken_apart():
    def act(node: Node, context: Context) -> Iterator[Yield]:
        yield member(bytes([node.data[0]]) * (900 if node.data[0] < 9 else 20))

    packed = [Child(bytes([n]) * 9, ArtifactKind.MEMBER, detected_type="application/zip") for n in range(10)]
    walked, _ = run([root_gives(*packed), Fake("application/zip", act)], Limits(ratio=10, ratio_floor=1000))
    assert [a.size for a in walked.tree.artifacts][-1] == 20


def test_a_bomb_leaves_little_to_unpack():
    rooms: list[tuple[int, int]] = []

    def act(node: Node, context: Context) -> Iterator[Yield]:
        rooms.append((context.limits.expanded - context.expanded, context.limits.ratio_floor))
        yield Problem(IncidentCode.RATIO, "a bomb")

    packed = [Child(bytes([n]) * 9, ArtifactKind.MEMBER, detected_type="application/zip") for n in range(2)]
    run([root_gives(*packed), Fake("application/zip", act)], Limits())
    assert rooms[0][0] > 400 << 20 and rooms[1][0] <= 2 << 20 and rooms[1][1] <= 1 << 20


def test_more_names_than_any_archive_has(monkeypatch):
    monkeypatch.setattr("gateway.extract.walk.NAMED", 10_000)
    for length, held in ((2_000, True), (900, False)):
        names = [Child(b"%d" % n, ArtifactKind.MEMBER, ("a" * length + str(n),)) for n in range(10)]
        walked, _ = run([root_gives(*names)])
        assert [i.code for i in walked.incidents] == ([IncidentCode.COUNT] if held else [])


@pytest.mark.parametrize(("data", "held"), [
    (b"word " * 300, True), ("字".encode() * 1000, False), ("字".encode() * 1400, True), (b"word " * 150, False), (("word " * 250).encode("utf-16-le"), False)])
def test_what_would_break_the_limit_of_texts_is_not_decoded_first(data, held):
    seen: list[int] = []
    reader = Fake("text/plain", lambda node, context: iter([Text("", "body")] if seen.append(len(node.data)) is None else []))
    walked, _ = run([root_gives(member(data, "a.txt", detected_type="text/plain")), reader], Limits(text=1000))
    assert [i.code for i in walked.incidents] == [IncidentCode.SIZE] * held and seen
