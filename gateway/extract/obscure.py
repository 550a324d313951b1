"""Scripts written so that nobody can read them: in six signs, in faces, in characters that show nothing (ATT&CK T1027.013)."""

from __future__ import annotations

import re

from gateway.model.filename import INVISIBLE

SIGNS = str.maketrans("", "", "[]()!+${}_~.\"'\\/:;=-")
LEAST = 1000                             # characters of a script that are told by their mixture
FACES = ("\uff9f\u0434\uff9f)", "\uff9f\u0398\uff9f", "\uff9f\u03c9\uff9f", "(\uff9f\u0414\uff9f")
UNSEEN = re.compile("[" + "".join(sorted(INVISIBLE)) + "\ufe00-\ufe0f\U000e0100-\U000e01ef]")
MOST_UNSEEN = 200
"""Invisible characters in one script: emoji and languages that join letters have a few."""


def obscured(script: str) -> str:
    """How the script is hidden from its reader, "" for ordinary ones however they are shortened."""
    text = script[:1 << 20]
    if any(face in text for face in FACES):
        return "written in faces"
    if len(UNSEEN.findall(text)) > MOST_UNSEEN:
        return "written in invisible characters"
    dense = "".join(text.split())
    if len(dense) >= LEAST and len(dense.translate(SIGNS)) * 4 < len(dense):
        return "written in signs"
    return ""
