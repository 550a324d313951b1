"""One notice as a complete message (RFC 5322, RFC 2045 to 2047): plain text and simple HTML, null sender, no answers.

The order of its parts: what happened, which mail, why, what can be done until when, who to ask, reference number.
"""

from __future__ import annotations

import hashlib
import html
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime

from gateway.notices.catalog import LABELS, text

_POLICY = compat32.clone(linesep="\r\n", max_line_length=76)
_STYLE = "font-family:sans-serif;font-size:1rem;line-height:1.6;max-width:40em"
_JIS = "iso-2022-jp"
_GETA = "〓"                              # what Japanese printers put where a letter is missing


@dataclass(frozen=True, slots=True)
class Page:
    """What a notice says, already in the reader's language and safe to show."""

    language: str
    title: str
    happened: str
    mail: Sequence[tuple[str, str]] = ()     # label, value
    why: Sequence[str] = ()
    reason: str = ""                         # an approver's words
    todo: str = ""
    link: str = ""
    contact: str = ""
    reference: str = ""
    also: Sequence[str] = ()                 # further sentences beside `happened`
    blocks: Sequence[tuple[str, Sequence[str]]] = ()     # heading, lines; after why


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Where a notice goes and who writes it."""

    sender: str
    recipient: str
    hostname: str
    date: datetime
    iso_2022_jp: bool = False


Block = tuple[str, Sequence[str]]            # heading ("" for none) and lines


def message(page: Page, header: Letterhead) -> bytes:
    """The octets, CRLF. The same page to the same recipient has the same Message-ID: a retry is no second notice."""
    legacy = header.iso_2022_jp and page.language == "ja"
    charset = _JIS if legacy else "utf-8"
    fit = japanese if legacy else str
    mail = MIMEMultipart("alternative", policy=_POLICY, boundary=f"=_{_digest(page, header)[:24]}")
    mail.attach(_part(fit(plain(page)), "plain", charset))
    mail.attach(_part(fit(markup(page)), "html", charset))
    del mail["MIME-Version"]
    for key, value in (
        ("From", f"{_words(fit(text(page.language, LABELS['name'])), charset)} <{header.sender}>"),
        ("To", header.recipient),
        ("Subject", _words(fit(f"{text(page.language, LABELS['tag'])} {page.title}"), charset)),
        ("Date", format_datetime(header.date)),
        ("Message-ID", f"<{_digest(page, header)[:32]}@{header.hostname}>"),
        ("MIME-Version", "1.0"),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
        ("Content-Language", page.language),
    ):
        mail[key] = value
    return mail.as_bytes(policy=_POLICY)


def plain(page: Page) -> str:
    blocks = []
    for heading, lines in _blocks(page):
        body = "\r\n".join(lines)
        blocks.append(f"{heading}\r\n{body}" if heading else body)
    return "\r\n\r\n".join(blocks) + "\r\n"


def markup(page: Page) -> str:
    """No pictures, no colours of its own (dark mode keeps its contrast), one link, headings for screen readers."""
    parts = [
        f'<!DOCTYPE html><html lang="{html.escape(page.language)}"><head><meta charset="utf-8">'
        f'<meta name="color-scheme" content="light dark"><title>{html.escape(page.title)}</title></head>'
        f'<body style="{_STYLE}"><h1 style="font-size:1.25rem">{html.escape(page.title)}</h1>'
    ]
    for heading, lines in _blocks(page):
        if heading:
            parts.append(f'<h2 style="font-size:1.05rem;margin-bottom:0">{html.escape(heading)}</h2>')
        parts.append("<p>" + "<br>".join(_line(line, page.link) for line in lines) + "</p>")
    parts.append("</body></html>")
    return "\r\n".join(parts) + "\r\n"


def _line(line: str, link: str) -> str:
    if link and (line == link or line.startswith(f"{link}/")):
        return f'<a href="{html.escape(line, quote=True)}">{html.escape(line)}</a>'
    return html.escape(line)


def _blocks(page: Page) -> list[Block]:
    def say(key: str) -> str:
        return text(page.language, LABELS[key])

    pair = [text(page.language, LABELS["colon"], label=label, value=value) for label, value in page.mail]
    blocks: list[Block] = [("", [page.happened, *page.also])]
    blocks += [(say("mail"), pair)] if pair else []
    blocks += [(say("why"), [f"- {line}" for line in page.why])] if page.why else []
    blocks += [block for block in page.blocks if block[1]]
    blocks += [(say("reason"), [page.reason])] if page.reason else []
    blocks += [(say("do"), [page.todo, *([page.link] if page.link else [])])] if page.todo else []
    blocks += [(say("page"), [page.link])] if page.link and not page.todo else []
    blocks += [(say("ask"), [page.contact])] if page.contact else []
    blocks += [(say("reference"), [page.reference])] if page.reference else []
    return [*blocks, ("", [say("automatic")])]


def _part(content: str, subtype: str, charset: str) -> MIMEText:
    if charset == _JIS:
        content = content.replace('<meta charset="utf-8">', f'<meta charset="{_JIS}">')
    part = MIMEText(content, subtype, charset, policy=_POLICY)
    del part["MIME-Version"]
    return part


def _words(value: str, charset: str) -> str:
    """Encoded words (RFC 2047) where ASCII is not enough."""
    return Header(value, "us-ascii" if value.isascii() else charset, 60).encode()


def japanese(content: str) -> str:
    """What ISO-2022-JP can write; the rest as a geta mark."""
    return "".join(c if _encodable(c) else _GETA for c in content)


def _encodable(character: str) -> bool:
    try:
        character.encode(_JIS)
    except UnicodeEncodeError:
        return False
    return True


def _digest(page: Page, header: Letterhead) -> str:
    more = [line for _, lines in page.blocks for line in lines if not (page.link and line.startswith(page.link))]
    told = "\0".join((page.reference, page.language, page.title, page.happened, *page.why, *page.also, *more,
                      header.recipient.casefold()))
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()
