"""What a request may carry: each field with its type, its limits and the reason it is there; checked and described alike."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

LONGEST = 2000                           # characters of a text unless a field says otherwise
MOST = 1000                              # entries of a list
ID = re.compile(r"[0-9a-hjkmnp-tv-z]{24}")       # gateway.model.ids


class Wrong(ValueError):
    """The request's fault, as one sentence."""


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    kind: str                            # text id integer flag time words rows texts
    doc: str
    required: bool = False
    choice: tuple[str, ...] = ()
    longest: int = LONGEST
    least: int = 0
    most: int = MOST

    def schema(self) -> dict[str, Any]:
        """JSON Schema 2020-12."""
        text: dict[str, Any] = {"type": "string", "maxLength": self.longest, **({"enum": list(self.choice)} if self.choice else {})}
        found: dict[str, Any] = {
            "text": text, "id": {"type": "string", "pattern": f"^{ID.pattern}$"},
            "integer": {"type": "integer", "minimum": self.least, "maximum": self.most}, "flag": {"type": "boolean"},
            "time": {"type": "string", "format": "date-time"},
            "words": {"type": "array", "items": text, "maxItems": self.most},
            "rows": {"type": "array", "items": {"type": "object"}, "maxItems": self.most},
            "texts": {"type": "object", "additionalProperties": text},
        }[self.kind]
        return found

    def read(self, given: Any) -> Any:
        """The value as custody takes it. Raises Wrong."""
        check = {"text": self._text, "id": self._id, "integer": self._integer, "flag": self._flag, "time": self._time,
                 "words": self._words, "rows": self._rows, "texts": self._texts}[self.kind]
        return check(given)

    def from_query(self, given: Sequence[str]) -> Any:
        """Of the values in a query string: numbers and flags are written as words there."""
        if self.kind == "words":
            return self.read(list(given))
        if len(given) != 1:
            raise Wrong(f"{self.name} is given more than once")
        if self.kind == "integer" and re.fullmatch("-?[0-9]{1,10}", given[0]):
            return self.read(int(given[0]))
        if self.kind == "flag" and given[0] in ("true", "false"):
            return given[0] == "true"
        return self.read(given[0])

    def _text(self, given: Any) -> str:
        if not isinstance(given, str) or len(given) > self.longest or any("\ud800" <= c <= "\udfff" for c in given):
            raise Wrong(f"{self.name} is a text of at most {self.longest} characters")
        if self.choice and given not in self.choice:
            raise Wrong(f"{self.name} is one of: {' '.join(self.choice)}")
        return given

    def _id(self, given: Any) -> str:
        if not isinstance(given, str) or not ID.fullmatch(given):
            raise Wrong(f"{self.name} is the id of 24 characters that a list gave")
        return given

    def _integer(self, given: Any) -> int:
        if not isinstance(given, int) or isinstance(given, bool) or not self.least <= given <= self.most:
            raise Wrong(f"{self.name} is a whole number from {self.least} to {self.most}")
        return given

    def _flag(self, given: Any) -> bool:
        if not isinstance(given, bool):
            raise Wrong(f"{self.name} is true or false")
        return given

    def _time(self, given: Any) -> str:
        try:
            at = datetime.fromisoformat(given) if isinstance(given, str) and len(given) <= 40 else None
        except ValueError:
            at = None
        if at is None or at.tzinfo is None:
            raise Wrong(f"{self.name} is a time with its offset, such as 2026-11-21T14:05:00+08:00")
        return at.isoformat()

    def _words(self, given: Any) -> list[str]:
        if not isinstance(given, list) or len(given) > self.most:
            raise Wrong(f"{self.name} is a list of at most {self.most} texts")
        return [self._text(one) for one in given]

    def _rows(self, given: Any) -> list[dict[str, Any]]:
        if not isinstance(given, list) or len(given) > self.most or not all(isinstance(one, dict) for one in given):
            raise Wrong(f"{self.name} is a list of at most {self.most} objects")
        return given

    def _texts(self, given: Any) -> dict[str, str]:
        if not isinstance(given, dict) or len(given) > 50:
            raise Wrong(f"{self.name} is an object of at most 50 texts")
        return {str(name): self._text(value) for name, value in given.items()}


def read(fields: Sequence[Field], given: Mapping[str, Any], from_query: bool) -> dict[str, Any]:
    """All fields of a request. Raises Wrong for the first that is unknown, missing or malformed."""
    known = {field.name: field for field in fields}
    for name in given:
        if name not in known:
            raise Wrong(f"there is no field {str(name)[:60]!r} here; there are: {' '.join(known) or 'none'}")
    for field in fields:
        if field.required and field.name not in given:
            raise Wrong(f"{field.name} is missing: {field.doc}")
    return {name: known[name].from_query(value) if from_query else known[name].read(value) for name, value in given.items()}
