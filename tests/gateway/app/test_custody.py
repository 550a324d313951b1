import pytest

from gateway.app import custody
from gateway.config import load
from gateway.model.errors import ConfigError, SekishoError
from gateway.ops.clock import SystemClock
from quarantine import keys
from tests.builders.commands import write_config


def config(folder, more=""):
    write_config(folder, more=more)
    return load(folder / "sekisho.toml")


def test_the_address_of_the_database(tmp_path):
    assert custody.database_url(config(tmp_path)) == f"sqlite://{tmp_path}/state/quarantine.db"
    plain = config(tmp_path, 'database = "postgresql://sekisho@db.bank.example/mail?sslmode=require"\n')
    assert custody.database_url(plain) == "postgresql://sekisho@db.bank.example/mail?sslmode=require"


def test_a_password_of_any_characters_comes_from_its_file(tmp_path):
    (tmp_path / "p").write_text("a@b:c/d 馬\n")
    (tmp_path / "p").chmod(0o600)
    wanted = config(tmp_path, f'database = "postgresql://u@h/n"\ndatabase_password_file = "{tmp_path}/p"\n')
    assert custody.database_url(wanted) == "postgresql://u:a%40b%3Ac%2Fd%20%E9%A6%AC@h/n"
    (tmp_path / "p").unlink()
    with pytest.raises(ConfigError, match="No such file"):
        custody.database_url(wanted)


def test_a_secret_is_made_once_for_its_owner_only(tmp_path):
    first = custody.secret_of(tmp_path / "s")
    assert len(first) > 50 and custody.secret_of(tmp_path / "s") == first
    assert (tmp_path / "s").stat().st_mode & 0o777 == 0o400
    assert custody.secret_of(tmp_path / "other") != first


def test_who_comes_second_takes_the_first_ones_secret(tmp_path, monkeypatch):
    theirs, real = "their" * 10, custody.os.link

    def slow(made, path):
        path.write_text(theirs)
        return real(made, path)

    monkeypatch.setattr(custody.os, "link", slow)
    assert custody.secret_of(tmp_path / "s") == theirs
    assert [p.name for p in tmp_path.iterdir()] == ["s"]


@pytest.mark.parametrize("left", [b"", b"\xff\xfe", b"short", b"a" * 39 + b"\n"])
def test_a_damaged_secret_is_said(tmp_path, left):
    """An empty one was left behind by a full disk."""
    (tmp_path / "s").write_bytes(left)
    with pytest.raises(SekishoError, match=r"s: is damaged; remove it, a new one is made"):
        custody.secret_of(tmp_path / "s")
    (tmp_path / "s").unlink()
    (tmp_path / "s").mkdir()
    with pytest.raises(SekishoError, match="s: Is a directory"):
        custody.secret_of(tmp_path / "s")


def test_no_key_is_made_where_held_mail_waits_for_the_old_one(state):
    (state.state / "quarantine.key").unlink()
    with pytest.raises(SekishoError, match="there is no key file"):
        custody.open_service(load(state.config), SystemClock())
    assert not (state.state / "quarantine.key").exists()


def test_another_key_file_is_refused(state):
    """New mail would be held under other keys than the old, and no file could read both."""
    state.hold()
    key = state.state / "quarantine.key"
    mine = key.read_bytes()
    key.unlink()
    keys.create_key_file(key, SystemClock().now())
    said = r"quarantine\.key: key [0-9a-f]{16}, with which this custody works, is not in it; put your copy back"
    with pytest.raises(SekishoError, match=said):
        custody.open_service(load(state.config), SystemClock())
    assert state.run("doctor").status == 1
    key.unlink()
    key.touch(0o600)
    key.write_bytes(mine)
    custody.open_service(load(state.config), SystemClock()).claim.release()


@pytest.mark.parametrize("left", ["nothing", "an empty file"])
@pytest.mark.parametrize("key", ["with its key", "without its key"])
def test_held_mail_without_its_index_is_not_begun_anew_upon(state, left, key):
    (state.state / "blobs" / "000").mkdir(parents=True)
    (state.state / "blobs" / "000" / "held").write_bytes(b"sealed")
    for path in state.state.glob("quarantine.db*"):
        path.unlink()
    if left == "an empty file":
        (state.state / "quarantine.db").touch()
    if key == "without its key":
        (state.state / "quarantine.key").unlink()
    with pytest.raises(SekishoError, match=r"quarantine\.db: the index is gone, but .*blobs has 1 held messages"):
        custody.open_service(load(state.config), SystemClock())
    assert (state.state / "quarantine.key").exists() == (key == "with its key")


def test_a_state_that_holds_nothing_may_begin_anew(state):
    for path in state.state.glob("quarantine.db*"):
        path.unlink()
    assert custody.open_service(load(state.config), SystemClock())


def test_settings_reach_the_service(state):
    write_config(state.folder, more='retain = "7d"\nfour_eyes_persons = 5\n')
    service = custody.open_service(load(state.config), SystemClock())
    assert (service.settings.retain.days, service.settings.four_eyes_persons) == (7, 5)


def test_no_backup_of_what_is_not_there(tmp_path):
    with pytest.raises(SekishoError, match="there is no custody to back up"):
        custody.save(config(tmp_path), tmp_path / "b", SystemClock())
