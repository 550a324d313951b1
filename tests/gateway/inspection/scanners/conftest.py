from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest


@pytest.fixture
def spooled() -> Iterator[Callable[[bytes], tuple[int, int]]]:
    """A message in memory: descriptor and size."""
    opened: list[int] = []

    def put(octets: bytes) -> tuple[int, int]:
        fd = os.memfd_create("message")
        os.write(fd, octets)
        opened.append(fd)
        return fd, len(octets)

    yield put
    for fd in opened:
        os.close(fd)
