from gateway.extract.archive.libarchive_reader import DIRECTORY, SYMLINK, Member
from gateway.extract.archive.members import children
from gateway.extract.bounded import Damaged
from tests.builders.archives import codes, content


def test_faults_become_problems_beside_the_child():
    found = list(children([Member(b"a", b"", fault="encrypted"), Member(b"b", b"x", fault="damaged"), Member(b"c", b"", fault="unsupported")]))
    assert codes(found) == {"ENCRYPTED", "MALFORMED", "UNSUPPORTED"}
    assert content(found) == {"a": b"", "b": b"x", "c": b""}


def test_count_and_abort():
    assert codes(list(children((Member(b"%d" % n, b"") for n in range(9)), limit=3))) == {"COUNT"}

    def broken():
        yield Member(b"a", b"1")
        raise Damaged("cut")

    found = list(children(broken()))
    assert content(found) == {"a": b"1"} and codes(found) == {"MALFORMED"}


def test_folders_and_links():
    assert content(list(children([Member(b"d/", b"", DIRECTORY)]))) == {}
    assert content(list(children([Member(b"d", b"MZ", DIRECTORY)]))) == {"d": b"MZ"}
    assert codes(list(children([Member(b"l", b"", SYMLINK, b"../../x")]))) == {"MEMBER-LINK-OUTSIDE"}
