"""Octets of replies: printable, bounded, each line with code and enhanced code."""

from __future__ import annotations

import re

from gateway.edge import replies
from gateway.edge.replies import encode
from gateway.model.reply import Reply


def test_one_line() -> None:
    assert encode(Reply(250, "2.0.0", "Ok")) == b"250 2.0.0 Ok\r\n"
    assert encode(Reply(354, "", "Go")) == b"354 Go\r\n"


def test_several_lines() -> None:
    assert encode(Reply(550, "5.1.1", "no\nsuch user")) == b"550-5.1.1 no\r\n550 5.1.1 such user\r\n"


def test_octets_of_others_are_shown_harmlessly() -> None:
    assert encode(Reply(550, "5.7.1", "a\rb\x1b[31m張" + "x" * 999)) == b"550 5.7.1 a?b?[31m?" + b"x" * 391 + b"\r\n"


def test_every_reply_of_the_table_is_well_formed() -> None:
    own = [r for r in vars(replies).values() if isinstance(r, Reply)]
    assert len(own) > 40
    for reply in own:
        assert re.fullmatch(rb"[2-5][0-9][0-9] (?:[245]\.[0-9]+\.[0-9]+ )?[\x20-\x7e]+\r\n", encode(reply))
        assert not reply.enhanced or reply.enhanced[0] == str(reply.code)[0] or reply.code == 354
        assert reply.code != 421 or reply.close


def test_the_contract() -> None:
    wanted = {"NO_RELAY": "550 5.7.1", "STRAY": "550 5.6.11", "BAD_LINE": "500 5.5.2", "TOO_BIG": "552 5.3.4",
              "TOO_MANY_RECIPIENTS": "452 4.5.3", "RATE": "421 4.7.0"}
    for name, start in wanted.items():
        assert str(getattr(replies, name)).startswith(start), name
    assert replies.STRAY.close and replies.BAD_LINE.close
