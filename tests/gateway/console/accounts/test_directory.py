"""Names and passwords of a directory: against ldap3's own stand-in for a server, and against OpenLDAP."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import ldap3
import pytest
from django.contrib.auth.models import User
from django.test import override_settings
from ldap3.core.exceptions import LDAPSocketOpenError

from gateway.config import load
from gateway.config.console import Ldap
from gateway.console.accounts import directory
from gateway.console.accounts.directory import find, loopback
from gateway.console.accounts.person import Person, Unreachable
from quarantine.models import AuditRecord, Profile
from tests.builders.console import PASSWORD, Browser, Site, second_site
from tests.builders.custody import ROOT
from tests.builders.factors import LOCAL

BASE = "dc=bank,dc=example"
PEOPLE = {
    f"uid=anna,ou=people,{BASE}": {
        "objectClass": ["person"], "uid": "anna", "userPassword": "annas words", "mail": ["Anna@bank.example"],
        "proxyAddresses": ["SMTP:anna@bank.example", "smtp:a.chen@bank.example", "x500:/o=bank"], "entryUUID": "1f0c",
        "memberOf": [f"cn=Mail Analysts,ou=groups,{BASE}", f"cn=staff,ou=groups,{BASE}"]},
    f"uid=ben,ou=people,{BASE}": {"objectClass": ["person"], "uid": "ben", "userPassword": "bens words", "mail": "ben@bank.example", "entryUUID": "2f0c"},
    f"uid=twin,ou=people,{BASE}": {"objectClass": ["person"], "uid": "twin", "userPassword": "words"},
    f"uid=twin,ou=others,{BASE}": {"objectClass": ["person"], "uid": "twin", "userPassword": "words"},
    f"cn=looker,{BASE}": {"objectClass": ["person"], "cn": "looker", "userPassword": "lookers words"},
}
ANNA = Person("anna", "ldap " + b"1f0c".hex(), ("analyst",), ("anna@bank.example", "a.chen@bank.example"))


def settings_for(tmp_path: Path, server: str, **more: Any) -> Ldap:
    secret = tmp_path / "looker"
    secret.write_text("lookers words\n")
    base = load(None).ldap
    return replace(base, servers=(server,), base=BASE, bind_dn=f"cn=looker,{BASE}", bind_password_file=secret, timeout=2.0,
                   groups={f"CN=mail analysts,OU=groups,{BASE}": "analyst"}, **more)


@pytest.fixture
def mocked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ldap:
    real = ldap3.Connection

    def connection(server: Any, **arguments: Any) -> Any:
        made = real(server, client_strategy=ldap3.MOCK_SYNC, **arguments | {"receive_timeout": None})
        for dn, attributes in PEOPLE.items():
            made.strategy.add_entry(dn, dict(attributes))
        return made

    monkeypatch.setattr(ldap3, "Connection", connection)
    return settings_for(tmp_path, "ldaps://directory.bank.example")


def test_somebody_is_found(mocked: Ldap) -> None:
    assert find(mocked, "anna", "annas words") == ANNA
    assert find(mocked, "ANNA", "annas words") == ANNA, "the name is the directory's, not the typed one"
    assert find(mocked, "ben", "bens words") == Person("ben", "ldap " + b"2f0c".hex(), (), ("ben@bank.example",))


@pytest.mark.parametrize(("name", "password"), [
    ("anna", "wrong"), ("anna", ""), ("", "annas words"), ("nobody", "x"), ("twin", "words"), ("*", "annas words"), ("ann*", "annas words"),
    ("anna)(uid=*", "annas words"), ("a\0", "x"), ("anna)(|(uid=ben", "bens words"), ("\\61nna", "annas words")])
def test_who_is_not(mocked: Ldap, name: str, password: str) -> None:
    """Wrong and empty passwords (RFC 4513, section 5.1.2), two of one name, and what would change the filter (RFC 4515)."""
    assert find(mocked, name, password) is None


def test_a_search_that_may_not_be_made(mocked: Ldap, tmp_path: Path) -> None:
    (tmp_path / "looker").write_text("wrong\n")
    with pytest.raises(Unreachable, match="bind_dn may not log in"):
        find(mocked, "anna", "annas words")
    (tmp_path / "looker").unlink()
    with pytest.raises(Unreachable, match="FileNotFoundError"):
        find(mocked, "anna", "annas words")


def test_groups_that_name_their_people(mocked: Ldap, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PEOPLE, f"cn=chiefs,{BASE}", {"objectClass": ["groupOfNames"], "cn": "chiefs", "member": [f"uid=ben,ou=people,{BASE}"]})
    settings = replace(mocked, groups_filter="(&(objectClass=groupOfNames)(member={dn}))", groups={f"cn=chiefs,{BASE}": "supervisor"})
    ben, anna = find(settings, "ben", "bens words"), find(settings, "anna", "annas words")
    assert ben is not None and ben.roles == ("supervisor",) and anna is not None and anna.roles == ()


def test_entries_without_a_name(mocked: Ldap) -> None:
    with pytest.raises(Unreachable, match="have no attribute sAMAccountName"):
        find(replace(mocked, name_attribute="sAMAccountName"), "anna", "annas words")


def test_the_next_server_is_asked(mocked: Ldap, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, real = [], directory.connect

    def connect(settings: Ldap, server: str, dn: str, password: str) -> Any:
        asked.append(server)
        if "one" in server:
            raise LDAPSocketOpenError("gone")
        return real(settings, server, dn, password)

    monkeypatch.setattr(directory, "connect", connect)
    assert find(replace(mocked, servers=("ldaps://one.example", "ldaps://two.example")), "anna", "annas words") == ANNA
    assert asked == ["ldaps://one.example", "ldaps://two.example", "ldaps://two.example"]
    with pytest.raises(Unreachable, match=r"ldaps://one\.example: LDAPSocketOpenError"):
        find(replace(mocked, servers=("ldaps://one.example",)), "anna", "annas words")


@pytest.mark.parametrize(("host", "local"), [("127.0.0.1", True), ("::1", True), ("localhost", True), ("10.0.0.1", False), ("directory.bank.example", False)])
def test_only_loopback_speaks_in_clear(host: str, local: bool) -> None:
    assert loopback(host) is local


def settled(site: Site, ldap: Ldap, **console: Any) -> dict[str, Any]:
    values = second_site(site, LOCAL)
    held = values["CONSOLE"]
    config = replace(held.config, ldap=ldap, console=replace(held.config.console, **console))
    return values | {"CONSOLE": replace(held, config=config)}


def test_a_log_in_by_the_directory(site: Site, mocked: Ldap) -> None:
    with override_settings(**settled(site, mocked)):
        anna = Browser(LOCAL)
        assert anna.login("Anna", "annas words")["Location"] == "/quarantine" and anna.open("/quarantine").status_code == 200
        profile = Profile.objects.get()
        assert (profile.user.username, profile.roles, profile.identity) == ("anna", ["analyst"], ANNA.identity)
        for name, password in (("anna", "wrong"), ("ben", "bens words"), ("nobody", "x")):
            answer = Browser(LOCAL).login(name, password)
            assert answer.status_code == 403 and "Name or password is not right." in answer.content.decode()
        assert User.objects.count() == 1 and AuditRecord.objects.filter(action="login-failed").count() == 3
        answer = anna.send("/password", {"current": "annas words", "new": "wholly different words", "again": "wholly different words"}, "/password")
        assert answer.status_code == 409 and "belongs to a directory" in answer.content.decode()
        site.house.clock.forward(minutes=6)
        assert anna.send("/account/app", {"password": "wrong"}, "/account").status_code == 403
        assert anna.send("/account/app", {"password": "annas words"}, "/account").status_code == 200, "the proof is the directory's password"


def test_an_account_of_ours_is_not_the_directorys(site: Site, mocked: Ldap) -> None:
    site.people("anna", "admin")
    with override_settings(**settled(site, mocked)):
        assert Browser(LOCAL).login("anna", "annas words").status_code == 403
        assert Browser(LOCAL).login("anna", PASSWORD).status_code == 303
    assert Profile.objects.get().identity == ""


def test_guessing_at_the_directory_waits(site: Site, mocked: Ldap) -> None:
    with override_settings(**settled(site, mocked)):
        for _ in range(5):
            Browser(LOCAL).login("anna", "wrong")
        assert Browser(LOCAL).login("anna", "annas words").status_code == 429


def test_a_disabled_account_stays_out(site: Site, mocked: Ldap) -> None:
    with override_settings(**settled(site, mocked)):
        Browser(LOCAL).login("anna", "annas words")
        site.house.service.user_disable(ROOT, "anna")
        assert Browser(LOCAL).login("anna", "annas words").status_code == 403


def test_a_directory_that_is_gone(site: Site, tmp_path: Path) -> None:
    site.people("boss", "admin")
    with override_settings(**settled(site, settings_for(tmp_path, "ldap://127.0.0.1:1"))):
        answer = Browser(LOCAL).login("anna", "annas words")
        assert answer.status_code == 503 and "cannot be reached" in answer.content.decode()
        assert Browser(LOCAL).login("boss").status_code == 303, "accounts of ours need no directory"


# OpenLDAP

SLAPD = shutil.which("slapd", path="/usr/sbin:/usr/local/sbin:/usr/bin")
CONFIG = """include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
TLSCertificateFile {folder}/tls.pem
TLSCertificateKeyFile {folder}/tls.key
database mdb
suffix "dc=bank,dc=example"
rootdn "cn=root,dc=bank,dc=example"
directory {folder}/db
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="cn=looker,dc=bank,dc=example" read by * none
"""
ENTRIES = """dn: dc=bank,dc=example
objectClass: dcObject
objectClass: organization
o: bank

dn: ou=people,dc=bank,dc=example
objectClass: organizationalUnit

dn: cn=looker,dc=bank,dc=example
objectClass: organizationalRole
objectClass: simpleSecurityObject
userPassword: lookers words

dn: uid=anna,ou=people,dc=bank,dc=example
objectClass: inetOrgPerson
cn: Anna
sn: Chen
mail: anna@bank.example
mail: a.chen@bank.example
userPassword: annas words

dn: cn=Mail Analysts,dc=bank,dc=example
objectClass: groupOfNames
member: uid=anna,ou=people,dc=bank,dc=example
"""


@pytest.fixture
def openldap(tmp_path: Path) -> Iterator[tuple[int, int]]:
    """A server of our own: its ports for plain and for TLS."""
    folder = tmp_path / "ldap"
    (folder / "db").mkdir(parents=True)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=DNS:localhost", "-keyout", folder / "tls.key", "-out", folder / "tls.pem"], check=True, capture_output=True)
    (folder / "slapd.conf").write_text(CONFIG.format(folder=folder))
    (folder / "people.ldif").write_text(ENTRIES)
    assert SLAPD is not None
    subprocess.run([SLAPD, "-Tadd", "-f", folder / "slapd.conf", "-l", folder / "people.ldif"], check=True, capture_output=True)
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        plain, tls = one.getsockname()[1], two.getsockname()[1]
    running = subprocess.Popen([SLAPD, "-d", "0", "-f", folder / "slapd.conf", "-h", f"ldap://127.0.0.1:{plain} ldaps://127.0.0.1:{tls}"])
    for _ in range(200):
        if socket.socket().connect_ex(("127.0.0.1", tls)) == 0:
            break
        time.sleep(0.05)
    yield plain, tls
    running.terminate()
    running.wait(20)


@pytest.mark.slow
@pytest.mark.skipif(SLAPD is None, reason="no OpenLDAP here; .ci/run brings one")
def test_openldap(openldap: tuple[int, int], tmp_path: Path) -> None:
    plain, tls = openldap
    known = {"groups": {f"cn=mail analysts,{BASE}": "analyst"}, "groups_filter": "(&(objectClass=groupOfNames)(member={dn}))"}
    for server, ca in ((f"ldap://127.0.0.1:{plain}", None), (f"ldaps://localhost:{tls}", tmp_path / "ldap" / "tls.pem")):
        settings = replace(settings_for(tmp_path, server), ca_file=ca, **known)
        found = find(settings, "anna", "annas words")
        assert found is not None and found.name == "anna" and found.roles == ("analyst",) and found.identity.startswith("ldap ")
        assert set(found.mailboxes) == {"anna@bank.example", "a.chen@bank.example"}
        for name, password in (("anna", "wrong"), ("anna", ""), ("*", "annas words"), ("nobody", "x")):
            assert find(settings, name, password) is None
    with pytest.raises(Unreachable, match="noSuchObject"):
        find(replace(settings, base="dc=other"), "anna", "annas words")
    with pytest.raises(Unreachable):
        find(replace(settings, ca_file=None), "anna", "annas words")     # a certificate that nobody we know has signed
