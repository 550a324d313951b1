import os
from datetime import datetime
from pathlib import Path

import click
import pytest

from gateway.app.house import prepare
from gateway.cli.common import (
    Moment,
    Session,
    drop_to_owner,
    one_line,
    pad,
    printable,
    put_done,
    put_json,
    put_table,
    state_of,
    text_of,
    width,
)
from gateway.model.errors import ConfigError, SekishoError


def test_columns_hold_with_wide_characters(capsys):
    put_table([{"a": "王小明", "b": 1}, {"a": "x", "b": 22}], ["a", "b"])
    lines = capsys.readouterr().out.splitlines()
    assert [width(line[: line.rindex(" ")]) for line in lines] == [7, 7, 7]
    assert pad("王", 4) == "王  "


def test_days_and_times():
    assert Moment().convert("2026-11-22", None, None) == datetime(2026, 11, 22)
    assert Moment().convert("2026-11-22T14:05:00", None, None) == datetime(2026, 11, 22, 14, 5)
    with pytest.raises(click.BadParameter, match="'yesterday' is no day and no time: write it as 2026-11-22 or 2026-11-22T14:05:00"):
        Moment().convert("yesterday", None, None)


def test_an_empty_table_says_so(capsys):
    put_table([], ["a"], "nothing is held")
    assert capsys.readouterr().out == "nothing is held\n"


def test_a_terminal_never_gets_control_characters():
    assert printable("a\x1b[31m\u202e") == "a\\u001b[31m\\u202e"
    assert text_of({"card": 2, "iban": 1}) == "card:2 iban:1" and text_of(["a", "b"]) == "a, b" and text_of(None) == ""


def test_json_is_a_line_an_object(capsys):
    put_json([{"a": "王"}, {"a": 1}])
    assert capsys.readouterr().out == '{"a": "王"}\n{"a": 1}\n'


def test_json_is_utf_8_whatever_a_file_is_called(capsys):
    put_json([{"path": "\udcff名.eml"}])
    assert capsys.readouterr().out == '{"path": "\\udcff名.eml"}\n'


def test_what_was_done_is_said_to_people_and_to_programs(capsys):
    put_done(False, "anna disabled", name="anna")
    put_done(True, "anna disabled", name="anna")
    assert capsys.readouterr().out == 'anna disabled\n{"name": "anna"}\n'


def test_without_a_configuration_a_command_on_state_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SEKISHO_CONFIG", raising=False)
    with pytest.raises(ConfigError, match="no configuration found"):
        _ = Session(None).configured


def test_the_folder_we_stand_in_may_be_gone(tmp_path, monkeypatch):
    def gone():
        raise FileNotFoundError(2, "No such file or directory")
    monkeypatch.setattr(Path, "cwd", gone)
    (tmp_path / "sekisho.toml").touch()
    assert Session(tmp_path / "sekisho.toml").path == tmp_path / "sekisho.toml"


def test_a_file_is_no_state_directory(tmp_path):
    (tmp_path / "state").touch()
    for said in (f"{tmp_path}/state", f"{tmp_path}/state/below"):
        (tmp_path / "sekisho.toml").write_text(f'[gateway]\nstate_dir = "{said}"\n')
        with pytest.raises(SekishoError, match=r"(is no folder|lies in no folder); name another state_dir"):
            state_of(Session(tmp_path / "sekisho.toml"))
    with pytest.raises(SekishoError, match=r"state is no folder; name another state_dir"):
        prepare(tmp_path / "state")


def test_root_becomes_the_owner_of_the_state(tmp_path):
    if os.geteuid() != 0:
        drop_to_owner(tmp_path)
        return
    os.chown(tmp_path, 65534, 65534)
    child = os.fork()
    if child == 0:
        drop_to_owner(tmp_path)
        os._exit(0 if (os.geteuid(), os.getegid(), os.getgroups()) == (65534, 65534, []) else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_messages_are_one_line():
    assert one_line("a\n  b\t c ") == "a b c"
