import json
import signal
import subprocess
import sys

import pytest
from click.testing import CliRunner

from gateway.cli import demo
from gateway.cli.demo import Demo, free_ports, message_id
from gateway.cli.mailbox import Received
from gateway.cli.samples import samples
from gateway.config import load
from gateway.model.errors import SekishoError
from gateway.policy import check


class Box:
    """A mailbox that has what the test puts into it."""

    port = 2525

    def __init__(self):
        self.received = []

    def wait_for(self, marker, seconds):
        return next((m for m in self.received if marker in m.content), None)


class House:
    """A gateway that answers as told."""

    tell = Demo.tell

    def __init__(self, held=(), inspection=None, as_json=False):
        self.mailbox, self.held, self.ran, self.as_json = Box(), list(held), [], as_json
        self.inspection = inspection or {"findings": [], "incidents": [], "persons": 0}

    def rows(self, *arguments):
        return [{"inspection": self.inspection}] if "show" in arguments else self.held

    def run(self, *arguments):
        self.ran.append(arguments)
        return "account admin made; one-time password, shown this once: s3cret\nready\n"

    def send(self, sample):
        if sample.expected == "delivered":
            self.mailbox.received.append(Received(sample.sender, sample.recipients, b"Received: us\r\n" + sample.content))
        return "250 2.0.0 Ok"


def row(sample):
    return {"id": sample.name, "header_message_id": f"<{sample.name}@x>", "reason": "a-rule"}


def test_its_configuration_is_right(tmp_path):
    made = Demo(tmp_path, Box())
    assert check(made.config) == [] or not [p for p in check(made.config) if not p.warning]
    config = load(made.config)
    assert {str(x.next_hop[0]) for x in config.listeners} == {"127.0.0.1:2525"} and config.gateway.state_dir == tmp_path / "state"


def test_ports_are_free_and_different():
    assert len(set(free_ports(4))) == 4


def test_outcomes_are_right_only_if_every_one_is(capsys):
    house = House([row(s) for s in samples() if s.expected == "held"])
    assert demo.show_outcomes(house)
    assert capsys.readouterr().out.count("octet for octet") == sum(s.expected == "delivered" for s in samples())
    assert not demo.show_outcomes(House())
    assert "LOST" in capsys.readouterr().out


def test_outcomes_for_programs(capsys):
    assert demo.show_outcomes(House([row(s) for s in samples() if s.expected == "held"], as_json=True))
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(r["outcome"], r["good"]) for r in rows] == [(s.expected, True) for s in samples()]
    assert rows[-1] | {"mail": ""} == {"mail": "", "direction": "outbound", "outcome": "held", "reply": "250 2.0.0 Ok", "rule": "a-rule", "good": True}


def test_an_altered_mail_is_not_right(capsys):
    house = House([row(s) for s in samples() if s.expected == "held"])
    real = house.send

    def altering(sample):
        answer = real(sample)
        house.mailbox.received = [Received(m.reverse_path, m.recipients, m.content + b"!") for m in house.mailbox.received]
        return answer

    house.send = altering
    assert not demo.show_outcomes(house)


def test_why_names_the_gravest_first():
    inspection = {"persons": 5, "incidents": [], "findings": [
        {"code": "A-LOW", "severity": "low", "artifact": "m"}, {"code": "B-HIGH", "severity": "high", "artifact": "m\u202e"}]}
    assert demo.why(House(inspection=inspection), "1") == "5 persons; B-HIGH in m\\u202e; A-LOW in m"


def test_notices_go_to_our_own_people_only(monkeypatch, capsys):
    monkeypatch.setattr(demo, "ARRIVAL", 0.1)
    house = House()
    wanted = sum(s.expected == "held" for s in samples())
    notice = Received("", ("wang@bank.example",), b"Subject: =?utf-8?b?6YCa55+l?=\r\nAuto-Submitted: auto-generated\r\n\r\n")
    house.mailbox.received = [notice] * wanted
    assert demo.OUR in "wang@bank.example" and demo.show_notices(house)
    assert "通知" in capsys.readouterr().out
    house.mailbox.received = [notice] * (wanted - 1) + [Received("", ("x@else.example",), notice.content)]
    assert not demo.show_notices(house)
    house.mailbox.received = [notice]
    assert not demo.show_notices(house)


def test_a_release_arrives_as_it_was_sent(capsys):
    sample = next(s for s in samples() if s.name == "demo-customers")
    house = House([row(sample)])
    house.mailbox.received = [Received(sample.sender, sample.recipients, b"X: y\r\n" + sample.content)]
    assert message_id(sample) in sample.content and demo.show_release(house)
    assert [a[:2] for a in house.ran] == [("quarantine", "request"), ("quarantine", "approve")]
    house.mailbox.received = [Received(sample.sender, sample.recipients, sample.content[:-5])]
    assert not demo.show_release(house) and not demo.show_release(House())


def test_the_first_login_is_read_from_init():
    assert demo.first_login(House()) == "s3cret"


def test_a_command_that_fails_ends_the_demo(tmp_path):
    made = Demo(tmp_path, Box())
    made.config.write_text("nonsense = 1\n")
    with pytest.raises(SekishoError, match="init: sekisho: "):
        made.run("init")


def test_a_gateway_that_does_not_become_ready_is_said(tmp_path, monkeypatch):
    real = subprocess.Popen
    monkeypatch.setattr(demo.subprocess, "Popen", lambda command, **k: real([sys.executable, "-c", "print('{\"event\": \"x\"}')"], **k))
    made = Demo(tmp_path, Box())
    with pytest.raises(SekishoError, match="did not become ready"):
        made.start()
    made.stop()


def test_stop_asks_before_it_ends(tmp_path):
    made = Demo(tmp_path, Box())
    made.stop()
    made.process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], stdout=subprocess.PIPE, text=True)
    made.stop()
    assert made.process.returncode == -signal.SIGTERM


def test_the_sample_mails_as_files(tmp_path):
    done = CliRunner().invoke(demo.demo, ["--mails", str(tmp_path / "a" / "b")], standalone_mode=False)
    assert done.exit_code == 0 and done.exception is None
    assert {p.name: p.read_bytes() for p in (tmp_path / "a" / "b").iterdir()} == {f"{s.name}.eml": s.content for s in samples()}


def test_samples_that_cannot_be_written_are_said(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SekishoError, match="file/b: the sample mails cannot be written: Not a directory"):
        demo.write_samples(tmp_path / "file" / "b")


@pytest.mark.parametrize(("body", "below"), [
    ("看看:\r\n    http://127.0.0.1:8080/m/Ab_c-1\r\n", "\n    http://127.0.0.1:8080/m/Ab_c-1"), ("Code:\r\n  1234 5678\r\n", "\n    1234 5678"),
    ("- 12345678\r\n", "\n    12345678"), ("call 12345678 or see http://127.0.0.1/x\r\n", "")])
def test_what_a_mail_brings_is_said(body, below):
    head = "Subject: =?utf-8?b?6YCa55+l?=\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    assert demo.letter(Received("", ("wang@bank.example",), (head + body).encode())) == f"wang@bank.example: 通知{below}"


def test_mail_is_shown_as_it_comes(capsys):
    house = House()
    house.mailbox.received = [Received("", ("before@bank.example",), b"Subject: x\r\n\r\n")]

    def after(number):
        if number == 3:
            raise TimeoutError
        house.mailbox.received.append(Received("", (f"{number}@bank.example",), b"Subject: x\r\n\r\n"))
        return house.mailbox.received[number:]

    house.mailbox.after = after
    with pytest.raises(TimeoutError):
        demo.follow(house)
    assert capsys.readouterr().out.splitlines() == ["mail to 1@bank.example: x", "mail to 2@bank.example: x"]
