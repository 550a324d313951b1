"""OneNote sections ([MS-ONESTORE] 2.6.13): every FileDataStoreObject is a file that a double click opens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from gateway.extract.base import Child, Context, Node, Problem, Yield
from gateway.extract.bounded import counted
from gateway.extract.office import fields
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation, Text
from gateway.model.finding import IncidentCode

STORE = bytes.fromhex("e716e3bd65261145a4c48d4d0b7a9eac")
HEADERS = (bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3"), bytes.fromhex("a12fff43d9ef764c9ee210ea5722765f"))
ALTERNATIVE = bytes.fromhex("3fdd9a101b91f549a5d01791edc8aed8")
PACKAGED = bytes.fromhex("2fe98d63d4a6c14b9a36b3fc2511a5b7")
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"\x01\0\0\0")
DOCUMENTS = (b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""Files with a reader of their own, which judges what a double click on them opens."""
ENDING = re.compile(rb"\.\0(?:[A-Za-z0-9]\0){1,8}\0\0")
LINK, LINKS = "HYPERLINK ", 50_000
RUNS = 200_000                           # pieces of text of one section: ten thousand pages
NAME = 240                               # octets of a name in UTF-16
TEXT = re.compile(rb"(?:[\x20-\x7e]\0|[\x00-\xff][\x30\x4e-\x9f\xac-\xd7\xff]){4,2000}")


class OneNote:
    name = "onenote"

    def claims(self, node: Node) -> bool:
        return node.data[:16] in HEADERS or STORE in node.data

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        data = node.data
        names = file_names(data)
        count = 0
        at = data.find(STORE)
        while at >= 0:
            size = int.from_bytes(data[at + 16:at + 24], "little")
            body = data[at + 36:at + 36 + size]
            if size > len(data) - at - 36:
                yield Problem(IncidentCode.MALFORMED, "embedded file ends early")
            count += 1
            picture = body.startswith(PICTURES)
            if body and not picture:
                code = "ONENOTE-DOCUMENT" if body.startswith(DOCUMENTS) else "ONENOTE-FILE"
                yield Observation(code, ", ".join(names[:5]) or "no name")
            yield Child(body, ArtifactKind.IMAGE if picture else ArtifactKind.OBJECT, () if picture else tuple(names[:20]),
                        label=f"embedded file {count}")
            at = data.find(STORE, at + 36 + min(size, max(0, len(data) - at - 36)))
        if PACKAGED in data[:4096] and not count:
            yield Problem(IncidentCode.UNSUPPORTED, "OneNote packaged for transfer")
        runs = [m[0].decode("utf-16-le", "replace") for m in islice(TEXT.finditer(data), RUNS + 1)]
        if len(runs) > RUNS:
            yield Problem(IncidentCode.COUNT, f"more than {RUNS} pieces of text")
        yield from _links(runs)
        text = "\n".join(dict.fromkeys(runs[:RUNS]))
        if text:
            yield Text(text, "body")


def _links(runs: list[str]) -> Iterator[Observation]:
    """Links stand in the text as field codes ([MS-ONE] 2.3.67), hidden from the reader."""
    linked = dict.fromkeys(run[run.index(LINK):] for run in runs if LINK in run)
    for code in counted(linked, LINKS, "links"):
        yield from (seen for seen in fields.judge(code) if seen.code != "DOC-LINK")


def file_names(data: bytes) -> list[str]:
    """Names with an extension that stand in the section, last path step only. Each is read backwards from its ending."""
    found: list[str] = []
    for ending in islice(ENDING.finditer(data), 500):
        before = data[max(0, ending.start() - NAME):ending.start()]
        stem = before[len(before) % 2:].decode("utf-16-le", "replace")
        whole = stem + ending.group().decode("utf-16-le").rstrip("\0")
        step = re.split(r"[\x00-\x1f\\/:*?\"<>|\ufffd]", whole)[-1]
        if step and not step.lower().endswith((".one", ".onetoc2")):
            found.append(step)
    return list(dict.fromkeys(found))


ONENOTE = OneNote()
