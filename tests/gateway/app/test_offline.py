import asyncio
import os

import pytest

from gateway.app import offline
from gateway.app.offline import Asked, Judge, addresses, as_wire, memfd, messages, passwords, read
from gateway.config import load
from gateway.model.errors import ConfigError, InspectionUnavailable, SekishoError
from gateway.model.transaction import Direction
from gateway.ops.clock import SystemClock
from tests.builders.commands import write_config


def test_files_folders_and_standard_input_in_order(tmp_path):
    for name in ("b.eml", "a.eml", "d/c.eml", "d/c.txt", "e.eml/f.eml", "d/windows.EML"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = list(messages(["-", str(tmp_path / "d" / "c.txt"), str(tmp_path)]))
    assert [os.path.relpath(p, tmp_path) if p != "-" else p for p in found] == [
        "-", "d/c.txt", "a.eml", "b.eml", "d/c.eml", "d/windows.EML", "e.eml/f.eml"]


def test_a_state_directory_out_of_reach_is_said_and_does_not_stop_a_scan(tmp_path, monkeypatch, capsys):
    write_config(tmp_path)
    config = load(tmp_path / "sekisho.toml")
    assert offline.reachable(config, tmp_path / "own") is config, "there is none yet"
    (tmp_path / "state").mkdir()
    assert offline.reachable(config, tmp_path / "own") is config and capsys.readouterr().err == ""
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert offline.reachable(config, tmp_path / "own").gateway.state_dir == tmp_path / "own"
    assert capsys.readouterr().err == (f"sekisho: {tmp_path}/state may not be read by this user: "
                                       "judged without the tables, documents and outside rules in it\n")


def test_standard_input_may_be_closed(monkeypatch):
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(SekishoError, match="-: standard input is closed"):
        read("-")


def test_a_folder_that_cannot_be_read_is_not_skipped_in_silence(tmp_path, monkeypatch):
    def listing(path):
        raise PermissionError(13, "Permission denied", str(path))
    monkeypatch.setattr(os, "scandir", listing)
    with pytest.raises(SekishoError, match=f"{tmp_path}: Permission denied"):
        list(messages([str(tmp_path)]))


@pytest.mark.parametrize(("stored", "wire"), [
    (b"a: b\n\nc\n", b"a: b\r\n\r\nc\r\n"), (b"a: b\r\n\r\nc\nd\r\n", b"a: b\r\n\r\nc\nd\r\n"), (b"", b"")])
def test_stored_mail_gets_its_line_ends_back_and_wire_mail_is_left(stored, wire):
    assert as_wire(stored) == wire


def test_addresses_of_folded_and_encoded_fields():
    head = ('Return-Path: <bounce@x.example>\r\nFROM: =?utf-8?q?=E7=8E=8B?=\r\n <a@x.example>\r\nTo: b@y.example, "C, D" <c@y.example>,\r\n'
            "\tnobody\r\nCc: 王 <d@y.example>\r\n\r\nTo: body@z.example\r\n").encode()
    assert addresses(head) == {"return-path": ["bounce@x.example"], "from": ["a@x.example"], "to": ["b@y.example", "c@y.example"],
                               "cc": ["d@y.example"]}


def test_comments_in_comments_are_no_addresses():
    assert addresses(b"To: " + b"(" * 9000 + b"\r\nCc: b@y.example\r\n\r\n") == {"to": [], "cc": ["b@y.example"]}


def test_a_huge_header_is_cut():
    assert addresses(b"X: " + b"a" * offline.HEADER_BYTES + b"\r\nTo: a@b.example\r\n\r\n") == {}


@pytest.fixture
def judge(tmp_path):
    write_config(tmp_path)
    return Judge(load(tmp_path / "sekisho.toml"), None, SystemClock())


@pytest.mark.parametrize(("asked", "head", "sender", "recipients", "direction"), [
    (Asked(), b"Return-Path: <r@x.example>\r\nFrom: f@x.example\r\nTo: a@bank.example\r\nCc: a@bank.example, b@bank.example", "r@x.example",
     ["a@bank.example", "b@bank.example"], Direction.INBOUND),
    (Asked(), b"From: f@bank.example\r\nTo: a@x.example, b@bank.example", "f@bank.example", ["a@x.example", "b@bank.example"],
     Direction.OUTBOUND),
    (Asked(), b"From: f@bank.example\r\nTo: b@bank.example", "f@bank.example", ["b@bank.example"], Direction.INTERNAL),
    (Asked(Direction.OUTBOUND, "", ("z@x.example",)), b"From: f@x.example", None, ["z@x.example"], Direction.OUTBOUND),
    (Asked(), b"Subject: nothing", None, ["nobody@localhost"], Direction.INBOUND),
])
def test_the_envelope_is_as_told_or_guessed(judge, asked, head, sender, recipients, direction):
    transaction = judge._transaction(0, head + b"\r\n\r\n", asked)
    envelope = transaction.envelope
    assert (str(envelope.reverse_path) if envelope.reverse_path else None) == sender
    assert [str(r.mailbox) for r in envelope.recipients] == recipients and transaction.direction is direction


@pytest.mark.parametrize(("sender", "recipients", "asked"), [
    (None, (), Asked()), ("", (), Asked(None, "")), ("<>", (), Asked(None, "")),
    ("<chen@partner.example>", ("wang@bank.example", "<王@銀行.example>"), Asked(None, "chen@partner.example", ("wang@bank.example", "王@銀行.example"))),
    ("\"a b\"@[192.0.2.1]", ("postmaster",), Asked(None, "\"a b\"@[192.0.2.1]", ("postmaster",))),
])
def test_addresses_are_taken_as_a_client_could_give_them(sender, recipients, asked):
    assert Asked.of(None, sender, recipients) == asked


@pytest.mark.parametrize("address", ["not an address", "a@@b", "a@b c", "chen", "@x.example", "a@", "a@b> NOTIFY=NEVER", "a@b,c@d", "<a@b",
                                     "Chen <a@b.example>", "a\r\nb@c.example", "a@" + "b" * 64 + ".example", "a@b..c", "\udcff@b.example"])
def test_what_is_no_address_is_said(address):
    with pytest.raises(SekishoError, match=r"(?s)^--mail-from: .* is no mail address"):
        Asked.of(None, address, ())
    if address != "chen":
        with pytest.raises(SekishoError, match=r"(?s)^--rcpt-to: .* is no mail address"):
            Asked.of("inbound", "", ("a@b.example", address))


async def test_answers_keep_the_order_and_few_are_in_hand(tmp_path):
    names = [tmp_path / f"{n}.eml" for n in range(12)]
    for path in names:
        path.write_bytes(path.stem.encode())
    busy = most = 0

    class Slow:
        async def judge(self, path, octets, asked):
            nonlocal busy, most
            busy += 1
            most = max(most, busy)
            await asyncio.sleep(0.02 / (1 + int(octets)))
            busy -= 1
            return path

    assert [j async for j in offline.judge_all(Slow(), map(str, names), Asked(), 2)] == list(map(str, names))
    assert most <= 5


async def test_what_fails_ends_it_and_leaves_nothing_running(tmp_path):
    (tmp_path / "a.eml").touch()

    class Slow:
        async def judge(self, path, octets, asked):
            if octets:
                raise SekishoError("no room")
            await asyncio.sleep(3600)

    (tmp_path / "b.eml").write_bytes(b"x")
    with pytest.raises(SekishoError, match="no room"):
        [j async for j in offline.judge_all(Slow(), [f"{tmp_path}/b.eml", f"{tmp_path}/a.eml"], Asked(), 4)]
    assert len(asyncio.all_tasks()) == 1


def test_what_has_no_end_is_not_read_to_it(tmp_path):
    (tmp_path / "just").write_bytes(b"x" * (1 << 20))
    assert len(read(str(tmp_path / "just"), 1 << 20)) == 1 << 20
    (tmp_path / "sparse").touch()
    os.truncate(tmp_path / "sparse", 1 << 40)
    for path in ("/dev/zero", str(tmp_path / "sparse")):
        with pytest.raises(SekishoError, match=f"{path}: is larger than 1 MiB"):
            read(path, 1 << 20)


async def test_what_cannot_be_read_is_said(tmp_path):
    said = [j async for j in offline.judge_all(None, [f"{tmp_path}/none.eml"], Asked(), 4)]
    assert said == [offline.Unread(f"{tmp_path}/none.eml: No such file or directory")]


def test_octets_of_any_size_in_memory():
    with memfd(b"x" * (3 << 20)) as fd:
        assert os.fstat(fd).st_size == 3 << 20
    with pytest.raises(OSError, match="Bad file"):
        os.fstat(fd)
    with pytest.raises(SekishoError, match="Is a directory"):
        read("/")


def test_passwords_of_the_file(tmp_path):
    (tmp_path / "p").write_text("# ours\nsecret\n\n密碼\n", "utf-8")
    (tmp_path / "p").chmod(0o600)
    write_config(tmp_path, more=f'[inspection]\npasswords_file = "{tmp_path}/p"\n')
    config = load(tmp_path / "sekisho.toml")
    assert passwords(config) == ("secret", "密碼")
    (tmp_path / "p").write_bytes(b"\xff")
    with pytest.raises(ConfigError, match="is not UTF-8 text"):
        passwords(config)
    (tmp_path / "p").unlink()            # between the check of the configuration and its use
    with pytest.raises(ConfigError, match="No such file"):
        passwords(config)
    with pytest.raises(ConfigError, match="there is no file"):
        load(tmp_path / "sekisho.toml")


class Busy:
    async def inspect(self, *_):
        raise InspectionUnavailable("no child in time")


async def test_our_own_fault_is_said_of_one_file_and_the_others_go_on(tmp_path):
    judging = Judge(load(write_config(tmp_path)), Busy(), SystemClock())
    judged = await judging.judge("a.eml", b"To: a@bank.example\r\n\r\nx\r\n", Asked())
    assert {d.disposition.word for d in judged.decisions} == {"defer"}
    assert judged.inspection.incidents[0].detail == "no child in time"
