"""The whole gateway with its index on PostgreSQL and its octets in S3: mail while both are there, and while they are not."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from tests.builders.postgres import Server, server
from tests.e2e.harness import Gateway, gateway

__all__ = ["server"]
pytestmark = pytest.mark.slow
CLEAN = b"From: a@else.example\r\nTo: staff@bank.example\r\nSubject: lunch\r\nMessage-ID: <%d@else.example>\r\n\r\nAt noon?\r\n"
PROGRAM = (b"From: a@else.example\r\nTo: staff@bank.example\r\nSubject: tool\r\nMessage-ID: <p%d@else.example>\r\nMIME-Version: 1.0\r\n"
           b"Content-Type: application/octet-stream; name=tool.exe\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n")


def program(number: int) -> bytes:
    from base64 import encodebytes

    head = b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0\x4c\x01\x01\0" + bytes(200)
    return PROGRAM % (number, encodebytes(head).replace(b"\n", b"\r\n").rstrip())


@pytest.fixture
def bucket(tmp_path: Path) -> Iterator[Path]:
    """A store on loopback with one bucket; the file of credentials for it."""
    store = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    store.start()
    host, port = store.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="who",
                 aws_secret_access_key="secret").create_bucket(Bucket="held-mail")
    file = tmp_path / "s3.toml"
    file.write_text(f'access_key_id = "who"\nsecret_access_key = "secret"\nendpoint = "{endpoint}"\n')
    file.chmod(0o600)
    yield file
    store.stop()


def extra(server: Server, name: str, bucket: Path) -> str:
    return (f'[quarantine]\ndatabase = "{server.url(name)}"\nblobs = "s3://held-mail/mail"\nblobs_credentials = "{bucket}"\n'
            'min_free = "1MiB"\n')


def sent(house: Gateway, content: bytes) -> int:
    return house.send(house.inbound, "a@else.example", ["staff@bank.example"], content)[0]


def test_mail_with_both_servers_there_and_away(tmp_path: Path, server: Server, bucket: Path) -> None:
    name = server.new_database()
    (tmp_path / "one").mkdir()
    with gateway(tmp_path / "one", extra=extra(server, name, bucket)) as house:
        assert sent(house, program(1)) == 250
        (held,) = house.held(status="held")
        assert not (house.state / "blobs").exists() and not (house.state / "quarantine.db").exists()

        server.stop()
        assert sent(house, program(2)) == 451, "what would be held waits at the sender"
        assert sent(house, CLEAN % 1) == 250, "clean mail flows"
        server.start()
        end = time.monotonic() + 60
        while (code := sent(house, program(2))) != 250 and time.monotonic() < end:
            assert code == 451
            time.sleep(0.5)
        assert code == 250 and len(house.held(status="held")) == 2, "by itself, and once"

        (tmp_path / "two").mkdir()
        second = Gateway(tmp_path / "two", extra=extra(server, name, bucket))
        (second.state).mkdir(mode=0o700)
        (second.state / "quarantine.key").write_bytes((house.state / "quarantine.key").read_bytes())
        (second.state / "quarantine.key").chmod(0o400)
        refused = second.run("quarantine", "list", check=False)
        assert refused.returncode == 2 and b"already written by sekisho keeper on" in refused.stderr
        assert refused.stderr.count(b"\n") == 1

        house.run("quarantine", "release", held["id"], "--reason", "checked", "--wait")
        assert house.mailbox is not None
        got = house.mailbox.wait_for(b"Message-ID: <p1@else.example>", 60)
        assert got is not None and got.content.endswith(program(1)), house.errors()
        assert house.run("audit", "verify").returncode == 0
