"""Finding and loading: what the acceptance tools write must load, and a bad file must say all that is wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gateway.config import ConfigProblems, Endpoint, check, examine, find_config, load
from gateway.config.load import SYSTEM_FILE
from gateway.model.errors import ConfigError

SCAN = """
[gateway]
hostname = "mx.bank.example"
our_domains = ["bank.example"]
state_dir = "/tmp/state"
"""
RELAY = """
[gateway]
hostname = "mx.bank.example"
our_domains = ["bank.example"]
state_dir = "/tmp/state"
processes = 2
console = ""
ops = "127.0.0.1:10047"
[[listener]]
name = "inbound"
address = "127.0.0.1:10046"
direction = "inbound"
next_hop = "127.0.0.1:10025"
clients = ["127.0.0.0/8"]
"""
WHOLE = """
[gateway]
hostname    = "mx.bank.example"
our_domains = ["bank.example"]
languages   = ["zh-Hant", "ja", "en"]
timezone    = "Asia/Taipei"
state_dir   = "/var/lib/sekisho"
processes   = 2
console     = "127.0.0.1:8080"
console_url = "https://mail-guard.bank.example"
ops         = "127.0.0.1:9108"
[[listener]]
name      = "inbound"
address   = "127.0.0.1:10025"
direction = "inbound"
next_hop  = ["127.0.0.1:10026"]
next_hop_tls = "opportunistic"
clients   = ["127.0.0.0/8"]
trust     = ["127.0.0.0/8"]
tls       = "none"
tls_cert  = "/etc/sekisho/tls.pem"
max_size  = "50MiB"
proxy     = "none"
stray     = "reject"
owner     = "postmaster@bank.example"
mode      = "enforce"
[limits]
final_reply = "90s"
inspection = "60s"
depth      = 10
artifacts  = 2000
expanded   = "512MiB"
memory     = "1GiB"
[quarantine]
database = "sqlite"
blobs    = "file"
key_file = "/etc/sekisho/quarantine.key"
retain   = "90d"
record   = "best-effort"
[notices]
from     = "mail-guard@bank.example"
next_hop = ["127.0.0.1:10026"]
[[rule]]
id = "block-executables"
direction = "inbound"
when = { finding = ["EXECUTABLE-*", "SCRIPT-*"] }
then = "quarantine"
notify = ["recipient"]
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "sekisho.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("text", [SCAN, RELAY, WHOLE, ""])
def test_ordinary_files_load_without_a_word(tmp_path: Path, text: str) -> None:
    path = write(tmp_path, text)
    assert check(path) == []
    assert load(path).path == path


def test_the_whole_file_means_what_it_says(tmp_path: Path) -> None:
    config = load(write(tmp_path, WHOLE))
    listener = config.listeners[0]
    assert config.gateway.languages == ("zh-Hant", "ja", "en")
    assert listener.next_hop == (Endpoint("127.0.0.1", 10026),)
    assert listener.max_size == 50 << 20
    assert config.limits.final_reply == 90.0
    assert config.quarantine.retain == 90 * 86400
    assert config.notices.from_ == "mail-guard@bank.example"
    assert config.rules[0].table["then"] == "quarantine"
    assert config.rules[0].where.endswith("sekisho.toml:43")
    assert config.rules[0].places["when"].endswith("sekisho.toml:46")


def test_what_follows_from_other_settings(tmp_path: Path) -> None:
    config = load(write(tmp_path, RELAY))
    assert config.gateway.console is None and config.gateway.console_url == ""
    assert config.quarantine.key_file == Path("/tmp/state/quarantine.key")
    assert config.notices.from_ == "postmaster@bank.example"
    assert config.notices.next_hop == (Endpoint("127.0.0.1", 10025),)
    assert config.listeners[0].owner == "postmaster@bank.example"


def test_notices_go_where_inbound_mail_goes(tmp_path: Path) -> None:
    outbound = RELAY[RELAY.index("[[listener]]"):].replace('"inbound"', '"out"').replace('direction = "out"', 'direction = "outbound"')
    outbound = outbound.replace("10046", "10048").replace("10025", "10027")
    head, tail = RELAY.split("[[listener]]")
    config = load(write(tmp_path, head + outbound + "[[listener]]" + tail))
    assert [one.name for one in config.listeners] == ["out", "inbound"]
    assert config.notices.next_hop == (Endpoint("127.0.0.1", 10025),)


def test_no_file_at_all_is_enough_for_a_scan() -> None:
    config = load(None)
    assert config.path is None and config.listeners == () and config.gateway.our_domains == ()


def test_a_bad_file_raises_with_all_its_problems(tmp_path: Path) -> None:
    path = write(tmp_path, SCAN + '[limits]\ndepht = 1\nmemory = "1"\n')
    with pytest.raises(ConfigProblems) as caught:
        load(path)
    assert str(caught.value) == (f'{path}:7: [limits] has no setting `depht`: did you mean "depth"?'
                                 " (and 1 more: sekisho policy check lists them)")
    assert len(caught.value.problems) == 2
    assert isinstance(caught.value, ConfigError)


def test_a_warning_does_not_stop_the_load(tmp_path: Path) -> None:
    path = write(tmp_path, RELAY + 'mode = "observe"\n')
    config = load(path)
    assert config.warnings == (f'{path}:15: warning: listener "inbound" only observes: everything is delivered',)
    assert [p.warning for p in check(path)] == [True]


def test_a_broken_listener_gives_no_configuration(tmp_path: Path) -> None:
    config, problems = examine(write(tmp_path, RELAY.replace('direction = "inbound"', 'direction = "in"')))
    assert config is None and len(problems) == 1


def test_where_the_file_is_looked_for(tmp_path: Path) -> None:
    named = write(tmp_path, SCAN)
    other = tmp_path / "other.toml"
    other.write_text("", encoding="utf-8")
    assert find_config(other, {"SEKISHO_CONFIG": str(named)}, tmp_path) == other
    assert find_config("other.toml", {}, tmp_path) == other
    assert find_config(None, {"SEKISHO_CONFIG": str(other)}, tmp_path) == other
    assert find_config(None, {"SEKISHO_CONFIG": ""}, tmp_path) == named
    assert find_config(None, {}, tmp_path / "nowhere") in (None, SYSTEM_FILE)
    with pytest.raises(ConfigError, match=r"none\.toml: --config: there is no such file"):
        find_config("none.toml", {}, tmp_path)
    with pytest.raises(ConfigError, match=r"none\.toml: \$SEKISHO_CONFIG: there is no such file"):
        find_config(None, {"SEKISHO_CONFIG": "none.toml"}, tmp_path)


@pytest.mark.parametrize(("name", "said"), [
    (".", "is a folder: name the file in it"), ("sekisho.toml/x", "cannot be looked at: Not a directory"),
    ("x" * 5000, "cannot be looked at: File name too long"), ("/dev/null", "is no regular file"), ("fifo", "is no regular file")])
def test_what_no_configuration_can_be(tmp_path: Path, name: str, said: str) -> None:
    write(tmp_path, SCAN)
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(ConfigError, match=said) as caught:
        find_config(name, {}, tmp_path)
    assert len(str(caught.value)) < 500


def test_a_section_inside_another(tmp_path: Path) -> None:
    config = load(write(tmp_path, '[console]\nidle = "5m"\n[console.oidc]\nissuer = "https://id.bank.example/x/"\nclient_id = "c"\n'
                                  'groups = { "mail admins" = "admin" }\n'))
    assert config.console.idle == 300 and config.oidc.issuer == "https://id.bank.example/x" and config.ldap.servers == ()
    assert config.oidc.groups == {"mail admins": "admin"}


@pytest.mark.parametrize(("text", "place", "said"), [
    ('[console.oidc]\nisuer = "x"\n', ":2", "[console.oidc] has no setting `isuer`: did you mean \"issuer\"?"),
    ('[console]\noidc = 5\n', ":2", "`console.oidc` is a section: write [console.oidc]"),
    ('[console]\nodic = 5\n', ":2", "[console] has no setting `odic`"),
    ('console = 5\n', ":1", "`console` is a section: write [console]"),
    ('[console.ldap]\ngroups = { "cn=x" = "king" }\n', ":2", "[console.ldap] groups: \"king\" is none of: recipient"),
    ('[console.ldap]\nservers = ["https://x"]\n', ":2", "is no directory server")])
def test_what_is_wrong_inside_is_found_there(tmp_path: Path, text: str, place: str, said: str) -> None:
    problems = check(write(tmp_path, text))
    assert [p.where.endswith(place) and said in p.message for p in problems] == [True], problems
