import dataclasses
import os
import socket
import threading
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway.app import checkup
from gateway.app.checkup import GOOD, NOTE, RED
from gateway.config import Endpoint, load
from gateway.config.senders import DkimKey
from gateway.inspection.lockdown import Layer
from gateway.ops.clock import SystemClock
from gateway.reference import edm_store
from tests.builders.certificates import files, pem
from tests.builders.commands import write_config
from tests.builders.ports import free_port
from tests.builders.scanners import FakeClamd, served

NOW = datetime.now(UTC)


def config(state, more="", **options):
    write_config(state.folder, more=more, **options)
    return load(state.config)


def reds(lines):
    return {line.what: line.detail for line in lines if line.status == RED}


def test_how_people_log_in(tmp_path, monkeypatch):
    def told(text):
        (tmp_path / "log-in.toml").write_text(text)
        return [(line.status, line.detail) for line in checkup.log_in(load(tmp_path / "log-in.toml"))]

    far = '[gateway]\nconsole_url = "https://guard.bank.example"\n'
    assert told("") == [(GOOD, "by those who set one up only")] and told('[gateway]\nconsole = ""\n') == []
    assert [status for status, _ in told(far)] == [NOTE] and "a stolen password is enough" in told(far)[0][1]
    assert told(far + '[console]\nsecond_factor = ["admin"]\n') == [(GOOD, "second factor for: admin")]
    ldap = '[console.ldap]\nservers = ["ldaps://d.bank.example"]\nbase = "dc=bank"\ngroups = { "cn=x" = "admin" }\n'
    assert told(ldap)[1] == (GOOD, "")
    monkeypatch.setattr(checkup, "find_spec", lambda _: None)
    assert told(ldap)[1] == (RED, 'needs: pip install "sekisho[ldap]"')


def test_a_fresh_state_directory_is_fine(state):
    lines = list(checkup.state(config(state)))
    assert not reds(lines) and {"disk", "gateway", "registered", "writable"} <= {line.what for line in lines}


def test_nothing_is_written_by_looking(state):
    before = {p: p.read_bytes() for p in state.state.rglob("*") if p.is_file() and p.suffix not in (".db-shm", ".db-wal")}
    list(checkup.state(config(state)))
    assert {p: p.read_bytes() for p in before} == before


def test_no_state_directory(tmp_path):
    write_config(tmp_path)
    (line,) = checkup.state(load(tmp_path / "sekisho.toml"))
    assert line.status == RED and line.detail.endswith("sekisho init makes it")


@pytest.mark.parametrize(("break_", "what", "said"), [
    (lambda s: s.chmod(0o755), "state", "others may look into it"),
    (lambda s: (s / "quarantine.key").unlink(), "quarantine.key", "there is no key file"),
    (lambda s: os.chmod(s / "quarantine.key", 0o440), "quarantine.key", "others may read"),
    (lambda s: (s / "quarantine.db").unlink(), "quarantine.db", "does not exist"),
    (lambda s: (s / "quarantine.db").write_bytes(b"SQLite format 3\0" + b"x" * 4000), "quarantine.db", "damaged"),
    (lambda s: (s / "blobs" / "000").mkdir() or (s / "blobs" / "000" / "held").touch() or (s / "quarantine.db").unlink(), "quarantine.db", "the index is gone"),
    (lambda s: (s / "blobs").rename(s / "elsewhere"), "blobs", "is no folder"),
    (lambda s: ((s / "run").rename(s / "elsewhere"), (s / "run").touch()), "gateway", "Not a directory"),
    (lambda s: (s / "edm").mkdir() or (s / "edm" / "a.edm").write_bytes(b"x" * 99), "registered", "edm"),
])
def test_what_is_broken_is_red_and_named(state, break_, what, said):
    for path in state.state.glob("quarantine.db-*"):
        path.unlink()
    break_(state.state)
    found = {name.rpartition("/")[2]: detail for name, detail in reds(checkup.state(config(state))).items()}
    assert said in found[what], found


def test_a_full_disk(state):
    found = reds(checkup.disk(state.state, 1 << 62))
    assert "no mail is taken into custody" in found["disk"]


def test_registered_tables_are_counted(state, tmp_path):
    (tmp_path / "t.csv").write_text("name,phone\n林美玲,0912345678\n", "utf-8")
    edm_store.import_csv(state.state, "customers", tmp_path / "t.csv")
    assert "1 tables, 0 documents" in [line.detail for line in checkup.state(config(state))]


@pytest.mark.parametrize(("said", "status"), [(b"220 mail ready\r\n", GOOD), (b"554 go away\r\n", RED), (b"", RED)])
def test_next_hops_are_asked(state, said, status):
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()

        def greet():
            for _ in range(2):                           # the listener's and that of notices
                peer, _ = server.accept()
                peer.sendall(said)
                peer.close()

        threading.Thread(target=greet, daemon=True).start()
        lines = list(checkup.next_hops(config(state, hop=server.getsockname()[1])))
    assert [line.status for line in lines] == [status] * 2 and lines[0].detail == (said.decode().strip() or "says nothing")


@pytest.mark.parametrize(("version", "fail", "status", "said"), [
    (b"ClamAV 1.4.6/27600/Sat Nov 21 09:00:00 2026", "defer", GOOD, "ClamAV 1.4.6/27600/Sat Nov 21 09:00:00 2026"),
    (b"something else", "hold", RED, "this is no clamd; fail = hold"),
    (b"something else", "pass", NOTE, "this is no clamd; fail = pass"),
    (None, "defer", RED, "Connection refused; fail = defer"),
])
async def test_scanners_are_asked(state, version, fail, status, said):
    async with served(FakeClamd(version=version or b"").serve) as pool:
        port = pool.address.port if version else free_port()
        more = f'\n[[scanner]]\nname = "clam"\nkind = "clamd"\naddress = "127.0.0.1:{port}"\nfail = "{fail}"\n'
        line, = await checkup.scanners(config(state, more=more), SystemClock())
    assert (line.status, line.what, line.detail) == (status, f"clam: 127.0.0.1:{port}", said)


def test_a_next_hop_that_is_not_there():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        assert checkup.greeting(Endpoint("127.0.0.1", free.getsockname()[1])) == "cannot be reached: Connection refused"


@pytest.mark.parametrize(("days", "status"), [(30, GOOD), (3, NOTE), (-1, RED)])
def test_certificates(state, tmp_path, days, status):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mx.bank.example")])
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
            .not_valid_before(NOW - timedelta(days=60)).not_valid_after(NOW + timedelta(days=days, hours=1)).sign(key, hashes.SHA256()))
    (tmp_path / "c.pem").write_bytes(made.public_bytes(Encoding.PEM))
    (tmp_path / "k.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (tmp_path / "k.pem").chmod(0o600)
    write_config(state.folder)
    text = state.config.read_text().replace("[quarantine]", f'tls = "starttls"\ntls_cert = "{tmp_path}/c.pem"\ntls_key = "{tmp_path}/k.pem"\n[quarantine]')
    state.config.write_text(text)
    loaded = load(state.config)
    assert [line.status for line in checkup.certificates(loaded, NOW)] == [status]
    (tmp_path / "c.pem").write_text("junk")
    assert [line.status for line in checkup.certificates(loaded, NOW)] == [RED]


def test_a_clock_behind_what_was_written(state):
    loaded = config(state)
    good = list(checkup.clock(loaded, NOW + timedelta(hours=1)))
    assert not reds(good) and {line.what for line in good} == {"time", "synchronised", "time zone"}
    assert "but files are from" in reds(checkup.clock(loaded, NOW - timedelta(days=400)))["time"]


def test_a_lane_that_shuts_nothing_in_is_red():
    all_ = [Layer(name, True) for name in ("landlock", "seccomp", "no-new-privs", "network-namespace")]
    assert checkup.layers_of("plain", all_).status == GOOD
    without = [*all_[:1], Layer("seccomp", False, "Operation not permitted"), *all_[2:]]
    line = checkup.layers_of("plain", without)
    assert line.status == RED and "lacks: seccomp (Operation not permitted)" in line.detail


async def test_a_required_layer_that_cannot_hold_is_red(state, monkeypatch):
    loaded = config(state, '[inspection]\nrequire = ["seccomp"]\n')
    lines = await checkup.cell(loaded, checkup_clock())
    assert [line.what for line in lines] == ["plain lane", "deep lane", "tool lane", "signatures"] and not reds(lines)
    (state.state / "edm").mkdir()
    (state.state / "edm" / "a.edm").write_bytes(b"junk")
    (line,) = await checkup.cell(loaded, checkup_clock())
    assert line.status == RED and "edm" in line.detail


def checkup_clock():
    from gateway.ops.clock import SystemClock

    return SystemClock()


def test_programs_that_are_missing_are_noted_not_red(monkeypatch):
    monkeypatch.setattr(checkup.Programs, "find", classmethod(lambda cls: cls({})))
    lines = [line for line in checkup.libraries() if line.area == "programs" and line.what != "font of reports"]
    assert {line.status for line in lines} == {NOTE} and {line.what for line in lines} == set(checkup.TOOLS)


@pytest.mark.parametrize(("found", "status"), [(None, NOTE), ([], GOOD), (["gateway/a.py"], RED)])
def test_files(monkeypatch, found, status):
    monkeypatch.setattr(checkup.installed, "altered", lambda: found)
    assert [line.status for line in checkup.files()] == [status]


@pytest.mark.parametrize(("days", "status", "said"), [
    ('until = 2020-01-01', RED, "no key is in force today"), ('from = 2020-01-01', GOOD, "s1 (rsa-sha256)"),
    ('until = 2026-11-25', NOTE, "none takes over"), ("", GOOD, "s1 (rsa-sha256)"),
])
def test_keys_that_sign(tmp_path, days, status, said):
    path = files(tmp_path, key=pem())["key"]
    file = tmp_path / "c.toml"
    file.write_text(f'[gateway]\nour_domains = ["bank.example"]\n[[dkim]]\ndomain = "bank.example"\nselector = "s1"\nkey_file = "{path}"\n{days}\n')
    [line] = checkup.signing(load(file), datetime(2026, 11, 21, tzinfo=UTC))
    assert (line.status, line.what) == (status, "bank.example") and said in line.detail
    path.write_bytes(b"junk")
    [line] = checkup.signing(dataclasses.replace(load(None), dkim=(DkimKey(domain="bank.example", selector="s1", key_file=path, from_=None, until=None),)), NOW)
    assert line.status == RED and "is no private key" in line.detail


def test_a_damaged_secret_is_red(state, monkeypatch):
    assert [line.status for line in checkup.secrets_of(config(state))] == [GOOD]
    secret = state.state / "console.secret"
    secret.unlink(missing_ok=True)
    secret.touch()
    assert [(line.status, line.what) for line in checkup.secrets_of(config(state))][1:] == [(RED, str(secret))]

    def denied(path):
        raise PermissionError(13, "Permission denied")
    monkeypatch.setattr(checkup, "secret_of", denied)
    assert [line.detail for line in checkup.secrets_of(config(state))][1:] == ["Permission denied"]


def test_an_object_store_that_is_not_there_is_red(state, tmp_path):
    (tmp_path / "s3.toml").write_text('access_key_id = "a"\nsecret_access_key = "b"\nendpoint = "http://127.0.0.1:9"\n')
    (tmp_path / "s3.toml").chmod(0o600)
    (line,) = checkup.store(config(state, f'blobs = "s3://held/mail"\nblobs_credentials = "{tmp_path}/s3.toml"\n'))
    assert (line.status, line.what) == (RED, "s3://held/mail") and "Could not connect" in line.detail
    assert not (state.state / "spool").exists(), "looking changes nothing"


def test_a_report_needs_a_font(monkeypatch, tmp_path):
    monkeypatch.setattr(checkup, "FONTS", (tmp_path / "none.ttc",))
    (line,) = (x for x in checkup.libraries() if x.what == "font of reports")
    assert line.status == "note" and "fonts-noto-cjk" in line.detail
