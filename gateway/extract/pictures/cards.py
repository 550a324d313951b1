"""Cards and certificates name at their top what their number is: 運転免許証 over a bare 番号. In the text of a picture the title is
put before that number, as the label it is. Cards of banks name theirs by the month below it until which they are valid.
"""

from __future__ import annotations

import re

from gateway.identifiers import hk, jp, payment, us
from gateway.identifiers.normalise import view
from gateway.identifiers.registry import IDENTIFYING
from gateway.identifiers.terms import Labels

TITLE = 40
"""Characters of a title at the most."""
BELOW = 9
"""Lines below a title in which the number of its card may stand."""
NUMBER = re.compile(r"(?<![0-9A-Za-z])(?:[A-Z]{0,2}[0-9][0-9 \-]{6,22}(?:[0-9X]|[0-9][A-Z]{2})(?![0-9A-Za-z])|"
                    r"[A-Z]{1,2}[0-9]{6} ?[(（][0-9A][)）])")
"""The number of a card; in brackets stands the check digit of Hong Kong."""
DATED = re.compile(r"[0-9]{2,4}[ \-]{1,2}[0-9]{1,2}[ \-]{1,2}[0-9]{1,2}|[0-9]{1,2}[ \-]{1,2}[0-9]{1,2}[ \-]{1,2}[0-9]{4}")
DOCUMENT = re.compile(r"[證証证卡ド券照書书](?:\s*[A-Za-z ]+)?$|(?:card|licen[cs]e|passport|^social security)$", re.IGNORECASE)
"""How names of documents end; those of their numbers end otherwise."""
ESTABLISHED = re.compile(r"(?<!SOCIAL SECURITY\n)^THIS NUMBER HAS BEEN ESTABLISHED FOR$", re.M)
"""What stands on every social security card of America below its title, where that was misread."""
NAMED = frozenset(kind for kind in IDENTIFYING if not kind.endswith("bank_account"))
"""What such a title tells of the number: the application for an account has other ones."""
CALLED = re.compile(r"番\s?号|第 ?[0-9]|(?<![a-z])No", re.IGNORECASE)
"""What a number is called that its card has no other word for."""
LINES = 30
"""Lines of a card at the most, blank ones too."""
BETWEEN = re.compile(r" {2,}")
FACE = re.compile(r"(?<![0-9A-Za-z:])[0-9]{4}(?: {1,3}[0-9]{4}){3}(?![ \-]?[0-9A-Za-z])|"
                  r"(?<![0-9A-Za-z:])[0-9]{4} {1,3}[0-9]{6} {1,3}[0-9]{5}(?![0-9])")
"""The number of a card as it stands on one."""
SCHEME = re.compile(r"union ?pay|银联|銀聯|master ?card|(?<![a-z])(?:visa|jcb|maestro|debit)(?![a-z])|american express|"
                    r"[借贷貸][记記]卡|[储儲]蓄卡|信用卡|金融卡", re.IGNORECASE)
"""What stands on a card that says no month, as those of Chinese banks."""
BARE = re.compile(r"(?<![0-9A-Za-z:])(?:[0-9]{4}(?: {1,3}[0-9]{4}){3}(?: {1,3}[0-9]{1,3})?|[0-9]{6} {1,3}[0-9]{13})"
                  r"(?! ?[0-9A-Za-z])")
"""The number on one of these."""
FACED = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z?&]{4}(?: {1,3}[0-9A-Za-z?&]{4}){3}(?![0-9A-Za-z])")
"""What was read of such a number."""
VALID = re.compile(r"(?:THRU|VALID|GOOD|EXP|END|MONTH|期限|有效|有効)[^\n]{0,24}?"
                   r"(?<![0-9])(?:0[1-9]|1[0-2]) ?/ ?(?:20)?[0-9]{2}(?![0-9/])", re.IGNORECASE)
"""The month until which a card is valid, as it stands on one."""
FOUR = 4
"""Groups of digits of the number of most cards."""
BENEATH = 3
"""Lines below the number of a card in which that month stands."""
GROUPS = re.compile(r"[^0-9A-Za-z]{0,3}([0-9]{4})(?: {1,4}([0-9]{4}))?[^0-9A-Za-z]{0,3}")
"""A line of a card whose number stands in two lines or in four."""
RESIDENCE = re.compile(r"(?<![0-9A-Za-z])[A-Z]{2}[0-9]{8}[A-Z]{2}(?![0-9A-Za-z])")
RESIDENT = re.compile(r"在.{1,8}番号|ド ?番号|留カ|在留")
"""What is left of 在留カード番号 where some of it was misread."""
PASSPORT = re.compile(r"(?<![0-9A-Za-z])[MT][A-Z][0-9]{7}(?![0-9A-Za-z])")
"""Of Japan, whose ordinary ones begin so (外務省, 旅券番号)."""
HONG_KONG = re.compile(r"(?<![0-9A-Za-z])[A-Z]{1,2}[0-9]{6}\([0-9A]\)")
KOREAN = re.compile(r"(?<![0-9A-Za-z\-])[0-9]{6} ?- ?[1-8][0-9]{6}(?![0-9A-Za-z\-])")
"""A resident registration number: a date, then a digit that tells sex and century."""
INDIVIDUAL = re.compile(r"(?<![0-9A-Za-z\-])[0-9]{4}([ \-]?)[0-9]{4}\1[0-9]{4}(?![0-9A-Za-z\-])")
MOSTLY = 0.7
"""Share of numbers of that shape whose check digit is right."""
LISTED = (
    ("在留カード番号", RESIDENCE, frozenset({"jp.residence_card"})),
    ("旅券番号", PASSPORT, frozenset({"jp.passport", "passport"})),
    ("香港身份證號碼", HONG_KONG, frozenset({"hk.id", "id"})))
SOCIAL = re.compile(r"(?<![A-Za-z])(?:SSN|TIN)s?(?![A-Za-z])|social ?sec|tax(?:payer)? id", re.IGNORECASE)
SOCIAL_NUMBER = re.compile(r"(?<![0-9\-])[0-9]{3}-[0-9]{2}-[0-9]{4}(?![0-9\-])")
ABOUT, SEVERAL = frozenset({"birthdate", "address", "phone"}), 3
"""What else a list of people says of them, and numbers of one shape from which on they are a column of it."""


def titled(text: str, labels: Labels) -> str:
    """The text with the title of a card before its number, where that has no label of its own. The title of a licence stands below
    its number, which is called a number then."""
    text = ESTABLISHED.sub(r"SOCIAL SECURITY\n\g<0>", text)
    lines = text.split("\n")
    named = _below(lines, labels)
    if named == lines:
        called = _below([line if CALLED.search(line) else NUMBER.sub("", line) for line in reversed(lines)], labels)
        named = [new if CALLED.search(line) else line for line, new in zip(lines, reversed(called), strict=True)]
    return "\n".join(named)


def entitled(text: str, other: str, labels: Labels) -> str:
    """The text with the title of a card above it that only the other reading of the picture has."""
    titles = [title for line in other.split("\n") if (title := _title(line, labels))] if len(other.split("\n")) <= LINES else []
    return f"{titles[0]}\n{text}" if titles and not any(_title(line, labels) for line in text.split("\n")) else text


def _below(text: list[str], labels: Labels) -> list[str]:
    """Those lines with each title before the first number after it."""
    lines, title, since = [], "", 0
    for line in text:
        since += bool(line.strip())
        if heading := _title(line, labels):
            title, since = heading, 0
        if title and since <= BELOW:
            named = _labelled(line, title, labels)
            title, line = "" if named != line else title, named
        lines.append(line)
    return lines


def faced(text: str) -> str:
    """The text with a label before the number of each card of a bank that stands in it as on the card itself."""
    lines = [line for line in text.split("\n") if line.strip()]
    dated = [VALID.search(line) is not None for line in lines]
    if not any(dated):
        return _undated(text) if len(lines) <= LINES else text

    def named(match: re.Match[str]) -> str:
        return f"Card number: {match[0]}" if payment.card(match[0].replace(" ", "")) else match[0]

    return "\n".join(FACE.sub(named, line) if any(dated[at:at + 1 + BENEATH]) else line for at, line in enumerate(lines))


def _undated(text: str) -> str:
    """The few lines of a card without a month, with a label before its one number."""
    numbers = [match for match in BARE.finditer(text) if payment.card(match[0].replace(" ", ""))] if SCHEME.search(text) else []
    if len(numbers) != 1:
        return text
    at = numbers[0].start()
    return f"{text[:at]}Card number: {text[at:]}"


def korean(text: str) -> str:
    """The text of a picture in a Korean mail with a label before what has the shape of a resident registration number: Hangul is
    not read."""
    return KOREAN.sub(lambda match: f"주민등록번호: {match[0].replace(' ', '')}", text)


def stacked(text: str) -> str:
    """The text with the numbers of cards in one line each that stand in several, with nothing else: four groups of digits in all,
    longer columns are lists."""
    lines = [line for line in text.split("\n") if line.strip()]
    groups = [GROUPS.fullmatch(line) for line in lines]
    said, at = [], 0
    while at < len(lines):
        end = at
        while end < len(lines) and groups[end]:
            end += 1
        number = [group for match in groups[at:end] if match for group in match.groups() if group]
        dated = VALID.search("\n".join(lines[end:end + BENEATH])) is not None             # misread ones are compared later
        if len(number) == FOUR and end - at > 1 and (dated or payment.card("".join(number))):
            said.append(" ".join(number))
        else:
            said += lines[at:end] or lines[at:at + 1]
        at = max(end, at + 1)
    return "\n".join(said) if len(said) < len(lines) else text


def social(text: str, other: str) -> str:
    """The social security numbers of America of a page that says what they are, each under its label: that stands over a list
    where its columns were not told apart, or over several cards. '' where there are none. `other`: another reading."""
    if not SOCIAL.search(f"{text}\n{other}"):
        return ""
    found = [dict.fromkeys(number for number in SOCIAL_NUMBER.findall(reading) if us.ssn(number.replace("-", "")))
             for reading in (other, text)]
    return "\n".join(f"SSN: {number}" for number in max(found, key=len))


def listed(text: str, labels: Labels, other: str = "") -> str:
    """The numbers of residence cards, passports and cards of Hong Kong of a text, each under its label, where that stands anywhere
    in it or where the text is a list of people: their shapes are like no other, the columns of a picture are not always told apart,
    and a short label is easily misread. '' where there are none. `other`: another reading, which may have numbers that this one
    lacks; individual numbers are taken from it where this one has none of them."""
    both = f"{text}\n{other}"
    found = [(label, dict.fromkeys(filter(_right, shape.findall(both))), names) for label, shape, names in LISTED]
    individual = _individual(other) if not _individual(text) else []
    if not individual and not any(numbers for _, numbers, _ in found):
        return ""
    kinds = set().union(*(labels.heading(view(line).text[:TITLE]) for line in text.split("\n")))

    def people(names: frozenset[str]) -> bool:
        left = "jp.residence_card" in names and RESIDENT.search(text) is not None
        return "name" in kinds and (left or not kinds.isdisjoint(ABOUT))

    said = [f"個人番号: {number}" for number in individual if "jp.my_number" in kinds]
    said += [f"{label}: {number}" for label, numbers, names in found
             if not kinds.isdisjoint(names) or (people(names) and len(numbers) >= SEVERAL) for number in numbers]
    return "\n".join(said)


def _right(number: str) -> bool:
    """Whether a number that LISTED found may be one: that of Hong Kong has a check digit."""
    return "(" not in number or hk.hkid(number[:-3] + number[-2])


def _individual(text: str) -> list[str]:
    """The individual numbers of Japan of a reading, where nearly all of their shape are right: of others a tenth is by chance."""
    shaped = dict.fromkeys(re.sub("[ -]", "", match[0]) for match in INDIVIDUAL.finditer(text))
    right = [value for value in shaped if jp.my_number(value)]
    return right if len(right) >= MOSTLY * len(shaped) else []


def _title(line: str, labels: Labels) -> str:
    """The piece of a line, between wide gaps, that names a document; '' in the heading of a table."""
    pieces = [piece for piece in BETWEEN.split(line.strip()) if not any(map(str.isdigit, piece))]
    titles = {piece for piece in pieces
              if len(piece) <= TITLE and DOCUMENT.search(piece) and not labels.heading(view(piece).text).isdisjoint(NAMED)}
    others = any(labels.heading(view(piece).text) for piece in pieces if piece not in titles)
    return titles.pop() if len(titles) == 1 and not others else ""


def _labelled(line: str, title: str, labels: Labels) -> str:
    def named(match: re.Match[str]) -> str:
        if labels.before(view(line[:match.start()]).text) or DATED.fullmatch(match[0]):
            return match[0]
        return f"{title}: {match[0]}"

    return NUMBER.sub(named, line)
