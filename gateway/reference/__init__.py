"""What the firm registered of its own: customer tables, documents, account numbers. Read-only views opened before the lockdown.

The files hold keyed hashes and prints only, no value. They are mapped, not read, so all children share one copy.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gateway.reference.edm import Index
    from gateway.reference.fingerprint import Library


@dataclass(frozen=True, slots=True)
class Reference:
    """Everything a detector compares with. Made once per zygote; inherited by its children through fork."""

    tables: tuple[Index, ...] = ()
    documents: Library | None = None
    own_numbers: frozenset[str] = field(default_factory=frozenset)   # compact: our accounts, tax IDs, cards

    @classmethod
    def load(cls, state_dir: Path, own_numbers: Iterable[str] = ()) -> Reference:
        """Maps every index of the state directory. Call before the lockdown; call again in a fresh zygote after a change.

        Raises ConfigError naming the file where an index or its key is unusable.
        """
        from gateway.identifiers.normalise import compact
        from gateway.reference import edm_store, fingerprint

        return cls(edm_store.open_all(state_dir), fingerprint.Store(state_dir).load(),
                   frozenset(compact(number) for number in own_numbers))

    @property
    def empty(self) -> bool:
        return not (self.tables or self.documents)


def stamp(state_dir: Path) -> tuple[tuple[str, int, int, int], ...]:
    """Names, inodes, sizes and times of the index files: differs after every import, so that zygotes are renewed only then.

    Files still being written begin with a dot and do not count.
    """
    found = []
    for folder in ("edm", "fingerprints"):
        base = state_dir / folder
        if base.is_dir():
            entries = [(e.name, e.stat()) for e in sorted(base.iterdir()) if e.is_file() and not e.name.startswith(".")]
            found += [(f"{folder}/{name}", s.st_ino, s.st_size, s.st_mtime_ns) for name, s in entries]
    return tuple(found)
