"""Writes docs/reference/policy.md from the vocabulary and the packaged rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gateway.policy.conditions import ENVELOPE
from gateway.policy.facts import SENSITIVE_CONTACTS, SENSITIVE_PERSONS, VERDICTS
from gateway.policy.parse import packaged
from gateway.policy.rule import UNMAPPED
from gateway.policy.words import CONDITIONS, EXCEPTION, GROUP, IDENTIFIERS, PREFIXES, RULE, SCOPE_ONLY, Word

EXAMPLE = """\
[policy]
packaged = "always"                # rules below come on top of the packaged ones

[[group]]
name = "regulators"
members = ["regulator.example", "*.audit.example"]

[[rule]]                           # two people must agree before card numbers leave, whoever gets them
id = "cards-need-two"
direction = "outbound"
when = { identifiers = { card = 1, "cn.bank_card" = 1 } }
then = "hold"
notify = ["sender"]
approvals = 2

[[rule]]                           # disk images never come in, empty ones neither
id = "no-disk-images"
direction = "inbound"
when = { any = [{ attachment = ["*.iso", "*.img", "*.vhd", "*.vhdx"] }, { detected_type = ["application/x-iso9660-image"] }] }
then = "reject"

[[rule]]                           # large mail to anyone but the regulators is told apart, and delivered
id = "large-outbound"
direction = "outbound"
when = { size = "20MiB", not = { recipient = ["group:regulators"] } }
then = "annotate"
tags = ["large"]

[[exception]]                      # the payroll workbook: this file's macros, from this sender, until the end of March
id = "payroll-macro"
rule = "block-macros"
scope = { sender = ["payroll.example"], auth = { dmarc = ["pass"] }, sha256 = [
  "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
] }
owner = "it-security@bank.example"
until = 2027-03-31
reason = "replaced by a signed add-in in the second quarter"
"""


def reference() -> str:
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield from _introduction()
    yield from _table("[[rule]]", "One rule. Ids are unique.", RULE)
    yield from _table("Conditions", "What may stand in `when`. All of them must hold; in a list any entry is enough.", CONDITIONS)
    yield ""
    yield "`category`, `severity` and `count` belong to `finding`: they narrow which findings are meant and how many."
    yield f"Finding codes begin with {' '.join(f'`{p}`' for p in PREFIXES)}."
    yield f"Identifier types: {' '.join(f'`{i}`' for i in IDENTIFIERS)}."
    yield "Two groups are always there: `ours`, the gateway's `our_domains`, and `below-ours`, every domain below them."
    yield ""
    yield "`not` takes conditions of the envelope only: " + ", ".join(f"`{key}`" for key in CONDITIONS if key in ENVELOPE) + "."
    yield "A condition on the content could be made to fail by adding something to the mail."
    yield from _table("[[exception]]", "Lowers the effect of one rule within its scope until its last day is over.", EXCEPTION)
    yield from _table("Scope", "What may stand in `scope` beside the conditions of the envelope.", SCOPE_ONLY)
    yield ""
    yield ("With `finding`, `sha256` or `macro` only the named findings, or those in the named files or macros, do not count "
           "for the rule:")
    yield "if anything else in the mail makes the rule match, it holds in full."
    yield from _table("[[group]]", "A name for addresses and domains. A group holds no groups.", GROUP)
    yield from _verdicts()
    yield from _packaged()
    yield ""
    yield "## Example"
    yield ""
    yield "```toml"
    yield EXAMPLE.rstrip()
    yield "```"


def _introduction() -> Iterator[str]:
    yield "# Policy"
    yield ""
    yield "Written from `gateway/policy/words.py` and `gateway/policy/default.toml`."
    yield ""
    yield "Every rule is evaluated for every recipient, and the strongest disposition wins: deliver < annotate < hold <"
    yield "quarantine < reject. So the order of rules never matters, and one more rule never lets more through. Notices, tags and"
    yield "approvals of all that match are joined. Of rules as strong the one is named that tells most: what was found before how"
    yield "many persons or contacts, and those before who wrote to whom. A copy that one of us sends to one of us is `internal`."
    yield ""
    yield "What could not be inspected by the message's fault is an incident; one that no matching rule names falls to the"
    yield f"built-in rule `{UNMAPPED}`: quarantine inbound, hold otherwise. Where the fault is ours the mail is deferred (451) and"
    yield "no rule is asked."


def _table(title: str, intro: str, words: Mapping[str, Word]) -> Iterator[str]:
    yield ""
    yield f"## {title}"
    yield ""
    yield intro
    yield ""
    yield "| key | kind | example | meaning |"
    yield "| --- | --- | --- | --- |"
    for key, word in words.items():
        must = " Must be given." if word.required else ""
        kind = word.kind.words.replace("|", "\\|").replace("\\\\|", "\\|")
        yield f"| `{key}` | {kind} | `{word.example}` | {word.doc}.{must} |"


def _verdicts() -> Iterator[str]:
    yield ""
    yield "## Verdicts"
    yield ""
    yield "| category | medium severity | high severity |"
    yield "| --- | --- | --- |"
    for category, (medium, high) in VERDICTS.items():
        yield f"| {category} | {medium.word} | {high.word} |"
    yield "| every other | suspicious | malicious |"
    yield ""
    yield f"Outbound mail with {SENSITIVE_PERSONS} persons or {SENSITIVE_CONTACTS} contact records is sensitive; inbound mail"
    yield "never is."
    yield "A message with an incident of its own fault is uninspectable. The strongest is the message's: clean < suspicious <"
    yield "uninspectable < sensitive < malicious."


def _packaged() -> Iterator[str]:
    yield ""
    yield "## The packaged default policy"
    yield ""
    yield "In force where the configuration has no rules, and beside them with `[policy] packaged = \"always\"`."
    yield ""
    yield "| rule | direction | then | why |"
    yield "| --- | --- | --- | --- |"
    for entry in packaged():
        table = entry.table
        direction = table["direction"] if isinstance(table["direction"], str) else ", ".join(table["direction"])
        yield f"| `{table['id']}` | {direction} | {table['then']} | {table['reason']} |"
