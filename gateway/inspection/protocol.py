"""What crosses the border of the cell, and in which bounds. What a child answers is as hostile as the mail it read.

Encoding clips, so that an honest child never breaks a bound; decoding checks every type, range and key, and raises
ProtocolError, which counts as a crash of the child. Rows are lists: half the octets and twice the speed of objects.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from gateway.inspection.wire import ProtocolError
from gateway.model.artifact import Artifact, ArtifactKind, ArtifactTree
from gateway.model.deadline import Limits
from gateway.model.finding import Fault, Finding, Incident, IncidentCode, Inspection, Severity, Summary
from gateway.model.ports import InspectionRequest
from gateway.model.transaction import Direction

NAME = 1024                              # characters of one name; the longest file name of any system is 255 octets
NAMES = 32                               # candidate names of one artifact
WORD = 256                               # characters of a type, label, code, rule
EVIDENCE = 512                           # characters of one masked evidence
EVIDENCES = 32
FINDINGS = 4000
INCIDENTS = 4000
HEADER_NAMES = 4000
BODY_HASHES = 16
MAPPING = 200                            # identifier types, stages
COUNT = 1 << 40                          # of anything
ANOMALIES = 64
PASSWORD, PASSWORDS = 128, 12            # characters of an announced word, words of one mail

CODE = re.compile(r"[A-Z][A-Z0-9]{0,31}-[\w. ()-]{1,160}")
"""A prefix of docs/reference/findings.md and the rest, in which EDM- and FINGERPRINT- carry an administrator's own name."""
_NO_CODE = re.compile(r"[^\w. ()-]")
CATEGORY = re.compile(r"[a-z][a-z-]{0,31}")
DIGEST = re.compile(r"(?:[0-9a-f]{64})?")

_encoder = json.JSONEncoder(separators=(",", ":"), check_circular=False)


def _no_constant(text: str) -> Any:
    raise ProtocolError(f"{text} is no number of JSON")


_decoder = json.JSONDecoder(parse_constant=_no_constant)
_SEVERITIES = {s.value: s for s in Severity}
_INCIDENTS = {c.value: c for c in IncidentCode}
_FAULTS = {f.value: f for f in Fault}
_KINDS = {k.value: k for k in ArtifactKind}


def dumps(value: Any) -> bytes:
    return _encoder.encode(value).encode("ascii")


def loads(data: bytes) -> Any:
    """The value of JSON octets; ProtocolError for anything else, deep nesting and endless numbers included."""
    try:
        return _decoder.decode(data.decode("ascii"))
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"no JSON: {type(error).__name__}") from None


# --- the request: ours, so it is only unpacked ------------------------------------------------------------------------

_LIMITS = tuple(Limits.__slots__)


def encode_request(request: InspectionRequest, size: int) -> bytes:
    limits = request.limits
    return dumps([
        request.id, request.direction.value, request.reverse_path, request.recipients, request.our_domains,
        [getattr(limits, name) for name in _LIMITS], request.passwords, size,
        request.partner_domains, request.protected_names, request.body_hash,
    ])


def decode_request(data: bytes) -> tuple[InspectionRequest, int]:
    id, direction, reverse_path, recipients, our_domains, limits, passwords, size, partners, names, body_hash = loads(data)
    return InspectionRequest(
        id, Direction(direction), reverse_path, tuple(recipients), tuple(our_domains),
        Limits(**dict(zip(_LIMITS, limits, strict=True))), tuple(passwords), tuple(partners),
        tuple(names), bool(body_hash),
    ), size


# --- the inspection: out of the child, clipped ------------------------------------------------------------------------

def encode_inspection(inspection: Inspection) -> bytes:
    summary = inspection.summary
    return dumps([
        [_artifact_row(a) for a in inspection.tree.artifacts],
        [[_code(f.code), f.category, int(f.severity), f.artifact, _clip_all(f.evidence, EVIDENCE, EVIDENCES), min(f.count, COUNT),
          f.confidence, f.rule[:WORD]] for f in inspection.findings[:FINDINGS]],
        [[i.code.value, i.artifact, i.fault.value, i.detail[:EVIDENCE]] for i in inspection.incidents[:INCIDENTS]],
        dict(inspection.identifiers), inspection.persons, inspection.contacts,
        [summary.subject[:NAME], summary.header_from[:NAME], summary.header_message_id[:NAME], summary.date[:NAME],
         summary.body_sha256, _clip_all(summary.attachments, NAME, FINDINGS),
         _clip_all(summary.header_names, WORD, HEADER_NAMES), dict(summary.body_hashes)],
        inspection.signature_version[:WORD], {k: round(v, 6) for k, v in inspection.seconds.items()},
        round(inspection.cpu_ms, 3),
        _clip_all(inspection.announced, PASSWORD, PASSWORDS),
    ])


def _artifact_row(a: Artifact) -> list[Any]:
    return [a.parent, a.kind.value, _clip_all(a.names, NAME, NAMES), a.declared_type[:WORD], a.detected_type[:WORD], a.sha256,
            a.size, a.depth, a.label[:WORD], _clip_all(a.anomalies, WORD, ANOMALIES)]


def _code(code: str) -> str:
    """As it is, or what is nearest to it: a name with odd letters must not cost the whole inspection."""
    if CODE.fullmatch(code):
        return code
    prefix, _, rest = code.partition("-")
    plain = f"{_NO_CODE.sub('', prefix).upper()[:32]}-{_NO_CODE.sub('_', rest)[:160] or '_'}"
    return plain if CODE.fullmatch(plain) else "OTHER-FINDING"


def _clip_all(texts: Iterable[str], length: int, number: int) -> list[str]:
    return [t[:length] for t in texts][:number]


# --- the inspection: into the parent, checked -------------------------------------------------------------------------

def decode_inspection(data: bytes, limits: Limits) -> Inspection:
    """The Inspection a child answered. Raises ProtocolError for whatever the bounds above do not allow."""
    rows, findings, incidents, identifiers, persons, contacts, summary, version, seconds, cpu_ms, announced = _row(loads(data), 11)
    artifacts = [_artifact(i, row, limits) for i, row in enumerate(_list(rows, limits.artifacts + 16))]
    if not artifacts:
        raise ProtocolError("no artifacts")
    number = len(artifacts)
    return Inspection(
        tree=ArtifactTree(tuple(artifacts)),
        findings=tuple([_finding(row, number) for row in _list(findings, FINDINGS)]),
        incidents=tuple([_incident(row, number) for row in _list(incidents, INCIDENTS)]),
        identifiers=_mapping(identifiers, _count),
        persons=_count(persons),
        contacts=_count(contacts),
        summary=_summary(summary),
        signature_version=_text(version, WORD),
        seconds=_mapping(seconds, _number),
        cpu_ms=_number(cpu_ms),
        announced=_texts(announced, PASSWORD, PASSWORDS),
    )


def _artifact(id: int, row: Any, limits: Limits) -> Artifact:
    parent, kind, names, declared, detected, sha256, size, depth, label, anomalies = _row(row, 10)
    if (parent is not None) if id == 0 else not (type(parent) is int and 0 <= parent < id):
        raise ProtocolError("artifact with an impossible parent")
    if type(kind) is not str or kind not in _KINDS:
        raise ProtocolError("artifact of unknown kind")
    if _count(depth) > limits.depth + 2:
        raise ProtocolError("artifact deeper than the limit")
    return Artifact(id, parent, _KINDS[kind], _texts(names, NAME, NAMES), _text(declared, WORD), _text(detected, WORD),
                    _match(DIGEST, sha256), _count(size), depth, _text(label, WORD), _texts(anomalies, WORD, ANOMALIES))


def _finding(row: Any, artifacts: int) -> Finding:
    code, category, severity, artifact, evidence, count, confidence, rule = _row(row, 8)
    if type(severity) is not int or severity not in _SEVERITIES:
        raise ProtocolError("finding of unknown severity")
    if _count(confidence) > 100:
        raise ProtocolError("confidence above 100 percent")
    return Finding(_match(CODE, code), _match(CATEGORY, category), _SEVERITIES[severity], _index(artifact, artifacts),
                   _texts(evidence, EVIDENCE, EVIDENCES), _count(count), confidence, _text(rule, WORD))


def _incident(row: Any, artifacts: int) -> Incident:
    code, artifact, fault, detail = _row(row, 4)
    if type(code) is not str or code not in _INCIDENTS or type(fault) is not str or fault not in _FAULTS:
        raise ProtocolError("incident of unknown code or fault")
    return Incident(_INCIDENTS[code], _index(artifact, artifacts), _FAULTS[fault], _text(detail, EVIDENCE))


def _summary(row: Any) -> Summary:
    subject, header_from, message_id, date, body, attachments, header_names, hashes = _row(row, 8)
    if type(hashes) is not dict or len(hashes) > BODY_HASHES:
        raise ProtocolError("too many body hashes")
    return Summary(
        _text(subject, NAME), _text(header_from, NAME), _text(message_id, NAME), _text(date, NAME), _match(DIGEST, body),
        _texts(attachments, NAME, FINDINGS), _texts(header_names, WORD, HEADER_NAMES),
        {_text(k, WORD): _text(v, WORD) for k, v in hashes.items()},
    )


# --- safe text for the preview ----------------------------------------------------------------------------------------

PREVIEW = {"spans": (2000, 3), "headers": (500, 2), "texts": (400, 3), "macros": (200, 2), "artifacts": (4000, 4)}
"""Section -> most rows, columns. spans: label of a part, first octet, octet behind it, or "sealed" alone;
headers: name, value; texts: path, source, text; macros: path, source text;
artifacts: path, kind, detected type, size as text."""

PREVIEW_TEXT = 256 << 10                 # characters of one cell
PREVIEW_TEXTS = 1 << 20                  # characters of all texts and macros that are collected
PREVIEW_TOTAL = 2 << 20                  # characters of everything


def encode_preview(preview: Mapping[str, list[tuple[str, ...]]]) -> bytes:
    left = PREVIEW_TOTAL
    clipped: dict[str, list[list[str]]] = {}
    for section, (most, _) in PREVIEW.items():
        rows = clipped[section] = []
        for row in preview.get(section, [])[:most]:
            row = [cell[:PREVIEW_TEXT] for cell in row]
            left -= sum(map(len, row))
            if left < 0:
                break
            rows.append(row)
    return dumps(clipped)


def decode_preview(data: bytes) -> dict[str, list[tuple[str, ...]]]:
    """Sections of rows of text; ProtocolError outside the bounds above."""
    sections = loads(data)
    if type(sections) is not dict or set(sections) != set(PREVIEW):
        raise ProtocolError("preview with other sections")
    checked = {
        name: [_texts(_row(row, columns), PREVIEW_TEXT, columns) for row in _list(sections[name], most)]
        for name, (most, columns) in PREVIEW.items()
    }
    if sum(len(cell) for rows in checked.values() for row in rows for cell in row) > PREVIEW_TOTAL:
        raise ProtocolError("preview too long")
    return checked


# --- the checks -------------------------------------------------------------------------------------------------------

def _row(value: Any, columns: int) -> list[Any]:
    if type(value) is not list or len(value) != columns:
        raise ProtocolError(f"a row of {columns} was expected")
    return value


def _list(value: Any, most: int) -> list[Any]:
    if type(value) is not list or len(value) > most:
        raise ProtocolError(f"a list of at most {most} was expected")
    return value


def _text(value: Any, most: int) -> str:
    """A text that UTF-8 can carry: lone surrogates become U+FFFD."""
    if type(value) is not str or len(value) > most:
        raise ProtocolError(f"a text of at most {most} characters was expected")
    if value.isascii():
        return value
    try:
        value.encode()
    except UnicodeEncodeError:
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return value


def _texts(value: Any, length: int, number: int) -> tuple[str, ...]:
    if not value and type(value) is list:
        return ()
    return tuple([_text(v, length) for v in _list(value, number)])


def _match(pattern: re.Pattern[str], value: Any) -> str:
    if type(value) is not str or not pattern.fullmatch(value):
        raise ProtocolError("a word of another shape was expected")
    return value


def _count(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= COUNT:
        raise ProtocolError("a count was expected")
    return value


def _index(value: Any, number: int) -> int:
    if type(value) is not int or not 0 <= value < number:
        raise ProtocolError("no such artifact")
    return value


def _number(value: Any) -> float:
    if type(value) not in (int, float) or not 0 <= value <= COUNT:
        raise ProtocolError("a number was expected")
    return float(value)


def _mapping(value: Any, check: Callable[[Any], Any]) -> dict[str, Any]:
    if type(value) is not dict or len(value) > MAPPING:
        raise ProtocolError("a mapping was expected")
    return {_text(k, WORD): check(v) for k, v in value.items()}
