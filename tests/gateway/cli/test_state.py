import shutil
from pathlib import Path

import pytest

from gateway.cli.state import state_beside
from gateway.config import load
from tests.builders.commands import State, run, write_config
from tests.builders.custody import octets


def test_init_makes_everything_and_is_safe_to_repeat(state, tmp_path):
    before = {p.name: p.read_bytes() for p in state.state.iterdir() if p.is_file() and not p.name.startswith("quarantine.db")}
    again = state.run("init")
    assert again.status == 0 and "one-time password" not in again.out and again.out.endswith("ready\n")
    assert {name: (state.state / name).read_bytes() for name in before} == before
    assert (state.state / "quarantine.key").stat().st_mode & 0o777 == 0o400 and state.state.stat().st_mode & 0o777 == 0o700


def test_a_machines_own_configuration_keeps_its_state_where_a_service_may_write(tmp_path):
    """Under /etc the systemd unit has nothing to write: the gateway of such an `init` did not start."""
    assert state_beside(Path("/etc/sekisho/sekisho.toml")) == Path("/var/lib/sekisho")
    assert state_beside(tmp_path / "sekisho.toml") == tmp_path / "state"
    assert state_beside(Path("/etcetera/sekisho.toml")) == Path("/etcetera/state")


def test_init_writes_a_commented_configuration_where_there_is_none(tmp_path, django_db_blocker):
    with django_db_blocker.unblock():
        made = run("--config", tmp_path / "new.toml", "init", "--admin", "chief")
    assert made.status == 0 and "account chief made; one-time password" in made.out, made
    config = load(tmp_path / "new.toml")
    assert config.gateway.state_dir == tmp_path / "state" and "# " in (tmp_path / "new.toml").read_text()


def test_init_tells_programs_what_it_made(tmp_path, django_db_blocker):
    with django_db_blocker.unblock():
        account, made = run("--config", tmp_path / "new.toml", "init", "--json").rows
        again, = run("--config", tmp_path / "new.toml", "init", "--json").rows
    assert account["account"] == "admin" and len(account["password"]) > 15
    assert made == {"config": str(tmp_path / "new.toml"), "config_written": True, "state_dir": str(tmp_path / "state"),
                    "key_file": str(tmp_path / "state" / "quarantine.key"), "key_made": True}
    assert again == made | {"config_written": False, "key_made": False}


def test_a_backup_comes_back_elsewhere_with_its_key(state, tmp_path):
    id = state.hold()
    assert state.run("backup", tmp_path / "b.tar").out.startswith(f"{tmp_path}/b.tar: 1 held messages; the key file is not in it")
    new = tmp_path / "new"
    new.mkdir()
    write_config(new)
    other = State(new)
    assert "there is no key file" in other.run("restore", tmp_path / "b.tar").complaint
    shutil.copy(state.state / "quarantine.key", new / "state" / "quarantine.key")
    assert other.run("restore", tmp_path / "b.tar", "--json").rows == [{"messages": 1}]
    assert other.run("quarantine", "export", "--raw", id).octets == octets()
    assert other.run("audit", "verify").status == 0
    assert "there is a custody already" in other.run("restore", tmp_path / "b.tar").complaint


def test_restore_refuses_what_is_no_backup_and_changes_nothing(state, tmp_path):
    (state.state / "quarantine.db").unlink()
    shutil.rmtree(state.state / "blobs")
    (tmp_path / "junk").write_bytes(b"x" * 2000)
    before = sorted(p.name for p in state.state.iterdir())
    assert str(tmp_path / "junk") in state.run("restore", tmp_path / "junk").complaint
    assert sorted(p.name for p in state.state.iterdir()) == before


@pytest.mark.parametrize(("key", "more"), [
    ("database", 'database = "postgresql://u@h/n"\n'), ("blobs", 'blobs = "s3://bucket/x"\nblobs_credentials = "{0}/s3"\n')])
def test_what_a_server_keeps_is_backed_up_by_its_own_tools(state, tmp_path, key, more):
    (tmp_path / "s3").touch(0o600)
    write_config(state.folder, more=more.format(tmp_path))
    assert state.run("backup", tmp_path / "b.tar").complaint.startswith(f"quarantine.{key}: ")
    assert not (tmp_path / "b.tar").exists()


def test_keys_are_rotated_without_a_gateway_too(state):
    id = state.hold()
    old = (state.state / "quarantine.key").read_text()
    done = state.run("keys", "rotate")
    assert done.status == 0 and done.out.startswith("2 sealed items now under key ") and "1 old keys forgotten" in done.out, done
    [told] = state.run("keys", "rotate", "--json").rows
    assert told["items"] == 2 and told["key_file"] == str(state.state / "quarantine.key")
    assert (state.state / "quarantine.key").read_text() != old
    assert state.run("quarantine", "export", "--raw", id).octets == octets()
    assert state.run("audit", "verify").status == 0


def test_there_is_no_key_to_rotate_where_there_is_none(state):
    (state.state / "quarantine.key").unlink()
    assert "there is no key file to rotate" in state.run("keys", "rotate").complaint
