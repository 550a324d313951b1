"""Who a message says it is from, in every reading that some mail program or filter may have (RFC 5322 section 3.6.2).

The readings are those of "Composition Kills" (Chen, Paxson, Jiang; USENIX Security 2020): several From fields, several
addresses, routes, comments, quotes, encoded words and control characters that one program reads and another does not.
Nothing here depends on a mail library: what it reads is in the code below. Every step is linear and bounded.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from gateway.model.address import normalise_domain

LONGEST_FIELD = 8 << 10                  # octets of one From field that are read
MOST_FIELDS = 10
MOST_AUTHORS = 20

_FIELD = re.compile(rb"(?i)(?:\A|(?<=[\r\n]))([^a-z0-9\r\n:-]*)(from|sender)([^a-z0-9\r\n:-]*):")
_END = re.compile(rb"(?:\r\n|\r(?!\n)|\n)(?![ \t])")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_SHIFTED = re.compile(rb"\x1b\$[@B][^\x1b]{0,4000}(?:\x1b\([BJ])?|\x1b\([BJ]")        # ISO-2022-JP as it stands
_DOUBLE = re.compile(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]")                              # Big5, GBK, Shift_JIS as they stand
_WORD = re.compile(r"=\?([A-Za-z0-9_.:+*-]{1,60})\?([BbQq])\?([^?\s]{0,4000})\?=")
_BETWEEN = re.compile(r"(\?=)\s+(?==\?)")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\\.|[()<>,;:]|[^"\\()<>,;:]+|.', re.S)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|\\.', re.S)
_AT = re.compile(r"@\s*(\[[^\]]{0,255}\]|[^\s@<>(),:;\"\\\[\]]{1,255})")
_ADDRESS = re.compile(r"([^\s@<>(),:;\"\\\[\]]{1,64})@([^\s@<>(),:;\"\\\[\]]{1,255})")
_AROUND = re.compile(r"\s*([@.])\s*")
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*")
_CHARSETS = {
    # what encoded words call it: Python's codec; everything else is read as UTF-8 where it is that, else opaque
    "big5": "big5hkscs", "big5-hkscs": "big5hkscs", "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "hz-gb-2312": "hz",
    "shift_jis": "cp932", "windows-31j": "cp932", "iso-2022-jp": "iso2022_jp_2", "euc-jp": "euc_jp", "euc-kr": "euc_kr",
    "ks_c_5601-1987": "cp949", "iso-8859-1": "latin-1", "windows-1252": "cp1252",
}
RAW_CODECS = ("big5hkscs", "gb18030", "cp932", "euc_jp", "cp949", "iso2022_jp_2", "hz")
"""Charsets of East Asia in which old programs write names without saying so; GB2312 and GBK are in GB18030."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Author:
    """One mailbox as the grammar reads it."""

    name: str                            # what stands before it or beside it, encoded words decoded
    local: str
    domain: str                          # normalised; "" where there is none
    others: tuple[str, ...] = ()         # the name as programs of other charsets show it, where it stands there undeclared


@dataclass(frozen=True, slots=True)
class Authors:
    """`authors` is the grammar's reading; `others` are domains that only other readings see, `reasons` say why."""

    authors: tuple[Author, ...] = ()
    others: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()        # several-fields odd-field-name control route several-addresses encoded comment
    # ^ too-long too-many
    sender_only: bool = False            # no From field: the authors are those of Sender

    @property
    def domains(self) -> tuple[str, ...]:
        """Of the authors, in order, each once."""
        return tuple(dict.fromkeys(a.domain for a in self.authors if a.domain))

    @property
    def contradictory(self) -> bool:
        return bool(self.reasons)


@lru_cache(maxsize=4)                    # of one mail several ask: history, DMARC, detectors; a block may have a megabyte
def authors(block: bytes) -> Authors:
    """The authors of a raw header block."""
    plain, odd, senders = _fields(block)
    fields = plain or odd
    if not fields:
        return Authors(_grammar(_text(senders[0]))[0] if senders else (), sender_only=True)
    reasons: dict[str, None] = {}
    found: list[Author] = []
    others: dict[str, None] = {}
    for raw in fields[:MOST_FIELDS]:
        mailboxes, seen, why = _read(raw)
        found += mailboxes
        others |= dict.fromkeys(seen)
        reasons |= dict.fromkeys(why)
    if len({frozenset(a.domain for a in _grammar(_text(raw))[0]) for raw in fields[:MOST_FIELDS]}) > 1 or fields[MOST_FIELDS:]:
        reasons["several-fields"] = None
    if len(found) > MOST_AUTHORS or len(others) > MOST_AUTHORS:
        reasons["too-many"] = None
    known = {a.domain for a in found}
    for raw in (odd if plain else ())[:MOST_FIELDS]:
        hidden = {a.domain for a in _grammar(_text(raw))[0] if a.domain} - known
        if hidden:
            reasons["odd-field-name"] = None
            others |= dict.fromkeys(hidden)
    return Authors(tuple(found[:MOST_AUTHORS]), tuple(d for d in others if d not in known)[:MOST_AUTHORS], tuple(reasons))


def mailboxes(value: bytes) -> tuple[Author, ...]:
    """The mailboxes of another field, such as Reply-To, as the grammar reads them."""
    return _grammar(_text(value[:LONGEST_FIELD]))[0][:MOST_AUTHORS]


def _fields(block: bytes) -> tuple[list[bytes], list[bytes], list[bytes]]:
    """Values of the From fields, of fields that some reader takes for one, and of the Sender fields."""
    plain: list[bytes] = []
    odd: list[bytes] = []
    senders: list[bytes] = []
    for match in _FIELD.finditer(block):
        before, after = match[1], match[3].strip(b" \t")
        if before[:1] in (b" ", b"\t") and match.start() > 0:
            continue                     # a continuation line of another field
        end = _END.search(block, match.end())
        value = block[match.end():end.start() if end else len(block)]
        if match[2].lower() == b"sender":
            senders += [value] if not before and not after else []
        else:
            (odd if before or after else plain).append(value)
    return plain, odd, senders


def _read(raw: bytes) -> tuple[tuple[Author, ...], list[str], list[str]]:
    """One From field: its mailboxes, the domains that other readings see, and why they differ."""
    reasons = ["too-long"] if len(raw) > LONGEST_FIELD else []
    raw = raw[:LONGEST_FIELD]
    text = _text(raw)
    mailboxes, extra, why = _grammar(text)
    known = {a.domain for a in mailboxes}
    others: dict[str, None] = {}

    def differs(reason: str, domains: set[str]) -> None:
        hidden = domains - known - {""}
        if hidden:
            others.update(dict.fromkeys(sorted(hidden)))
            reasons.append(reason)

    differs(why, set(extra))
    if _CONTROL.search(text):
        for reading in (_CONTROL.split(text)[0], _CONTROL.sub("", text), _CONTROL.sub(" ", text)):
            differs("control", {a.domain for a in _grammar(reading)[0]})
        if "\x00" in text:
            reasons.append("control")
    if "=?" in text:
        inside, hidden, _ = _grammar(decoded(text))
        differs("encoded", {a.domain for a in inside} | set(hidden))
    if "(" in text and "@" in text:
        differs("comment", set(_bracketed(text)))
    return _renamed(mailboxes, raw), list(others), list(dict.fromkeys(reasons))


def _renamed(found: tuple[Author, ...], raw: bytes) -> tuple[Author, ...]:
    """With the names that undeclared octets are in each charset in which they are well-formed."""
    if not found or not (b"\x1b" in raw or b"~{" in raw or _undeclared(raw)):
        return found
    names: list[dict[str, None]] = [{} for _ in found]
    unfolded = _LINE_END.sub(b"", raw)
    for codec in RAW_CODECS:
        try:
            text = unfolded.decode(codec)
        except UnicodeDecodeError:
            continue
        read = _grammar(text)[0]
        if [a.domain for a in read] == [a.domain for a in found]:
            for known, author in zip(names, read, strict=True):
                known[author.name] = None
    return tuple(replace(a, others=tuple(n for n in known if n and n != a.name)) for a, known in zip(found, names, strict=True))


def _undeclared(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def _text(raw: bytes) -> str:
    """Unfolded; double-byte text of old programs becomes opaque, so that its second octets are no syntax."""
    raw = _LINE_END.sub(b"", raw[:LONGEST_FIELD])
    raw = _SHIFTED.sub("�".encode(), raw)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return _DOUBLE.sub(b"?", raw).decode("latin-1")


def decoded(text: str) -> str:
    """Encoded words (RFC 2047) decoded, in the charsets of the table; never raises."""
    text = _BETWEEN.sub(r"\1", text)
    return _WORD.sub(_word, text)


def _word(match: re.Match[str]) -> str:
    encoded = match[3].encode("ascii", "replace")
    if match[2] in "Qq":
        octets = binascii.a2b_qp(encoded.replace(b"_", b"=20"))
    else:
        clean = re.sub(rb"[^A-Za-z0-9+/]", b"", encoded)
        clean = clean[:-1] if len(clean) % 4 == 1 else clean
        octets = base64.b64decode(clean + b"=" * (-len(clean) % 4))
    codec = _CHARSETS.get(match[1].partition("*")[0].lower())
    return octets.decode(codec, "replace") if codec else _text(octets)


def _grammar(text: str) -> tuple[tuple[Author, ...], list[str], str]:
    """The mailboxes of a field, the domains that stand where the grammar has none, and the reason's name."""
    found: list[Author] = []
    extra: list[str] = []
    why = "several-addresses"
    for piece in _pieces(text):
        author, more, route = piece.author()
        if author is not None:
            found.append(author)
        extra += more
        why = "route" if route else why
    return tuple(found), extra, why


@dataclass(slots=True)
class _Piece:
    """What stands between two commas: the words before the brackets, each bracket's content, the words behind."""

    before: str = ""
    brackets: tuple[str, ...] = ()
    behind: str = ""
    comment: str = ""

    def author(self) -> tuple[Author | None, list[str], bool]:
        *first, last = self.brackets or ("",)
        extra = [d for text in (*first, self.behind) for d in _domains(text)]
        address = last if "@" in _bare(last) else "" if self.brackets and not first else self.before
        if self.brackets and not address:
            address = self.before        # an empty bracket: some readers take the words before it
        domains = _domains(address)
        route = _bare(address).lstrip().startswith("@") and len(domains) > 1
        if not domains:
            return None, extra, False
        local = address[:address.rindex("@")].rpartition(":")[2].strip() if "@" in address else ""
        name = " ".join((self.before if self.brackets else self.comment).split())
        return Author(decoded(name), local, domains[-1]), [*extra, *domains[:-1]], route


def _pieces(text: str) -> Iterator[_Piece]:
    """Split at commas, semicolons and group names, with comments and quoted strings understood."""
    text = _AROUND.sub(r"\1", text.strip())
    piece, depth, inside = _Piece(), 0, False
    for match in _TOKEN.finditer(text):
        sign = match[0]
        if sign == "(" and not inside:
            depth += 1
        elif sign == ")" and depth:
            depth -= 1
        elif depth:
            piece.comment += sign
        elif sign == "<" and len(piece.brackets) < MOST_AUTHORS:
            piece.brackets, inside = (*piece.brackets, ""), True
        elif sign == ">":
            inside = False
        elif inside:
            piece.brackets = (*piece.brackets[:-1], piece.brackets[-1] + sign)
        elif sign in (",", ";", ":"):
            yield piece
            piece = _Piece()
        elif piece.brackets:
            piece.behind += sign
        else:
            piece.before += sign
    yield piece


def _bracketed(text: str) -> list[str]:
    """Domains in brackets, and behind commas, for readers that know no comments."""
    if not re.search(r"\([^)]*[<,]", text):
        return []
    return [a.domain for a in _grammar(text.replace("(", " ").replace(")", " "))[0]]


def _bare(text: str) -> str:
    """Without what is quoted."""
    return _QUOTED.sub(lambda m: "q" if m[0][0] == '"' else m[0], text) if '"' in text else text


def _domains(text: str) -> list[str]:
    """Every domain behind an @ that is not quoted."""
    found = []
    for match in _AT.finditer(_bare(text)):
        raw = unicodedata.normalize("NFKC", match[1]).replace("。", ".")
        host = raw if raw.startswith("[") else (m[0] if (m := _HOST.match(raw)) else "")
        if host:
            found.append(domain_of(host))
    return found


def domain_of(text: str) -> str:
    """As IDNA reads it: full-width letters and ideographic full stops are ordinary ones (UTS 46)."""
    return normalise_domain(unicodedata.normalize("NFKC", text[:255]).replace("。", "."))


def shown_addresses(name: str) -> list[tuple[str, str]]:
    """Local part and domain of whatever looks like an address in a display name."""
    text = unicodedata.normalize("NFKC", name[:LONGEST_FIELD])
    return [(local, domain_of(domain)) for local, domain in _ADDRESS.findall(text) if "." in domain][:MOST_AUTHORS]
