"""Properties of documents that make an office program fetch something, by their names: assemblies of Visual Studio's tools
(VSTO, [MS-OSHARED] 2.3.3.2.2.1 for where they stand), packs of smart documents, and the base of relative links.
"""

from __future__ import annotations

from collections.abc import Iterator

from gateway.extract.bounded import counted
from gateway.extract.office.objects import RUN8, RUN16
from gateway.extract.office.targets import Place, abroad, place
from gateway.model.content import Observation

ASSEMBLY = "_assembly"
"""_AssemblyLocation, _AssemblyName, and those of Office 2003 with a number behind them."""
KEPT_FOR = frozenset({"location", "name"})
PACK = "solution url"
"""Where the pack of a smart document lies (Office 2003)."""
BASE = frozenset({"hyperlinkbase", "_pid_linkbase"})
"""What relative links of the document begin with."""
NAMES = ("_AssemblyLocation", "_AssemblyName", "Solution URL", "_PID_LINKBASE")
MOST = 20_000                            # strings of one stream that are looked at


def judge(name: str, value: str) -> Observation | None:
    """What one property means; None for ordinary ones."""
    low = name.strip().lower()
    if low.startswith(ASSEMBLY) and low.removeprefix(ASSEMBLY).rstrip("0123456789") in KEPT_FOR:
        return Observation("DOC-VSTO", name.strip()[:80])
    if low == PACK and place(value) in (Place.WEB, Place.SHARE):
        return Observation("DOC-REMOTE-TEMPLATE", value[:400])
    if low in BASE and abroad(value):
        return Observation("DOC-LINK-SHARE", value[:400])
    return None


def of_stream(data: bytes) -> Iterator[Observation]:
    """The same of a stream of properties ([MS-OLEPS]): names stand together, apart from their values."""
    low = data.replace(b"\0", b"").lower()
    names = [name for name in NAMES if name.lower().encode() in low]
    if not names:
        return
    runs = [run.decode("ascii") for run in counted(RUN8.findall(data), MOST, "texts among properties")]
    runs += [run[::2].decode("ascii") for run in counted(RUN16.findall(data), MOST, "texts among properties")]
    for name in names:
        yield from dict.fromkeys(filter(None, (judge(name, run.strip()) for run in runs or [""])))
