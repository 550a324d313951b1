"""Makes pictures of text fit for Tesseract, which reads dark type of some 24 pixels on white best: size, light, skew. And what it
usually takes for something else in Taiwanese identity numbers is put right.
"""

from __future__ import annotations

import re
from collections import Counter
from statistics import median

import numpy as np
from PIL import Image, ImageOps, ImageStat

from gateway.extract.pictures import cards, combs, ground
from gateway.extract.pictures.lines import Marks
from gateway.identifiers import hk, payment, tw

TYPE = 24
"""Height of a line of type in pixels that is aimed at."""
LARGEST = 4000
"""Long side in pixels of what is read: A4 at 340 dpi."""
MOST_TIMES = 4.0
LEAST_TIMES = 0.4
"""Type that seems larger still is the pattern of a screen."""
STRIP = 48
"""Pixels: type is looked for in strips of this width, because columns of a page have different lines."""
LEAST_TYPE, MOST_TYPE = 5, 200
LEAST_RUNS = 6
HIGHER = 1.6
"""How many times as high as it seemed on its ground type is without it, to be taken from that once more."""
RULE = 60
"""Pixels from which on a vertical edge is a line of a table."""
NOISE, BEYOND = 6, 5
"""Steps of grey that are no edge; how many times as much as pixels usually differ from the next one is one in a noisy picture."""
DARK = 110
APART_BY, RAISED, LEAST_RAISED = 40, 2, 0.004
"""Steps of grey from the ground on which type is something else; how many times as much of that is lighter than darker, and what
share of the picture at the least, where the type is light."""
LEAST_SKEW, MOST_SKEW = 0.5, 16.0
MOST_TILT = 46.0
"""Degrees by which a picture may lie askew that nothing was read of."""
COARSE = 1.5
"""Degrees from one attempt to the next, before the finer ones."""
SIDEWAYS = 1.5
DISTINCT, BESIDE, APART, MOST_SLANTS = 2.5, 0.45, 3.0, 2
"""Lines that lie otherwise: how much sharper they are than at any turn, than the others, degrees from these, and how many such."""

TW_SHAPE = re.compile(r"(?<![0-9A-Za-z])([A-Z$|!€£©0-25678]|4)([ €£©]?)([1289][0-9]{8})(?![0-9A-Za-z])")
UNDER_LABEL = re.compile(r"((?:統.{1,2}[號号]|身[分份].{1,6}[號号])[^0-9A-Za-z\n]{0,8})([1245678])([1289][0-9]{8})(?![0-9A-Za-z])")
"""A digit where the label says that a letter stands: the number of a company has eight digits, a telephone begins with a nought."""
PARTED = re.compile(r"(?<![0-9] )(?<![0-9])([0-9]{5,14}) ([0-9]{5,14})(?![0-9])(?! [0-9])")
SECURITY = re.compile(
    r"(?<![0-9\-])([0-9]{3})(?: ([0-9]{2})-|(?: -|- )([0-9]{2}) ?- ?|-([0-9]{2})(?:- | -| ))([0-9]{4})(?![0-9\-])")
"""A number of the social security of America, one of whose hyphens was too short to be seen or stands apart."""
BRACKETED = re.compile(r"(?<![0-9A-Za-z])([A-Z]{1,2}[0-9]{6}) ?[(（\[{/|!lfgt] ?([0-9A])(?:[)）\]}'’|/J]|(?=\s|$))")
"""A number of Hong Kong, the brackets of whose check digit are read as other signs."""
FIGURED = re.compile(r"(?<![0-9A-Za-z])([0-8])([0-9]{6})\(([0-9A])\)(?![0-9A-Za-z])")
"""The same with a digit in place of its letter."""
CORNER = re.compile(r"」(?=[A-Z][0-9]{8}[A-Z]{2}(?![0-9A-Za-z]))|(?<=[A-Z]{2}[0-9]{8}[A-Z])[」)]")
"""What is a J at the beginning or end of the number of a residence card, and else a bracket."""
NOUGHT = re.compile(r"(?<![0-9A-Za-z])([A-Z]{2}|[A-Z](?=[1289]))(?=[0-9]*O)(?=(?:O*[0-9]){5})([0-9O]{7,9})"
                    r"(?=(?:[A-Z]{2})?(?![0-9A-Za-z]))")
"""Numbers of persons of one or two letters and digits, in which a nought was read as a letter."""
UNCROSSED = re.compile(r"(?<![0-9A-Za-z])(?:[1I7l|]([A-Z])|([MT])([258]))(?=[0-9]{7}(?![0-9A-Za-z]))")
"""The number of a passport of Japan, whose T lost its bar, or whose second letter was read as a digit."""
CHECKED = re.compile(r"(?<![0-9A-Za-z])([A-Z]{2})(?=[0-9]?[SOBIl])([0-9SOBIl]{2})(?=(?: ?[0-9A-Z]){11})")
"""The head of an account's number (ISO 13616) whose check digits were read as letters."""
DOTTED = re.compile(r"(?<![0-9A-Za-z.,\-])[0oO]([0-9]{1,3})(?:\.([0-9]{2,4})-|-([0-9]{2,4})\.|-([0-9]{2,4})-)([0-9]{3,4})"
                    r"(?![0-9A-Za-z\-])")
"""A telephone one of whose hyphens was read as a dot, or its nought as a letter."""
LONGEST_IBAN = 42
"""Characters of the rest of one, with blanks between its groups."""
NUMBERED = re.compile(r"^[ |]{0,4}([0-9]{1,3})[ |]{1,6}(?=\S)")
DIGIT = re.compile("[0-9]")
LONG = re.compile(r"(?<![0-9])[0-9]{15,19}(?![0-9])")
MISREAD = {
    "€": "CE", "£": "E", "©": "C", "0": "OQD", "1": "I", "|": "I", "!": "I", "2": "Z", "4": "AH", "5": "SJ", "$": "S", "6": "G",
    "7": "T", "8": "B", "O": "QD", "Q": "O", "D": "O", "G": "C", "C": "G", "U": "V", "V": "UY", "Y": "V", "L": "I", "P": "F",
    "E": "F", "F": "P"}
FOUR = r"([0-9§@OoSBIl|\]]{4})"
CARD = re.compile(rf"(?<![0-9A-Za-z]){FOUR}([ \-]?){FOUR}\2{FOUR}\2{FOUR}(?![0-9A-Za-z])")
SIGNS = str.maketrans("§S@OoBIl|]", "5500081111")
MOST_SIGNS = 2
"""Of the digits of a card those that were read as something else."""
COMPANY = 2
"""Valid numbers beside which the others are taken for such."""
LEAST_TRUE = 0.5
"""Share of valid ones among what begins with a letter or sign and looks like an identity number of Taiwan."""


def fit(picture: Image.Image, turn: float | None = None) -> Image.Image:
    """The picture as Tesseract reads it best: even light, dark on light, straight, lines of TYPE pixels. Takes grey, gives grey.

    `turn`: degrees to turn it by, where they are known.
    """
    picture = within(picture)
    plain = ImageOps.autocontrast(picture, cutoff=0.2)
    edges = _edges(plain)
    height = _type_height(edges)
    type_ = _apart(picture, height)
    if type_ is not None:
        plain = ImageOps.autocontrast(type_, cutoff=0.2)
        edges = _edges(plain)
        height = _type_height(edges)
    middle = round(ImageStat.Stat(plain).median[0])
    if middle < DARK:                                     # which leaves edges where they are
        plain = ImageOps.invert(plain)
    elif type_ is None and _raised(plain, middle):
        plain = plain.point(lambda v: 255 - max(0, v - middle) * 255 // (255 - middle))
        edges = _edges(plain)
        height = _type_height(edges)
    turn = _skew(edges) if turn is None else turn
    if turn != 0:
        plain = plain.rotate(turn, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    return _sized(plain, height)


def _raised(picture: Image.Image, ground: int) -> bool:
    """Whether type is lighter than its ground, which is neither light nor dark: what is darker is the shadow of raised letters."""
    tones = picture.histogram()
    lighter, darker = sum(tones[ground + APART_BY:]), sum(tones[:max(0, ground - APART_BY)])
    return lighter > max(RAISED * darker, LEAST_RAISED * sum(tones))


def _apart(picture: Image.Image, height: float) -> Image.Image | None:
    """The type of a picture without its ground. The grain of a ground is lower than any type: what is far higher without it is
    taken from its ground once more, whose neighbourhood large letters would fill else. `height`: of the type as it stands."""
    type_ = ground.apart(picture, height)
    if type_ is None or not height:
        return type_
    found = _type_height(_edges(type_))
    return ground.apart(picture, found) or type_ if found > HIGHER * height else type_


def within(picture: Image.Image) -> Image.Image:
    """The picture, or what is left of it with a long side of at most LARGEST."""
    longest = max(picture.size)
    return picture.reduce(-(-longest // LARGEST)) if longest > LARGEST else picture


def half(size: tuple[int, int]) -> tuple[int, int]:
    """The size at which a picture is decoded at the least that `within` makes smaller anyway."""
    times = -(-max(size) // LARGEST)
    return max(1, size[0] // times), max(1, size[1] // times)


def _sized(picture: Image.Image, height: float) -> Image.Image:
    factor = min(MOST_TIMES, TYPE / height) if height else 1.0
    factor = max(factor, LEAST_TIMES) if height else factor
    factor = min(factor, LARGEST / max(picture.size))
    if 0.85 < factor < 1.15:
        return picture
    return picture.resize((max(1, round(picture.width * factor)), max(1, round(picture.height * factor))), Image.Resampling.LANCZOS)


def _edges(picture: Image.Image) -> np.ndarray:
    """Where grey changes from left to right, as it does in letters; without the lines of tables."""
    change = np.abs(np.diff(np.asarray(picture).astype(np.int16), axis=1))
    noise = max(NOISE, int(BEYOND * np.median(change[::2, ::2])))
    counts = np.cumsum(np.bincount(change.ravel(), minlength=256)[noise:])
    if not counts[-1]:
        return np.zeros(change.shape, bool)
    strong = noise + int(np.searchsorted(counts, 0.75 * counts[-1]))
    edges: np.ndarray = change > max(10, noise, strong // 2)
    joined = edges.copy()
    for shift in (1, 2, 3):                               # where a line crosses another, nothing changes from left to right
        joined[shift:] |= edges[:-shift]
    edges[runs(joined.T, RULE).T] = False
    return edges


def runs(marks: np.ndarray, least: int) -> np.ndarray:
    """Those of the marks that stand in a run of at least so many in their row."""
    if marks.shape[1] < least:
        return np.zeros_like(marks)
    begins, width = np.ascontiguousarray(marks), 1
    while width < least:                                  # of runs of so many, then of twice as many
        step = min(width, least - width)
        begins = begins[:, :-step] & begins[:, step:]
        width += step
    found = np.zeros(marks.shape, bool)
    if not begins.any():
        return found
    found[:, :begins.shape[1]], width = begins, 1
    while width < least:
        step = min(width, least - width)
        found[:, step:] |= found[:, :-step]
        width += step
    return found


def _type_height(edges: np.ndarray) -> float:
    """The median height of lines of type; 0 where there are too few to tell."""
    heights: list[int] = []
    for left in range(0, max(1, edges.shape[1] - STRIP + 1), STRIP):
        rows = edges[:, left:left + STRIP].any(axis=1).astype(np.int8)
        steps = np.diff(np.concatenate(([0], rows, [0])))
        runs = np.nonzero(steps == -1)[0] - np.nonzero(steps == 1)[0]
        heights += runs[(runs >= LEAST_TYPE) & (runs <= MOST_TYPE)].tolist()
    return float(median(heights)) if len(heights) >= LEAST_RUNS else 0.0


def straightened(picture: Image.Image) -> Image.Image | None:
    """A picture whose lines lie far more askew than `fit` looks for, turned; None where it does not."""
    picture = within(picture)
    turn = _skew(_edges(ImageOps.autocontrast(picture, cutoff=0.2)), MOST_TILT)
    ground = round(ImageStat.Stat(picture).median[0])
    return picture.rotate(turn, Image.Resampling.BICUBIC, expand=True, fillcolor=ground) if abs(turn) > MOST_SKEW else None


def _skew(edges: np.ndarray, most: float = MOST_SKEW) -> float:
    """Degrees to turn counter-clockwise by, so that lines lie straight: then rows are either full of type or empty."""
    marks = Marks.of(edges)
    straight = marks.sharpness(0)
    rough = max([0.0, *np.arange(-most, most + 0.1, COARSE).tolist()], key=marks.sharpness)
    best = max((rough + step for step in np.arange(-COARSE, COARSE + 0.1, 0.5).tolist()), key=marks.sharpness)
    return best if abs(best) >= LEAST_SKEW and marks.sharpness(best) > 1.2 * straight else 0.0


def slants(picture: Image.Image) -> list[float]:
    """Degrees to turn a picture by whose lines do not all lie alike, beside those of `fit`: cards on a desk, notes on a wall."""
    edges = _edges(ImageOps.autocontrast(within(picture), cutoff=0.2))
    marks = Marks.of(edges)
    turns = np.arange(-MOST_SKEW, MOST_SKEW + 0.1)
    sharp = np.array([marks.sharpness(turn) for turn in turns.tolist()])
    enough = max(DISTINCT * float(np.median(sharp)), BESIDE * float(sharp.max()))
    peaks = [i for i in range(1, len(sharp) - 1) if sharp[i - 1] < sharp[i] >= sharp[i + 1] and sharp[i] > enough]
    found = [_skew(edges)]
    for i in sorted(peaks, key=lambda i: -sharp[i]):
        if all(abs(turns[i] - turn) >= APART for turn in found):
            found.append(float(turns[i]))
    return found[1:1 + MOST_SLANTS]


def sideways(picture: Image.Image, times: float = SIDEWAYS) -> bool:
    """Whether the lines of a fitted picture go up or down the page. `times`: that columns differ more than rows."""
    across, down = (Marks.of(_edges(turned)) for turned in (picture, picture.transpose(Image.Transpose.ROTATE_90)))
    return down.sharpness(0) > times * across.sharpness(0)


def _taiwanese(value: str) -> bool:
    return tw.national_id(value) or tw.resident_id(value)


def mended(text: str) -> str:
    """The text as it stood in the picture, where the other numbers of it tell that."""
    text = CHECKED.sub(_account, NOUGHT.sub(_noughts, CORNER.sub("J", _bracketed(combs.joined(text)))))
    text = DOTTED.sub(lambda match: f"0{match[1]}-{match[2] or match[3] or match[4]}-{match[5]}", text)
    text = UNCROSSED.sub(_passport, text) if len(cards.PASSPORT.findall(text)) >= COMPANY else text
    return SECURITY.sub(r"\1-\2\3\4-\5", _unnumbered(_digits_only(_joined(_lettered(UNDER_LABEL.sub(_letter, text))))))


def _noughts(match: re.Match[str]) -> str:
    return match[1] + match[2].replace("O", "0")


def _passport(match: re.Match[str]) -> str:
    return f"T{match[1]}" if match[1] else match[2] + MISREAD[match[3]][0]


def _account(match: re.Match[str]) -> str:
    head = match[1] + match[2].translate(SIGNS)
    rest = match.string[match.end():match.end() + LONGEST_IBAN].replace(" ", "")
    return head if payment.iban((head + rest)[:payment.IBAN_LENGTHS.get(match[1], 0)]) else match[0]


def _bracketed(text: str) -> str:
    def whole(match: re.Match[str]) -> str:
        return f"{match[1]}({match[2]})" if hk.hkid(match[1] + match[2]) else match[0]

    return FIGURED.sub(_hong_kong, BRACKETED.sub(whole, text))


def _hong_kong(match: re.Match[str]) -> str:
    letters = [letter for letter in MISREAD.get(match[1], "") if hk.hkid(letter + match[2] + match[3])]
    return f"{letters[0]}{match[2]}({match[3]})" if len(letters) == 1 else match[0]


def _unnumbered(text: str) -> str:
    """Without the numbers of rows that stand at the edge of a spreadsheet, the one of the headings too."""
    lines = text.split("\n")
    numbers = [int(found[1]) if (found := NUMBERED.match(line)) else 0 for line in lines]
    bare = [NUMBERED.sub("", line) if number else line for line, number in zip(lines, numbers, strict=True)]
    for i, number in enumerate(numbers):
        following = number and number + 1 in numbers[i + 1:i + 3] and number + 2 in numbers[i + 2:i + 5]
        if following and not DIGIT.search(bare[i]):
            return "\n".join([*lines[:i], *bare[i:]])
    return text


def _joined(text: str) -> str:
    """Numbers of cards that were read in two pieces, where cards of that length were read whole."""
    lengths = Counter(len(m[0]) for m in LONG.finditer(text) if payment.card(m[0]))

    def whole(match: re.Match[str]) -> str:
        value = match[1] + match[2]
        return value if lengths[len(value)] >= COMPANY and payment.card(value) else match[0]

    return PARTED.sub(whole, text) if lengths else text


def _digits_only(text: str) -> str:
    """Cards with a digit that was read as a sign, where COMPANY cards were read whole."""
    groups = [match for match in CARD.finditer(text) if payment.card("".join(match.group(1, 3, 4, 5)))]
    if len(groups) < COMPANY:
        return text

    def right(match: re.Match[str]) -> str:
        value = "".join(match.group(1, 3, 4, 5))
        signs = sum(not sign.isdecimal() for sign in value)
        fits = 0 < signs <= MOST_SIGNS and payment.card(value.translate(SIGNS))
        return match[0].translate(SIGNS) if fits else match[0]

    return CARD.sub(right, text)


def _letter(match: re.Match[str]) -> str:
    letter = next((letter for letter in MISREAD[match[2]] if _taiwanese(letter + match[3])), match[2])
    return match[1] + letter + match[3]


def _lettered(text: str) -> str:
    """The text with Taiwanese identity numbers whose letter was misread, where it has COMPANY numbers that were not.

    Of numbers that only look like them (parts, orders) a tenth is right by chance.
    """
    like = list(TW_SHAPE.finditer(text))
    true = sum(map(_true, like))
    if true < max(COMPANY, sum(not DIGIT.match(match[1]) for match in like) * LEAST_TRUE):
        return text
    return "\n".join(_lettered_line(line) for line in text.split("\n"))


def _lettered_line(line: str) -> str:
    """A row is one person: ten digits beside a number that is known are a telephone number."""
    known = any(map(_true, TW_SHAPE.finditer(line)))

    def right(match: re.Match[str]) -> str:
        nonlocal known
        if _true(match):
            return match[1] + match[3]
        meant = "" if known and DIGIT.match(match[1]) else MISREAD.get(match[1], "")
        letter = next((letter for letter in meant if _taiwanese(letter + match[3])), "")
        known |= bool(letter)
        return letter + match[3] if letter else match[0]

    return TW_SHAPE.sub(right, line)


def _true(match: re.Match[str]) -> bool:
    return _taiwanese(match[1] + match[3])
