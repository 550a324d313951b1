"""DIF, the data interchange format of spreadsheets (VisiCalc, Excel; .dif): a value over two lines, rows between their marks."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.extract.base import Context, Node, Problem, Yield
from gateway.extract.charset import readings
from gateway.model.content import Table
from gateway.model.finding import IncidentCode

BEGINS = (b"TABLE\r\n0,1\r\n", b"TABLE\n0,1\n")
MOST_VALUES = 5_000_000
HEADER = 64
"""Lines before the values."""


class DifExtractor:
    """Yields a Table beside the Text that the text extractor yields."""

    name = "dif"

    def claims(self, node: Node) -> bool:
        return node.data.startswith(BEGINS)

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        if node.data.count(b"\n") > 2 * MOST_VALUES:
            yield Problem(IncidentCode.COUNT, f"more than {MOST_VALUES} values")
        elif context.outbound:
            for text, charset in readings(node.data, node.charset):
                if found := rows(text):
                    yield Table(f"{charset} rows", found)


def rows(text: str) -> tuple[tuple[str, ...], ...]:
    """Behind DATA a pair of lines a value: `1,0` and a text in quotes, `0,12` and `V`; `-1,0` and BOT begin a row."""
    lines = text.replace("\r\n", "\n").split("\n")
    first = lines.index("DATA") + 3 if "DATA" in lines[:HEADER] else len(lines)
    found: list[list[str]] = []
    for kind, said in zip(lines[first::2], lines[first + 1::2], strict=False):
        mark, _, number = kind.partition(",")
        if mark == "-1":
            if said != "BOT":
                break
            found.append([])
        elif found:
            found[-1].append(number.strip() if mark == "0" else said.strip('"').replace('""', '"'))
    return tuple(map(tuple, found))


DIF = DifExtractor()
