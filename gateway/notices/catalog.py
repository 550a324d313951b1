"""Every sentence of our notices, in English, and its translations (gettext domain `sekisho`, folder `locale`).

A sentence is looked up by its English text. Placeholders stand in {braces} and are the same in all languages; what is
put in is defanged, and never customer data. How a sentence is added: docs/reference/translation.md.
"""

from __future__ import annotations

import gettext
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import resources

from gateway.model.decision import Kind, Party
from gateway.model.finding import IncidentCode
from gateway.notices import phrases

DOMAIN = "sekisho"
LOCALES: Mapping[str, str] = {"zh-Hant": "zh_Hant", "zh-Hans": "zh_Hans", "ja": "ja"}   # English is the source

FINDINGS: Mapping[str, str] = {
    "EXECUTABLE-": "{file} is a program.",
    "SCRIPT-": "{file} is a script: a program in the form of text.",
    "MACRO-": "{file} contains a macro: a program that can start when the document is opened.",
    "ACTIVE-": "{file} runs or fetches something when it is opened.",
    "DISGUISE-": "{file} is not what its name or type says.",
    "ARCHIVE-": "{file} is an archive built in a misleading or dangerous way.",
    "SMUGGLING-": "{file} builds another file on your computer when it is opened.",
    "AMBIGUITY-": "The mail is built so that different programs read it differently.",
    "ENCRYPTED-": "{file} is encrypted.",
    "SIGNATURE-": "{file} is known to be malicious.",
    "SPOOF-": "The mail claims to come from our own organisation, and this could not be confirmed.",
    "IMPERSONATION-": "The sender seems to pretend to be someone else.",
    "LINK-": "The mail contains a misleading link.",
    "DATA-": "The mail seems to contain personal data of customers.",
    "EDM-": "The mail seems to contain rows of the customer table.",
    "FINGERPRINT-": "The mail seems to contain a large part of a confidential document.",
    "LABEL-": "The mail or a file in it is marked as not to leave the organisation.",
}
INCIDENTS: Mapping[IncidentCode, str] = {
    IncidentCode.ENCRYPTED: "{file} is protected by a password and could not be opened for inspection.",
    IncidentCode.TIMEOUT: "{file} could not be inspected within the time allowed.",
    IncidentCode.CRASH: "{file} could not be inspected because the inspection broke off.",
    IncidentCode.DEPTH: "{file} contains files packed inside each other too many times.",
    IncidentCode.COUNT: "{file} contains too many files or parts.",
    IncidentCode.SIZE: "{file} is too large to be inspected.",
    IncidentCode.RATIO: "{file} unpacks to an abnormally large size.",
    IncidentCode.MALFORMED: "{file} is damaged or not built by the rules.",
    IncidentCode.AMBIGUOUS: "{file} can be read in more than one way.",
    IncidentCode.UNSUPPORTED: "{file} is of a kind that cannot be inspected.",
}
# What delivered mail says of its sender in X-Sekisho-Warning, beside the sentences of FINDINGS.
SENDERS: Mapping[str, str] = {
    "IMPERSONATION-FIRST-CONTACT": "This is the first mail from this sender.",
    "IMPERSONATION-UNKNOWN-THREAD": "The mail looks like an answer to a mail that never passed here.",
    "careful": "Please be careful with this mail.",
}
# Codes whose sentence is not that of their prefix.
SPECIAL: Mapping[str, str] = {
    **{code: sentence for code, sentence in SENDERS.items() if code.isupper()},
    "ARCHIVE-INCOMPLETE": "{file} is a piece of a larger file, and not all of its pieces came with this mail.",
    "SIGNATURE-NOT-SCANNED": INCIDENTS[IncidentCode.TIMEOUT],
    "SIGNATURE-TIMEOUT": INCIDENTS[IncidentCode.TIMEOUT],
    "SIGNATURE-ERROR": INCIDENTS[IncidentCode.CRASH],
}
IDENTIFIERS: Mapping[str, str] = {
    "tw.national_id": "Taiwan national ID numbers",
    "tw.resident_id": "Taiwan resident certificate numbers",
    "tw.passport": "Taiwan passport numbers",
    "tw.nhi_card": "Taiwan health insurance card numbers",
    "tw.ubn": "Taiwan company numbers",
    "tw.bank_account": "Taiwan bank account numbers",
    "cn.resident_id": "Chinese resident identity numbers",
    "cn.passport": "Chinese passport numbers",
    "cn.bank_card": "Chinese bank card numbers",
    "cn.uscc": "Chinese unified social credit codes",
    "hk.id": "Hong Kong identity card numbers",
    "jp.my_number": "Japanese My Numbers",
    "jp.corporate_number": "Japanese corporate numbers",
    "jp.bank_account": "Japanese bank account numbers",
    "jp.driver_licence": "Japanese driver's licence numbers",
    "jp.passport": "Japanese passport numbers",
    "jp.residence_card": "Japanese residence card numbers",
    "kr.rrn": "Korean resident registration numbers",
    "us.ssn": "US social security numbers",
    "card": "credit card numbers",
    "iban": "international bank account numbers (IBAN)",
    "swift": "bank codes (SWIFT)",
    "email": "mail addresses",
    "phone": "telephone numbers",
    "address": "postal addresses",
    "name": "names",
    "birthdate": "dates of birth",
    "edm": "rows of the customer table",
    "fingerprint": "confidential documents",
    "label": "confidentiality markings",
}
HAPPENED: Mapping[tuple[Party, Kind], str] = {
    (Party.RECIPIENT, Kind.THREAT): "A mail to you was held back because it may be dangerous.",
    (Party.RECIPIENT, Kind.LEAK): "A mail to you was held back because it may contain customer data.",
    (Party.RECIPIENT, Kind.UNINSPECTABLE): "A mail to you was held back because it could not be inspected.",
    (Party.SENDER, Kind.THREAT): "Your mail was not sent because it may be dangerous.",
    (Party.SENDER, Kind.LEAK): "Your mail has not been sent because it may contain customer data.",
    (Party.SENDER, Kind.UNINSPECTABLE): "Your mail has not been sent because it could not be inspected.",
    (Party.OWNER, Kind.THREAT): "A mail was held back because it may be dangerous.",
    (Party.OWNER, Kind.LEAK): "A mail was held back because it may contain customer data.",
    (Party.OWNER, Kind.UNINSPECTABLE): "A mail was held back because it could not be inspected.",
}
TITLES: Mapping[Party, str] = {
    Party.RECIPIENT: "A mail to you was held back",
    Party.SENDER: "Your mail has not been sent",
    Party.OWNER: "A mail was held back",
}
TO_DO: Mapping[Party, str] = {
    Party.RECIPIENT: "If you expected this mail, please request its release on the page below by {until}. "
                     "Otherwise you need not do anything.",
    Party.SENDER: "Please check the content and the recipients. If the mail is to be sent as it is, please request its "
                  "release on the page below by {until}. If you do nothing, it will not be sent.",
    Party.OWNER: "Please decide about this mail on the page below by {until}.",
}
# What custody did with a held mail (the events of the port `Answers`) -> title and sentence.
ANSWERS: Mapping[str, tuple[str, str]] = {
    "requested": ("A release is requested", "The release of a held mail is requested. It needs your decision."),
    "released": ("A held mail was released", "The release was approved. The mail was delivered to its recipients."),
    "denied": ("A held mail will not be released", "The release was refused. The mail will not be delivered."),
    "withdrawn": ("A held mail was withdrawn", "The mail was withdrawn. It will not be delivered."),
    "returned": ("A held mail was returned", "The mail was returned to its sender. It will not be delivered."),
    "blocked": ("A held mail will not be released",
                "The mail was inspected again before its release, and something new was found. It stays held back."),
    "failed": ("A released mail could not be delivered",
               "The release was approved, but the mail could not be delivered. It stays held back."),
    "unsent": ("The mail could not be sent without the file",
               "What is left of the mail may not pass either, or nothing can be taken out of it. It stays held back."),
    "escalated": ("The decision about your mail is late",
                  "Nobody decided about your mail in time. Another person is asked now. The mail has not been sent."),
    "expired": ("A held mail has expired", "No decision was made in time. The mail will not be delivered."),
}
LABELS: Mapping[str, str] = {
    "tag": "[Mail checkpoint]",
    "name": "Mail checkpoint",
    "colon": "{label}: {value}",
    "mail": "The mail",
    "from": "From",
    "to": "To",
    "sent": "Sent at once to",
    "subject": "Subject",
    "time": "Time",
    "why": "Why",
    "do": "What you can do",
    "ask": "Who to ask",
    "reference": "Reference number",
    "reason": "Reason given",
    "page": "Page",
    "itself": "The mail itself",
    "nobody": "(no sender)",
    "no subject": "(no subject)",
    "more": "and {count} more",
    "found": "Found: {list}.",
    "found item": "{name} {count}",
    "separator": ", ",
    "persons": "{count} people",
    "contacts": "{count} contact records",
    "rule": "A rule of the organisation applies: {rule}.",
    "automatic": "This message was written automatically. Please do not reply to it.",
    "digest title": "Mails held back: {count}",
    "digest": "More mails concerning you were held back: {count}. They are listed here together.",
    "digest do": "Please look at them on the page below.",
}
# The same of mail from outside, where it is told otherwise: its sender hears nothing of it.
FROM_OUTSIDE: Mapping[str, tuple[str, str]] = {
    "returned": ("A held mail was turned away", "The mail was turned away. It will not be delivered; its sender was not told."),
}


def strings() -> Iterator[str]:
    """Every English text that must have its translations."""
    for table in (FINDINGS, INCIDENTS, SPECIAL, SENDERS, IDENTIFIERS, HAPPENED, TITLES, TO_DO, LABELS):
        yield from table.values()
    for title, sentence in (*ANSWERS.values(), *FROM_OUTSIDE.values()):
        yield title
        yield sentence
    for phrase in phrases.TABLES:
        yield from phrase.values()


def text(language: str, english: str, **values: object) -> str:
    """The sentence in a language, with its values put in. An unknown language is English."""
    return _translations(language).gettext(english).format(**values)


def finding_sentence(code: str) -> str:
    """The English sentence of a finding's code; a code of an unknown kind is told as malicious."""
    if code in SPECIAL:
        return SPECIAL[code]
    prefix = code.split("-", 1)[0] + "-"
    return FINDINGS.get(prefix, FINDINGS["SIGNATURE-"])


@lru_cache(maxsize=8)
def _translations(language: str) -> gettext.NullTranslations:
    locale = LOCALES.get(language)
    if locale is None:
        return gettext.NullTranslations()
    file = resources.files("gateway.notices") / "locale" / locale / "LC_MESSAGES" / f"{DOMAIN}.mo"
    with file.open("rb") as stream:
        return gettext.GNUTranslations(stream)
