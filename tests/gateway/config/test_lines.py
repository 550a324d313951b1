"""Places of keys: whatever TOML allows between them must not shift the count."""

from __future__ import annotations

import tomllib

from gateway.config.lines import locate

TEXT = '''# a comment with [brackets] and "quotes"
top = 1
"quoted \\u0041" = 'literal # no comment'

[gateway]   # comment
hostname = "a\\"b # c"   # real comment
list = [
  "x", # [not a header]
  "]",
]
many = """
[not.a.header]
key = 1 \\"""
""""
raw = \'\'\'
C:\\\'\'\'
a.b . c = { x = 1, y = "}" }

[[listener]]
name = "one"
[listener.sub]
deep = 1
[[listener]]
name = "two"
[[listener.inner]]
z = 1
[[listener.inner]]
z = 2
[last]'''


def test_every_statement_has_its_line() -> None:
    tomllib.loads(TEXT)
    places = locate(TEXT)
    lines = TEXT.splitlines()
    assert places == {
        ("top",): 2, ("quoted A",): 3, ("gateway",): 5, ("gateway", "hostname"): 6, ("gateway", "list"): 7,
        ("gateway", "many"): 11, ("gateway", "raw"): 15, ("gateway", "a", "b", "c"): 17,
        ("listener", 0): 19, ("listener", 0, "name"): 20, ("listener", 0, "sub"): 21, ("listener", 0, "sub", "deep"): 22,
        ("listener", 1): 23, ("listener", 1, "name"): 24, ("listener", 1, "inner", 0): 25,
        ("listener", 1, "inner", 0, "z"): 26, ("listener", 1, "inner", 1): 27, ("listener", 1, "inner", 1, "z"): 28,
        ("last",): 29,
    }
    assert all(str(path[-1]) in lines[line - 1] or path[-1] == "quoted A" or isinstance(path[-1], int)
               for path, line in places.items())


def test_line_ends_of_windows() -> None:
    assert locate("a = 1\r\n\r\n[b]\r\nc = 2\r\n") == {("a",): 1, ("b",): 3, ("b", "c"): 4}


def test_a_comment_at_the_very_end() -> None:
    assert locate("a = [ # open\n1 # one\n] # done") == {("a",): 1}
    assert locate("") == {}
    assert locate("# only") == {}
