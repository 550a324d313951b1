"""Commands and the request to run them that stand apart (ATT&CK T1204.004): a mail names the keys, and what it brings holds the
line to be pasted, or the other way round.

Signatures see one node. Here the short texts of a message are put beside one another.
"""

from __future__ import annotations

COMMANDS = (
    b"powershell", b"pwsh", b"mshta", b"msiexec", b"cmd", b"curl", b"wget", b"rundll32", b"regsvr32", b"wscript", b"cscript",
    b"certutil", b"bitsadmin", b"finger", b"pushd", b"nslookup", b"explorer", b"python", b"syncappv", b"ssh ", b"conhost",
    b"osascript", b"base64", b"bash", b"invoke-", b"iex")
REPORTS = tuple(word.encode() for word in (
    "attack", "malware", "malicious", "threat", "incident", "alert", "detect", "flagged", "victim", "phish", "suspicious",
    "forensic", "攻擊", "攻击", "惡意", "恶意", "威脅", "威胁", "可疑", "釣魚", "钓鱼", "告警", "通報", "攻撃", "悪意", "不審",
    "検知", "インシデント", "공격", "악성", "탐지", "의심", "angriff", "attaque", "ataque", "attacco", "атак"))
"""Who speaks of attacks quotes commands."""
SHORT = 4000                             # octets of a text that asks for steps, or of a page on which a command stands
MOST = 16                                # texts with commands: whoever has people paste one sends few, a set of scripts has more
BESIDE = 64 << 10                        # octets that such a text is put beside: the first ones of a mail, which people read


def speaks_of_commands(text: bytes) -> bool:
    """Whether a text names a program that people are asked to run."""
    low = text.lower()
    return any(word in low for word in COMMANDS)


class Apart:
    """The short texts of one message."""

    def __init__(self) -> None:
        self.texts: dict[bytes, int] = {}

    def add(self, id: int, text: bytes) -> None:
        """A text of the artifact `id`."""
        if len(text) <= SHORT:
            self.texts.setdefault(text.strip(), id)

    def together(self) -> tuple[int, bytes]:
        """The artifact of the last command and all texts in one, those with commands behind the others; (0, b"") for none."""
        commands = [text for text in self.texts if speaks_of_commands(text)] if len(self.texts) > 1 else []
        if not 0 < len(commands) <= MOST:
            return 0, b""
        beside = b"\n".join(text for text in self.texts if text not in commands)[:BESIDE]
        whole = b"\n".join((beside, *commands))
        low = whole.lower()
        return (0, b"") if any(word in low for word in REPORTS) else (self.texts[commands[-1]], whole)
