"""Text files that a spreadsheet opens: CSV and SYLK with formulas that start programs, web and database query files.

Light: runs in the plain lane too. A cell that begins with = + - @ and calls service|topic!item starts the service (DDE).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.extract.base import Context, Node, Yield
from gateway.model.content import Observation

HEAD = 4 << 20                           # octets of a text that are searched
SERVICE = re.compile(rb"(?:cmd|powershell|mshta|msexcel|wscript|cscript|rundll32|regsvr32|winword|\.exe|certutil|bitsadmin|"
                     rb"explorer|calc|excel|"
                     rb"bash|curl|winrs|scrcons|wmic|msiexec|shell|pwsh|forfiles|conhost)[^|\r\n,;]{0,60}\|", re.I)
AFTER = re.compile(rb"[ ]?[^\r\n]{0,400}!")
CALL = re.compile(rb"(?<![A-Za-z.])(?:(DDE)|WEBSERVICE|IMPORTXML|IMPORTDATA|IMPORTHTML|IMPORTFEED|EXEC|CALL|REGISTER(?:\.ID)?|"
                  rb"RTD)[ ]?\([ ]?\"", re.I)
BOOKS = frozenset({"csv", "tsv", "slk", "prn", "dif", "xls", "xlsx", "xlsm", "xlsb", "xla", "xlt", "xlw", "tab", "ods"})
TABLES = frozenset({"csv", "tsv", "slk", "prn", "dif", "tab"})
TOPIC = re.compile(rb"\|[ ]?'[^'\r\n]{0,400}'[ ]?!")
"""The second half of service|'topic'!item, whatever the service: any program may be named there."""
STARTER = re.compile(rb"(?:^|[\n\r,;\t|>])[ \t\xa0\"']{0,8}(?:=|\+|-|@|\xef\xbc\x9d)")
NAMED = re.compile(rb"[=+@(,;*/&-][ ]?[\w.:\\/-]{1,260}$")
BEFORE = 300                             # octets before a call in which its cell begins
CANDIDATES = 5000                        # calls of one file that are looked at
QUERY = re.compile(rb"^\s*WEB[^\S\r\n]*+[\r\n]\s*+1[^\S\r\n]*+[\r\n]\s*+(\S{1,2000})", re.I)
DATABASE = re.compile(rb"^\s*XLODBC[^\S\r\n]*+[\r\n]\s*+1[^\S\r\n]*+[\r\n]\s*+(\S[^\r\n]{0,2000})", re.I)
SYLK = re.compile(rb"^(?:\xef\xbb\xbf)?ID;?P", re.I)
SYLK_FORMULA = re.compile(rb"[\n\r]C;[^\r\n]{0,2000}?;E([^\r\n]{1,2000})", re.I)
SYLK_NAME = re.compile(rb"[\n\r]NN;N(auto[_ ]?(?:open|close|activate)[^;\r\n]{0,60})", re.I)


class Formulas:
    name = "formulas"

    def claims(self, node: Node) -> bool:
        if node.type == "text/html":
            return bool(_endings(node) & BOOKS)
        if node.type == "application/octet-stream":      # noise behind a table does not keep a spreadsheet from opening it
            return bool(_endings(node) & TABLES) or SYLK.match(node.data[:16]) is not None
        return node.type.startswith("text/") and node.type not in ("text/x-vba", "text/x-xlm", "text/x-pdf-script")

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        data = _narrow(node.data[:HEAD])
        if SYLK.match(data):
            yield from _sylk(data)
        query = QUERY.match(data)
        if query:
            yield Observation("FORMULA-QUERY", query.group(1).decode("latin-1"))
        database = DATABASE.match(data)
        if database:
            yield Observation("FORMULA-QUERY", database.group(1).decode("latin-1"))
        if _is_table(node):
            yield from _cells(data)


def _is_table(node: Node) -> bool:
    """Only what a double click gives to the spreadsheet, or what looks like a short table: prose may quote formulas."""
    return node.type == "text/csv" or bool(_endings(node) & (BOOKS | {"txt", "asc"}))


def _endings(node: Node) -> set[str]:
    return {n.rpartition(".")[2].lower() for n in node.artifact.names}


def _cells(data: bytes) -> Iterator[Yield]:
    """Calls first, then whether the cell around them is a formula: linear, however the table looks."""
    for pattern in (SERVICE, CALL, TOPIC):
        for count, found in enumerate(pattern.finditer(data)):
            if count >= CANDIDATES:
                break
            line = data[max(0, found.start() - BEFORE):found.start()]
            start = max(line.rfind(b"\n"), line.rfind(b"\r")) + 1
            if not STARTER.search(line[start:]):
                continue
            if pattern is SERVICE and not AFTER.match(data, found.end()):
                continue
            if pattern is TOPIC and not NAMED.search(line[start:]):
                continue
            shown = (line[start:] + data[found.start():found.end() + 80]).decode("latin-1").splitlines()[0]
            yield Observation("FORMULA-DDE" if pattern is not CALL or found.group(1) else "FORMULA-CALL", shown)
            return


def _sylk(data: bytes) -> Iterator[Yield]:
    name = SYLK_NAME.search(data)
    if name:
        yield Observation("XLM-AUTO-NAME", name.group(1).decode("latin-1"))
    if re.search(rb"[\n\r]O;[^\r\n]{0,200}E(?:[;\r\n]|$)", data):
        yield Observation("XLM-SHEET", "macro sheet in SYLK")
    for count, found in enumerate(SYLK_FORMULA.finditer(data)):
        if count > 100_000:
            return
        formula = found.group(1)
        if b"|" in formula and b"!" in formula:
            yield Observation("FORMULA-DDE", formula[:400].decode("latin-1"))
            return
        if re.search(rb"(?:^|[^A-Za-z])(?:EXEC|CALL|REGISTER)\(", formula, re.I):
            yield Observation("XLM-CALL", formula[:100].decode("latin-1"))
            return


def _narrow(data: bytes) -> bytes:
    """UTF-16 text as UTF-8."""
    for mark, charset in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            return data[2:].decode(charset, "replace").encode("utf-8", "replace")
    return data.removeprefix(b"\xef\xbb\xbf")


FORMULAS = Formulas()
