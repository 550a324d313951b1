"""Every reply the edge gives of itself, in one table. Public texts are generic; the cause is in the log."""

from __future__ import annotations

import re

from gateway.model.reply import Reply

MAX_TEXT = 400                           # octets of the text of one reply line (RFC 5321 section 4.5.3.1.5: 512 in all)

OK = Reply(250, "2.0.0", "Ok")
SENDER_OK = Reply(250, "2.1.0", "Ok")
RECIPIENT_OK = Reply(250, "2.1.5", "Ok")
GO_ON = Reply(354, "", "End data with <CR><LF>.<CR><LF>")
BYE = Reply(221, "2.0.0", "Bye", close=True)
READY_FOR_TLS = Reply(220, "2.0.0", "Ready to start TLS")
NO_VERIFY = Reply(252, "2.0.0", "Cannot verify, but will try to deliver")
HELP = Reply(214, "2.0.0", "https://www.rfc-editor.org/rfc/rfc5321")

IDLE = Reply(421, "4.4.2", "Timeout, closing", close=True)
GOING_DOWN = Reply(421, "4.3.2", "Service shutting down, try again", close=True)
TOO_MANY_CONNECTIONS = Reply(421, "4.7.0", "Too many connections, try again later", close=True)
TOO_MANY_ERRORS = Reply(421, "4.7.0", "Too many errors, closing", close=True)
RATE = Reply(421, "4.7.0", "Rate limit reached, try again later", close=True)

OUR_FAULT = Reply(451, "4.3.0", "Temporary trouble here, try again later")
NO_ROOM = Reply(451, "4.3.1", "Temporary lack of storage, try again later")
NEXT_HOP_UNREACHABLE = Reply(451, "4.4.1", "Next hop not reachable, try again later")
NEXT_HOP_LOST = Reply(451, "4.4.2", "Next hop lost the connection, try again later")
OUT_OF_TIME = Reply(451, "4.4.7", "Not enough time left for delivery, try again later")
RECIPIENTS_CHANGED = Reply(451, "4.4.0", "Next hop changed its mind about a recipient, try again later")
TOO_MANY_RECIPIENTS = Reply(452, "4.5.3", "Too many recipients")

BAD_LINE = Reply(500, "5.5.2", "Line not understood, closing", close=True)
UNKNOWN = Reply(500, "5.5.2", "Command not recognised")
NOT_SMTP = Reply(554, "5.5.0", "This is an SMTP server, closing", close=True)
OUT_OF_STEP = Reply(554, "5.5.0", "Error: SMTP protocol synchronization", close=True)
BAD_SYNTAX = Reply(501, "5.5.4", "Syntax error in the arguments")
BAD_PARAMETER = Reply(555, "5.5.4", "Parameter not recognised")
BAD_SENDER = Reply(501, "5.1.7", "Bad sender address syntax")
BAD_RECIPIENT = Reply(501, "5.1.3", "Bad recipient address syntax")
NEED_SMTPUTF8 = Reply(553, "5.6.7", "This address needs SMTPUTF8")
NO_SMTPUTF8 = Reply(550, "5.6.7", "Next hop has no SMTPUTF8 for this address")
NO_8BIT = Reply(554, "5.6.3", "Next hop has no 8BITMIME for this content")
NEED_HELO = Reply(503, "5.5.1", "Send EHLO or HELO first")
NEED_MAIL = Reply(503, "5.5.1", "Send MAIL first")
NEED_RCPT = Reply(503, "5.5.1", "No valid recipients")
NESTED_MAIL = Reply(503, "5.5.1", "Sender already given")
IN_TRANSACTION = Reply(503, "5.5.1", "Not inside a mail transaction")
CHUNKS_BEGUN = Reply(503, "5.5.1", "BDAT has begun: only BDAT or RSET may follow")
NEED_TLS = Reply(530, "5.7.0", "Issue STARTTLS first")
NO_TLS = Reply(502, "5.5.1", "TLS not offered here")
NOT_ALLOWED = Reply(550, "5.7.0", "Not allowed for this client")
NO_RELAY = Reply(550, "5.7.1", "Relaying denied")
NOT_A_CLIENT = Reply(554, "5.7.1", "Access denied for this client", close=True)
STRAY = Reply(550, "5.6.11", "Bare CR or LF in content, closing", close=True)
TOO_BIG = Reply(552, "5.3.4", "Message too big")
HEADER_TOO_BIG = Reply(552, "5.3.4", "Message header too big")
ENDLESS = Reply(552, "5.3.4", "Message too big, closing", close=True)

_UNPRINTABLE = re.compile(r"[^\x20-\x7e]")


def encode(reply: Reply) -> bytes:
    """The octets of a reply. Texts of the next hop may be long, of several lines, or hold octets nobody should see."""
    text = reply.text
    if len(text) <= MAX_TEXT and text.isascii() and text.isprintable():
        return f"{reply.code} {reply.enhanced}{' ' if reply.enhanced else ''}{text}\r\n".encode("ascii")
    lines = [_UNPRINTABLE.sub("?", line)[:MAX_TEXT] for line in reply.text.split("\n")]
    status = f"{reply.enhanced} " if reply.enhanced else ""
    marks = "-" * (len(lines) - 1) + " "
    return "".join(f"{reply.code}{mark}{status}{line}\r\n" for mark, line in zip(marks, lines, strict=True)).encode("ascii")
