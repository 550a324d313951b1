"""Each .dialog file is one conversation with a real edge, and says on top why it is there.

    # why
    listener: key = value        a setting of the listener (Python literal)
    C: text                      a line from the client, CR LF added        C- text   the same without CR LF
    S: 250                       a reply whose lines, joined by " | ", begin with this
    S* text                      ... contain this
    SX                           the server closes
    N: n                         so many messages at the next hop

In client lines \\r \\n \\0 \\t \\x.. stand for octets.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from gateway.edge.settings import Networks, SessionLimits
from tests.builders.edge import edge, listener
from tests.builders.nexthop import FakeNextHop
from tests.builders.smtpclient import Talker

FILES = sorted(Path(__file__).parent.glob("*.dialog"))


def octets(text: str) -> bytes:
    return text.encode().decode("unicode_escape").encode("latin-1") if "\\" in text else text.encode()


def changes(lines: list[str]) -> dict[str, object]:
    found: dict[str, object] = {}
    for line in lines:
        if line.startswith("listener:"):
            key, _, value = line[9:].partition("=")
            literal = ast.literal_eval(value.strip())
            name = key.strip()
            found[name] = (SessionLimits(**literal) if name == "limits" else Networks.of(literal) if name in ("trust", "clients")
                           else literal)
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
async def test_dialog(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# "), "say why this dialog is there"
    async with FakeNextHop() as hop, edge(listener(hop.port, **changes(lines))) as server:
        talker = await Talker.to(server.addresses["inbound"], greeted=False)
        for number, line in enumerate(lines, 1):
            kind, rest = line[:2], line[2:].strip()
            if kind in ("C:", "C-"):
                talker.writer.write(octets(rest) + (b"\r\n" if kind == "C:" else b""))
            elif kind in ("S:", "S*"):
                reply = (await talker.reply()).replace("\n", " | ")
                fits = reply.startswith(rest) if kind == "S:" else rest in reply
                assert fits, f"{file.name}:{number}: {reply!r}"
            elif kind == "SX":
                assert await talker.ended(), f"{file.name}:{number}: still open"
            elif kind == "N:":
                assert len(hop.messages) == int(rest), f"{file.name}:{number}: {len(hop.messages)} messages"
        talker.close()


def test_there_are_dialogs() -> None:
    assert len(FILES) >= 12
