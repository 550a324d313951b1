"""The sentences of what people do about held mail by themselves: placeholders, codes, requests for a decision, their pages.

English, like gateway.notices.catalog, which looks them up and translates them.
"""

from __future__ import annotations

from collections.abc import Mapping

PLACEHOLDER: Mapping[str, str] = {
    "file name": "Attachment-removed",
    "title": "A file was removed from this mail",
    "inside": "The mail checkpoint removed a file from this mail. Everything else is as it was sent.",
    "outside": "The sender's organisation removed a file from this mail before it was sent.",
    "file": "File",
    "type": "Type",
    "size": "Size",
    "bytes": "{count} bytes",
    "ask": "If you need the file, please ask for it and give the reference number, by {until}. After that it is destroyed.",
    "ask sender": "If you need the file, please ask the sender.",
}
CODE: Mapping[str, str] = {
    "title": "Your code for a held mail",
    "happened": "Somebody, probably you, opened the page of a held mail and wants to do this: {act}.",
    "code": "Code",
    "valid": "Please enter the code on that page. It is valid until {until}, for this one step only.",
    "not you": "If it was not you, you need not do anything: without the code nothing happens.",
    "tell": "Please tell the contact below.",
}
ACTS: Mapping[str, str] = {
    "request": "Ask for the release",
    "password": "Give the password of an attachment",
    "without": "Send it without the file",
    "withdraw": "Withdraw the mail",
    "approve": "Approve the release",
    "deny": "Refuse the release",
}
APPROVAL: Mapping[str, str] = {
    "title": "A mail waits for your decision",
    "title again": "Reminder: a mail waits for your decision",
    "happened": "A mail of {sender} may contain customer data. It has not been sent and needs your decision.",
    "deputy": "You are asked as the deputy of {person}.",
    "escalated": "{person} was asked before and has not decided in time.",
    "outside": "Organisations outside",
    "first": "Written to for the first time",
    "nobody": "nobody",
    "samples": "Masked samples",
    "sample": "{value} (line {line})",
    "passage": "{percent} % of the document, longest passage {count} characters",
    "do": "Please look at the page below and approve or refuse by {until}. After that another person is asked. "
          "Without a decision the mail is not sent.",
}
DIGEST: Mapping[str, str] = {
    "item": "Mail {number}",
    "none": "The mail was held back by a rule of the organisation.",
}
PAGES: Mapping[str, str] = {
    "title list": "Your held mails",
    "title one": "A held mail",
    "list": "These mails were held back. Please choose one.",
    "state": "State",
    "state waiting": "held back, nothing was decided yet",
    "state asked": "a release is requested, a decision is waited for",
    "state sending": "approved, on its way",
    "state sent": "delivered",
    "state no": "refused: it will not be delivered",
    "state taken back": "withdrawn: it will not be delivered",
    "state over": "its time ran out: the content is destroyed",
    "until": "Kept until",
    "for": "This page is for",
    "what": "What do you want to do?",
    "nothing": "There is nothing left to do here.",
    "not possible": "This cannot be done any more.",
    "step one": "To make sure that it is you, a code is sent to {address}. Nothing happens before you enter it.",
    "send code": "Send me the code",
    "again": "Send another code",
    "code label": "Code",
    "sent": "A code was sent to {address}. It may take a minute to arrive.",
    "reason": "Reason",
    "reason hint": "It is kept with the mail and read by those who decide.",
    "password": "Password of the attachment",
    "password hint": "It is used to open the attachment for inspection. It is kept encrypted with the mail and shown to nobody.",
    "files": "These files are left out:",
    "confirm": "Confirm",
    "back": "Back",
    "done request": "The release is requested. You will be told of the decision by mail.",
    "done withdraw": "The mail is withdrawn. It will not be sent.",
    "done without": "The mail is inspected again without the file. If nothing else is found, it is sent at once.",
    "done approve": "Your approval is recorded. If no further approval is needed, the mail is sent now.",
    "done deny": "The release is refused. The mail will not be sent.",
    "done password": "The attachment was opened and nothing was found that holds the mail back. It is delivered.",
    "done clean": "The attachment was opened and nothing was found. The mail waits for a decision now.",
    "done held": "The attachment was opened, but something was found. The mail stays held back.",
    "done locked": "This password does not open the attachment. You can try again.",
    "used title": "This link was used already",
    "used": "With this link, this was done already: {act}. A link serves once.",
    "bad title": "This link does not work",
    "bad": "The link is incomplete, no longer valid or was not made by us. Please open the link in the latest message about "
           "this mail, or ask the contact named there.",
    "over title": "This link is no longer valid",
    "over": "The time of this link ran out on {until}.",
    "wrong code": "The code is not right, or it is no longer valid. Please send yourself another one.",
    "too many codes": "Too many codes were sent. Please wait an hour and try again.",
    "too many passwords": "Too many passwords were tried for this mail. Please ask for its release instead.",
    "no reason": "Please give a reason.",
    "changed": "Somebody else has decided about this mail meanwhile. Please look at its state.",
    "not allowed": "You cannot do this with this mail.",
    "no password": "Please give the password.",
    "later": "The mail checkpoint is busy or being restarted. Please try again in a minute.",
    "look": "Please look at this before you decide",
    "persons": "People concerned",
}
TABLES = (PLACEHOLDER, CODE, ACTS, APPROVAL, DIGEST, PAGES)
