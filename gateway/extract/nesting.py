"""Depth, references and repetition of texts that are written in brackets, tags or records: what a reader's stack, memory or
patience ends at long before its octets run out. Each look is one linear pass, and most texts are done with by counting.
"""

from __future__ import annotations

import re
from itertools import accumulate, chain

RECORDS = 300_000
"""Objects of one JSON file, rows of a dump, entries of a directory; beyond, it counts as too big to judge."""
FRAMES = 2_000
"""Pages and objects inside one page."""
JSON_DEPTH = 500
"""Brackets within one another. Readers give up at 64 (.NET), 512 (PHP) or 1000 (Jackson)."""
XML_DEPTH = 500
"""Elements within one another. libxml2 gives up at 256."""
PAGE_DEPTH = 5_000
"""Open elements of a page. Browsers lay out 512; old programs that write reports leave one open on each page."""
EXPANDED = 10 << 20
"""Octets that the entities of one XML document stand for (CWE-776, "billion laughs", and its quadratic kin)."""
ENTITY_DEPTH = 100
DRAWN = 200_000
"""Elements that the references of one drawing draw. A map has twenty thousand symbols."""
LETTERS = 20_000
"""Letters in one mailbox file: at 5 kB each they are more than a mail may weigh."""
CARDS = 50_000
"""Contacts or events in one file. The largest address books have ten thousand."""
GUESTS = 50_000
"""Participants or exceptions, of a file of events."""
CARD_DEPTH = 16
"""Components within one another (RFC 5545 knows three)."""

STEP = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
NO_BRACKETS = bytes(c for c in range(256) if c not in STEP)
QUOTED = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.S)
"""A string, or what follows a quote that nothing closes: looked at once, not again from each quote in it."""
TAG = re.compile(rb"<(?:!\[CDATA\[.*?(?:\]\]>|\Z)|!--.*?(?:-->|\Z)|(/)?[A-Za-z_:\x80-\xff][^<>]*+(?<!(/))>)", re.S)
DECLARED = re.compile(rb"<!ENTITY\s{1,40}(?:%\s{1,40})?([\w:.\-\x80-\xff]{1,200})\s{1,40}(?:\"([^\"]*)\"|'([^']*)')")
REFERENCE = re.compile(rb"[&%]([A-Za-z_:\x80-\xff][\w:.\-\x80-\xff]{0,199}+);")
PARAMETER = re.compile(rb"%([\w:.\-\x80-\xff]{1,200}+);")
STYLES = frozenset(["a", "b", "big", "em", "font", "i", "small", "span", "strong", "tt", "u"])
BREAKS = frozenset(["p", "li", "td", "th", "tr"])
"""They end what styles were left open before them, as old programs leave them."""
OPENED = re.compile("<(/?)(" + "|".join(sorted(STYLES | BREAKS)) +
                    r"|blockquote|center|div|dl|fieldset|form|g|iframe|object|ol|section|svg|table|ul)(?=[\s/>])", re.I)
NEAR = 16
"""Open elements among which an end is looked for: elements that cross one another are closed all the same."""
FRAME = re.compile(r"<(?:i?frame|object|embed|applet)(?=[\s/>])", re.I)
USED = re.compile(r"<(?:(/)?(?:svg:)?(g|symbol|defs|svg|pattern|marker|use|clipPath|mask)(?=[\s/>])([^<>]*?)(/?)>)", re.I)
IDENTIFIER = re.compile(r"(?:^|\s)id\s?=\s?[\"']([^\"']{1,200})")
TARGET = re.compile(r"href\s?=\s?[\"']#([^\"']{1,200})")
COMPONENT = re.compile(rb"^(?:(BEGIN)|END):", re.M | re.I)
GUEST = re.compile(rb"^(?:ATTENDEE|EXDATE|RDATE)[;:]", re.M | re.I)


def json(data: bytes) -> str:
    """What is too deep or too much, "" for ordinary JSON."""
    objects = data.count(b"{")
    if objects > RECORDS:
        return f"more than {RECORDS} objects"
    if data.count(b"[") + objects <= JSON_DEPTH or _brackets(data) <= JSON_DEPTH:
        return ""
    return f"more than {JSON_DEPTH} brackets within one another" if _brackets(QUOTED.sub(b"", data)) > JSON_DEPTH else ""


def _brackets(data: bytes) -> int:
    return max(accumulate(map(STEP.__getitem__, data.translate(None, NO_BRACKETS))), default=0)


def xml(data: bytes) -> str:
    """What is too deep or stands for too much, "" for ordinary XML."""
    if b"<!ENTITY" in data and _expanded(data) > EXPANDED:
        return f"entities that stand for more than {EXPANDED} octets"
    if data.count(b"<") <= XML_DEPTH:
        return ""
    depth = 0
    for match in TAG.finditer(data):
        if match[1]:
            depth -= 1
        elif match[2] is None and data[match.start() + 1] != 0x21:
            depth += 1
            if depth > XML_DEPTH:
                return f"more than {XML_DEPTH} elements within one another"
    return ""


def _expanded(data: bytes) -> int:
    """Octets that the references of a document stand for; one that stands for itself stands for more than any limit."""
    declared = list(DECLARED.finditer(data))
    values = {match[1]: match[2] or match[3] or b"" for match in declared}
    sizes: dict[bytes, int] = {}

    def size(name: bytes, depth: int) -> int:
        if name not in values:
            return 0
        if depth > ENTITY_DEPTH:
            return EXPANDED + 1
        if name not in sizes:
            sizes[name] = EXPANDED + 1
            made = len(values[name]) + sum(size(inner, depth + 1) for inner in REFERENCE.findall(values[name])[:1000])
            sizes[name] = min(made, EXPANDED + 1)
        return sizes[name]

    used = REFERENCE.findall(data, declared[-1].end() if declared else 0)
    return sum(size(name, 0) for name in chain(used, values.keys() & set(PARAMETER.findall(data))))


def page(source: str) -> str:
    """Elements of a page that are open at a time. What a table, a form or a division ends is closed with it."""
    if source.count("<") <= PAGE_DEPTH:
        return ""
    if len(FRAME.findall(source)) > FRAMES:
        return f"more than {FRAMES} pages and objects inside the page"
    opened: list[str] = []
    for match in OPENED.finditer(source):
        name = match[2].lower()
        if name in BREAKS:
            while opened and opened[-1] in STYLES:
                opened.pop()
        elif not match[1]:
            opened.append(name)
            if len(opened) > PAGE_DEPTH:
                return f"more than {PAGE_DEPTH} elements within one another"
        elif name in opened[-NEAR:]:
            while opened.pop() != name:
                continue
    return ""


def drawing(source: str) -> str:
    """What `use` elements draw, those that draw others again and again."""
    if source.count("use") < 12:
        return ""
    inside: list[str] = [""]
    uses: dict[str, list[str]] = {}
    for match in USED.finditer(source):
        if match[2].lower() == "use":
            target = TARGET.search(match[3])
            uses.setdefault(inside[-1], []).append(target[1] if target else "")
        elif match[1]:
            del inside[max(1, len(inside) - 1):]
        elif not match[4]:
            identifier = IDENTIFIER.search(match[3])
            inside.append(identifier[1] if identifier else inside[-1])
    costs: dict[str, int] = {}

    def cost(name: str, depth: int) -> int:
        if depth > 50:
            return DRAWN + 1
        if name not in costs:
            costs[name] = 0              # one that draws itself is not drawn at all
            costs[name] = min(DRAWN + 1, 1 + sum(cost(target, depth + 1) for target in uses.get(name, ())))
        return costs[name]

    total = sum(cost(name, 0) for name in list(uses))
    return f"references that draw more than {DRAWN} elements" if total > DRAWN else ""


def ldif(data: bytes) -> str:
    """Entries of a directory (RFC 2849)."""
    return f"more than {RECORDS} entries" if data.count(b"\ndn:") > RECORDS else ""


def letters(data: bytes) -> str:
    """Messages of a mailbox file."""
    return f"more than {LETTERS} letters in a mailbox" if data.count(b"\nFrom ") > LETTERS else ""


def cards(data: bytes) -> str:
    """Components of a calendar or an address book."""
    begun = data.upper().count(b"BEGIN:V")
    if begun > CARDS:
        return f"more than {CARDS} events or contacts"
    if len(GUEST.findall(data)) > GUESTS:
        return f"more than {GUESTS} participants or exceptions"
    depth = max(accumulate(1 if begin else -1 for begin in COMPONENT.findall(data)), default=0) if begun > CARD_DEPTH else 0
    return f"more than {CARD_DEPTH} components within one another" if depth > CARD_DEPTH else ""
