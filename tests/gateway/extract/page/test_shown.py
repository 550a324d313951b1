"""How much of a page is there to read."""

from __future__ import annotations

from gateway.extract.page.html import parse
from gateway.extract.page.shown import parts, said, to_read


def test_words_count_and_long_runs_do_not():
    assert said("two words", 100) == 8 and said("x" * 60 + " 1234 ab", 100) == 2 and said("請稍候", 100) == 6
    assert said("word " * 1000, 40) == 44
    assert said("\u200b\u200c" * 400 + "\u2801" * 90, 100) == 0


def test_parts_of_a_page():
    assert parts("a<script>b</script>c<SCRIPT>d", "script") == ("a</script>c", [">b", ">d"])


def test_titles_and_unseen_words_are_nothing_to_read():
    for source in ("<title>Some title of a page</title>", "<p style='color:#fff'>Some words in white</p>"):
        assert to_read(parse(source), source) <= 0
    assert to_read(parse("<p>Some words"), "<p>Some words") == 9
