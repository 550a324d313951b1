import pytest

from gateway.cli.user import parse_roles
from gateway.model.errors import SekishoError
from tests.builders.commands import into_full


def names(state):
    return {r["name"]: r for r in state.run("user", "list", "--json").rows}


def test_add_list_change_disable(state):
    made = state.run("user", "add", "anna", "--role", "analyst,auditor", "--mailbox", "anna@bank.example", "--mailbox", "a@bank.example")
    assert made.status == 0 and made.out.startswith("anna added; one-time password, shown this once: ")
    assert sorted(names(state)["anna"]["roles"]) == ["analyst", "auditor"]
    assert sorted(names(state)["anna"]["mailboxes"]) == ["a@bank.example", "anna@bank.example"]
    assert state.run("user", "role", "anna", "--role", "recipient").out == "anna: recipient\n"
    assert names(state)["anna"]["roles"] == ["recipient"]
    assert state.run("user", "reset-mfa", "anna").out == "anna: second factors forgotten\n"
    assert state.run("user", "disable", "anna").out == "anna disabled\n" and names(state)["anna"]["active"] is False
    assert "anna" in state.run("user", "list").out


def test_every_change_is_told_to_programs(state):
    state.run("user", "add", "anna", "--role", "analyst")
    assert state.run("user", "role", "anna", "--role", "auditor, sender", "--json").rows == [{"name": "anna", "roles": ["auditor", "sender"]}]
    for verb in ("disable", "enable", "reset-mfa"):
        assert state.run("user", verb, "anna", "--json").rows == [{"name": "anna", "done": f"user-{verb}"}]
    assert len(state.run("user", "password", "--json", "anna").rows[0]["password"]) >= 12


def test_mailboxes_and_scope_stay_or_are_changed(state):
    state.run("user", "add", "anna", "--role", "analyst", "--mailbox", "anna@bank.example", "--scope", "kind:threat", "--scope", "department:資金部")
    state.run("user", "role", "anna", "--role", "supervisor")
    assert (names(state)["anna"]["mailboxes"], names(state)["anna"]["scopes"]) == (["anna@bank.example"], ["department:資金部", "kind:threat"])
    assert state.run("user", "role", "anna", "--role", "supervisor", "--mailbox", "a@bank.example", "--scope", "bank.example").status == 0
    assert (names(state)["anna"]["mailboxes"], names(state)["anna"]["scopes"]) == (["a@bank.example"], ["bank.example"])
    refused = state.run("user", "role", "anna", "--role", "supervisor", "--scope", "colour:red")
    assert refused.status == 1 and "colour:red is no scope" in refused.errors
    state.run("user", "role", "anna", "--role", "supervisor", "--scope", "")
    assert names(state)["anna"]["scopes"] == []
    assert "nobody can tell which mail is their own" in state.run("user", "add", "ben", "--role", "analyst").errors
    assert state.run("user", "add", "carl", "--role", "auditor").errors == ""


def test_a_new_one_time_password_and_an_account_that_comes_back(state):
    state.run("user", "add", "anna", "--role", "auditor")
    assert state.run("user", "password", "anna").out.startswith("anna: one-time password, shown this once: ")
    state.run("user", "disable", "anna")
    assert state.run("user", "enable", "anna").out == "anna enabled\n" and names(state)["anna"]["active"] is True
    assert state.run("user", "password", "nobody").status == 1 == state.run("user", "enable", "nobody").status


def test_a_password_comes_from_a_file_and_is_not_shown(state, tmp_path):
    (tmp_path / "p").write_text("correct horse 馬 battery\nsecond line\n")
    made = state.run("user", "add", "ben", "--role", "admin", "--password-file", tmp_path / "p", "--json")
    assert made.rows == [{"name": "ben", "password": ""}] and "horse" not in made.out


@pytest.mark.parametrize(("content", "said"), [(None, "No such file"), (b"\n", "is empty"), (b"\xff\xfe", "is not UTF-8 text"),
                                               (b"\0" * 40, "nobody can type"), (b"x" * 5000, "or too many")])
def test_a_password_file_that_cannot_be_used(state, tmp_path, content, said):
    if content is not None:
        (tmp_path / "p").write_bytes(content)
    assert said in state.run("user", "add", "ben", "--role", "admin", "--password-file", tmp_path / "p").complaint
    assert "ben" not in names(state)


def test_what_is_refused(state, tmp_path):
    assert state.run("user", "add", "admin", "--role", "admin").status == 1          # there is one
    assert state.run("user", "disable", "nobody").status == 1
    (tmp_path / "p").write_text("short\n")
    assert state.run("user", "add", "ben", "--role", "admin", "--password-file", tmp_path / "p").status == 1
    state.run("user", "add", "clerk", "--role", "sender")
    assert state.run("user", "add", "eve", "--role", "admin", "--as", "clerk").status == 1
    assert set(names(state)) == {"admin", "clerk"}


@pytest.mark.parametrize(("text", "roles"), [("admin", ["admin"]), ("admin, sender", ["admin", "sender"])])
def test_roles(text, roles):
    assert parse_roles(text) == roles


@pytest.mark.parametrize("text", ["", ",", "root", "admin,root"])
def test_no_roles(text):
    with pytest.raises(SekishoError):
        parse_roles(text)


def test_a_disabled_account_comes_back(state):
    state.run("user", "add", "anna", "--role", "auditor")
    assert state.run("user", "disable", "anna").out == "anna disabled\n"
    assert state.run("audit", "verify", "--as", "anna").status == 1
    assert state.run("user", "enable", "anna").out == "anna enabled\n"
    assert state.run("audit", "verify", "--as", "anna").status == 0
    assert state.run("user", "enable", "nobody").status == 1


def test_a_password_that_could_not_be_shown_is_said_to_be_lost(state):
    lost = into_full("--config", state.config, "user", "add", "anna", "--role", "auditor")
    assert lost.complaint == ("standard output: No space left on device; anna is added, but nobody knows the password; "
                              "make another one with: sekisho user password anna")
    assert "nobody knows the new one" in into_full("--config", state.config, "user", "password", "anna", "--json").complaint
    assert len(state.run("user", "password", "--json", "anna").rows[0]["password"]) >= 12
