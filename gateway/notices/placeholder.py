"""The text that stands in a mail in the place of a removed file, in the languages of those who get it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.model.custody import Admission
from gateway.notices.catalog import LABELS, text
from gateway.notices.house import House
from gateway.notices.phrases import PLACEHOLDER
from gateway.notices.plain import defanged, shown_time
from gateway.notices.stored import part_reasons

RULE = "-" * 60
MOST_LANGUAGES = 4


@dataclass(frozen=True, slots=True)
class Note:
    """The text in place of a part, and the name of its file."""

    name: str                            # with the reader's own letters; `ascii` for programs that know no others
    ascii: str
    text: str


@dataclass(frozen=True, slots=True)
class Placeholder:
    """Implements the `write` of gateway.effects.strip.Stripper."""

    house: House

    def __call__(self, admission: Admission, label: str) -> Note:
        """For the part with this MIME label; the same text for the same message at every attempt."""
        inside = all(self.house.inside(r.mailbox.text) for r in admission.envelope.recipients)
        languages = self._languages(admission, inside)
        row = _row(admission.inspection, label)
        pieces = [self._one(admission, label, row, language, inside) for language in languages]
        name = text(languages[0], PLACEHOLDER["file name"])
        number = label.replace(".", "-")
        return Note(f"{name}_{number}.txt", f"Attachment-removed_{number}.txt", f"\n{RULE}\n\n".join(pieces))

    def _languages(self, admission: Admission, inside: bool) -> list[str]:
        """Of the readers, without repetition; people outside read the house's own and English."""
        if inside:
            found = [self.house.language_of(r.mailbox.text) for r in admission.envelope.recipients]
        else:
            found = [self.house.languages[0], "en"]
        return list(dict.fromkeys(found))[:MOST_LANGUAGES]

    def _one(self, admission: Admission, label: str, row: Mapping[str, Any], language: str, inside: bool) -> str:
        def say(key: str, **values: object) -> str:
            return text(language, PLACEHOLDER[key], **values)

        def pair(name: str, value: str) -> str:
            return text(language, LABELS["colon"], label=name, value=value)

        name = defanged(str(row.get("name", ""))) or label
        lines = [say("title"), "", say("inside" if inside else "outside"), "", pair(say("file"), name),
                 pair(say("type"), defanged(str(row.get("detected_type", ""))) or "-"),
                 pair(say("size"), say("bytes", count=int(row.get("size") or 0))),
                 pair("SHA-256", str(row.get("sha256", "")) or "-"),
                 pair(text(language, LABELS["reference"]), admission.id), ""]
        if not inside:                   # why is the organisation's own matter
            return "\n".join([*lines, say("ask sender"), ""])
        why = part_reasons(admission.inspection, label, language)
        until = shown_time(admission.received_at + self.house.retain, self.house.timezone, language)
        lines += [text(language, LABELS["why"]), *(f"- {one}" for one in why), ""] if why else []
        lines += [say("ask", until=until)]
        lines += [pair(text(language, LABELS["ask"]), self.house.contact)] if self.house.contact else []
        return "\n".join([*lines, ""])


def _row(inspection: Mapping[str, Any], label: str) -> Mapping[str, Any]:
    """The part's row of the stored inspection; an empty one where it has none."""
    start = f"message > {label}"
    for row in inspection.get("artifacts") or ():
        path = str(row.get("path", "")) if isinstance(row, Mapping) else ""
        if path == start or path.startswith(f"{start} "):
            return row
    return {}
