"""What patterns need, read off the patterns themselves."""

from __future__ import annotations

from re import _parser as parser  # type: ignore[attr-defined]

import pytest
import yara

from gateway.detect import sieve
from gateway.detect.sieve import Sieve, needed


@pytest.mark.parametrize(("form", "words"), [
    ("Create(?:Object|File)", ["create", "file|object"]), (r"\bset\s{1,4}\w=", ["set", "="]), ("(?:ab|)c", ["c"]), ("a?bc{2,}", ["b", "c"]),
    ("(?:ab)*+x", ["x"]), ("(?:ab){2}x", ["ab", "x"]), ("(?=ab)(?!cd)(?<!ef)", ["ab"]), (r"[\"']x[a-z]", ["\"|'", "x"]), ("[^a]", []),
    ("(?:long|(?:a|b)short)", ["long|short"]), ("a(?-i:Bc)d", ["a", "bc", "d"]), ("^ab$", ["ab"]), ("[abcde]x", ["x"]),
])
def test_words_that_a_pattern_needs(form: str, words: list[str]) -> None:
    assert ["|".join(sorted(some)) for some in needed(parser.parse(form))] == words


def test_only_forms_whose_words_are_all_there_pass() -> None:
    found = Sieve(["create.*object", "[&|]\\s*iex", r"\d+", "(?:one|two) \"three"])
    assert found.passed("CREATE an OBJECT") == [0, 2]
    assert found.passed("create | iex") == [1, 2]
    assert found.passed("two \u6f22 \"Three") == [2, 3] and found.passed("two three") == found.passed("") == [2]


def test_all_forms_pass_where_the_engine_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    class Failing:
        def match(self, **_: object) -> None:
            raise yara.Error("internal error: 30")

    found = Sieve(["one", "two[;,]"])
    found.rules = Failing()
    assert found.passed("; ") == [0, 1] and found.passed("") == [0]
    assert sieve.LEAST == 2
