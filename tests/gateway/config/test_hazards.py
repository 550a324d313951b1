"""What is right alone and wrong together. Each case is one change to a good file and the one line that answers it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gateway.config import check
from tests.builders.certificates import pem

GOOD = {
    "gateway": {"hostname": '"mx.bank.example"', "our_domains": '["bank.example"]', "state_dir": '"/tmp/s"'},
    "listener": {"name": '"a"', "address": '"127.0.0.1:25"', "direction": '"outbound"', "next_hop": '["127.0.0.1:26"]',
                 "clients": '["127.0.0.0/8"]'},
}
DKIM = {"dkim.domain": '"bank.example"', "dkim.selector": '"s1"', "dkim.key_file": '"FOLDER/good"'}
CASES: list[tuple[dict[str, str], list[str]]] = [
    ({}, []),
    ({"listener.clients": '["10.0.0.0/8", "fd00::/8"]'}, []),
    ({"listener.clients": '["0.0.0.0/0"]'}, ['open relay: it sends mail out and takes it from 0.0.0.0/0']),
    ({"listener.clients": '["::/0"]'}, ["from ::/0"]),
    ({"listener.clients": '["0.0.0.0/1", "128.0.0.0/1"]'}, ["from 0.0.0.0/0"]),
    ({"listener.clients": '["8.0.0.0/7"]'}, ["from 8.0.0.0/7"]),
    ({"listener.clients": '["0.0.0.0/0"]', "listener.direction": '"auto"'}, ["open relay"]),
    ({"listener.clients": '["0.0.0.0/0"]', "listener.direction": '"inbound"'}, []),
    ({"listener.clients": "[]"}, ["nobody may connect"]),
    ({"listener.trust": '["0.0.0.0/0"]', "listener.direction": '"inbound"'}, ["strangers could claim any address"]),
    ({"listener.proxy": '"required"'}, ["needs the load balancer in trust"]),
    ({"listener.proxy": '"required"', "listener.trust": '["10.0.0.1"]'}, []),
    ({"listener.tls": '"starttls"'}, ["needs tls_cert", "needs tls_key"]),
    ({"listener.tls": '"implicit"', "listener.tls_cert": '"/none.pem"', "listener.tls_key": '"/none.key"'},
     ["tls_cert: there is no file /none.pem", "tls_key: there is no file /none.key"]),
    ({"listener.next_hop": '["127.0.0.1:25"]'}, ['our own listener "a": mail would circle']),
    ({"notices.next_hop": '"127.0.0.1:25"'}, ["[notices] next_hop 127.0.0.1:25 is our own listener"]),
    ({"listener.next_hop": '["127.0.0.1:25"]', "listener.address": '"0.0.0.0:25"', "notices.next_hop": '"127.0.0.1:26"'},
     ["mail would circle"]),
    ({"listener.next_hop": '["localhost:25"]', "listener.address": '"[::]:25"', "notices.next_hop": '"127.0.0.1:26"'},
     ["mail would circle"]),
    ({"listener.max_size": '"600MiB"'}, ["max_size 600MiB is above [limits] expanded 512MiB"]),
    ({"listener.address": '"127.0.0.1:8080"'}, ["already taken by [gateway] console"]),
    ({"gateway.ops": '"127.0.0.1:8080"'}, ["[gateway] ops: 127.0.0.1:8080 is already taken by [gateway] console"]),
    ({"gateway.our_domains": "[]"}, ["our_domains is empty"]),
    ({"gateway.our_domains": '["@bank.example"]'}, ['"@bank.example" is no domain']),
    ({"gateway.hostname": '"mx bank"'}, ['"mx bank" is no domain']),
    ({"gateway.hostname": '"localhost"'}, ["warning: [gateway] hostname is not set"]),
    ({"gateway.console": '"0.0.0.0:8080"'}, ["warning: [gateway] console listens on 0.0.0.0:8080"]),
    ({"gateway.console": '""', "gateway.ops": '"10.0.0.1:9"'}, ["warning: [gateway] ops listens on 10.0.0.1:9"]),
    ({"notices.from": '"guard@other.example"'}, ["warning: [notices] from is not of our_domains"]),
    ({"gateway.our_domains": '["bank.example", "例え.jp"]', "notices.from": '"guard@xn--r8jz45g.jp"'}, []),
    ({"listener.owner": '"boss@holding.example"'},
     ['warning: listener "a" owner is not of our_domains: notices about held mail leave the house']),
    ({"listener.owner": '"Boss@Bank.example"'}, []),
    ({"limits.inspection": '"80s"'}, ["inspection (80s) must end 20s before final_reply (90s)"]),
    ({"limits.final_reply": '"100s"'}, ["warning: [limits] final_reply is 100s"]),
    ({"listener.mode": '"observe"'}, ["warning: listener \"a\" only observes"]),
    ({"console.oidc": '{ issuer = "https://id.bank.example", client_id = "c", groups = { mail = "analyst" } }'}, []),
    ({"console.oidc": '{ issuer = "https://id.bank.example" }'}, ["[console.oidc] client_id is empty", "[console.oidc] groups is empty"]),
    ({"console.ldap": '{ servers = ["ldaps://d.bank.example"], filter = "(uid=x)" }'},
     ["[console.ldap] base is empty", "[console.ldap] groups is empty", "everybody would be the same person"]),
    ({"console.ldap": '{ servers = ["ldaps://d"], base = "dc=x", bind_dn = "cn=x", groups = { "cn=g" = "admin" } }'},
     ["bind_dn and bind_password_file belong together"]),
    ({"inspection.passwords_file": '"FOLDER/none"'}, ["[inspection] passwords_file: there is no file FOLDER/none"]),
    ({"listener.next_hop_ca": '"FOLDER/none"'}, ['listener "a" next_hop_ca: FOLDER/none does not exist']),
    ({"listener.next_hop_ca": '"FOLDER/junk"'}, ["FOLDER/junk holds no certificate in PEM"]),
    ({"listener.next_hop_ca": '"FOLDER"'}, ["FOLDER Is a directory"]),
    ({**DKIM}, []),
    ({**DKIM, "dkim.domain": '"mail.bank.example"', "dkim.from": "2026-12-01", "dkim.until": '"2027-05-31"'}, []),
    ({**DKIM, "dkim.domain": '"other.example"'}, ['warning: [[dkim]] "s1" of other.example is not of our_domains']),
    ({**DKIM, "dkim.key_file": '"FOLDER/none"'}, ['[[dkim]] "s1" of bank.example key_file: FOLDER/none does not exist']),
    ({**DKIM, "dkim.key_file": '"FOLDER/junk"'}, ["is no private key in PEM"]),
    ({**DKIM, "dkim.from": "2026-12-01", "dkim.until": "2026-11-30"}, ["until lies before from"]),
    ({**DKIM, "dkim.from": '"soon"'}, ['"soon" is no date, such as 2026-12-31']),
    ({**DKIM, "dkim.selector": '"a b"'}, ['"a b" is no selector']),
    ({"auth.seal_domain": '"bank.example"'}, ["[auth] seal_domain: there is no [[dkim]] key of bank.example"]),
    ({"auth.trusted_relays": '["10.0.0.0/8", "192.0.2.7"]'}, []),
    ({"auth.trusted_relays": '["0.0.0.0/0"]'}, ["[auth] trusted_relays holds 0.0.0.0/0"]),
    ({"console.proxies": '["10.0.0.0/8"]'}, []),
    ({"console.proxies": '["::/0"]'}, ["[console] proxies holds ::/0"]),
    ({"auth.seal": '"always"'}, ['seal = "always" needs a [[dkim]] key']),
    ({"listener.tls": '"starttls"', "listener.tls_cert": '"FOLDER/junk"', "listener.tls_key": '"FOLDER/good"'},
     ['listener "a" tls_cert: FOLDER/junk has no CERTIFICATE in PEM']),
    ({"quarantine.blobs": '"s3://b/p"'}, ["blobs on S3 needs blobs_credentials"]),
    ({"quarantine.blobs": '"s3://b/p"', "quarantine.blobs_credentials": '"FOLDER/none"'},
     ["[quarantine] blobs_credentials: there is no file FOLDER/none"]),
    ({"quarantine.blobs": '"s3://b/p"', "quarantine.blobs_credentials": '"FOLDER/good"'}, []),
    ({"quarantine.database": '"postgresql://u@h/n"', "quarantine.database_password_file": '"FOLDER/none"'},
     ["[quarantine] database_password_file: there is no file FOLDER/none"]),
    ({"quarantine.database": '"sqlite"', "quarantine.database_password_file": '"FOLDER/none"'}, []),
    ({"console.oidc": '{ issuer = "https://id", client_id = "c", client_secret_file = "FOLDER/none", groups = { m = "admin" } }'},
     ["[console.oidc] client_secret_file: there is no file FOLDER/none"]),
    ({"console.ldap": '{ servers = ["ldaps://d"], base = "dc=x", bind_dn = "cn=x", bind_password_file = "FOLDER/none", '
                      'groups = { "cn=g" = "admin" } }'},
     ["[console.ldap] bind_password_file: there is no file FOLDER/none"]),
    ({"console.ldap": '{ servers = ["ldaps://d"], base = "dc=x", filter = "(&(a=b)(uid={name})", groups_filter = "(m={dn}))", '
                      'groups = { "cn=g" = "admin" } }'},
     ["[console.ldap] filter: as many closing as opening brackets", "[console.ldap] groups_filter: as many closing"]),
    ({"inspection.local_signatures": '["FOLDER"]', "inspection.local_words": '["FOLDER"]'}, []),
    ({"inspection.local_signatures": '["FOLDER", "FOLDER/none"]'}, ["[inspection] local_signatures: there is no folder FOLDER/none"]),
    ({"inspection.local_words": '["FOLDER/good"]'}, ["[inspection] local_words: there is no folder FOLDER/good"]),
    ({"listener.next_hop": '["10.0.0.1:25"]', "listener.next_hop_credentials": '"/none"'},
     ["a password would go out in clear", "next_hop_credentials: there is no file /none"]),
]


def write(tmp_path: Path, changes: dict[str, str]) -> Path:
    tables = {name: dict(keys) for name, keys in GOOD.items()}
    for key, value in changes.items():
        section, _, name = key.partition(".")
        tables.setdefault(section, {})[name] = value
    path = tmp_path / "c.toml"
    for name in ("good", "junk"):
        (tmp_path / name).write_bytes(pem() if name == "good" else b"junk")
        (tmp_path / name).chmod(0o600)
    path.write_text("".join(
        (f"[[{name}]]\n" if name in ("listener", "dkim") else f"[{name}]\n") + "".join(f"{k} = {v}\n" for k, v in keys.items())
        for name, keys in tables.items()).replace("FOLDER", str(tmp_path)), encoding="utf-8")
    return path


@pytest.mark.parametrize(("changes", "answers"), CASES, ids=[str(c) for c, _ in CASES])
def test_each_hazard_has_its_answer(tmp_path: Path, changes: dict[str, str], answers: list[str]) -> None:
    found = [str(p) for p in check(write(tmp_path, changes))]
    assert len(found) == len(answers), found
    for line, answer in zip(found, answers, strict=True):
        assert answer.replace("FOLDER", str(tmp_path)) in line


def test_names_and_addresses_are_unique(tmp_path: Path) -> None:
    path = write(tmp_path, {})
    text = path.read_text(encoding="utf-8")
    path.write_text(text + text[text.index("[[listener]]"):], encoding="utf-8")
    found = [str(p) for p in check(path)]
    assert found == [
        f'{path}:12: [[listener]] name: "a" is already the listener at {path}:6: names are unique',
        f'{path}:13: [[listener]] address: 127.0.0.1:25 is already taken by listener "a"',
    ]


@pytest.mark.parametrize(("mode", "refused"), [(0o600, False), (0o640, False), (0o644, True), (0o602, True)])
def test_a_secret_that_everybody_can_read(tmp_path: Path, mode: int, refused: bool) -> None:
    key = tmp_path / "key"
    key.write_bytes(b"x" * 32)
    os.chmod(key, mode)
    found = [str(p) for p in check(write(tmp_path, {"quarantine.key_file": f'"{key}"'}))]
    assert bool(found) is refused
    assert not refused or f"chmod 0600 {key}" in found[0]


def test_a_folder_is_no_key_file(tmp_path: Path) -> None:
    (tmp_path / "key").mkdir(0o755)
    [found] = check(write(tmp_path, {"quarantine.key_file": f'"{tmp_path}/key"'}))
    assert str(found).endswith(f"key_file: {tmp_path}/key is a folder; name the file in it")


def test_a_selector_names_one_key_and_its_file_is_a_secret(tmp_path: Path) -> None:
    path = write(tmp_path, DKIM)
    text = path.read_text(encoding="utf-8")
    path.write_text(text + text[text.index("[[dkim]]"):], encoding="utf-8")
    (tmp_path / "good").chmod(0o644)
    found = [str(p) for p in check(path)]
    assert len(found) == 3 and f'"s1" of bank.example is already at {path}:' in found[1], found
    assert all(f"{tmp_path}/good can be read by everybody; chmod 0600" in found[n] for n in (0, 2))
