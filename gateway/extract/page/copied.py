"""Commands that a page puts on the clipboard for its reader to paste into a program that runs them (ATT&CK T1204.004)."""

from __future__ import annotations

import re

COMMAND = re.compile(
    r"\s{0,40}(?:cmd\s{1,4}/c\s{1,4}|start\s{1,4}(?:/\w{1,4}\s{1,4})?|sudo\s{1,4}|&\s{0,4}|conhost(?:\.exe)?\s{1,4}(?:--\w{1,20}\s{1,4})?){0,3}"
    r"[\"']?(?:%\w{1,30}%\\|\$env:\w{1,30}\\|[a-z]:\\)?(?:[\w.-]{1,40}\\){0,6}"
    r"(?:powershell|pwsh|cmd|mshta|[wc]script|rundll32|regsvr32|msiexec|curl|wget|certutil|bitsadmin|wmic|forfiles|pcalua|hh|"
    r"installutil|msbuild|schtasks|explorer|finger|nslookup|ssh|scp|ftp|bash|zsh|sh|osascript|python[23w]?|node|nc|net|reg|start|iex|irm|"
    r"iwr|saps|odbcconf|cmstp|winget|control|mmc|code|docker|xdg-open|open|eval|echo)"
    r"(?:\.exe|\.com)?[\"']?(?:\s|$)|\s{0,40}[\"']?(?:\\\\|file:/{2,5})[\w.@-]{1,100}[\\/]|\s{0,40}(?:\$\w{1,40}\s{0,4}=|\[\w[\w.]{2,60}\]::|iex\s{0,4}\(|\()",
    re.I)
"""The beginning of a command line, however it names its program."""
CALLED = re.compile(
    r"\s{0,40}(?:&\s{0,4})?[\"']?[^\s\"'<>|]{1,200}\.(?:exe|com|vb[se]|jse?|wsf|bat|cmd|ps1|ms[ic]|hta|scr)[\"']?\s{1,8}\S|"
    r"\s{0,40}(?:for\s{1,4}/[dflr]\s|if\s{1,4}(?:not\s{1,4})?(?:exist|defined)\s|set\s{1,4}[\"\w]{1,40}=|pushd\s|javascript:\s{0,4}\S)",
    re.I)
"""Any program with what it is told, what the shell of Windows does itself, and scripts for the address bar."""
KEYS = re.compile(
    r"(?:win(?:dows)?|윈도우)(?:[ -]?(?:logo[ -])?(?:key|button|鍵|键|キー|키))?\s{0,4}(?:[+＋]|and|then)\s{0,4}[rxsie](?![a-z])|"
    r"run (?:dialog|box|window)|(?:file|windows) explorer|address bar|command prompt|(?<!\w)terminal(?!\w)|powershell|"
    r"developer (?:tools|console)|(?:open|choose|select) (?:the )?console|press f12|開發人員工具|開發者工具|執行視窗|"
    r"「執行」|打开运行|終端機|ファイル名を指定して実行|ターミナル", re.I)
PASTE = re.compile(r"(?:ctrl|cmd|command|⌘)\s{0,4}[+＋]?\s{0,4}v(?![a-z])|paste|貼上|粘贴|貼り付け|붙여넣", re.I)
"""What readers are told to press, and to do with what a page has given them."""
WORDS = re.compile(r"\s+")
COMPARED = 60
"""Characters of a command that are looked for on the page."""


def unshown(copied: str, shown: str, told: str = "") -> bool:
    """Whether a text is a command line that the page does not show, or anything else that it does not show and tells its reader
    to paste where commands are run. Pages with instructions copy what stands beside the button. `told`: all words of the page."""
    said = WORDS.sub(" ", copied).strip()
    if len(said) <= 3 or said[:COMPARED] in WORDS.sub(" ", shown):
        return False
    if COMMAND.match(copied) or CALLED.match(copied):
        return True
    return PASTE.search(told) is not None and KEYS.search(told) is not None
