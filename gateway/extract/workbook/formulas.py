"""Files that a spreadsheet opens as text: CSV, SYLK and pages with formulas that start programs, web and database query files.

Light: runs in the plain lane too. A cell that begins with = + - @ and calls service|topic!item starts the service (DDE).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from itertools import chain, islice

from gateway.extract.base import Context, Node, Yield
from gateway.extract.bounded import counted
from gateway.extract.workbook.calls import JUDGES, books
from gateway.model.content import Observation

Place = tuple[int, int, str, re.Pattern[bytes] | None]
"""Where a call begins and ends, what it is told as, and what has to stand before it in its cell."""
HEAD = 4 << 20                           # octets of a text that are searched
MARKS = ((b"\xff\xfe\0\0", "utf-32-le"), (b"\0\0\xfe\xff", "utf-32-be"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
HTML_HEAD = 8192                         # octets of a page in which it names its program
SERVICE = re.compile(rb"(?:cmd|powershell|mshta|msexcel|wscript|cscript|rundll32|regsvr32|winword|\.exe|certutil|bitsadmin|"
                     rb"explorer|calc|excel|"
                     rb"bash|curl|winrs|scrcons|wmic|msiexec|shell|pwsh|forfiles|conhost)[^|\r\n,;]{0,60}\|", re.I)
AFTER = re.compile(rb"[ ]?[^\r\n]{0,400}!")
OPENED = re.compile(rb"\((?<=[ACDEKLRTVacdeklrtv ]\()[ ]?\"")
"""A parenthesis and a quotation mark behind the last letter of one of these names: a pattern that begins with a literal."""
CALL = re.compile(rb"(?<![A-Za-z.])(?:(DDE)|WEBSERVICE|IMPORTXML|IMPORTDATA|IMPORTHTML|IMPORTFEED|EXEC|CALL|REGISTER(?:\.ID)?|"
                  rb"RTD)[ ]?(?:\([ ]?CONCAT(?:ENATE)?[ ]?)?\Z", re.I)
"""A function that calls or fetches, whether its text stands in it or is joined in it."""
LINK = re.compile(rb"(?<![A-Za-z.])(HYPERLINK|IMAGE|IMPORTCSV|IMPORTTEXT)[ ]?\Z", re.I)
ADDRESS = 1200                           # octets of a call in which its address stands
LONGEST = 32                             # octets of such a name, a blank and what stands before it
OPENINGS = 1_000_000                     # of one file that are looked at
BOOKS = frozenset({"csv", "tsv", "slk", "prn", "dif", "xls", "xlsx", "xlsm", "xlsb", "xla", "xlt", "xlw", "tab", "ods"})
TABLES = frozenset({"csv", "tsv", "slk", "prn", "dif", "tab"})
TOPIC = re.compile(rb"\|[ ]?'[^'\r\n]{0,400}'[ ]?!")
"""The second half of service|'topic'!item, whatever the service: any program may be named there."""
STARTER = re.compile(rb"(?:^|[\n\r,;\t|>])[ \t\xc2\xa0\"']{0,8}(?:=|\+|-|@|\xef\xbc\x9d|\xa3\xbd|\xa1\xd7|\x81\x81)")
"""The last four are the wide sign of UTF-8, GB18030, Big5 and Shift_JIS."""
NAMED = re.compile(rb"[=+@(,;*/&-][ ]?[\w.:\\/-]{1,260}$")
BEFORE = 300                             # octets before a call in which its cell begins
CANDIDATES = 200_000                     # calls of one file that are looked at
QUERY = re.compile(rb"^\s*WEB[^\S\r\n]*+[\r\n]\s*+1[^\S\r\n]*+[\r\n]\s*+(\S{1,2000})", re.I)
DATABASE = re.compile(rb"^\s*XLODBC[^\S\r\n]*+[\r\n]\s*+1[^\S\r\n]*+[\r\n]\s*+(\S[^\r\n]{0,2000})", re.I)
SYLK = re.compile(rb"^(?:\xef\xbb\xbf)?ID;?P", re.I)
SYLK_FORMULA = re.compile(rb"[\n\r]C;[^\r\n]{0,2000}?;E([^\r\n]{1,2000})", re.I)
SYLK_NAME = re.compile(rb"[\n\r]NN;N(auto[_ ]?(?:open|close|activate)[^;\r\n]{0,60})", re.I)
EXCEL = b"urn:schemas-microsoft-com:office:excel"
"""In a page: Excel wrote it, or is meant to open it."""
PAGE = re.compile(rb"<html[\s>]", re.I)
"""Of a page that begins like XML."""
ATTRIBUTE = re.compile(rb"(?<=[:\s])fmla\s{0,8}=\s{0,8}(?:\"([^\"]{1,4000})\"|'([^']{1,4000})'|([^\s<>\"']{1,4000}))", re.I)
"""The formula of a cell in a page of Excel, whatever the cell shows."""
BEGUN = re.compile(rb"<td(?![\w-])[^<>]{0,1000}>\s{0,20}(?:=|&#(?:61|x3d);|&equals;)", re.I)
WITHIN = 2                               # depth of a part of an attached message or saved page; the mail's own parts have 1
CELL = re.compile(rb"</?(?:t[dhr]|p|div|br|li|table)(?![\w-])[^<>]{0,4000}>", re.I)
TAG = re.compile(rb"<[^<>]{0,4000}>")


class Formulas:
    name = "formulas"

    def claims(self, node: Node) -> bool:
        if node.type == "text/html":
            return _opened(node) or EXCEL in _narrow(node.data[:HTML_HEAD])
        if node.type == "application/octet-stream":      # noise behind a table does not keep a spreadsheet from opening it
            return bool(_endings(node) & TABLES) or SYLK.match(node.data[:16]) is not None
        return node.type.startswith("text/") and node.type not in ("text/x-vba", "text/x-xlm", "text/x-pdf-script")

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        data = _narrow(node.data[:HEAD])
        if node.type == "text/html" or (node.type == "text/xml" and PAGE.search(data, 0, HTML_HEAD)):
            yield from cells(_page(data, _opened(node)))
            return
        if SYLK.match(data):
            yield from _sylk(data)
        query = QUERY.match(data)
        if query:
            yield Observation("FORMULA-QUERY", query.group(1).decode("latin-1"))
        database = DATABASE.match(data)
        if database:
            yield Observation("FORMULA-QUERY", database.group(1).decode("latin-1"))
        if _is_table(node):
            yield from cells(data)


def _opened(node: Node) -> bool:
    """A page that Excel opens: by its name, or as a part of a saved one, with a cell that begins like a formula."""
    return bool(_endings(node) & BOOKS) or (node.artifact.depth >= WITHIN and BEGUN.search(_narrow(node.data[:HEAD])) is not None)


def _is_table(node: Node) -> bool:
    """Only what a double click gives to the spreadsheet, or what looks like a short table: prose may quote formulas."""
    bare = any(name and "." not in name for name in node.artifact.names)      # a file whose name says nothing, as gzip leaves it
    return node.type == "text/csv" or bare or bool(_endings(node) & (BOOKS | {"txt", "asc"}))


def _endings(node: Node) -> set[str]:
    return {n.rpartition(".")[2].lower() for n in node.artifact.names}


def _page(data: bytes, shown: bool) -> bytes:
    """The formulas of a page, one a line; what its cells show too, where a spreadsheet opens it: it reads them like CSV."""
    lines = [a or b or c for a, b, c in ATTRIBUTE.findall(data)]
    if shown:
        lines.append(TAG.sub(b"", CELL.sub(b"\n", data)))
    return unescape(b"\n".join(lines).decode("utf-8", "replace")).encode("utf-8", "replace")


def cells(data: bytes) -> Iterator[Observation]:
    """Calls first, then whether the cell around them is a formula: linear, however the table looks."""
    dde = b"|" in data and b"!" in data                   # service|topic!item
    for begin, end, code, before in chain(_services(data) if dde else (), _calls(data), _topics(data) if dde else ()):
        line = data[max(0, begin - BEFORE):begin]
        cell = line[max(line.rfind(b"\n"), line.rfind(b"\r")) + 1:]
        if STARTER.search(cell) and (before is None or before.search(cell)):
            yield Observation(code, (cell + data[begin:end + 80]).decode("latin-1").splitlines()[0])
            break
    yield from islice(chain(_links(data), _books(data)), 1)


def _services(data: bytes) -> Iterator[Place]:
    for found in counted(SERVICE.finditer(data), CANDIDATES, "names of services"):
        if AFTER.match(data, found.end()):
            yield found.start(), found.end(), "FORMULA-DDE", None


def _calls(data: bytes) -> Iterator[Place]:
    for found in counted(OPENED.finditer(data), OPENINGS, "calls with a text"):
        begin = max(0, found.start() - LONGEST)
        name = CALL.search(data[begin:found.start()])
        if name is not None:
            yield begin + name.start(), found.end(), "FORMULA-DDE" if name[1] else "FORMULA-CALL", None


def _links(data: bytes) -> Iterator[Observation]:
    """Functions that lead to a program or a share by one click, or fetch from there. Quotation marks of a cell stand twice."""
    for found in counted(OPENED.finditer(data), OPENINGS, "calls with a text"):
        begin = max(0, found.start() - LONGEST)
        name = LINK.search(data[begin:found.start()])
        if name is None:
            continue
        line = data[max(0, begin + name.start() - BEFORE):begin + name.start()]
        call = data[found.start():found.start() + ADDRESS].decode("utf-8", "replace").replace('""', '"')
        seen = JUDGES[name[1].upper()](call)
        if seen is not None and STARTER.search(line[max(line.rfind(b"\n"), line.rfind(b"\r")) + 1:]):
            yield seen


def _books(data: bytes) -> Iterator[Observation]:
    """Workbooks elsewhere that a cell reads by their address."""
    for at, seen in books(data):
        line = data[max(0, at - BEFORE):at]
        if STARTER.search(line[max(line.rfind(b"\n"), line.rfind(b"\r")) + 1:]):
            yield seen


def _topics(data: bytes) -> Iterator[Place]:
    found = counted(TOPIC.finditer(data), CANDIDATES, "topics of services")
    return ((topic.start(), topic.end(), "FORMULA-DDE", NAMED) for topic in found)


def _sylk(data: bytes) -> Iterator[Yield]:
    name = SYLK_NAME.search(data)
    if name:
        yield Observation("XLM-AUTO-NAME", name.group(1).decode("latin-1"))
    if re.search(rb"[\n\r]O;[^\r\n]{0,200}E(?:[;\r\n]|$)", data):
        yield Observation("XLM-SHEET", "macro sheet in SYLK")
    for found in counted(SYLK_FORMULA.finditer(data), OPENINGS, "formulas"):
        formula = found.group(1)
        if b"|" in formula and b"!" in formula:
            yield Observation("FORMULA-DDE", formula[:400].decode("latin-1"))
            return
        if re.search(rb"(?:^|[^A-Za-z])(?:EXEC|CALL|REGISTER)\(", formula, re.I):
            yield Observation("XLM-CALL", formula[:100].decode("latin-1"))
            return
        seen = next(cells(b"=" + formula), None)
        if seen is not None:
            yield seen
            return


def _narrow(data: bytes) -> bytes:
    """Wide text as UTF-8."""
    for mark, charset in MARKS:
        if data.startswith(mark):
            return data[len(mark):].decode(charset, "replace").encode("utf-8", "replace")
    if data.count(0, 0, 4096) * 3 > len(data[:4096]):
        return data.replace(b"\0", b"")                  # without a mark
    return data.removeprefix(b"\xef\xbb\xbf")


FORMULAS = Formulas()
