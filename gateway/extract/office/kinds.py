"""What a document has many of, as far as it is told: a thousand honest links must not crowd out the one that is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from gateway.model.content import Observation

MOST = 500                               # different observations of one kind; more of a kind change no judgement


class Kinds:
    """Observations, each once, and so many of one code as are told. Those of another code are always kept."""

    def __init__(self, found: Iterable[Observation] = (), most: int = MOST) -> None:
        self.most = most
        self.kept: dict[Observation, None] = {}
        self.counts: Counter[str] = Counter()
        for one in found:
            self.add(one)

    def add(self, one: Observation | None) -> None:
        if one is not None and self.counts[one.code] < self.most and one not in self.kept:
            self.kept[one] = None
            self.counts[one.code] += 1

    def __iter__(self) -> Iterator[Observation]:
        return iter(self.kept)
