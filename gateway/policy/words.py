"""The vocabulary that policy files are checked against, and how each condition is written."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.config.values import ADDRESS_OR_DOMAIN, MAILBOX, NAME, NETWORK, TEXT, Kind, choice, count, listing, size
from gateway.model.address import normalise_domain
from gateway.model.decision import Disposition, Party
from gateway.model.finding import IncidentCode, Severity, Verdict

# Stable prefixes of finding codes; docs/reference/findings.md lists the codes themselves.
PREFIXES = (
    "EXECUTABLE-", "SCRIPT-", "MACRO-", "ACTIVE-", "DISGUISE-", "ARCHIVE-", "SMUGGLING-", "AMBIGUITY-", "ENCRYPTED-",
    "SIGNATURE-", "SPOOF-", "IMPERSONATION-", "LINK-", "DATA-", "EDM-", "FINGERPRINT-", "LABEL-",
)
IDENTIFIERS = (
    "tw.national_id", "tw.resident_id", "tw.passport", "tw.nhi_card", "tw.ubn", "tw.bank_account", "cn.resident_id",
    "cn.passport", "cn.bank_card", "cn.uscc", "hk.id", "jp.my_number", "jp.corporate_number", "jp.bank_account",
    "jp.driver_licence", "jp.passport", "jp.residence_card", "kr.rrn", "us.ssn", "card", "iban", "swift", "email",
    "phone", "address", "name", "birthdate", "edm", "fingerprint", "label",
)
AUTH = {
    "spf": ("none", "neutral", "pass", "fail", "softfail", "temperror", "permerror"),
    "dkim": ("none", "pass", "fail", "policy", "neutral", "temperror", "permerror"),
    "dmarc": ("none", "pass", "fail", "temperror", "permerror", "policy"),
    "arc": ("none", "pass", "fail", "policy", "temperror"),
    "iprev": ("pass", "fail", "temperror", "permerror"),
}
OFFERED = (Disposition.DELIVER, Disposition.ANNOTATE, Disposition.STRIP, Disposition.HOLD, Disposition.QUARANTINE,
           Disposition.REJECT)


@dataclass(frozen=True, slots=True)
class Word:
    """One key of a policy table."""

    kind: Kind
    doc: str
    example: str = ""
    required: bool = False


def _pattern(value: object) -> str:
    text = str(TEXT.read(value))
    literal = re.split(r"[*?\[]", text, maxsplit=1)[0]
    if literal == text and not any(text.startswith(p) and text != p for p in PREFIXES):
        raise ValueError(f'"{text}" begins with none of: {" ".join(PREFIXES)}')
    if not any(p.startswith(literal) or literal.startswith(p) for p in PREFIXES):
        raise ValueError(f'no finding begins with "{literal}": there are {" ".join(PREFIXES)}')
    return text


def _disposition(value: object) -> Disposition:
    words = [d.word for d in OFFERED]
    if value not in words:
        raise ValueError(f'"{value}" is none of: {", ".join(words)}')
    return Disposition[str(value).upper()]


def _date(value: object) -> datetime.date:
    if isinstance(value, str):
        try:
            value = datetime.date.fromisoformat(value)
        except ValueError:
            value = f'"{value}"'
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        if value.year == datetime.MAXYEAR:               # the day after the last day of all cannot be told
            raise ValueError(f"{value} is too far away")
        return value
    raise ValueError(f"{value} is no date, such as 2026-12-31")


def _identifiers(value: object) -> dict[str, int]:
    if not isinstance(value, dict) or not value:
        raise ValueError('a table is wanted, such as { "tw.national_id" = 3 }')
    for name in value:
        if name not in IDENTIFIERS:
            raise ValueError(f'"{name}" is no identifier type: {" ".join(IDENTIFIERS)}')
    least = count(1)
    return {name: least.read(number) for name, number in value.items()}


def _auth(value: object) -> dict[str, frozenset[str]]:
    if not isinstance(value, dict) or not value:
        raise ValueError('a table is wanted, such as { dmarc = ["fail"] }')
    wanted: dict[str, frozenset[str]] = {}
    for method, results in value.items():
        if method not in AUTH:
            raise ValueError(f'"{method}" is none of: {", ".join(AUTH)}')
        wanted[method] = frozenset(listing(choice(*AUTH[method]), empty=False, single=True).read(results))
    return wanted


def _address(value: object) -> str:
    text = str(TEXT.read(value))
    if text == "<>" or text.startswith("group:"):
        return text
    if text.startswith("*."):
        ADDRESS_OR_DOMAIN.read(text[2:])
        return "*." + normalise_domain(text[2:])
    return str(ADDRESS_OR_DOMAIN.read(text))


def _tag(value: object) -> str:
    text = str(TEXT.read(value))
    if not text.isascii() or not 1 <= len(text) <= 60 or ";" in text:
        raise ValueError(f'"{text}" is no tag: at most 60 printable ASCII characters without ";"')
    return text


def _hash(value: object) -> str:
    text = str(TEXT.read(value)).lower()
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise ValueError(f'"{text}" is no SHA-256 in 64 hexadecimal digits')
    return text


def _enum(kind: Kind, make: Callable[[Any], Any]) -> Kind:
    return Kind(kind.words, lambda value: make(kind.read(value)))


def _set(item: Kind, make: Callable[[Any], Any] = str) -> Kind:
    many = listing(item, empty=False, single=True)
    return Kind(many.words, lambda value: frozenset(make(v) for v in many.read(value)))


def _many(item: Kind) -> Kind:
    return listing(item, empty=False, single=True)


PATTERN = Kind("pattern", _pattern)
GLOB = Kind("pattern", TEXT.read)
ADDRESS = Kind('address, domain, "*.domain", "group:NAME" or "<>"', _address)
DISPOSITION = Kind(" \\| ".join(d.word for d in OFFERED), _disposition)
SEVERITY = _enum(choice(*(s.word for s in Severity)), lambda word: Severity[word.upper()])
DIRECTIONS = _set(choice("inbound", "outbound", "internal"))
VERDICT = choice("suspicious", "uninspectable", "sensitive", "malicious")
INCIDENT = choice("*", *(c.value for c in IncidentCode))
CATEGORY = choice("executable", "script", "macro", "active-content", "disguise", "archive", "smuggling", "signature",
                  "encrypted", "ambiguity", "impersonation", "data", "label")

CONDITIONS: Mapping[str, Word] = {
    "finding": Word(_many(PATTERN), "codes of findings", '["MACRO-*"]'),
    "category": Word(_many(CATEGORY), "categories of findings", '["macro"]'),
    "severity": Word(SEVERITY, "the least severity of those findings", '"high"'),
    "count": Word(count(1), "how many of those findings there must be", "3"),
    "incident": Word(_many(INCIDENT), "what could not be inspected, by the message's fault",
                     '["ENCRYPTED", "TIMEOUT"]'),
    "verdict": Word(_set(VERDICT, lambda word: Verdict[word.upper()]), "what the message is", '["malicious"]'),
    "persons": Word(count(1), "at least so many different people's identifiers", "3"),
    "contacts": Word(count(1), "at least so many contact records", "50"),
    "identifiers": Word(Kind("table of type = number", _identifiers), "at least so many of any of these types",
                        '{ "tw.national_id" = 3, card = 10 }'),
    "direction": Word(DIRECTIONS, "way of this recipient's copy", '["inbound"]'),
    "sender": Word(_many(ADDRESS), "reverse-path; `<>` is the null sender", '["*.bank.example", "group:partners"]'),
    "recipient": Word(_many(ADDRESS), "this recipient", '["audit@bank.example"]'),
    "from_domain": Word(_many(ADDRESS), "domain of the header From, as DMARC saw it", '["group:ours"]'),
    "size": Word(size(1), "at least so large", '"20MiB"'),
    "auth": Word(Kind("table of method = results", _auth), "results of spf, dkim, dmarc, arc, iprev", '{ dmarc = ["fail"] }'),
    "client": Word(_many(NETWORK), "address of the client that is judged", '["192.0.2.0/24"]'),
    "listener": Word(_set(NAME), "name of the listener", '["inbound"]'),
    "declared_type": Word(_many(GLOB), "declared type of any part", '["application/x-msdownload"]'),
    "detected_type": Word(_many(GLOB), "type of any part or member by its content", '["application/x-dosexec"]'),
    "attachment": Word(_many(GLOB), "name of any part or member", '["*.iso", "*.img"]'),
    "any": Word(Kind("list of tables", lambda value: value), "at least one of these tables of conditions holds",
                "[{ persons = 3 }, { contacts = 50 }]"),
    "not": Word(Kind("table", lambda value: value), "these conditions of the envelope do not hold together",
                '{ recipient = ["group:partners"] }'),
}
RULE: Mapping[str, Word] = {
    "id": Word(NAME, "name in traces, lists and exceptions", '"block-executables"', True),
    "direction": Word(DIRECTIONS, "short for the condition of that name", '"inbound"'),
    "when": Word(Kind("table of conditions", lambda value: value), "all of them must hold; in a list any is enough",
                 '{ finding = ["EXECUTABLE-*"] }', True),
    "then": Word(DISPOSITION, "what happens to the mail", '"quarantine"', True),
    "notify": Word(_set(choice(*(p.value for p in Party)), Party),
                   "who inside is told; nobody of an automatic answer from outside", '["recipient"]'),
    "approvals": Word(count(1, 9), "people who must agree to a release", "2"),
    "tags": Word(_many(Kind("text", _tag)), "words put into our header line of delivered mail", '["large"]'),
    "reason": Word(TEXT, "why this rule is there, shown in traces", '"board decision of 2026-04-01"'),
}
EXCEPTION: Mapping[str, Word] = {
    "id": Word(NAME, "name in traces", '"payroll-macro"', True),
    "rule": Word(NAME, "the rule whose effect it lowers", '"block-macros"', True),
    "scope": Word(Kind("table of conditions", lambda value: value),
                  "for which mail: conditions of the envelope, `finding`, `sha256` and `macro`",
                  '{ sender = ["payroll.example"], auth = { dmarc = ["pass"] }, finding = ["MACRO-*"] }', True),
    "then": Word(DISPOSITION, "what is left of the effect; without it annotate", '"annotate"'),
    "owner": Word(MAILBOX, "who answers for it", '"it-security@bank.example"', True),
    "until": Word(Kind("date", _date), "its last day, in the gateway's time zone", "2026-12-31", True),
    "reason": Word(TEXT, "why", '"vendor signs its macros from January on"'),
}
SCOPE_ONLY: Mapping[str, Word] = {
    "finding": Word(_many(PATTERN), "only these findings do not count", '["MACRO-*"]'),
    "sha256": Word(_set(Kind("SHA-256", _hash)), "only findings in these files do not count", '["..."]'),
    "macro": Word(_set(Kind("SHA-256", _hash)), "only findings about macros with this code do not count, whatever file they "
                  "are in; the hash is in the finding's `rule`, and survives another indent, comment or line end", '["..."]'),
}
GROUP: Mapping[str, Word] = {
    "name": Word(NAME, "written `group:NAME`", '"partners"', True),
    "members": Word(listing(ADDRESS), "addresses and domains", '["partner.example", "*.auditor.example"]', True),
}
