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
WORDS = re.compile(r"\s+")
COMPARED = 60
"""Characters of a command that are looked for on the page."""


def unshown(copied: str, shown: str) -> bool:
    """Whether a text is a command line that the page does not show. Pages with instructions copy what stands beside the button."""
    said = WORDS.sub(" ", copied).strip()
    return COMMAND.match(copied) is not None and len(said) > 3 and said[:COMPARED] not in WORDS.sub(" ", shown)
