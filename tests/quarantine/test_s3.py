"""Held octets in an object store: a real S3 protocol on loopback (moto's server), and what it may answer."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto.server import ThreadedMotoServer

from gateway.model.errors import ConfigError, CustodyUnavailable
from gateway.model.ids import new_message_id
from quarantine.blobs import MARK
from quarantine.s3 import Place, S3Blobs
from quarantine.sealing import MessageKeys
from tests.builders.custody import START, House, admission, memory, octets

CREDENTIALS = 'access_key_id = "who"\nsecret_access_key = "secret"\nregion = "us-east-1"\nendpoint = "{endpoint}"\n'


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def place(endpoint: str, tmp_path: Path) -> Place:
    file = tmp_path / "s3.toml"
    file.write_text(CREDENTIALS.format(endpoint=endpoint))
    bucket = f"held-{tmp_path.name.replace('_', '-').lower()[:40]}".rstrip("-")
    boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="who",
                 aws_secret_access_key="secret").create_bucket(Bucket=bucket)
    return Place.of(f"s3://{bucket}/mail/held", file)


@pytest.fixture
def blobs(place: Place, tmp_path: Path) -> S3Blobs:
    return S3Blobs(place, tmp_path, reserve=0)


def staged(blobs: S3Blobs, data: bytes = b"octets") -> tuple[Any, MessageKeys]:
    keys, fd = MessageKeys.new(new_message_id(START)), memory(data)
    try:
        return blobs.stage(fd, len(data), keys), keys
    finally:
        os.close(fd)


@pytest.mark.parametrize("size", [0, 1, 3 << 20])
def test_there_and_back(blobs: S3Blobs, size: int) -> None:
    data = os.urandom(size)
    one, keys = staged(blobs, data)
    blobs.publish([one])
    assert blobs.exists(one.name) and list(blobs.names()) == [one.name]
    with blobs.open(one.name) as sealed:
        assert b"".join(keys.open_content(sealed)) == data
    blobs.remove(one.name)
    blobs.remove(one.name)
    assert not blobs.exists(one.name) and list(blobs.names()) == []
    with pytest.raises(CustodyUnavailable, match="cannot be read: NoSuchKey"):
        blobs.open(one.name)


def test_custody_over_it(house: House, place: Place, tmp_path: Path) -> None:
    service = house.again()
    service.blobs = S3Blobs(place, tmp_path, reserve=0)
    data = octets("in the store")
    fd = memory(data)
    id = service.admit_now(admission(data), fd).id
    os.close(fd)
    content = service.content(service.load(id))
    assert os.pread(content.fd, content.size, 0) == data
    os.close(content.fd)
    assert b"in the store" not in service.blobs.open(next(iter(service.blobs.names()))).read(), "sealed before it leaves us"


def test_what_no_row_knows_is_swept_when_it_is_old(blobs: S3Blobs) -> None:
    kept, _ = staged(blobs)
    gone, _ = staged(blobs)
    blobs.set_mark("ours")
    assert blobs.sweep({kept.name}.__contains__, 0.0) == 0
    assert blobs.sweep({kept.name}.__contains__, 1e11) == 1
    assert list(blobs.names()) == [kept.name] and not blobs.exists(gone.name) and blobs.mark() == "ours"


def test_the_mark(blobs: S3Blobs) -> None:
    assert blobs.mark() == ""
    blobs.set_mark("sekisho 1")
    assert blobs.mark() == "sekisho 1" and MARK not in list(blobs.names())


class Lying:
    """A store that answers as a real one may: what was kept is not what was given, or nothing is."""

    def __init__(self, client: Any, **answers: Any) -> None:
        self.client, self.answers = client, answers

    def __getattr__(self, name: str) -> Any:
        answer = self.answers.get(name)
        if isinstance(answer, Exception):
            def fail(**_: Any) -> Any:
                raise answer
            return fail
        return (lambda **_: answer) if answer is not None else getattr(self.client, name)


@pytest.mark.parametrize(("answers", "said"), [
    ({"get_object": ClientError({"Error": {"Code": "NoSuchKey", "Message": "Not Found"}}, "GetObject")}, "cannot be stored: NoSuchKey"),
    ({"put_object": ClientError({"Error": {"Code": "BadDigest", "Message": "no"}}, "PutObject")}, "cannot be stored: BadDigest no"),
    ({"put_object": EndpointConnectionError(endpoint_url="http://x")}, "cannot be stored: Could not connect"),
])
def test_nothing_is_acknowledged_that_the_store_did_not_keep(blobs: S3Blobs, answers: dict[str, Any], said: str) -> None:
    blobs.client = Lying(blobs.client, **answers)
    with pytest.raises(CustodyUnavailable, match=said):
        staged(blobs)


@pytest.mark.parametrize("kept", [lambda n: b"x" * n, lambda n: b"", lambda n: b"x" * (n + 1)])
def test_what_is_kept_differs_from_what_was_sent(blobs: S3Blobs, kept: Any) -> None:
    real = blobs.client

    def put(**given: Any) -> Any:
        del given["ChecksumSHA256"]      # a store that compares nothing
        body = kept(given["ContentLength"])
        return real.put_object(**given | {"Body": io.BytesIO(body), "ContentLength": len(body)})

    blobs.client = Lying(real)
    blobs.client.put_object = put
    with pytest.raises(CustodyUnavailable, match="kept something else than it was given"):
        staged(blobs)


def test_a_store_that_is_not_there(tmp_path: Path) -> None:
    blobs = S3Blobs(Place("bucket", "", "a", "b", endpoint="http://127.0.0.1:9"), tmp_path)
    with pytest.raises(CustodyUnavailable, match=r"s3://bucket: a message cannot be stored") as caught:
        staged(blobs)
    assert "\n" not in str(caught.value)


def test_a_bucket_that_is_not_there(endpoint: str, tmp_path: Path) -> None:
    blobs = S3Blobs(Place("no-such-bucket", "x", "a", "b", endpoint=endpoint), tmp_path)
    with pytest.raises(CustodyUnavailable, match="NoSuchBucket"):
        blobs.mark()


def test_large_mail_waits_on_our_disk(blobs: S3Blobs) -> None:
    blobs.reserve = 1 << 60
    blobs.check_room(1000)
    with pytest.raises(CustodyUnavailable, match="are free"):
        blobs.check_room(2 << 20)


@pytest.mark.parametrize(("address", "text", "said"), [
    ("s3:///x", CREDENTIALS, "names no bucket"),
    ("s3://b", "access_key_id = 'x'\n", "lacks secret_access_key"),
    ("s3://b", CREDENTIALS + "token = 'x'\n", "has no use for token"),
    ("s3://b", CREDENTIALS.replace('"who"', "5"), "a value that is no text"),
    ("s3://b", "access_key_id = ", "is not TOML"),
    ("s3://b", CREDENTIALS.replace("{endpoint}", "not an address"), "endpoint"),
    ("s3://b", None, "No such file"),
])
def test_credentials_with_a_fault(tmp_path: Path, address: str, text: str | None, said: str) -> None:
    file = tmp_path / "s3.toml"
    if text is not None:
        file.write_text(text)
    with pytest.raises(ConfigError, match=said) as caught:
        S3Blobs(Place.of(address, file), tmp_path)
    assert "\n" not in str(caught.value) and "secret\"" not in str(caught.value)


def test_no_credentials() -> None:
    with pytest.raises(ConfigError, match="needs blobs_credentials"):
        Place.of("s3://b/x", None)
