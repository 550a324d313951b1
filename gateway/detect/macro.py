"""Macros judged by what they do: start by themselves, run, download, write, hide. ATT&CK T1059.005, T1204.002, T1137.

A macro that does none of it is MACRO-PRESENT: policy decides about those. Evidence is the line, masked and cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from gateway.detect import vbacode
from gateway.detect.base import Scope, Tally
from gateway.detect.evidence import masked
from gateway.model.content import Sample
from gateway.model.finding import Finding, Severity

VBA, XLM = "text/x-vba", "text/x-xlm"
CATEGORY = "macro"
LINES = 4                                # lines shown for one behaviour
LINE = 4000                              # characters of one line that are judged
LETTER = "A-Za-z0-9_"


@dataclass(frozen=True, slots=True)
class Sign:
    """A pattern of one line, and what stands, in small letters, in each line that it matches."""

    pattern: re.Pattern[str]
    begins: tuple[str, ...]

    def possible(self, text: str) -> tuple[str, ...]:
        """Which of them stand anywhere in a text of small letters."""
        return tuple(begin for begin in self.begins if begin in text)


_PLAIN = re.compile(r"(?:[\w #:=,/-]|\\\W)*+")


def begins(word: str) -> str:
    """The letters that whatever a word's pattern matches begins with."""
    found = _PLAIN.match(word)
    end = found.end() if found else 0
    if word[end:end + 1] in ("?", "*", "{"):
        end -= 1                                          # the last of them may be missing
    return word[:end].replace("\\", "")


def words(*found: str) -> Sign:
    """Any of these words, not inside a longer one; beside Chinese and Japanese letters too."""
    pattern = re.compile(rf"(?<![{LETTER}])(?:{'|'.join(found)})(?![{LETTER}])", re.I)
    return Sign(pattern, tuple(sorted({begins(word) for word in found})))


BEHAVIOUR: tuple[tuple[str, Sign], ...] = (
    ("starts", Sign(re.compile(
        r"^(?:(?:public|private|friend|static) )*(?:sub|function) (?:auto_?(?:open|exec|close|exit|new|activate|deactivate)"
        r"|document_?(?:open|new|close|beforeclose|change|contentcontrolonenter)|documentopen|documentbefore\w+|newdocument|documentchange"
        r"|workbook_?(?:open|activate|beforeclose|close|deactivate|sheetactivate|sheetcalculate|windowactivate|addininstall)"
        r"|worksheet_(?:activate|calculate)|app_\w+|presentation_?(?:open|close)|slideshow\w+|onslideshow\w+|auto_?remove|auto_?add"
        r"|\w+_(?:painted|painting|layout|gotfocus|lostfocus|mouseover|mousemove|mousehover|resize|onconnecting|onpaint|"
        r"beforedropor\w+|documentcomplete|navigatecomplete2?|titlechange|progresschange|statechange|clientareachanged|"
        r"windowstatechange|downloadbegin|beforenavigate2|ondisconnected|onloginc\w+)"
        r"|ribbon_?onload|onload|application_(?:startup|newmail\w*|quit|itemsend)|userform_initialize)(?![A-Za-z0-9_])", re.I),
        ("sub ", "function "))),
    ("runs", words(
        r"shell", r"shell\$", r"shellexecute[aw]?", r"wscript\.shell\w*", r"shell\.application\w*", r"winexec", r"createprocess\w*",
        r"wmi\w*", r"winmgmts\w*", r"win32_process\w*", r"executeexcel4macro", r"macscript", r"applescripttask", r"callbyname",
        r"scriptcontrol", r"msscriptcontrol\w*", r"powershell\w*", r"cmd(?:\.exe)? ?/[ck]", r"mshta", r"regsvr32", r"rundll32",
        r"certutil", r"cscript", r"schtasks", r"schedule\.service", r"createthread", r"virtualalloc\w*", r"rtlmovememory",
        r"enumwindows", r"callwindowproc\w*", r"createremotethread", r"ntwritevirtualmemory", r"execquery", r"\.exec",
        r"mmc20\.application", r"excel\.application\.ddeinitiate", r"ddeinitiate", r"ddeexecute", r"vbcomponents", r"codemodule",
        r"addfromstring", r"popen", r"system\(\)", r"followhyperlink", r"bitsadmin", r"msiexec", r"execve?",
        r"libc\.dylib", r"subprocess", r"os\.system", r"getruntime", r"processbuilder", r"registerxll", r"addins\.add",
        r"organizercopy")),
    ("runs", Sign(re.compile(
        r"new:[0-9a-f{]{8}|getobject\s?\(\s?\"(?:new|script|winmgmts)|createobject\s?\([^\")]{1,200}\)|\.run[ (]|"
        r"(?:public |private )?declare (?:ptrsafe )?(?:sub|function) ", re.I),
        ("new:", "getobject", "createobject", ".run", "declare "))),
    ("runs", Sign(re.compile(r"\.(?:doverb|verb)(?![A-Za-z0-9_])|^name .{1,200} as .{0,200}\.(?:exe|scr|dll|js|vbs|hta|bat|cmd)\"",
                             re.I), (".doverb", ".verb", "name "))),
    ("downloads", words(
        r"urldownloadtofile\w*", r"urlmon", r"msxml2\.(?:server)?xmlhttp[\w.]*", r"microsoft\.(?:server)?xmlhttp[\w.]*",
        r"winhttp[\w.]*",
        r"winhttprequest[\w.]*",
        r"internetopen\w*", r"internetexplorer\.application", r"internetreadfile", r"net\.webclient", r"downloadfile",
        r"downloadstring",
        r"xmlhttp\w*", r"curl", r"wget", r"querytables\.add", r"ftp(?:put|get)file\w*", r"responsebody", r"invoke-webrequest")),
    ("downloads", Sign(re.compile(
        r"(?:\.open\w{0,20}|attachedtemplate|insertfile|add(?:oleobject|picture)|xmlimport|webservice)[\s(=].{0,120}\"https?://",
        re.I), ("http",))),
    ("writes", words(
        r"savetofile", r"createtextfile", r"filecopy", r"copyfile", r"adodb\.stream", r"opentextfile", r"put #\w+", r"print #\w+",
        r"write #\w+", r"regwrite", r"setattr", r"movefile", r"copyhere", r"savesetting", r"kill", r"deletefile", r"mkdir")),
    ("writes", Sign(re.compile(r"open .{1,300} for (?:output|binary|append|random)", re.I), (" for ",))),
    ("hides", words(
        r"vbhide", r"strreverse", r"environ\$?", r"xlveryhidden", r"xlsheetveryhidden", r"-e(?:nc|ncodedcommand)",
        r"-w(?:indowstyle)? hidden",
        r"frombase64string", r"bin\.base64", r"displayalerts ?= ?false", r"enableevents ?= ?false", r"sandbox\w*", r"vmware",
        r"virtualbox",
        r"automationsecurity", r"accessvbom", r"vbawarnings", r"options\.virusprotection")),
)
OBFUSCATED = (
    Sign(re.compile(r"(?:chr[bwa]?\$?\s?\([^()]{1,60}\)[ ]?[&+][ ]?){4}", re.I), ("chr",)),
    Sign(re.compile(r"\"[0-9a-fA-F]{80,}|\"[A-Za-z0-9+/]{120,}={0,2}\""), ('"',)),
    Sign(re.compile(r"(?:\d{1,3} ?[,|;] ?){40}"), (",", "|", ";")),
    Sign(re.compile(r"chr[bwa]?\$?\s?\([^()]{0,80}(?:xor|asc|mid|-|\^)", re.I), ("chr",)),
)
SIGNS = (*BEHAVIOUR, *(("hides", sign) for sign in OBFUSCATED))
CALLS = frozenset({"EXEC", "CALL", "REGISTER", "FOPEN", "FWRITE", "FWRITELN", "FORMULA", "FORMULA.FILL", "FORMULA.ARRAY",
                   "INITIATE",
                   "EXECUTE", "RUN", "POKE"})


@dataclass(slots=True)
class Judgement:
    """Behaviour -> the lines that show it."""

    shown: dict[str, list[str]] = field(default_factory=dict)

    def note(self, what: str, line: str) -> None:
        found = self.shown.setdefault(what, [])
        if len(found) < LINES and line not in found:
            found.append(line)

    def shows(self, what: str) -> bool:
        """Whether no more lines of it are wanted."""
        return len(self.shown.get(what, ())) >= LINES

    def __contains__(self, what: str) -> bool:
        return what in self.shown

    def evidence(self, *order: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(masked(f"{what}: {line}") for what in order for line in self.shown.get(what, ())))[:6]


def judge(source: str, lines: Iterable[str] | None = None) -> Judgement:
    """What one module does. `lines` are its logical ones, where they are known."""
    made = Judgement()
    lines = dict.fromkeys(vbacode.lines(source) if lines is None else lines)
    text = "\n".join(lines).lower()
    signs = [(what, sign.pattern, possible) for what, sign in SIGNS if (possible := sign.possible(text))]
    for line in lines:
        piece = line[:LINE]
        low = piece.lower()
        for what, pattern, possible in signs:
            if any(begin in low for begin in possible) and not made.shows(what) and pattern.search(piece):
                made.note(what, piece)
        if len(line) > LINE:
            made.note("hides", "a line of more than 4000 characters")
    if len(source) > vbacode.LIMIT:
        made.note("hides", "a module of more than 1,000,000 characters")
    return made


class MacroDetector:
    """Judges each module, and the project over all modules of one container at the end."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.starts: dict[int, int] = {}             # container -> module that starts by itself
        self.acts: dict[int, int] = {}               # container -> module that runs or downloads
        self.codes: dict[int, str] = {}              # module that runs or downloads -> its code's hash

    def look(self, sample: Sample) -> Iterable[Finding]:
        kind = sample.artifact.detected_type
        if kind == VBA:
            yield from self.module(sample)
        elif kind == XLM:
            yield from self.sheet(sample)
        else:
            yield from self.container(sample)

    def module(self, sample: Sample) -> Iterable[Finding]:
        source = sample.data.decode("utf-8", "replace")
        lines = vbacode.lines(source)
        made = judge(source, lines)
        id, parent = sample.artifact.id, sample.artifact.parent or 0
        rule = "sha256:" + vbacode.code_hash(lines)
        acts = "runs" in made or "downloads" in made
        if "starts" in made:
            self.starts.setdefault(parent, id)
            yield Finding("MACRO-AUTOEXEC", CATEGORY, Severity.HIGH if acts or "writes" in made else Severity.MEDIUM, id,
                          made.evidence("starts"), rule=rule)
        if acts:
            self.acts.setdefault(parent, id)
            self.codes[id] = rule
        if acts or "hides" in made or ("writes" in made and "starts" in made):
            severity = Severity.HIGH if acts or "starts" in made else Severity.MEDIUM
            if acts and "starts" in made:
                severity = Severity.CRITICAL
            shown = made.evidence("downloads", "runs", "writes", "hides")
            yield Finding("MACRO-SUSPICIOUS", CATEGORY, severity, id, shown, rule=rule)
        elif voted := sample.observed("VBA-MRAPTOR"):
            yield Finding("MACRO-SUSPICIOUS", CATEGORY, Severity.HIGH, id, (f"mraptor {masked(voted[0].detail)}",), rule=rule)
        if lines:
            names = ", ".join(o.detail for o in sample.observed("VBA-MODULE"))
            yield Finding("MACRO-PRESENT", CATEGORY, Severity.MEDIUM, id, (masked(names),), rule=rule)
        if sample.observed("VBA-UNREAD"):
            yield Finding("MACRO-UNREADABLE", CATEGORY, Severity.HIGH, id, (masked(sample.artifact.name),))

    def sheet(self, sample: Sample) -> Iterable[Finding]:
        calls = [o.detail for o in sample.observed("XLM-CALL")]
        lines = [line for line in sample.data.decode("utf-8", "replace").splitlines() if any(c in line.upper() for c in calls)]
        severity = Severity.CRITICAL if set(calls) & CALLS else Severity.HIGH
        evidence = (*[f"calls {c}" for c in calls[:4]], *[masked(line) for line in lines[:3]])
        yield Finding("MACRO-XLM", CATEGORY, severity, sample.artifact.id, evidence or (masked(sample.artifact.name),),
                      rule="sha256:" + vbacode.code_hash(vbacode.lines(sample.data.decode("utf-8", "replace"))))

    def container(self, sample: Sample) -> Iterable[Finding]:
        id = sample.artifact.id
        for code, finding, severity in CONTAINER:
            seen = sample.observed(code)
            if seen:
                evidence = tuple(dict.fromkeys(masked(o.detail) for o in seen))[:5]
                yield Finding(finding, CATEGORY, severity, id, evidence, len(seen), rule=code)

    def conclude(self, tally: Tally) -> Iterable[Finding]:
        """One module starts, another acts: together they are what one module with both would be."""
        for parent, id in self.starts.items():
            other = self.acts.get(parent)
            if other is not None and other != id:
                yield Finding("MACRO-SUSPICIOUS", CATEGORY, Severity.CRITICAL, other, ("started by another module",),
                              rule=self.codes.get(other, ""))


CONTAINER = (
    ("VBA-PROJECT", "MACRO-PRESENT", Severity.MEDIUM),
    ("VBA-STOMPED", "MACRO-STOMPED", Severity.HIGH),
    ("VBA-PURGED", "MACRO-PURGED", Severity.MEDIUM),
    ("VBA-DAMAGED", "MACRO-DAMAGED", Severity.HIGH),
    ("VBA-UNREAD", "MACRO-UNREADABLE", Severity.HIGH),
    ("VBA-MODULE-SHEET", "MACRO-PRESENT", Severity.MEDIUM),
    ("XLM-DIALOG", "MACRO-PRESENT", Severity.MEDIUM),
    ("XLM-SHEET", "MACRO-XLM", Severity.HIGH),
    ("XLM-AUTO-NAME", "MACRO-XLM-AUTO", Severity.HIGH),
    ("XLM-UNKNOWN-SHEET", "MACRO-XLM", Severity.HIGH),
    ("XLM-CALL", "MACRO-XLM", Severity.CRITICAL),
)
"""Observation of a container -> finding and severity."""
