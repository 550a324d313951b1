"""The sentence that delivered mail carries for its reader where its sender is to be doubted."""

from __future__ import annotations

from gateway.model.finding import Inspection
from gateway.notices.catalog import SENDERS, finding_sentence, text

MOST = 3                                 # sentences; the gravest are told first


def warning(inspection: Inspection, language: str) -> str:
    """One line without evidence: what was found about the sender, and to be careful. Never empty."""
    found = [f for f in inspection.findings if f.category == "impersonation" and (f.severity > 1 or f.code in SENDERS)]
    found.sort(key=lambda f: (-f.severity, f.code))
    told = dict.fromkeys(text(language, finding_sentence(f.code)) for f in found if "{" not in finding_sentence(f.code))
    sentences = (*list(told)[:MOST], text(language, SENDERS["careful"]))
    return ("" if language.startswith(("zh", "ja")) else " ").join(sentences)
