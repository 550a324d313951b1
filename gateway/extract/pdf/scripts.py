"""Scripts in PDF files: is a script nothing but what ordinary forms and viewers do."""

from __future__ import annotations

import hashlib
import re

from gateway.extract.office.targets import abroad
from gateway.extract.pdf.vocabulary import ordinary

VERSION_CHECK = frozenset({
    "cf7f55bfe11bf04a527985fde5c9c6a8fc16de605e1a232fac536518dfc58880",
    "f9342cd0885061ff5dd69449fd6d36fb06c43b58a02f0ddeff9af3d8ef0fdb3f",
    "ed0c522867e10252c34c61d2f13d97146b5f3683ec0680274c97c2991cbcf9d8"})
"""What Adobe LiveCycle Designer puts into every form since 7.0 (`!ADBE::0100_VersChkStrings`, `!ADBE::0100_VersChkVars`,
`!ADBE::0200_VersChkCode_XFACheck`): offers an update where the reader is too old. SHA-256 of the code without its literals."""
LITERAL = re.compile(r"\"(?:[^\"\\\n]|\\.)*+\"|'(?:[^'\\\n]|\\.)*+'")
NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
ADDRESS = re.compile(r"(?:https?|ftp|file):[^\"'\s]*|\\\\[^\"'\s]*", re.I)
ADOBE = re.compile(r"https?://(?:[a-z]+\.)?adobe\.com/[\w/.]*", re.I)
HARMLESS = re.compile(
    r"^(?:\s|;|//[^\n]*+|/\*(?:[^*]|\*(?!/))*+\*/"
    r"|(?:this\.)?print\s*\([^()]{0,300}\)"
    r"|this\.(?:zoom|pageNum|layout|zoomType|dirty|calculate|disclosed)\s*=\s*[\w.]{1,40}"
    r"|var\s+pp\s*=\s*(?:this\.)?getPrintParams\(\)|pp\.\w+\s*=\s*[\w.]{1,60}"
    r"|app\.(?:execMenuItem\s*\(\s*[\"'](?:Print|FitPage|FitWidth|ActualSize|FullScreen)[\"']\s*\)|fs\.\w+\s*=\s*[\w.]{1,40})"
    r"|if\s*\(\s*app\.viewerVersion\s*[<>=]{1,2}\s*[\d.]+\s*\)|[{}]"
    r"|(?:event\.\w+\s*=\s*)?AF[A-Z]\w{2,40}\s*\([^()]{0,400}(?:\([^()]{0,200}\)[^()]{0,200}){0,4}\))*+$", re.S)
"""Printing, view settings, and the AF functions that Acrobat itself writes for number, date and sum fields."""

ACTING = (
    ("launches or opens files", re.compile(r"exportDataObject|launchURL|openDoc(?![A-Za-z])|\.openDataObject|app\.newDoc|"
                                           r"importDataObject|nLaunch|"
                                           r"saveAs\s*\(|importAnFDF|importTextData|createDataObject|app\.launch", re.I)),
    ("sends data", re.compile(r"submitForm|getURL\s*\(|SOAP\.|Net\.HTTP|RSS\.addFeed|ADBC\.newConnection|XMLHttp", re.I)),
    ("opens a mail", re.compile(r"mailForm|mailDoc|mailMsg|app\.mail", re.I)),
    ("builds code", re.compile(r"(?<![A-Za-z])eval\s*\(|unescape\s*\(|fromCharCode|Function\s*\(|setTimeOut\s*\(|app\.setInterval|"
                               r"\[\s*[\"']eval|\.constructor\s*(?:\(|\.constructor)|"
                               r"(?<!\w)(?:app|this|doc|event\.target|util|global)\s*\[\s*[A-Za-z_$][\w$]*\s*\]\s*\(|"
                               r"(?<!\w)(?:app|this|doc|event\.target|util|global)\s*\[\s*[\"'][^\"'\]]{0,40}[\"']\s*\+", re.I)),
    ("attacks the reader", re.compile(r"%u[0-9a-f]{4}|\\x90\\x90|util\.printf\s*\([^)]{0,40}%\d{3,}|"
                                      r"Collab\.(?:collectEmailInfo|getIcon)|"
                                      r"media\.newPlayer|spell\.customDictionaryOpen|getAnnots\s*\(|printSeps|0x0c0c0c0c", re.I)),
    ("talks to the reader", re.compile(r"app\.(?:alert|response|beep)\s*\(|app\.execDialog", re.I)),
)
SEEN = frozenset({"talks to the reader", "opens a mail"})
"""Acts that show the reader a window, whose button may be pressed by one who wants that."""
TALKED = 4_000                           # characters of a script that only talks
TALK = re.compile(r"(?:\s|;|(?:app|console)\s*\.\s*(?:alert|beep|println|show)\s*\((?:\s|[\w.,:{}+]|\"\")*+\))*+")
"""Statements that show something and ask nothing, without their literals."""
ESCAPED = re.compile(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4}))", re.I)
JOINED = re.compile(r"\"\s{0,40}\+\s{0,40}\"|'\s{0,40}\+\s{0,40}'")
CALLED = re.compile(r"(?<=[\w$)\]])\[([^\[\]\r\n]{1,300})\]\s{0,9}\(")
"""A method that is called by what stands in brackets."""
MADE = re.compile(r"\.(?:join|reverse|concat|replace|substr|substring|slice|split)\s{0,9}\(|fromCharCode")
NAME = re.compile(r"\s*[A-Za-z_$][\w$]*\s*")
LONG = re.compile(r"[A-Za-z0-9+/=%\\]{600,}")


def harmless(script: str) -> bool:
    """True for scripts of at most 20,000 characters that do nothing but print, set the view or format fields."""
    text = script.strip()
    return not text or (len(text) <= 4_000 and not acts(text) and _plain(text))


def checks_version(text: str) -> bool:
    """One of VERSION_CHECK, whatever its sentences say, that leads to nobody but Adobe."""
    if len(text) > 8_000 or LONG.search(text) or not all(ADOBE.fullmatch(found) for found in ADDRESS.findall(text)):
        return False
    code = "".join(NUMBER.sub("0", LITERAL.sub('""', text)).split())
    return hashlib.sha256(code.encode("utf-8", "replace")).hexdigest() in VERSION_CHECK


def _plain(text: str) -> bool:
    """Each statement on its own against the table, so that the pattern never sees much text at once."""
    return all(HARMLESS.match(part) for part in re.split(r"(?<=;)|\n", text) if part.strip())


def acts(script: str) -> list[str]:
    """What the script does, in words; [] where nothing of the table is in it."""
    plain = joined(script)
    readings = (script, plain) if plain != script else (script,)
    found = [what for what, pattern in ACTING if any(map(pattern.search, readings))]
    if "builds code" not in found and _calls(plain):
        found.append("builds code")
    literals = (literal[1:-1] for literal in LITERAL.findall(script) if "\\\\" in literal or "://" in literal)
    if any(abroad(literal.replace("\\\\", "\\")) for literal in literals):
        found.append("opens a share")
    if LONG.search(script):
        found.append("carries encoded data")
    return found


def joined(script: str) -> str:
    """The script with its literals put together and their escapes read."""
    return JOINED.sub("", ESCAPED.sub(_character, script)) if "\\" in script or "+" in script else script


def _character(escape: re.Match[str]) -> str:
    return chr(int(escape[1] or escape[2], 16))


def _calls(script: str) -> bool:
    """Whether a method is called by a name that the script puts together, in the brackets or before them."""
    inner = [found[1] for found in CALLED.finditer(script)] if "[" in script else []
    if any(("\"" in name or "'" in name) and LITERAL.fullmatch(name.strip()) is None for name in inner):
        return True
    return any(map(NAME.fullmatch, inner)) and MADE.search(script) is not None


def only_talks(script: str) -> bool:
    """True where a script shows windows whatever was filled in: a form says so of what is missing or wrong."""
    return len(script) <= TALKED and "alert" in script and TALK.fullmatch(LITERAL.sub('""', script)) is not None


def tame(script: str) -> bool:
    """True where a script may run by itself: it defines functions, or does what forms do and nothing else."""
    return only_functions(script) or ordinary(script)


FUNCTION = re.compile(r"(?<![A-Za-z])function\s+\w{1,80}\s*\([^)]{0,400}\)\s*\{")


def only_functions(script: str) -> bool:
    """True where a document script defines functions and does nothing at its top level."""
    depth = 0
    top: list[str] = []
    at = 0
    text = re.sub(r"//[^\n]*|/\*[^*]{0,4000}\*/|\"[^\"\n]*\"|'[^'\n]*'", "", script)
    while at < len(text):
        if depth == 0:
            found = FUNCTION.match(text, at)
            if found:
                depth, at = 1, found.end()
                continue
            top.append(text[at])
        elif text[at] == "{":
            depth += 1
        elif text[at] == "}":
            depth -= 1
        at += 1
    rest = "".join(top).strip(" \t\r\n;")
    return depth == 0 and not re.sub(r"(?<![A-Za-z])(?:var|let|const)\s+\w+\s*(?:=\s*[\w.\"'-]*)?\s*[;,]?|\s|;", "", rest)
