"""`sekisho directory`: a good file takes the place of what was there, a bad one changes nothing; LDAP gives the same rows."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from gateway.cli.directory import people
from gateway.model.errors import ConfigError

GOOD = "mailbox,supervisor,deputies,name,department\nclerk@bank.example,boss@bank.example,vera@bank.example 2026-12-01..2026-12-10,林,放款\n"


def test_import_and_list(state, tmp_path):
    (tmp_path / "staff.csv").write_text(GOOD)
    assert state.run("directory", "import", tmp_path / "staff.csv").out.startswith("1 people")
    assert state.run("directory", "import", tmp_path / "staff.csv", "--json").rows == [{"count": 1}]
    assert state.run("directory", "list", "--json").rows == [{
        "mailbox": "clerk@bank.example", "supervisor": "boss@bank.example", "name": "林", "department": "放款",
        "deputies": [["vera@bank.example", "2026-12-01", "2026-12-10"]]}]
    assert "vera@bank.example 2026-12-01..2026-12-10" in state.run("directory", "list").out


@pytest.mark.parametrize(("content", "said"), [
    ("mailbox,boss\n", 'staff.csv:1: "boss" is no column'), ("mailbox,supervisor\nnobody,\n", 'staff.csv:2: mailbox: "nobody" is no address'),
    (None, "No such file")])
def test_a_bad_file_changes_nothing(state, tmp_path, content, said):
    (tmp_path / "good.csv").write_text(GOOD)
    state.run("directory", "import", tmp_path / "good.csv")
    if content is not None:
        (tmp_path / "staff.csv").write_text(content)
    refused = state.run("directory", "import", tmp_path / "staff.csv")
    assert refused.status == 2 and said in refused.complaint and "\n" not in refused.complaint.strip()
    assert len(state.run("directory", "list", "--json").rows) == 1


def test_a_file_or_the_server(state, tmp_path):
    assert "give a FILE or --ldap" in state.run("directory", "import").complaint
    assert "console.ldap" in state.run("directory", "import", "--ldap").complaint


def entry(name: str, manager: str = "", **more: object) -> dict[str, object]:
    return {"type": "searchResEntry", "dn": f"cn={name},dc=bank", "attributes": {
        "mail": [f"{name}@bank.example"], "manager": [f"CN={manager},dc=bank"] if manager else [], "cn": f'{name} "x", y', **more}}


CONFIG = SimpleNamespace(gateway=SimpleNamespace(our_domains=("bank.example",)),
                         approval=SimpleNamespace(mail_attribute="mail", manager_attribute="manager", deputies_attribute="info"))


def test_people_of_a_server():
    rows = people([entry("clerk", "boss"), entry("boss", "boss"), entry("gone", "nobody"), {"type": "searchResRef", "dn": "x"},
                   entry("room", mail=[])], CONFIG)  # type: ignore[arg-type]
    assert [(r["mailbox"], r["supervisor"]) for r in rows] == [
        ("clerk@bank.example", "boss@bank.example"), ("boss@bank.example", ""), ("gone@bank.example", "")]
    assert rows[0]["name"] == 'clerk "x", y'


def test_what_a_server_has_wrong_is_refused():
    with pytest.raises(ConfigError, match=r"ldap:2: mailbox: x@evil\.example is none of our_domains"):
        people([entry("x", mail=["x@evil.example"])], CONFIG)  # type: ignore[arg-type]


def test_deputies_of_a_server():
    away = ["vera@bank.example 2026-12-01..2026-12-10", "wu@bank.example 2026-12-24 .. 2026-12-31"]
    rows = people([entry("boss", info=away), entry("clerk", "boss"), entry("vera"), entry("wu")], CONFIG)  # type: ignore[arg-type]
    assert [len(r["deputies"]) for r in rows] == [2, 0, 0, 0] and rows[0]["deputies"][0] == ["vera@bank.example", "2026-12-01", "2026-12-10"]
    with pytest.raises(ConfigError, match=r"ldap:2: deputies: .*vera"):
        people([entry("boss", info=["vera is in then"])], CONFIG)  # type: ignore[arg-type]


def test_an_ldap_server_is_asked_page_by_page(monkeypatch):
    import ldap3

    from gateway.cli import directory as command
    from gateway.config.console import Ldap
    from gateway.config.schema import Approval, settings

    server = ldap3.Server("mock")
    connection = ldap3.Connection(server, client_strategy=ldap3.MOCK_SYNC, raise_exceptions=False)
    for name, manager in (("clerk", "boss"), ("boss", "")):
        connection.strategy.add_entry(f"cn={name},ou=people,dc=bank", {
            "objectClass": ["person"], "cn": name, "sn": name, "mail": f"{name}@bank.example",
            **({"manager": f"cn={manager},ou=people,dc=bank"} if manager else {})})
    connection.bind()
    monkeypatch.setattr("gateway.console.accounts.directory.connect", lambda *_: connection)
    defaults = {s.attribute: s.kind.read(s.default) for s in settings(Approval)}
    ldap = {s.attribute: s.kind.read(s.default) for s in settings(Ldap)} | {"servers": ("ldaps://x",), "base": "ou=people,dc=bank"}
    config = SimpleNamespace(gateway=CONFIG.gateway, ldap=SimpleNamespace(**ldap), approval=SimpleNamespace(**defaults))
    rows = command.from_ldap(config)  # type: ignore[arg-type]
    assert sorted((r["mailbox"], r["supervisor"]) for r in rows) == [("boss@bank.example", ""), ("clerk@bank.example", "boss@bank.example")]
