"""How large a message would become if every copy in it were unpacked.

The walk takes equal octets apart once, so a bomb made of copies of copies costs it nothing; whoever unpacks it by hand would
be hit all the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from gateway.model.artifact import Artifact


def nominal(artifacts: Sequence[Artifact], ceiling: int) -> int:
    """Octets of the whole tree with the content of each copy counted again, at most `ceiling`.

    A file that holds itself (a quine archive) is endless: the ceiling.
    """
    below: dict[str, list[Artifact]] = defaultdict(list)
    owner: dict[int, str] = {a.id: a.sha256 for a in artifacts}
    opened: dict[str, int] = {}
    for artifact in artifacts:
        if artifact.parent is None:
            continue
        parent = owner[artifact.parent]
        if artifact.sha256 == parent and artifact.detected_type != artifacts[artifact.parent].detected_type:
            continue                     # another reading of the same octets, not a copy within them
        if opened.setdefault(parent, artifact.parent) == artifact.parent:
            below[parent].append(artifact)
    totals: dict[str, int] = {}
    return min(ceiling, _total(artifacts[0], below, totals, set(), ceiling)) if artifacts else 0


def _total(artifact: Artifact, below: dict[str, list[Artifact]], totals: dict[str, int], path: set[str], ceiling: int) -> int:
    digest = artifact.sha256
    if digest in path:
        return ceiling
    if digest not in totals:
        path.add(digest)
        total = artifact.size
        for child in below.get(digest, ()):
            total = min(ceiling, total + _total(child, below, totals, path, ceiling))
        path.discard(digest)
        totals[digest] = total
    return totals[digest]
