from gateway.model.artifact import Artifact, ArtifactKind, ArtifactTree, step

TREE = ArtifactTree((
    Artifact(0, None, ArtifactKind.MESSAGE),
    Artifact(1, 0, ArtifactKind.PART, ("report.zip",), label="2"),
    Artifact(2, 1, ArtifactKind.MEMBER, ("invoice.xlsm",)),
    Artifact(3, 2, ArtifactKind.MACRO, ("Module1",)),
    Artifact(4, 2, ArtifactKind.OBJECT),
))


def test_a_path_reads_from_the_message_down():
    assert TREE.path(3) == "message > 2 report.zip > invoice.xlsm > Module1"
    assert TREE.path(4) == "message > 2 report.zip > invoice.xlsm > object"
    assert TREE.path(0) == "message"


def test_a_hostile_name_is_shown_with_escapes():
    shown = step(Artifact(1, 0, ArtifactKind.PART, ("a\u202egpj.exe\r\n\x1b[31m" + "x" * 500,)))
    assert shown.isprintable() and "\\u202e" in shown and "\\u000d" in shown and len(shown) < 250
