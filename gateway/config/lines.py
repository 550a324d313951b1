"""On which line each key of a TOML text stands (tomllib tells values, not places).

The text has been read by tomllib before, so it is well-formed TOML 1.0 and the scanner need not judge it.
"""

from __future__ import annotations

import tomllib

Path = tuple[str | int, ...]

_BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


def locate(text: str) -> dict[Path, int]:
    """Path of every table header and key -> line number from 1. Elements of `[[arrays]]` have their index in the path.

    Keys inside inline tables are not listed: they share the line of their statement.
    """
    return _Scanner(text.replace("\r\n", "\n")).run()


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.places: dict[Path, int] = {}
        self.arrays: dict[Path, int] = {}

    def run(self) -> dict[Path, int]:
        prefix: Path = ()
        while self._skip_blank():
            line = self.text.count("\n", 0, self.at) + 1
            if self.text.startswith("[[", self.at):
                self.at += 2
                array = self._resolve((), self._key(), whole=False)
                self.arrays[array] = self.arrays.get(array, -1) + 1
                prefix = (*array, self.arrays[array])
            elif self.text[self.at] == "[":
                self.at += 1
                prefix = self._resolve((), self._key())
            else:
                path = self._resolve(prefix, self._key())
                self.places.setdefault(path, line)
                self._skip_value()
                continue
            self.places.setdefault(prefix, line)
            self._skip_line()
        return self.places

    def _resolve(self, prefix: Path, keys: list[str], whole: bool = True) -> Path:
        path = prefix
        for number, key in enumerate(keys):
            path = (*path, key)
            if path in self.arrays and (whole or number < len(keys) - 1):
                path = (*path, self.arrays[path])
        return path

    def _skip_blank(self) -> bool:
        """To the next statement; False at the end of the text."""
        while self.at < len(self.text):
            if self.text[self.at] == "#":
                self._skip_line()
            elif self.text[self.at] in " \t\n":
                self.at += 1
            else:
                return True
        return False

    def _skip_line(self) -> None:
        end = self.text.find("\n", self.at)
        self.at = len(self.text) if end < 0 else end + 1

    def _key(self) -> list[str]:
        """A dotted key; ends behind its last part."""
        keys: list[str] = []
        while True:
            self._skip_spaces()
            keys.append(self._quoted() if self.text[self.at] in "\"'" else self._bare())
            self._skip_spaces()
            if self.text[self.at] != ".":
                return keys
            self.at += 1

    def _skip_spaces(self) -> None:
        while self.text[self.at] in " \t":
            self.at += 1

    def _bare(self) -> str:
        start = self.at
        while self.text[self.at] in _BARE:
            self.at += 1
        return self.text[start:self.at]

    def _quoted(self) -> str:
        start = self.at
        self._skip_string()
        return str(tomllib.loads(f"key = {self.text[start:self.at]}")["key"])

    def _skip_string(self) -> None:
        quote = self.text[self.at]
        mark = quote * 3 if self.text.startswith(quote * 3, self.at) else quote
        self.at += len(mark)
        while not self.text.startswith(mark, self.at):
            self.at += 2 if quote == '"' and self.text[self.at] == "\\" else 1
        self.at += len(mark)
        while len(mark) == 3 and self.at < len(self.text) and self.text[self.at] == quote:
            self.at += 1                 # up to two quotes may touch the closing mark

    def _skip_value(self) -> None:
        """From before the equals sign to the end of the statement's last line."""
        depth = 0
        while self.at < len(self.text):
            character = self.text[self.at]
            if character in "\"'":
                self._skip_string()
                continue
            if character == "#":
                self._skip_line()
                self.at -= self.at < len(self.text) or self.text.endswith("\n")
                continue
            depth += (character in "[{") - (character in "]}")
            self.at += 1
            if character == "\n" and depth == 0:
                return
