"""What custody refuses about accounts and factors, in words of people; the rest has its words in `gateway.console.words`."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from gateway.console import words
from quarantine.lifecycle import Refused

REFUSAL: Mapping[str, str] = {
    "FACTOR-WRONG": _("The code or the answer of the security key is not right, or it came too late. Please try again."),
    "NO-FACTOR": _("There is no such second factor any more."),
    "FACTORS-FULL": _("You have as many security keys as are possible. Please remove one first."),
    "TAKEN": _("There is an account of this name already."),
    "OWN-ACCOUNT": _("Nobody changes the rights of their own account. Please ask another administrator."),
    "EXTERNAL": _("This account belongs to a directory. Its password, roles and addresses are changed there."),
    "OTHER-PERSON": _("The account of this name belongs to somebody else. Please ask your administrator."),
    "NAME": _("A name has 1 to 150 characters and no spaces."),
    "ROLE": _("Please choose at least one role."),
    "MAILBOX": _("One of the addresses is not a mail address. Please write them as name@domain, one a line."),
    "SCOPE": _("One line of the scope cannot be understood."),
    "LANGUAGE": _("This is none of our languages."),
}
ROLE: Mapping[str, str] = {
    "recipient": _("recipient"), "sender": _("sender"), "supervisor": _("supervisor"), "analyst": _("analyst"),
    "admin": _("administrator"), "auditor": _("auditor"),
}
MAY: Mapping[str, str] = {
    "recipient": _("sees held mail to the own addresses and asks for its release"),
    "sender": _("sees held mail from the own addresses, asks for its release and withdraws it"),
    "supervisor": _("decides about customer data and mail that cannot be inspected; sees threats"),
    "analyst": _("reads and decides about all held mail, takes copies, destroys"),
    "admin": _("keeps accounts, outbox and legal holds; reads no mail"),
    "auditor": _("sees everything but content, verifies the records, changes nothing"),
}


def sentence(error: Refused) -> str:
    english = REFUSAL.get(error.code)
    if english is None:
        return words.refusal_sentence(error)
    told = gettext(english)
    return f"{told} ({error.refusal.text})" if error.code == "SCOPE" else told


def role_word(role: str) -> str:
    return gettext(ROLE[role]) if role in ROLE else role
