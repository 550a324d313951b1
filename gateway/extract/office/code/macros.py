"""VBA in any compound file: each module becomes an artifact with its source; what is odd about the project is observed."""

from __future__ import annotations

from collections.abc import Iterator

from oletools import mraptor

from gateway.extract.base import Child, Problem, Yield
from gateway.extract.office.code import vba
from gateway.extract.office.code.scripted import MEDIA_TYPE
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation, Text
from gateway.model.finding import IncidentCode

VOTE_CHARACTERS = 200_000                # of one module that mraptor reads: 104 ms for 511 kB were measured


def extract(streams: dict[str, bytes]) -> Iterator[Yield]:
    """Children and observations of one VBA storage; `streams` maps lower-case names to octets.

    Excel and Word keep a project without code in many files that never had a macro: it is not worth a word.
    """
    project = vba.project(streams)
    notes = [Observation("VBA-STOMPED", reason) for reason in project.stomped]
    if project.purged:
        notes.append(Observation("VBA-PURGED", "no compiled code"))
    notes += [Observation("VBA-DAMAGED", what) for what in project.damaged]
    coded = [m for m in project.modules if m.damaged or vba.code_lines(m.source)]
    if coded or project.stomped:
        yield Observation("VBA-PROJECT", f"{len(project.modules)} modules, code page {project.codepage}")
        yield from notes
    elif not project.modules or project.damaged:
        yield Observation("VBA-UNREAD", "no source could be read")
    for module in coded:
        yield module_child(module)


def module_child(module: vba.Module) -> Child:
    """The artifact of one module."""
    seen = [Observation("VBA-MODULE", module.name), *vote(module.source)]
    if module.damaged and not module.source:
        seen.append(Observation("VBA-UNREAD", module.name))
    return Child(module.source.encode("utf-8", "replace"), ArtifactKind.MACRO, (module.name,), detected_type=MEDIA_TYPE,
                 observations=tuple(seen), texts=(Text(module.source, "macro"),))


def vote(source: str) -> list[Observation]:
    """mraptor's opinion: A starts by itself, W writes, X runs. One vote beside ours."""
    if len(source) > VOTE_CHARACTERS:
        source = source[:VOTE_CHARACTERS]
    raptor = mraptor.MacroRaptor(source)
    raptor.scan()
    return [Observation("VBA-MRAPTOR", raptor.get_flags())] if raptor.suspicious else []


def carved(data: bytes) -> Iterator[Yield]:
    """Module sources in octets without a project around them, such as a damaged file."""
    found = False
    for offset, source in vba.carve(data):
        text = vba.decode(source, 1252)
        found = True
        yield module_child(vba.Module(f"at {offset}", "", text, source, listed=False))
    if found:
        yield Observation("VBA-PROJECT", "sources found in octets")
        yield Problem(IncidentCode.MALFORMED, "VBA sources outside a project")
