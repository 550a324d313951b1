"""What a PDF makes its reader do again and again: outlines that lead back to themselves, or on for longer than any table of
contents (ISO 32000-2, 12.3.3), forms that draw forms (8.10), functions that are stitched of functions (7.10.4).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pikepdf

ENTRIES = 50_000                         # of one outline; a manual of 3000 pages has 8000
DRAWN = 1_000_000
"""Forms that are drawn, or functions asked, by one of them: plans have ten thousands, shades are stitched of 256."""
DO = re.compile(rb"/([^\x00\t\n\f\r ()<>\[\]{}/%]{1,127})\s{1,9}Do(?![A-Za-z])")
KINDS = re.compile(rb"/Form(?![A-Za-z])|/FunctionType[ ]3")
"""What the dictionary of a form or of a stitched function says, as qpdf writes it: asking the object takes ten times as long."""
ENDLESS = "forms or functions within one another without end"
CONTENT = 1 << 20                        # octets of a form that are looked at

Inside = Callable[[pikepdf.Object], Iterator[pikepdf.Object]]


def outline(document: pikepdf.Pdf) -> str:
    """What is wrong with it, "" for an ordinary one or none."""
    root = document.Root.get("/Outlines")
    waiting = [root.get("/First")] if isinstance(root, pikepdf.Dictionary) else []
    seen: set[tuple[int, int]] = set()
    while waiting:
        entry = waiting.pop()
        if not isinstance(entry, pikepdf.Dictionary) or not entry.is_indirect:
            continue
        if entry.objgen in seen:
            return "an outline that leads back to itself"
        seen.add(entry.objgen)
        if len(seen) > ENTRIES:
            return f"more than {ENTRIES} entries of an outline"
        waiting += [entry.get("/Next"), entry.get("/First")]
    return ""


def repeated(item: pikepdf.Object, known: dict[tuple[int, int], int]) -> str:
    """What is wrong with a form or a function, "" for any other object. `known`: how much each one does, remembered of a file."""
    said = item.stream_dict if isinstance(item, pikepdf.Stream) else item
    inside = _forms if said.get("/Subtype") == pikepdf.Name.Form else _functions if said.get("/FunctionType") == 3 else None
    if inside is None or not item.is_indirect:
        return ""
    return ENDLESS if _times(item, inside, known) > DRAWN else ""


def _times(item: pikepdf.Object, inside: Inside, known: dict[tuple[int, int], int]) -> int:
    """How many of its kind one has to do with, itself too; more than DRAWN for one that leads back to itself."""
    if not item.is_indirect:
        return 1
    if item.objgen not in known:
        known[item.objgen] = DRAWN + 1                    # as long as it is not known
        times = 1
        for other in inside(item):
            times += _times(other, inside, known)
            if times > DRAWN:
                break
        known[item.objgen] = times
    return known[item.objgen]


def _functions(item: pikepdf.Object) -> Iterator[pikepdf.Object]:
    others = item.get("/Functions")
    for other in others if isinstance(others, pikepdf.Array) else ():
        if isinstance(other, pikepdf.Dictionary) and other.get("/FunctionType") == 3:
            yield other


def _forms(item: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """The forms that one draws, each as often as it does."""
    resources = item.stream_dict.get("/Resources")
    named = resources.get("/XObject") if isinstance(resources, pikepdf.Dictionary) else None
    if not isinstance(named, pikepdf.Dictionary):
        return
    forms = {name: other for name, other in named.items()
             if isinstance(other, pikepdf.Stream) and other.stream_dict.get("/Subtype") == pikepdf.Name.Form}
    if not forms:
        return
    for match in DO.finditer(item.read_bytes()[:CONTENT]):
        other = forms.get("/" + match[1].decode("latin-1"))
        if other is not None:
            yield other
