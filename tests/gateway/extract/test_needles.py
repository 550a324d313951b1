"""Several words looked for in one pass."""

from __future__ import annotations

import pytest
import yara

from gateway.extract.needles import ONE_BY_ONE, Words, loaded

WORDS = ("powershell", "ssh ", "cmd")


@pytest.mark.parametrize("size", [0, ONE_BY_ONE - 20, ONE_BY_ONE + 1, 3 * ONE_BY_ONE])
@pytest.mark.parametrize("wide, encoding", [(False, "ascii"), (True, "utf-16-le")])
@pytest.mark.parametrize("said, there", [("PowerShell", True), ("SSH host", True), ("xcmdx", True), ("ssh.", False), ("power shell", False)])
def test_words_in_whatever_letters_near_and_far(size, wide, encoding, said, there):
    words = Words(WORDS, wide)
    assert words.within(bytes(size) + said.encode(encoding) + bytes(9)) == there


def test_one_by_one_where_the_engine_fails():
    class Failing:
        def match(self, **_):
            raise yara.Error("no memory")

    words = Words(WORDS)
    words.rules = Failing()
    assert words.within(bytes(ONE_BY_ONE) + b"CMD") and not words.within(bytes(2 * ONE_BY_ONE))


def test_rules_keep_their_order():
    rules = loaded('rule a { strings: $a = "one" condition: $a } rule b { strings: $b = "two" condition: $b }')
    assert [match.rule for match in rules.match(data=b"two one")] == ["a", "b"]
