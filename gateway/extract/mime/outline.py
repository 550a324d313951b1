"""Where the parts of a message begin and end, for taking one out and leaving every other octet alone.

Only well-formed mail has an outline: where readers could disagree about a border, nothing may be cut along it. A mail that
is signed or encrypted as a whole (RFC 1847, RFC 8551, RFC 4880) has none either: its parts belong together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from gateway.extract.mime.views import Entity, Leaf, View, describe, span_of_header

SEALED = frozenset({
    "multipart/signed", "multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime", "application/pkcs7-signature",
    "application/x-pkcs7-signature", "application/pgp-encrypted", "application/pgp-signature", "application/pgp"})
ARMOUR = (b"-----BEGIN PGP SIGNED MESSAGE-----", b"-----BEGIN PGP MESSAGE-----")
MOST_PARTS = 2000


@dataclass(slots=True)
class _Borders(View):
    """A reading that writes down the octets of every entity, its header block included."""

    entities: dict[str, tuple[int, int]] = field(default_factory=dict)
    leaves: dict[str, None] = field(default_factory=dict)
    sealed: bool = False

    def entity(self, blob: bytes, start: int, end: int, label: str, default: str, depth: int) -> Iterator[Leaf]:
        if label:
            self.entities[label] = (start, end)
        head, _ = span_of_header(blob, start, end)
        self.sealed = self.sealed or bool(SEALED & set(describe(head, default).medias))
        yield from View.entity(self, blob, start, end, label, default, depth)

    def leaf(self, blob: bytes, start: int, end: int, label: str, entity: Entity, media: str) -> Leaf:
        self.leaves[label] = None
        return View.leaf(self, blob, start, end, label, entity, media)


@dataclass(frozen=True, slots=True)
class Outline:
    """`spans` by label, from the first octet of a part's header to its last octet; empty where nothing may be cut."""

    spans: dict[str, tuple[int, int]]
    sealed: bool = False                 # signed or encrypted: never to be altered


def outline(blob: bytes) -> Outline:
    view = _Borders(MOST_PARTS)
    for _ in view.read(blob):
        continue
    sealed = view.sealed or any(mark in blob for mark in ARMOUR)
    if sealed or view.irregular or view.too_many or view.too_deep:
        return Outline({}, sealed)
    return Outline({label: view.entities[label] for label in view.leaves if label})
