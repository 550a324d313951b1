from dataclasses import replace

from gateway.extract.nominal import nominal
from gateway.model.artifact import Artifact, ArtifactKind


def node(id, parent, digest, size=10):
    return Artifact(id, parent, ArtifactKind.MEMBER, sha256=digest, size=size)


def test_copies_count_again():
    tree = [node(0, None, "m"), node(1, 0, "a"), node(2, 0, "a"), node(3, 0, "a"), node(4, 1, "b"), node(5, 1, "b"), node(6, 4, "c", 100)]
    assert nominal(tree, 10**9) == 10 + 3 * (10 + 2 * (10 + 100))


def test_ordinary_tree_is_the_sum():
    assert nominal([node(0, None, "m"), node(1, 0, "a"), node(2, 0, "b")], 10**9) == 30
    assert nominal([], 5) == 0


def test_ceiling_and_quine():
    assert nominal([node(0, None, "m"), node(1, 0, "a"), node(2, 1, "a")], 1000) == 1000
    deep = [node(0, None, "m")]
    for level in range(10):
        deep += [node(1 + level * 10 + n, 0 if level == 0 else 1 + (level - 1) * 10, f"l{level}", 1 << 20) for n in range(10)]
    assert nominal(deep, 1 << 29) == 1 << 29


def test_another_reading_of_the_same_octets_is_no_copy():
    whole = Artifact(1, 0, ArtifactKind.PART, sha256="a", size=50, detected_type="image/png")
    same = Artifact(2, 1, ArtifactKind.OBJECT, sha256="a", size=50, detected_type="application/zip")
    root = Artifact(0, None, ArtifactKind.MESSAGE, sha256="r", size=80)
    assert nominal([root, whole, same], 1000) == 130
    assert nominal([root, whole, replace(same, detected_type="image/png")], 1000) == 1000
