"""CSV that a spreadsheet opens as it was meant: UTF-8 with BOM, CRLF (RFC 4180), and no cell that is taken for a formula."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")       # OWASP "CSV Injection"; full width for CJK editions
AUDIT_COLUMNS = ("number", "node", "at", "actor", "via", "system", "action", "message_id", "detail")


def cell(value: Any) -> Any:
    """A number stays one; a text that a spreadsheet would calculate gets an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        return value
    text = str(value).replace("\0", "\ufffd")
    return f"'{text}" if text.lstrip(" \u00a0\u3000").startswith(FORMULA) or text.startswith(FORMULA) else text


def sheet(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    return lines_as_sheet(chain((columns,), rows))


def lines_as_sheet(rows: Iterable[Sequence[Any]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)
    for row in rows:
        writer.writerow([cell(value) for value in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "replace")


def audit_row(record: Mapping[str, Any]) -> list[Any]:
    """A record of `audit-list` under AUDIT_COLUMNS."""
    return [json.dumps(v, ensure_ascii=False, sort_keys=True) if isinstance(v, dict) else v
            for v in (record[column] for column in AUDIT_COLUMNS)]
