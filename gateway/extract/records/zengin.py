"""Transfer files of Japanese banks (全国銀行協会 全銀フォーマット): records of 120 octets, headings nowhere.

A header (1), a record a payment (2), a trailer (8) and an end (9); half-width kana in Shift JIS. 総合振込 (21), 給与振込 (11, 71),
賞与振込 (12, 72) and 口座振替 (91) have bank, branch, account and name in the same places. Internet banking takes the same fields
with commas between, a line a record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.extract.base import Context, Node, Yield
from gateway.model.content import Table

RECORD = 120
HEADER = re.compile(rb"1(?:11|12|21|71|72|91)[01][0-9]{10}")
PAYMENT = "2"
FIELDS = (
    # heading, first octet, octet behind the last
    ("銀行", 5, 20), ("支店", 23, 38), ("口座番号", 43, 50), ("氏名", 50, 80), ("金額", 80, 90),
)


COMMAS = re.compile(rb"\"?1\"?,\"?(?:11|12|21|71|72|91)\"?,\"?[01]\"?,")
WITH_COMMAS = (2, 4, 7, 8, 9)
"""The same fields where commas stand between."""


class ZenginExtractor:
    name = "zengin"

    def claims(self, node: Node) -> bool:
        return node.type.startswith("text/") and (HEADER.match(node.data) or COMMAS.match(node.data)) is not None

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        """One row a payment."""
        if not context.outbound:
            return
        rows = [tuple(heading for heading, _, _ in FIELDS)]
        if COMMAS.match(node.data):
            for line in node.data.decode("cp932", "replace").splitlines():
                fields = [field.strip(' "') for field in line.split(",", WITH_COMMAS[-1] + 1)]
                if fields[0] == "2" and len(fields) > WITH_COMMAS[-1]:
                    rows.append(tuple(fields[i] for i in WITH_COMMAS))
            yield Table("payments", tuple(rows))
            return
        records = _by_octets(node.data) or _by_characters(node.data)
        rows += [tuple(record[first:end].strip() for _, first, end in FIELDS) for record in records if record[:1] == PAYMENT]
        if len(rows) > 1:
            yield Table("payments", tuple(rows))


def _by_octets(data: bytes) -> list[str]:
    """The records, one character for each octet but where a name has others; [] where their length is another one."""
    step = RECORD + len(data[RECORD:]) - len(data[RECORD:].lstrip(b"\r\n"))
    whole = len(data) >= 2 * RECORD and step <= RECORD + 2
    if step == RECORD:
        whole = whole and b"\n" not in data.strip()
    else:
        whole = whole and all(data[at - 1] in b"\r\n" for at in range(step, len(data), step))
    return [_spread(data[at:at + RECORD]) for at in range(0, len(data), step)] if whole else []


def _spread(record: bytes) -> str:
    """The record with a blank behind each character of two octets."""
    return "".join(c + " " * (len(c.encode("cp932", "replace")) - 1) for c in record.decode("cp932", "replace"))


def _by_characters(data: bytes) -> list[str]:
    """The records of a file that was written as UTF-8 or in full-width kana: as many characters, and other octets."""
    try:
        lines = data.decode("utf-8").splitlines()
    except UnicodeDecodeError:
        lines = data.decode("cp932", "replace").splitlines()
    return lines if len(lines) > 1 and all(len(line.rstrip()) <= RECORD for line in lines) else []


ZENGIN = ZenginExtractor()
