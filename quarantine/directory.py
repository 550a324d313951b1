"""Who answers for whom: the organisation's directory as it was imported last, and the way up from a sender to a decision."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from gateway.model.custody import Actor
from quarantine.access import Act
from quarantine.custodian import Custodian
from quarantine.lifecycle import Refusal, Refused
from quarantine.models import DirectoryEntry

MOST = 200_000                           # people of one list: as many as a file may have
HIGHEST = 20                             # steps up; a circle is refused at the import, this only ends a search
BAD_DIRECTORY = Refusal("BAD-DIRECTORY", "the directory is empty or one of its rows has no address")


@dataclass(frozen=True, slots=True)
class Chosen:
    """Who is to be asked. Addresses are Mailbox.key."""

    approver: str
    instead_of: str = ""                 # the person whose deputy that is today
    level: int = 0                       # steps up from the sender's own superior


class Directory(Custodian):

    def directory_import(self, actor: Actor, rows: Sequence[Mapping[str, Any]], source: str) -> int:
        """Put these people in the place of all that were there. Checked before, by gateway.reference.directory."""
        self.allowed_here(actor, Act.ACCOUNTS)
        people = [_entry(row) for row in rows]
        if not people:
            raise Refused(BAD_DIRECTORY)
        with self.transaction():
            DirectoryEntry.objects.all().delete()
            DirectoryEntry.objects.bulk_create(people, batch_size=500)
            self.record(actor, "directory-import", "", count=len(people), source=source[:200])
        return len(people)

    def directory_list(self, actor: Actor, text: str = "", after: str = "", limit: int = MOST) -> list[dict[str, Any]]:
        """By address; only those that have `text` in an address or the name, only those that come after the address `after`."""
        self.allowed_here(actor, Act.ACCOUNTS)
        found = DirectoryEntry.objects.filter(mailbox__gt=after) if after else DirectoryEntry.objects.all()
        if text:
            found = found.filter(Q(mailbox__icontains=text) | Q(supervisor__icontains=text) | Q(name__icontains=text))
        return [{"mailbox": e.mailbox, "supervisor": e.supervisor, "deputies": e.deputies, "name": e.name,
                 "department": e.department}
                for e in found.order_by("mailbox")[:min(max(1, limit), MOST)]]

    def directory_known(self) -> bool:
        return DirectoryEntry.objects.exists()

    def directory_size(self) -> int:
        return DirectoryEntry.objects.count()

    def choose(self, sender: str, today: date, not_these: Collection[str]) -> Chosen | None:
        """The nearest superior of `sender`, or that one's deputy of today, who is none of `not_these`. None: nobody is left."""
        for level, superior in enumerate(self._above(sender)):
            for who in (*self._deputies(superior, today), superior):
                if who not in not_these and who != sender:
                    return Chosen(who, superior if who != superior else "", level)
        return None

    def _above(self, key: str) -> Iterator[str]:
        seen = {key}
        for _ in range(HIGHEST):
            entry = DirectoryEntry.objects.filter(pk=key).first()
            key = entry.supervisor if entry is not None else ""
            if not key or key in seen:
                return
            seen.add(key)
            yield key

    def _deputies(self, key: str, today: date) -> list[str]:
        """Who stands in for this person today, in the order of the directory."""
        entry = DirectoryEntry.objects.filter(pk=key).first()
        day = today.isoformat()
        return [who for who, first, last in (entry.deputies if entry else ()) if first <= day <= last]


def _entry(row: Mapping[str, Any]) -> DirectoryEntry:
    if "@" not in str(row.get("mailbox", "")):
        raise Refused(BAD_DIRECTORY)
    deputies = [[str(who), str(first), str(last)] for who, first, last in row.get("deputies", ())]
    return DirectoryEntry(mailbox=str(row["mailbox"]), supervisor=str(row.get("supervisor", "")), deputies=deputies,
                          name=str(row.get("name", ""))[:200], department=str(row.get("department", ""))[:200])
