"""The commands a client may give, each a function of the session and its argument, and the table of them.

A function returns the reply, or None where it has said all itself.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from gateway.edge import replies
from gateway.edge.commands import Refused, parse_forwarded, parse_mail, parse_rcpt
from gateway.edge.content import bdat, data
from gateway.edge.permission import recipient_refusal, sender_refusal
from gateway.model.reply import Reply

if TYPE_CHECKING:
    from gateway.edge.session import EdgeSession

Command = Callable[["EdgeSession", str], Awaitable[Reply | None]]
XCLIENT = ("NAME", "ADDR", "PORT", "PROTO", "HELO", "LOGIN", "DESTADDR", "DESTPORT")
XFORWARD = ("NAME", "ADDR", "PORT", "PROTO", "HELO", "IDENT", "SOURCE")


async def helo(session: EdgeSession, argument: str) -> Reply | None:
    return await _hello(session, argument, extended=False)


async def ehlo(session: EdgeSession, argument: str) -> Reply | None:
    return await _hello(session, argument, extended=True)


async def _hello(session: EdgeSession, argument: str, extended: bool) -> Reply | None:
    if not argument or len(argument) > 255:
        return session.mistake(replies.BAD_SYNTAX)
    await session.forget()
    session.caller.hello(argument, extended)
    if not extended:
        return session.idle_talk(Reply(250, "", session.hostname))
    return session.idle_talk(Reply(250, "", "\n".join([session.hostname, *offers(session)])))


def offers(session: EdgeSession) -> list[str]:
    """The lines of EHLO. What depends on the next hop is promised only where the next hop keeps it."""
    listener = session.listener
    known = session.edge.lane(listener).next_hop.extensions
    size = min(s for s in (listener.max_size, known.size if known else 0) if s) if listener.max_size else 0
    lines = ["PIPELINING", f"SIZE {size}", "ENHANCEDSTATUSCODES", "CHUNKING"]
    lines += [word for word in ("8BITMIME", "SMTPUTF8") if known is None or word in known]
    if dsn(session):
        lines.append("DSN")
    if session.tls_context is not None and not session.caller.secure:
        lines.append("STARTTLS")
    if session.caller.trusted:
        lines += [f"XCLIENT {' '.join(XCLIENT)}", f"XFORWARD {' '.join(XFORWARD)}"]
    return lines


def dsn(session: EdgeSession) -> bool:
    known = session.edge.lane(session.listener).next_hop.extensions
    return known is not None and "DSN" in known


async def starttls(session: EdgeSession, argument: str) -> Reply | None:
    if argument:
        return session.mistake(replies.BAD_SYNTAX)
    if session.tls_context is None or session.caller.secure:
        return session.mistake(replies.NO_TLS)
    await session.forget()
    session.say(replies.READY_FOR_TLS)
    session.flush()
    await session.start_tls()
    return None


async def mail(session: EdgeSession, argument: str) -> Reply | None:
    if not session.caller.helo:
        return session.mistake(replies.NEED_HELO)
    if session.incoming is not None:
        return session.mistake(replies.NESTED_MAIL)
    edge, listener = session.edge, session.listener
    if edge.draining:
        return replies.GOING_DOWN
    try:
        command = parse_mail(argument, dsn(session))
    except Refused as refused:
        return session.mistake(refused.reply)
    if command.size > listener.max_size:
        return replies.TOO_BIG
    refusal = sender_refusal(listener, command.path)
    if refusal is not None:
        return session.mistake(session.refused(refusal))
    if not edge.admission.message(listener, session.caller.client, edge.clock.monotonic()):
        return replies.RATE
    session.begin(command)
    return replies.SENDER_OK


async def rcpt(session: EdgeSession, argument: str) -> Reply | None:
    incoming = session.incoming
    if incoming is None:
        return session.mistake(replies.NEED_MAIL)
    if incoming.chunks is not None:
        return session.mistake(replies.CHUNKS_BEGUN)
    try:
        command = parse_rcpt(argument, dsn(session), incoming.mail.smtputf8)
    except Refused as refused:
        return session.mistake(refused.reply)
    refusal = recipient_refusal(session.listener, incoming.mail.path, command.mailbox)
    if refusal is not None:
        return session.mistake(session.refused(refusal))
    if not session.edge.admission.recipient(session.listener, session.caller.client, session.edge.clock.monotonic()):
        return replies.RATE
    return await incoming.add(command)


async def rset(session: EdgeSession, argument: str) -> Reply | None:
    if argument:
        return session.mistake(replies.BAD_SYNTAX)
    await session.forget()
    return session.idle_talk(replies.OK)


async def noop(session: EdgeSession, _: str) -> Reply | None:
    return session.idle_talk(replies.OK)


async def vrfy(session: EdgeSession, argument: str) -> Reply | None:
    return session.idle_talk(replies.NO_VERIFY) if argument else session.mistake(replies.BAD_SYNTAX)


async def expn(session: EdgeSession, _: str) -> Reply | None:
    return session.idle_talk(replies.UNKNOWN)


async def help_(session: EdgeSession, _: str) -> Reply | None:
    return session.idle_talk(replies.HELP)


async def quit_(session: EdgeSession, argument: str) -> Reply | None:
    return session.mistake(replies.BAD_SYNTAX) if argument else replies.BYE


async def xclient(session: EdgeSession, argument: str) -> Reply | None:
    """The peer speaks for a client: who that is, is judged and logged. The session starts anew (Postfix XCLIENT_README)."""
    if not session.caller.trusted:
        return session.mistake(replies.NOT_ALLOWED)
    if session.incoming is not None:
        return session.mistake(replies.IN_TRANSACTION)
    try:
        forwarded = parse_forwarded(argument, frozenset(XCLIENT))
    except Refused as refused:
        return session.mistake(refused.reply)
    session.caller.forget()
    session.caller.xclient = forwarded
    return Reply(220, "", f"{session.hostname} ESMTP sekisho")


async def xforward(session: EdgeSession, argument: str) -> Reply | None:
    """Of the next transaction only; the session goes on (Postfix XFORWARD_README)."""
    if not session.caller.trusted:
        return session.mistake(replies.NOT_ALLOWED)
    if session.incoming is not None:
        return session.mistake(replies.IN_TRANSACTION)
    try:
        forwarded = parse_forwarded(argument, frozenset(XFORWARD))
    except Refused as refused:
        return session.mistake(refused.reply)
    session.caller.xforward = session.caller.xforward.updated(forwarded)
    return replies.OK


COMMANDS: Mapping[str, Command] = {
    "HELO": helo, "EHLO": ehlo, "STARTTLS": starttls, "MAIL": mail, "RCPT": rcpt, "DATA": data, "BDAT": bdat, "RSET": rset,
    "NOOP": noop, "VRFY": vrfy, "EXPN": expn, "HELP": help_, "QUIT": quit_, "XCLIENT": xclient, "XFORWARD": xforward,
}
