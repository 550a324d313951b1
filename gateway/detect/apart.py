"""Commands and the request to run them that stand apart (ATT&CK T1204.004): a mail names the keys, and what it brings holds the
line to be pasted, or the other way round.

Signatures see one node. Here the short texts of a message are put beside one another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

COMMANDS = (
    b"powershell", b"pwsh", b"mshta", b"msiexec", b"cmd", b"curl", b"wget", b"rundll32", b"regsvr32", b"wscript", b"cscript",
    b"certutil", b"bitsadmin", b"finger", b"pushd", b"nslookup", b"explorer", b"python", b"syncappv", b"ssh ", b"conhost",
    b"osascript", b"base64", b"bash", b"invoke-", b"iex")
REPORTS = tuple(word.encode() for word in (
    "attack", "malware", "malicious", "threat", "incident", "campaign", "ioc list", "iocs", "indicator", "alert", "detect",
    "flagged", "victim", "phish", "suspicious", "forensic", "angriff", "attaque", "ataque", "attacco", "атак",
    "攻擊", "攻击", "惡意", "恶意", "威脅", "威胁", "可疑", "釣魚", "钓鱼", "告警", "通報", "攻撃", "悪意", "不審",
    "検知", "インシデント", "공격", "악성", "탐지", "의심"))
"""Who speaks of attacks quotes commands."""
LINE = re.compile(
    rb"(?:^|[\r\n])[ \t\"'`>$#]{0,9}(?:[a-z]:\\[\w\\ -]{1,80}\\|%\w{1,20}%\\[\w\\]{0,60}|/(?:usr/)?bin/)?"
    rb"(?:powershell|pwsh|mshta|msiexec|cmd|curl|wget|rundll32|regsvr32|[wc]script|certutil|bitsadmin|finger|pushd|net use|"
    rb"nslookup|explorer|python3?|syncapp|ssh|conhost|osascript|echo|bash|sh|zsh|invoke-|iex|iwr|irm|for /f|start|wmic|"
    rb"forfiles|pcalua|search-ms:|\\\\\w)(?![a-z])", re.I)
"""A line that is a command: nothing of a sentence stands before it."""
ASKS = tuple(word.encode() for word in (
    "paste", "ctrl", "strg", "copy", "insert", "drop", "enter", "execute", "run ", "einfüg", "kopier", "eingeben", "ausführ",
    "führen sie", "coll", "copi", "saisi", "exécut", "peg", "cole", "cola", "digit", "execut", "ejecut", "esegu", "avvia",
    "plak", "kopie", "voer", "wklej", "skopi", "uruchom", "yapıştır", "kopyala", "çalıştır", "tempel", "salin", "jalankan",
    "dán", "sao chép", "chạy", "вставь", "вставит", "копир", "выполн", "วาง", "คัดลอก", "เรียกใช้", "貼", "粘", "複製",
    "复制", "輸入", "输入", "執行", "执行", "放入", "填入", "コピー", "入力", "実行", "붙여", "복사", "입력", "실행"))
"""What people are asked to do with it."""
SHORT = 4000                             # octets of a text that asks for steps, or of one on which a command stands
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

    def add(self, id: int, texts: Iterable[bytes]) -> None:
        """Texts of the artifact `id`, as people read them."""
        for text in texts:
            if len(text) <= SHORT:
                self.texts.setdefault(text.strip(), id)

    def together(self) -> tuple[int, bytes]:
        """The artifact of the last command and all texts in one, those with commands behind the others; (0, b"") for none."""
        commands = [text for text in self.texts if LINE.search(text)] if len(self.texts) > 1 else []
        if not 0 < len(commands) <= MOST:
            return 0, b""
        beside = b"\n".join(text for text in self.texts if text not in commands)[:BESIDE]
        whole = b"\n".join((beside, *commands))
        low = whole.lower()
        asked = any(word in low for word in ASKS) and not any(word in low for word in REPORTS)
        return (self.texts[commands[-1]], whole) if asked else (0, b"")
