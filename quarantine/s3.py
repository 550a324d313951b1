"""Sealed octets in an S3 object store: sealed on our side, put with a digest for the store to compare, then read back and
compared by us (not every store does the first); only after that is the row committed. What a crash leaves behind is an
object without a row, which `sweep` removes.

Object names are PREFIX/BUCKET/NAME as in the folder of `quarantine.blobs`; PREFIX/.custody says whose they are.
"""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import tempfile
import tomllib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import boto3
from botocore.config import Config as BotoConfig
from botocore.exceptions import BotoCoreError, ClientError

from gateway.model.errors import ConfigError, CustodyUnavailable
from quarantine.blobs import BUCKETS, MARK, NAME, Failpoint, Staged, no_failpoint
from quarantine.sealing import MessageKeys, SealBroken

IN_MEMORY = 1 << 20                      # sealed octets above this wait in an unnamed file for the store
CONNECT, READ = 5.0, 30.0                # seconds; the edge's client waits 90 s for its reply
COPY = 1 << 20
FIELDS = {"access_key_id", "secret_access_key", "region", "endpoint"}
GONE = ("404", "NoSuchKey", "NotFound")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the objects are and who we are there."""

    bucket: str
    prefix: str
    access_key_id: str
    secret_access_key: str
    region: str = "us-east-1"
    endpoint: str = ""                   # "" is AWS itself

    @classmethod
    def of(cls, address: str, credentials: Path | None) -> Place:
        """From `s3://bucket/prefix` and the TOML file of credentials. Raises ConfigError with one line."""
        bucket, _, prefix = address.removeprefix("s3://").partition("/")
        if not bucket:
            raise ConfigError(f"{address}: names no bucket; write s3://bucket/prefix", "quarantine.blobs")
        if credentials is None:
            raise ConfigError("blobs on S3 needs blobs_credentials", "quarantine.blobs_credentials")
        try:
            said = tomllib.loads(credentials.read_text(encoding="utf-8"))
        except OSError as error:
            raise ConfigError(f"{credentials}: {error.strerror}", "quarantine.blobs_credentials") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(f"{credentials}: is not TOML: {error}", "quarantine.blobs_credentials") from error
        unknown = sorted(set(said) - FIELDS)
        lacking = sorted({"access_key_id", "secret_access_key"} - set(said))
        if unknown or lacking or not all(isinstance(v, str) for v in said.values()):
            what = (f"has no use for {unknown[0]}" if unknown else f"lacks {lacking[0]}" if lacking
                    else "has a value that is no text")
            raise ConfigError(f"{credentials}: {what}; it has {', '.join(sorted(FIELDS))}", "quarantine.blobs_credentials")
        return cls(bucket, prefix.strip("/"), **said)

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}".rstrip("/")


class S3Blobs:
    """Implements `quarantine.blobs.Blobs`. Thread-safe: boto3's clients are."""

    def __init__(self, place: Place, spool: Path, reserve: int = 256 << 20, failpoint: Failpoint = no_failpoint) -> None:
        self.place, self.spool, self.reserve, self.failpoint = place, spool, reserve, failpoint
        self.root = str(place)
        try:
            self.client: Any = boto3.client(
                "s3", region_name=place.region, endpoint_url=place.endpoint or None, aws_access_key_id=place.access_key_id,
                aws_secret_access_key=place.secret_access_key,
                config=BotoConfig(connect_timeout=CONNECT, read_timeout=READ, retries={"total_max_attempts": 2, "mode": "standard"},
                                  max_pool_connections=16, s3={"addressing_style": "path" if place.endpoint else "auto"}))
        except (BotoCoreError, ValueError) as error:
            raise ConfigError(f"{place}: {error}", "quarantine.blobs_credentials") from error

    def stage(self, source: int, size: int, keys: MessageKeys) -> Staged:
        """Seal, put, and see that it is there. Raises CustodyUnavailable."""
        name = f"{secrets.randbelow(BUCKETS):03x}/{secrets.token_hex(NAME)}"
        try:
            with self._waiting(size) as file:
                plain = keys.seal_content(source, size, file.fileno())
                self.failpoint("blob-before-fsync")
                self._put(name, file)
        except (OSError, SealBroken) as error:
            why = error.strerror if isinstance(error, OSError) else error
            raise CustodyUnavailable(f"{self.place}: a message cannot be stored: {why}") from error
        self.failpoint("blob-after-fsync")
        return Staged(name, plain)

    @contextmanager
    def _waiting(self, size: int) -> Iterator[BinaryIO]:
        if size <= IN_MEMORY:
            with os.fdopen(os.memfd_create("sealed", os.MFD_CLOEXEC), "w+b") as file:
                yield file
            return
        with tempfile.TemporaryFile(dir=self._spooling()) as unnamed:
            yield unnamed  # type: ignore[misc]  # a wrapper with the same methods

    def _put(self, name: str, file: BinaryIO) -> None:
        file.seek(0)
        sent = hashlib.file_digest(file, "sha256").digest()
        length = file.seek(0, os.SEEK_END)
        file.seek(0)
        kept = hashlib.sha256()
        with self._asking("a message cannot be stored"):
            self.client.put_object(Bucket=self.place.bucket, Key=self._key(name), Body=file, ContentLength=length,
                                   ChecksumSHA256=base64.b64encode(sent).decode())
            for piece in self.client.get_object(Bucket=self.place.bucket, Key=self._key(name))["Body"].iter_chunks(COPY):
                kept.update(piece)
        if kept.digest() != sent:
            raise CustodyUnavailable(f"{self.place}: the store kept something else than it was given")

    def publish(self, staged: Iterable[Staged]) -> None:
        """Objects have their names from the beginning."""
        self.failpoint("blob-after-directory")

    def discard(self, staged: Staged) -> None:
        try:
            self.remove(staged.name)
        except CustodyUnavailable:
            return                       # no row knows it: the sweep removes it

    def open(self, name: str) -> BinaryIO:
        """The whole object, in memory or in an unnamed file; the receiver closes it."""
        with self._asking("a held message cannot be read"):
            found = self.client.get_object(Bucket=self.place.bucket, Key=self._key(name))
            file = tempfile.SpooledTemporaryFile(IN_MEMORY, dir=self._spooling())  # noqa: SIM115 - the receiver's
            for piece in found["Body"].iter_chunks(COPY):
                file.write(piece)
        file.seek(0)
        return file  # type: ignore[return-value]  # the same methods

    def exists(self, name: str) -> bool:
        try:
            with self._asking("a held message cannot be looked up"):
                self.client.head_object(Bucket=self.place.bucket, Key=self._key(name))
        except Missing:
            return False
        return True

    def remove(self, name: str) -> None:
        """Versions that a bucket keeps of it are unreadable: the key of the message is destroyed."""
        with self._asking("a message cannot be removed"):
            self.client.delete_object(Bucket=self.place.bucket, Key=self._key(name))

    def names(self) -> Iterable[str]:
        return (name for name, _ in self._objects())

    def _objects(self) -> Iterator[tuple[str, float]]:
        """Name and time of the last change, a thousand a question."""
        start = self._key("")
        with self._asking("held messages cannot be listed"):
            for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=self.place.bucket, Prefix=start):
                for found in page.get("Contents", ()):
                    name = found["Key"].removeprefix(start)
                    if name != MARK:
                        yield name, found["LastModified"].timestamp()

    def sweep(self, known: Callable[[str], bool], before: float) -> int:
        removed = 0
        for name, changed in self._objects():
            if changed < before and not known(name):
                self.remove(name)
                removed += 1
        return removed

    def check_room(self, size: int) -> None:
        """The store has room; what is large waits on our disk first."""
        if size <= IN_MEMORY:
            return
        room = os.statvfs(self._spooling())
        if room.f_bavail * room.f_frsize - size < self.reserve:
            raise CustodyUnavailable(f"{self.spool}: less than {self.reserve >> 20} MiB are free; held mail is deferred")

    def mark(self) -> str:
        try:
            with self._asking("the store is not to be had"):
                found = self.client.get_object(Bucket=self.place.bucket, Key=self._key(MARK))
                return str(found["Body"].read(200).decode("ascii", "replace"))
        except Missing:
            return ""

    def set_mark(self, text: str) -> None:
        with self._asking("the store cannot be written"):
            self.client.put_object(Bucket=self.place.bucket, Key=self._key(MARK), Body=text.encode())

    def _spooling(self) -> Path:
        """Where what is large waits; made when it is first needed, so that looking changes nothing."""
        self.spool.mkdir(mode=0o700, exist_ok=True)
        return self.spool

    def _key(self, name: str) -> str:
        return f"{self.place.prefix}/{name}" if self.place.prefix else name

    @contextmanager
    def _asking(self, what: str) -> Iterator[None]:
        """Whatever the store or the way to it says, as one line."""
        try:
            yield
        except ClientError as error:
            said = error.response.get("Error", {})
            text = f"{self.place}: {what}: {said.get('Code', '')} {said.get('Message', '')}".strip()
            raise (Missing if said.get("Code") in GONE else CustodyUnavailable)(text) from error
        except (BotoCoreError, OSError) as error:
            raise CustodyUnavailable(f"{self.place}: {what}: {' '.join(str(error).split())[:200]}") from error


class Missing(CustodyUnavailable):
    """There is no such object."""
