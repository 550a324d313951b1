"""What the union of readings costs well-formed mail: CPU of the MIME reading against one that follows a single meaning.

    pytest -m slow -n0 -s tests/bench/test_union_cost.py

`single` splits, decodes and hashes with the same primitives and asks nothing else; `union` is the reading in use; `whole` is the
inspection in the plain lane. The share that counts is what the union adds to the whole.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from itertools import pairwise

import pytest

from gateway.detect.base import Scope
from gateway.detect.registry import DETECTORS
from gateway.extract.base import Context
from gateway.extract.identify import identify
from gateway.extract.mime import union
from gateway.extract.mime.decode import decode
from gateway.extract.mime.headers import parse_headers
from gateway.extract.mime.views import View, delimiters, span_of_header, without_line_end
from gateway.extract.registry import EXTRACTORS
from gateway.extract.walk import walk
from gateway.model.content import Sample
from gateway.model.deadline import Limits
from gateway.model.transaction import Direction
from tests.bench.test_inspection_cost import CATEGORIES

ROUNDS = 15
SCOPE = Scope(Direction.INBOUND, "a@b.example", ("c@d.example",), ("d.example",))


def single(blob: bytes, start: int, end: int) -> int:
    """One meaning of each field, first wins: the leaves decoded and told apart, as any reader does it."""
    head, body = span_of_header(blob, start, end)
    fields = {}
    for header in parse_headers(head):
        fields.setdefault(header.name, header.raw)
    kind = fields.get("content-type", b"text/plain")
    if kind.lower().startswith(b"multipart/") and b"boundary=" in kind:
        boundary = kind.partition(b"boundary=")[2].partition(b";")[0].strip(b' "')
        marks = list(delimiters(blob, body, end, boundary))
        return sum(single(blob, after, without_line_end(blob, after, following[0]))
                   for (_, after, _), following in pairwise(marks))
    data = decode(blob[body:end], fields.get("content-transfer-encoding", b"7bit").decode("ascii").strip().lower())[0].data
    identify(data)
    return len({data})


def inspected(blob: bytes) -> None:
    detectors = [factory(SCOPE) for factory in DETECTORS]

    def visit(sample: Sample) -> None:
        for detector in detectors:
            list(detector.look(sample))

    walk(blob, Context(Limits()), EXTRACTORS, visit)


def cost(call: Callable[[], object]) -> float:
    """Milliseconds of CPU, the median of several turns."""
    call()
    turns = []
    for _ in range(ROUNDS):
        began = time.process_time()
        call()
        turns.append((time.process_time() - began) * 1000)
    return statistics.median(turns)


@pytest.mark.slow
@pytest.mark.parametrize("category", CATEGORIES)
def test_union_cost(category: str, capsys: pytest.CaptureFixture[str]) -> None:
    data = CATEGORIES[category]()
    view = View(Limits().parts)
    leaves = list(view.read(data))
    assert not view.irregular and len(leaves) == single(data, 0, len(data)), "well-formed mail is read once, part by part"
    one = cost(lambda: single(data, 0, len(data)))
    many = cost(lambda: list(union.read(data, Context(Limits()))))
    whole = cost(lambda: inspected(data))
    with capsys.disabled():
        print(f"{category:22} {len(data) >> 10:6} KiB  single {one:7.2f} ms  union {many:7.2f} ms  whole {whole:8.2f} ms  "
              f"added {100 * (many - one) / (whole - many + one):5.1f} %")
