"""Where a document takes its data from: connections of workbooks and form letters, and Power Query.

[ECMA-376] 18.13, [MS-QDEFF].
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from gateway.extract.base import Problem, Yield
from gateway.extract.bounded import counted
from gateway.extract.office.markup.package import Package, PartRefused
from gateway.extract.office.targets import OFFICE_CLOUD, Place, abroad, own, place
from gateway.model.content import Observation
from gateway.model.deadline import Limits
from gateway.model.finding import IncidentCode

MASHUP = b"DataMashup"
PACKED = re.compile(rb"<(?:\w{1,20}:)?DataMashup[^<>]{0,400}>\s{0,40}([0-9A-Za-z+/=\s]{16,})<")
"""Version, length of a package, the package ([MS-QDEFF] 2.2)."""
EXTENDED = re.compile(r"extended properties\s{0,9}=\s{0,9}[\"']?\s{0,9}(UEsD[0-9A-Za-z+/=]{40,})", re.I)
SECTION = "formulas/section1.m"
ADDRESS = re.compile(r"(?:https?://|\\\\)[^;\"]+")
SHARE = re.compile(r"=\s{0,9}(\\\\[^;\"]+)")
"""In the string of a connection."""
HOST = re.compile(r"(?:data source|server|addr|address|network address)\s{0,9}=\s{0,9}[\"']?(?:tcp:|np:|lpc:)?"
                  r"([^;,\"'\\]{3,255})", re.I)
CREDENTIALS = re.compile(r"integrated security\s{0,9}=\s{0,9}(?:sspi|true)|trusted_connection\s{0,9}=\s{0,9}(?:yes|true)", re.I)
"""A database is asked as the person who sits there."""
LITERAL = re.compile(r'"((?:[^"]|"")*+)"')
JOIN = re.compile(r'"\s{0,9}&\s{0,9}"')
ENCODED = re.compile(r"[0-9A-Za-z+/]{12,2000}={0,2}")
RUNS = re.compile(r"(?<![\w.])(?:R|Python)\.Execute\s{0,9}\(")
FETCHES = re.compile(r"(?<![\w.])(?:Web|OData|Xml|Html|Hdfs|AzureStorage)\.[A-Z]\w{1,30}")
QUERIES = 50                             # sections of one workbook: one, or as many as there are connections of Excel 2010
QUERY = 4 << 20                          # octets of the text of one
MOST = 100_000                           # literals of one query that are looked at


def refreshed(attributes: dict[str, str]) -> bool:
    """Whether a connection asks for its data when the book is opened (18.13.1)."""
    return attributes.get("refreshOnLoad", "") in ("1", "true")


def is_query(attributes: dict[str, str]) -> bool:
    """Whether a connection is one of Power Query."""
    return "mashup" in attributes.get("connection", "").lower()


def kept_elsewhere(attributes: dict[str, str]) -> list[Observation]:
    """The file in which a connection is kept ([ECMA-376] 18.13.1, odcFile): Excel fetches it where told to, or on a refresh."""
    address = attributes.get("odcFile", "")
    where = place(address)
    wanted = {"1", "true"} & {attributes.get("onlyUseConnectionFile", ""), attributes.get("refreshOnLoad", "")}
    if (where is Place.SHARE and not own(address)) or (where is Place.WEB and wanted and not OFFICE_CLOUD.match(address)):
        return [Observation("DOC-REMOTE-DATASOURCE", address)]
    return []


def connection(tag: str, attributes: dict[str, str], refreshed: bool = False) -> list[Observation]:
    """A web query, a command line in a database connection, or one that `refreshed` shows its credentials to a server abroad."""
    text = " ".join((attributes.get("url", ""), attributes.get("connection", ""), attributes.get("sourceFile", "")))
    for address in (attributes.get("url", "") if tag == "webPr" else "", attributes.get("sourceFile", "")):
        if place(address) in (Place.WEB, Place.SHARE) and not own(address):
            return [Observation("DOC-REMOTE-QUERY", address)]
    if "mashup" in text.lower():
        return []
    host = HOST.search(text) if refreshed and CREDENTIALS.search(text) else None
    if any(not own(found) for found in ADDRESS.findall(text)) or (host and abroad(f"\\\\{host[1].strip()}\\x")):
        return [Observation("DOC-REMOTE-DATASOURCE", text[:400])]
    return []


def within(connection: str, limits: Limits) -> Iterator[str | Problem]:
    """The text of queries that Excel 2010 keeps in the connection itself."""
    found = EXTENDED.search(connection)
    if found is not None:
        yield from _section(found[1].encode(), 0, limits)


def queries(data: bytes, limits: Limits) -> Iterator[str | Problem]:
    """The text of the queries in one part; nothing where it cannot be read, which keeps Excel from it too."""
    found = PACKED.search(data)
    if found is not None:
        yield from _section(found[1], 8, limits)


def _section(text: bytes, head: int, limits: Limits) -> Iterator[str | Problem]:
    """Of a package in base64, behind a head of eight octets or none."""
    try:
        blob = base64.b64decode(text)
        package = Package(blob[head:head + int.from_bytes(blob[4:8], "little")] if head else blob, limits, QUERY)
        yield package.read(SECTION).decode("utf-8", "replace")
    except PartRefused as error:
        if error.problem.code is not IncidentCode.MALFORMED:
            yield error.problem
    except (binascii.Error, KeyError):
        return


def query(source: str, updated: bool) -> Iterator[Yield]:
    """What one query asks for; the web only where that is done when the book is opened."""
    runs = RUNS.search(source)
    if runs is not None:
        yield Observation("DOC-RUN-PROGRAM", source[runs.start():runs.start() + 200])
    fetch = FETCHES.search(source) if updated else None
    literals = _literals(source)
    shares = (share for literal in literals for share in (literal, *SHARE.findall(literal)) if abroad(share))
    yield from (Observation("DOC-REMOTE-DATASOURCE", share[:400]) for share in shares)
    web = [literal for literal in literals if place(literal) is Place.WEB]
    if fetch is not None and (not web or not all(map(OFFICE_CLOUD.match, web))):
        yield Observation("DOC-REMOTE-QUERY", next((one for one in web if not OFFICE_CLOUD.match(one)), fetch[0])[:400])


def _literals(source: str) -> list[str]:
    """What a query says in quotation marks, joined where it joins it, and what it has in base64."""
    found = list(dict.fromkeys(counted(LITERAL.findall(JOIN.sub("", source)), MOST, "texts of one query")))
    for text in [one for one in found if ENCODED.fullmatch(one)] if "FromText" in source else ():
        try:
            found.append(base64.b64decode(text).replace(b"\0", b"").decode("utf-8", "replace"))
        except binascii.Error:
            continue
    return found
