"""Words of the house in words of people: one table a kind, English here, translated when they are shown."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from quarantine.lifecycle import Refused

STATUS: Mapping[str, str] = {
    "pending": _("being taken in"),
    "held": _("held"),
    "release_requested": _("release requested"),
    "releasing": _("being delivered"),
    "released": _("released"),
    "release_blocked": _("release stopped"),
    "delivery_unknown": _("delivery uncertain"),
    "denied": _("release denied"),
    "withdrawn": _("withdrawn by the sender"),
    "returned": _("returned"),
    "expired": _("expired"),
    "purged": _("destroyed"),
}
KIND: Mapping[str, str] = {"threat": _("possible threat"), "leak": _("customer data"), "uninspectable": _("not inspectable")}
DIRECTION: Mapping[str, str] = {"inbound": _("inbound"), "outbound": _("outbound"), "internal": _("internal")}
VERDICT: Mapping[str, str] = {
    "clean": _("clean"), "suspicious": _("suspicious"), "uninspectable": _("not inspectable"), "sensitive": _("sensitive"),
    "malicious": _("malicious"),
}
SEVERITY: Mapping[str, str] = {
    "low": _("information"), "medium": _("caution"), "high": _("serious"), "critical": _("very serious"),
}
PART: Mapping[str, str] = {
    "message": _("mail"), "part": _("part"), "archive": _("archive"), "member": _("file in an archive"), "macro": _("macro"),
    "object": _("embedded object"), "sheet": _("worksheet"), "text": _("text"), "image": _("picture"),
}
OUTCOME: Mapping[str, str] = {
    "open": _("waiting"), "approved": _("approved"), "denied": _("denied"), "withdrawn": _("withdrawn"),
    "returned": _("returned"), "ended": _("ended"), "delivered": _("delivered"),
}
AUTH: Mapping[str, str] = {
    "pass": _("passed"), "fail": _("failed"), "softfail": _("probably failed"), "neutral": _("no statement"),
    "none": _("nothing published"),
    "policy": _("not accepted"), "temperror": _("could not be checked now"), "permerror": _("published wrongly"),
}
DISPOSITION: Mapping[str, str] = {
    "deliver": _("deliver"), "annotate": _("deliver with a mark"), "strip": _("deliver without parts"),
    "hold": _("hold for approval"), "quarantine": _("hold"), "reject": _("reject"), "defer": _("put off"),
}
PURPOSE: Mapping[str, str] = {           # of an entry of the outbox
    "release": _("release"), "notice": _("notice"), "answer": _("answer"), "digest": _("digest"), "report": _("report"),
}
OUTBOX: Mapping[str, str] = {
    "waiting": _("waits for its mail"), "ready": _("waits"), "sending": _("being sent"), "done": _("sent"), "failed": _("failed"),
    "dropped": _("taken out"),
}
ACT: Mapping[str, str] = {               # buttons
    "request": _("Request release"),
    "approve": _("Approve release"),
    "release": _("Release"),
    "deny": _("Deny release"),
    "withdraw": _("Withdraw"),
    "return": _("Return"),
    "delete": _("Destroy for good"),
    "hold": _("Set legal hold"),
    "lift": _("Lift legal hold"),
}
DONE: Mapping[str, str] = {
    "request": _("The release is requested. Those who may decide about it were told."),
    "approve": _("Your approval is recorded. Another person has to approve it too."),
    "release": _("The mail is being inspected once more and then delivered."),
    "deny": _("The release is denied. The mail will not be delivered."),
    "withdraw": _("The mail is withdrawn. It will not be sent."),
    "return": _("The mail is returned to its sender inside. It will not be sent."),
    "delete": _("The content of the mail is destroyed."),
    "hold": _("The mail is under a legal hold and does not expire."),
    "lift": _("The legal hold is lifted."),
    "password": _("Your password is changed."),
}
HISTORY: Mapping[str, str] = {           # actions of the audit chain
    "admit": _("taken into custody"),
    "confirm": _("held"),
    "drop": _("dropped: the mail was not accepted"),
    "retry": _("the sender's server tried again"),
    "show": _("details looked at"),
    "preview": _("content looked at"),
    "export": _("content exported"),
    "request": _("release requested"),
    "approve": _("release approved"),
    "release": _("delivery begun"),
    "deny": _("release denied"),
    "withdraw": _("withdrawn"),
    "return": _("returned"),
    "delete": _("destroyed"),
    "hold": _("legal hold set"),
    "lift": _("legal hold lifted"),
    "delivered": _("delivered"),
    "release-refused": _("delivery refused by the mail server"),
    "delivery-unknown": _("delivery uncertain"),
    "block": _("release stopped: something new was found"),
    "given-up": _("given up"),
    "notice-refused": _("notice refused by the mail server"),
    "expire": _("expired"),
    "purge": _("content destroyed after its time"),
    "queue-drop": _("taken out of the outbox"),
    "queue-retry": _("delivery tried again"),
    "received": _("received"),
    "next-attempt": _("next attempt to deliver"),
    "last-answer": _("last answer of the mail server"),
}
REASON: Mapping[str, str] = {said: said for said in (     # of the packaged rules; yours are shown as they are written
    _("programs and scripts, however they are wrapped"),
    _("documents with macros from outside, harmless ones too; write an exception for the known ones"),
    _("documents that run or fetch something when they are opened, and links to programs"),
    _("files that are not what they say, and files built by a page in the reader"),
    _("archives that two programs unpack differently, or that want to write elsewhere"),
    _("mail that two readers understand differently, or that nobody but the recipient can read"),
    _("known malware"),
    _("mail that claims to come from ourselves or from somebody it does not come from"),
    _("the reader is told of strangers, and of senders who seem to play somebody"),
    _("what is only odd from a known sender is too much from a stranger"),
    _("what could not be inspected is not clean"),
    _("identifiers of three or more different people"),
    _("fifty or more contact records"),
    _("three or more rows of the customer table"),
    _("30 % or more of a reference document"),
    _("a marking that forbids sending"),
    _("programs and malware do not leave the house or spread inside it"),
)}
REFUSAL: Mapping[str, str] = {
    "NOT-FOUND": _("There is no such mail, or it is not yours to see."),
    "FORBIDDEN": _("Your role does not allow this."),
    "OWN-MAIL": _("Nobody approves, releases or destroys mail from or to their own address."),
    "OWN-REQUEST": _("Nobody approves their own request. Another person has to."),
    "SAME-PERSON": _("You have already approved this release. Another person has to."),
    "FOUR-EYES": _("This release needs two persons. Please approve it; another person has to approve it too."),
    "NO-REASON": _("Please give a reason. It is kept with the decision."),
    "DESTROYED": _("The content of the mail is destroyed."),
    "LEGAL-HOLD": _("The mail is under a legal hold."),
    "NO-HOLD": _("The mail is under no legal hold."),
    "NO-PREVIEW": _("A preview cannot be made at the moment."),
    "NO-ACCOUNT": _("There is no such account, or it is disabled."),
    "BAD-REQUEST": _("Something in the request is missing or wrong."),
    "NO-VERB": _("Something in the request is missing or wrong."),
    "WIDER": _("This is more than what was asked for. Please deny the request, or approve it as it is."),
    "NO-RECIPIENT": _("The mail is not held for one of these recipients, or it was delivered to them already."),
    "NO-PART": _("The mail has no such part that could be left out."),
    "FAULT": _("The mail cannot be read. Please tell your administrator."),
    "EXCEPTION": _("The exception was not made: {why}"),
    "TOO-LATE": _("It is too late to take this back."),
    "TOO-MANY": _("One decision is about at most 200 mails."),
    "TOO-MANY-FILTERS": _("You keep 50 lists already. Please forget one first."),
    "NO-NAME": _("Please give the list a name."),
    "PASSWORD": _("The new password needs at least 12 characters, must not resemble your name and must not be a common one."),
    "PENDING": _("The mail is still being taken in. Please try again in a moment."),
    "HELD": _("The mail is held, and no delivery is under way."),
    "ALREADY-REQUESTED": _("A release of this mail is already requested."),
    "ALREADY-RELEASING": _("The mail is already being delivered."),
    "DELIVERY-UNKNOWN": _("The mail server may have taken the mail already. Release it again or destroy it."),
    "RELEASE-BLOCKED": _("The inspection before the release found something new in the mail."),
    "ALREADY-RELEASED": _("The mail was released already."),
    "DENIED": _("The release was denied."),
    "WITHDRAWN": _("The sender has withdrawn the mail."),
    "RETURNED": _("The mail was returned. It is not delivered."),
    "EXPIRED": _("The time of this mail ran out, and its content is destroyed."),
    "PURGED": _("The content of the mail is destroyed."),
}
UNKNOWN_REFUSAL = _("This cannot be done: {why}")
TABLES: Mapping[str, Mapping[str, str]] = {
    "status": STATUS, "kind": KIND, "direction": DIRECTION, "verdict": VERDICT, "severity": SEVERITY, "part": PART,
    "outcome": OUTCOME, "auth": AUTH, "act": ACT, "disposition": DISPOSITION,
    "reason": REASON, "purpose": PURPOSE, "outbox": OUTBOX, "done": DONE, "history": HISTORY,
}


def word(table: str, value: str) -> str:
    """In the reader's language; a value that has no word is shown as it is."""
    english = TABLES[table].get(value)
    return gettext(english) if english else value


def refusal_sentence(error: Refused | str) -> str:
    """Of a refusal, or of its code alone."""
    code, said = (error, error) if isinstance(error, str) else (error.code, error.refusal.text)
    english = REFUSAL.get(code)
    return gettext(english or UNKNOWN_REFUSAL).replace("{why}", said)
