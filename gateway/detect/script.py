"""Scripts, shell files and shortcuts, by name and by how their content begins (ATT&CK T1059, T1204.002, T1218)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from gateway.detect.base import Scope, Tally
from gateway.detect.evidence import masked
from gateway.detect.names import blocked_group
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Sample
from gateway.model.filename import extensions
from gateway.model.finding import Finding, Severity

BY_TYPE = {
    "application/x-ms-shortcut": ("SCRIPT-SHORTCUT", "Windows shortcut"),
    "application/vnd.ms-htmlhelp": ("SCRIPT-HELP", "compiled HTML help"),
    "application/winhlp": ("SCRIPT-HELP", "Windows help"),
}

CONTENT: tuple[tuple[str, str, bool, str], ...] = (
    # code, what it is, whether a text file with it still has to be renamed before it runs, pattern of the beginning
    ("SCRIPT-ENCODED", "encoded VBScript or JScript", False, r"#@~\^"),
    ("SCRIPT-SHELL", "Unix script", True, r"#!\s*/(?:usr/)?(?:local/)?s?bin/"),
    ("SCRIPT-BATCH", "Windows batch file", True, r"(?:@echo\s+off|@rem\s|:: ?\w+\s*\n@|setlocal\s)"),
    ("SCRIPT-REGISTRY", "registry file", False, r"(?:Windows Registry Editor Version 5|REGEDIT4)"),
    ("SCRIPT-SHELL-FILE", "Internet shortcut", False, r"\[(?:InternetShortcut|DEFAULT)\][^\[]{0,400}?(?:^|\n)\s*(?:BASE)?URL\s*="),
    ("SCRIPT-SHELL-FILE", "shell command file", False, r"\[Shell\]\s*(?:\n|\r\n?)\s*(?:Command|IconFile)\s*="),
    ("SCRIPT-SHELL-FILE", "remote desktop file", False,
     r"(?:screen mode id|full address|use multimon|alternate full address):[is]:"),
    ("SCRIPT-SHELL-FILE", "theme", False, r"(?:;[^\n]*\n\s*)*\[Theme\]"),
    ("SCRIPT-SHELL-FILE", "web query", False, r"WEB\s+1\s+https?://"),
    ("SCRIPT-SETUP", "setup information file", False,
     r"(?:;[^\n]*\n\s*)*\[version\]\s+(?:[^\[]{0,200}\s)?signature\s*=\s*\"?\$(?:chicago|windows)"),
    ("SCRIPT-HOST", "script host file", False, r"\[ScriptFile\]\s"),
)
HEADS = tuple((code, what, text_ok, re.compile(r"\s{0,64}" + pattern, re.I)) for code, what, text_ok, pattern in CONTENT)

MARKUP: tuple[tuple[str, str, str], ...] = (
    # code, what it is, root element or namespace within the first kilobytes of markup
    ("SCRIPT-HTA", "HTML application", r"<hta:application[\s/>]"),
    ("SCRIPT-HOST", "script host file", r"<(?:package|job)(?:\s[^>]{0,200})?>\s*(?:<[^>]{0,200}>\s*){0,6}<script[\s>]"),
    ("SCRIPT-SCRIPTLET", "scriptlet", r"<(?:scriptlet|component)[\s>][\s\S]{0,400}<(?:script|registration|implements)[\s/>]"),
    ("SCRIPT-SHELL-FILE", "library or search file", r"<(?:libraryDescription|searchConnectorDescription|persistedQuery)[\s/>]"),
    ("SCRIPT-SHELL-FILE", "settings shortcut", r"<PCSettings[\s/>]"),
    ("SCRIPT-SHELL-FILE", "management console file", r"<MMC_ConsoleFile[\s/>]"),
    ("SCRIPT-SHELL-FILE", "Java start file", r"<jnlp[\s/>]"),
    ("SCRIPT-SHELL-FILE", "click-once deployment", r"urn:schemas-microsoft-com:asm\.v[12][\s\S]{0,2000}<deployment[\s>]"),
    ("SCRIPT-SHELL-FILE", "Windows sandbox file", r"<Configuration>[\s\S]{0,2000}<LogonCommand>"),
    ("SCRIPT-XSL", "stylesheet with script", r"<(?:ms|msxsl):script[\s>]"),
    ("SCRIPT-BUILD", "build file with inline task", r"<Project[\s>][\s\S]{0,4000}<UsingTask[\s>]"),
)
CODE: tuple[tuple[str, str, str], ...] = (
    # code, what it is, what stands in it; looked for where the name promises no text at all
    ("SCRIPT-HOST", "Windows script code",
     r"(?:ActiveXObject|CreateObject|GetObject)\s{0,8}\(\s{0,8}[\"'](?:WScript|Shell|Scripting|MSXML2|ADODB|WinHttp|winmgmts|Microsoft\.XMLHTTP)"),
    ("SCRIPT-HOST", "PowerShell code",
     r"(?:Net\.WebClient|Invoke-Expression|Invoke-WebRequest|Start-BitsTransfer|\.DownloadString\(|\.DownloadFile\(|FromBase64String\(|"
     r"iex[ (]{1,3}(?:iwr|irm|new-object|\()|powershell(?:\.exe)?\s[^\n]{0,200}-e(?:nc|c|ncodedcommand)?\s)"),
    ("SCRIPT-BATCH", "Windows commands",
     r"(?:^|[\r\n&|])\s{0,8}@?(?:(?:rundll32|regsvr32|mshta|bitsadmin|certutil|wscript|cscript|msiexec|powershell)(?:\.exe)?\s"
     r"[^\r\n]{0,300}(?:https?:|\\\\|%\w{1,40}%|\.exe|\.dll)|start\s{1,4}(?:/\w{1,4}\s{1,4}){0,3}(?:\"\"\s{1,4})?(?:\S{1,80}\.exe|%\w|\\\\)|"
     r"cmd(?:\.exe)?\s{1,4}/c\s)"),
    ("SCRIPT-SHELL", "PHP code", r"<\?php\s"),
    ("SCRIPT-SHELL-FILE", "desktop entry", r"\[Desktop Entry\][\s\S]{0,500}\nExec\s{0,8}="),
    ("SCRIPT-SETUP", "automatic start file",
     r"\[autorun(?:\.\w{1,10})?\][\s\S]{0,500}\n\s{0,8}(?:open|shellexecute|shell\\[^\n=]{1,80})\s{0,8}="),
    ("SCRIPT-BUILD", "build file that runs a command", r"<Project[\s>][\s\S]{0,1000}<(?:Exec|UsingTask)[\s>]"),
)
CODES = tuple((code, what, re.compile(pattern, re.I)) for code, what, pattern in CODE)
NOT_TEXT = frozenset({
    "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "ods", "jpg", "jpeg", "png", "gif", "bmp", "tif", "tiff", "webp",
    "mp3", "mp4", "zip", "rar", "7z", "dat", "bin", "tmp",
})
MARKUPS = tuple((code, what, re.compile(pattern, re.I)) for code, what, pattern in MARKUP)
CODE_READ = 64 << 10
"""Octets in which code is looked for."""
PLAIN_NAMES = frozenset({"txt", "log", "md", "rst", "csv", "tsv", "json", "yaml", "yml", "conf", "cfg", "ini"})
TEXTUAL = ("text/", "image/svg", "application/json")


class ScriptDetector:
    """By type, then by name, then by content. A mail's own body text is no file and is not judged by content."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def look(self, sample: Sample) -> Iterable[Finding]:
        artifact = sample.artifact
        if artifact.detected_type in BY_TYPE:
            code, what = BY_TYPE[artifact.detected_type]
            yield Finding(code, "script", Severity.HIGH, artifact.id, (what,))
        extension, group = blocked_group(artifact, "script")
        if group:
            yield Finding(group.code, "script", Severity.HIGH, artifact.id, (f".{extension}", masked(artifact.name)), rule=group.id)
        if artifact.detected_type.startswith(TEXTUAL) and is_file(sample):
            yield from self.content(sample)

    def content(self, sample: Sample) -> Iterable[Finding]:
        head = beginning(sample)
        renamed = bool(extensions(sample.artifact.names) & PLAIN_NAMES)
        for code, what, text_ok, pattern in HEADS:
            if pattern.match(head):
                severity = Severity.MEDIUM if text_ok and renamed else Severity.HIGH
                yield Finding(code, "script", severity, sample.artifact.id, (what,))
                return
        if "<" in head[:256]:
            for code, what, markup in MARKUPS:
                if markup.search(head):
                    yield Finding(code, "script", Severity.HIGH, sample.artifact.id, (what,))
                    return
        if sample.artifact.names and extensions(sample.artifact.names) <= NOT_TEXT and sample.artifact.detected_type != "text/html":
            yield from self.code(sample)

    def code(self, sample: Sample) -> Iterable[Finding]:
        """Code under the name of a picture or a document, or without an extension: waiting to be renamed or called."""
        whole = beginning(sample, CODE_READ)
        for code, what, pattern in CODES:
            if pattern.search(whole):
                yield Finding(code, "script", Severity.HIGH, sample.artifact.id, (what,))
                return

    def conclude(self, tally: Tally) -> Iterable[Finding]:
        return ()


def is_file(sample: Sample) -> bool:
    """True for attachments, members and embedded files; false for the words of a mail itself."""
    artifact = sample.artifact
    if artifact.names or artifact.kind in (ArtifactKind.MEMBER, ArtifactKind.OBJECT):
        return True
    return artifact.kind is ArtifactKind.PART and artifact.declared_type.startswith(("application/", "image/", "audio/", "video/"))


def beginning(sample: Sample, size: int = 8192) -> str:
    """The first characters without a byte order mark, UTF-16 undone."""
    head = sample.data[:size]
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return head.decode("utf-16", "replace").lstrip("\ufeff")
    if head.count(0) * 3 > len(head):
        head = head.replace(b"\0", b"")
    return head.removeprefix(b"\xef\xbb\xbf").decode("latin-1")
