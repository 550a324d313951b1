"""The interface as a table: each of custody's verbs for programs with its address, its fields and its answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gateway.console.api.fields import ID, Field
from gateway.model.custody import Status
from gateway.model.decision import Kind
from gateway.model.transaction import Direction

BASE = "/api/v1"
LONGEST_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Operation:
    verb: str                            # of quarantine.desk
    method: str
    path: str                            # below BASE; {id} is a field in the path
    summary: str
    answer: str                          # a schema of gateway.console.api.schema, or "octets"
    fields: tuple[Field, ...] = ()
    slow: bool = False                   # goes through much: waits as long as the command line does

    @property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(re.escape(BASE + self.path).replace(r"\{id\}", f"(?P<id>{ID.pattern})"))


REASON = Field("reason", "text", "Why; it is recorded with the decision.", required=True)
RECIPIENTS = Field("recipients", "words", "Only for these of the held recipients (default: all).", longest=1000)
WITHOUT = Field("without", "words", "Without these parts, named by their labels as `show` gives them.", longest=1000)
LIMIT = Field("limit", "integer", "So many at most.", least=1, most=LONGEST_PAGE)
AFTER = Field("after", "text", "`cursor` of the page before: what comes next.", longest=100)
SINCE = Field("since", "time", "From this time on.")
UNTIL = Field("until", "time", "Before this time.")
FILTERS = (
    Field("status", "words", "Only with one of these.", choice=tuple(s.value for s in Status)),
    Field("kind", "words", "Only of one of these kinds.", choice=tuple(k.value for k in Kind)),
    Field("direction", "words", "Only of one of these directions.", choice=tuple(d.value for d in Direction)),
    Field("sender", "text", "An address, or a part of one.", longest=320),
    Field("recipient", "text", "An address, or a part of one.", longest=320),
    Field("reason", "text", "The rule that decided.", longest=200), SINCE, UNTIL,
    Field("text", "text", "Words in subject, header From or a file's name.", longest=200),
    Field("data_class", "text", "A type of identifier, or `persons`.", longest=100),
    Field("attachment", "text", "SHA-256 of a file in it.", longest=64),
)
DECISIONS: Mapping[str, str] = {
    "request": "Ask for a release", "approve": "Approve a release; the last needed approval sends it",
    "release": "Release at once, for those entitled alone", "deny": "Deny the release", "withdraw": "Withdraw one's own mail",
    "return": "Return outbound mail to its sender; of inbound mail only the recipients are told", "delete": "Destroy the content",
    "hold": "Set a legal hold", "lift": "Lift the legal holds",
}
PARTLY = ("request", "approve", "release")
RECORDS = (Field("by", "text", "Only of this account.", longest=150), Field("action", "text", "Only this action.", longest=32),
           Field("message_id", "text", "Only about this message.", longest=24), SINCE, UNTIL, LIMIT, AFTER)


BROWSER = "log-in and second factors happen in a browser"
LINK = "behind a link in a mail of ours, with a code to the mailbox"
ADMINISTRATOR = "for the administrator of the machine alone"
REST = "a stolen token could outlive itself by it"
WITHHELD: Mapping[str, str] = {
    **dict.fromkeys(("user-arrive", "login-failed", "factors", "factor-offer", "factor-add", "factor-remove", "factor-codes",
                     "factor-challenge", "factor-check"), BROWSER),
    **dict.fromkeys(("pass-show", "pass-code", "pass-act"), LINK),
    **dict.fromkeys(("keys-rewrap", "retention"), ADMINISTRATOR),
    **dict.fromkeys(("user-add", "user-role", "user-disable", "user-enable", "user-reset-mfa", "user-password", "token-add"), REST),
    "note": "each part of the gateway notes what it did itself",
}


def _decision(verb: str, summary: str) -> Operation:
    partly = (RECIPIENTS, WITHOUT) if verb in PARTLY else ()
    return Operation(verb, "POST", f"/messages/{{id}}/{verb}", summary, "Outcome", (REASON, *partly))


OPERATIONS: tuple[Operation, ...] = (
    Operation("list", "GET", "/messages", "Held mail, newest first", "Messages", (*FILTERS, LIMIT, AFTER)),
    Operation("count", "GET", "/messages/counts", "Held mail by status", "Counts", FILTERS),
    Operation("show", "GET", "/messages/{id}", "One message: inspection, requests, history, what may be done", "Message"),
    *(_decision(verb, summary) for verb, summary in DECISIONS.items()),
    Operation("preview", "POST", "/messages/{id}/preview", "The content as safe text; the sight is recorded", "Preview",
              (REASON,), slow=True),
    Operation("export", "POST", "/messages/{id}/export", "The octets in an AES zip, or as received", "octets",
              (REASON, Field("password", "text", "Of the zip, 12 to 200 characters.", longest=200),
               Field("raw", "flag", "The octets as received instead of a zip."))),
    Operation("batch", "POST", "/batches", "One decision about many messages, carried out after some seconds", "Batch",
              (Field("act", "text", "The decision.", required=True, longest=20),
               Field("ids", "words", "The messages.", required=True, longest=24), REASON)),
    Operation("batch-show", "GET", "/batches/{id}", "What became of it", "Batch"),
    Operation("batch-undo", "POST", "/batches/{id}/undo", "Take it back in time", "Batch"),
    Operation("filters", "GET", "/filters", "The lists that the account keeps", "Filters"),
    Operation("filter-save", "POST", "/filters", "Keep a list", "Nothing",
              (Field("name", "text", "Its name.", required=True, longest=100),
               Field("query", "texts", "Filters as in the address of the console's list.", required=True))),
    Operation("filter-drop", "POST", "/filters/drop", "Keep it no more", "Nothing",
              (Field("name", "text", "Its name.", required=True, longest=100),)),
    Operation("queue", "GET", "/outbox", "Releases and notices that wait", "Outbox",
              (Field("all", "flag", "What is finished too."),)),
    Operation("queue-retry", "POST", "/outbox/retry", "Try again now", "Count",
              (Field("id", "text", "Only this entry (default: all).", longest=24),)),
    Operation("queue-drop", "POST", "/outbox/{id}/drop", "Give an entry up", "Nothing", (REASON,)),
    Operation("audit-list", "GET", "/audit/records", "Who did what, newest first", "Records", RECORDS),
    Operation("audit-verify", "POST", "/audit/verify", "Check every record and checkpoint", "Verified",
              (Field("outside", "rows", "Checkpoints kept elsewhere, as lines of the event log."),), True),
    Operation("audit-export", "GET", "/audit/export", "The whole chain as JSON lines", "octets", (), True),
    Operation("audit-keys", "GET", "/audit/keys", "Public keys that checkpoints are verified with", "Keys"),
    Operation("report", "GET", "/report", "Facts of a period", "Report",
              (Field("since", "time", "Its begin.", required=True), Field("until", "time", "Its end, exclusive.", required=True),
               Field("zone", "text", "Time zone of days and nights, such as Asia/Taipei.", longest=64)), True),
    Operation("directory-list", "GET", "/directory", "Who answers for whom", "Directory"),
    Operation("directory-import", "POST", "/directory", "Replace the directory", "Count",
              (Field("rows", "rows", "mailbox, supervisor, deputies, name, department.", required=True),
               Field("source", "text", "Where it is from; it is recorded.", longest=200))),
    Operation("user-list", "GET", "/users", "Accounts of the console", "Users"),
    Operation("token-list", "GET", "/tokens", "Tokens, never their text", "Tokens"),
    Operation("token-revoke", "POST", "/tokens/{id}/revoke", "From now on it opens nothing", "Nothing"),
)
