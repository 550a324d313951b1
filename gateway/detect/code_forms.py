r"""How code looks wherever it stands in a file: statements of the languages that desktops run, a few of each.

Looked for only where the name of a file promises no text at all; prose about code stands in files with names of text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from gateway.detect.sieve import Sieve

START = r"[\r\n]\s{0,40}"
"""Where a line of code begins. The first one has an end of line in front of it as well (`closed_up`)."""


def either(*forms: str) -> str:
    return f"(?:{'|'.join(forms)})"


def each(front: str, *forms: str) -> tuple[str, ...]:
    """Forms of their own, with the same in front: those are tried whose words a text has."""
    return tuple(front + form for form in forms)


DATED = (r"(?!\s{0,8}[\[<({]?[\"']?(?:\d{1,4}[-/.:]\d{1,2}[-/.:T ]|"
         r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}[, ]|"
         r"(?:info|warn|error|debug|notice|audit|trace)))")
"""Not a line of a log, which tells what ran."""
NOUNS = either(
    "Process", "Object", "Item(?:Property)?", "ChildItem", "Content", r"Mp\w{1,30}", "Service", r"Scheduled\w{3,20}", "Module",
    "Alias", "Expression", "WebRequest", "RestMethod", "Command", "(?:Cim|Wmi)(?:Method|Object|Instance)", "BitsTransfer",
    "Archive", "Variable", "Location", "Job", "Host", "String", "File", "Sleep", "SecureString", r"PS\w{4,20}", "ExecutionPolicy",
    r"Net\w{4,30}", "LocalUser", "Acl", "Type", "Output")
VERBS = either(
    "Start", "Stop", "New", "Get", "Set", "Add", "Remove", "Invoke", "Import", "Register", "Out", "Write", "Copy", "Move", "Expand",
    "Unblock", "Enable", "Disable", "Test", "ForEach", "ConvertTo", "ConvertFrom")
CMDLET = (rf"{VERBS}-{NOUNS}(?:\s{{1,4}}(?!(?:and|or|is|are|of|for|in|to|with)\s)[-\w$\"'({{@.\\]|"
          r"\s{0,4}[;|\r\n])")
"""A command of PowerShell, and what may stand behind it."""
WINDOWS_SCRIPT = (
    r"(?:ActiveXObject|CreateObject|GetObject)\s{0,8}\(\s{0,8}[\"'](?:WScript|Shell|Scripting|MSXML2|ADODB|WinHttp|winmgmts|new:|script:|"
    r"Microsoft\.XMLHTTP)",
    r"(?:this|window)\[[\"']ActiveXObject", r"new\s{1,4}ActiveXObject\s{0,4}\(", r"WScript\s{0,4}\[",
    r"WScript\.Shell", r"W(?:Script|SH)\.(?:Echo|Sleep|Arguments|CreateObject|Quit|ScriptFullName)",
    r"(?:Create|Get)Object\s{0,8}\(\s{0,8}(?:StrReverse|Chrw?|Replace|Join|Mid)\s{0,4}\(",
    r"(?:chrw?\s{0,4}\(\s{0,4}(?:&h)?[0-9a-f]{1,5}\s{0,4}\)\s{0,4}[&+]\s{0,4}){6}",
    r"Execute(?:Global)?\s{0,4}\(?\s{0,4}(?:chrw?|StrReverse|Replace|Join)\s{0,4}\(",
    r"Execute(?:Global)?\s{1,4}\w{1,40}\s{0,4}\(\s{0,4}\"",
    r"[&+]\s{0,4}chrw?\s{0,4}\(\s{0,4}(?:cint|clng|mid|asc|\"&h\"|\w{1,20}\s{1,4}xor\s)",
    *each(r"[\r\n:]\s{0,40}",
        r"ExecuteGlobal\s{1,4}\w", r"Set\s{1,8}\w{1,60}\s{0,8}=\s{0,8}(?:WScript\.)?CreateObject\s{0,8}\(",
        r"(?:Call\s{1,4})?CreateObject\s{0,4}\(", r"End\s(?:Function|Sub|Class|With)\s{0,8}(?:[\r\n':]|$)"),
)
JAVASCRIPT = (
    r"eval\s{0,4}\(\s{0,4}(?:function\s{0,4}\(p,a,c,k,e|String\.fromCharCode\W)",
    r"\[\]\[\(!\[\]\+\[\]\)\[|\$=~\[\];",
    r"(?:var|let|const)\s{1,4}_0x[0-9a-f]{2,8}\s{0,4}=",
    r"ObjC\.import\s{0,4}\(", r"\.constructor\s{0,4}\(\s{0,4}[\"'`]return\W",
    r"\.doShellScript\s{0,4}\(", r"process\.(?:binding|mainModule)", r"(?:Deno\.(?:run|Command)|Bun\.spawn(?:Sync)?)\s{0,4}\(",
    r"require\s{0,4}\(\s{0,4}[\"'`](?:node:)?(?:child_process|fs|os|https?|net|vm|crypto)[\"'`]",
    r"import\s[^;\r\n]{1,200}\sfrom\s{1,4}[\"']", r"\(function\s{0,4}\([\w$, ]{0,80}\)\s{0,4}\{",
    START + r"!function\s{0,4}\(", START + r"console\.(?:log|error)\s{0,4}\([^\r\n]{0,200}\)\s{0,4};",
    r"[(,=:?]\s{0,4}(?:async\s)?(?:\([^()\r\n]{0,80}\)|[\w$]{1,40})\s{0,4}=>\s{0,4}\{[^\r\n]{0,200}[;)]",
    r"new\s{1,4}Function\s{0,4}\(", r"fetch\s{0,4}\(\s{0,4}[\"'`]https?:",
    START + r"(?:(?:window|document|top|self|parent)\.)?location(?:\.href)?\s{0,4}=\s{0,4}[\"'`](?:https?:|//|data:)",
    START + r"import\s{1,4}System(?:\.\w{1,40}){0,4}\s{0,4};",
)
POWERSHELL = (
    "Net\\.WebClient", "Invoke-Expression", "Invoke-WebRequest", "Start-BitsTransfer", r"\.Download(?:String|File)\(",
    r"FromBase64String\(",
    r"[\r\n;|]\s{0,8}iex\s{1,4}[\"'$(]",
    r"iex[ (]{1,3}(?:iwr|irm|new-object|\()", r"\((?:iwr|irm)\s", r"\|\s{0,4}iex(?:[\s;)]|$)", r"\s-bxor\s",
    r"\[[A-Za-z][\w.]{2,80}(?:\[\])?\]::\w", r"\[wmiclass\]", r"\[ref\]\.assembly",
    r"\[char\[\]\]", r"\[char\]\s{0,2}(?:\$_|\d{2,3}\s{0,2}\+)",
    r"\$(?:executioncontext\.[\"']?inv|PSCommandPath|PSScriptRoot|env:(?:appdata|temp|public|windir|comspec)\W)",
    r"add-type\s[^\r\n]{0,200}-(?:type|member)definition",
    r"-join\s{0,4}\(\s{0,4}(?:\(\s{0,4}\d{2,3}\s{0,4},|\[char)", r"\|\s{0,4}(?:%|\?|foreach-object|where-object)\s{0,4}\{",
    r"(?:RootModule|ScriptsToProcess|ModuleToProcess|NestedModules)\s{0,8}=\s{0,8}(?:@\()?[\"']",
    r"[\r\n;|&]\s{0,8}(?:iwr|irm|curl|wget|Invoke-(?:WebRequest|RestMethod))\s[^\r\n]{0,300}\s-OutFile\s",
    *each(r"[\r\n;]\s{0,8}",
        r"[&.]\s{0,4}\(\s{0,4}(?:[\"'$]|gcm\s|get-command\s|(?:ls|dir|gci|gal|gi)\s)",
        r"&\s{0,4}[\"'][^\"'\r\n]{0,200}(?:\\|\.(?:exe|ps1|bat|cmd))[^\"'\r\n]{0,80}[\"']",
        r"&\s{0,4}\{\s{0,4}(?:\(\s{0,4}[a-z$]|param\W|\$\w{1,40}\s{0,4}=|[a-z]{2,10}-[a-z]{3,20}\s)", r"gci\s{1,4}env:\w",
        r"(?:saps|gwmi|gcim)\s{1,4}[^\s,]{1,200}\s{0,4}(?:[\r\n;|]|$)", r"&\s{0,4}\$\w{1,40}\s", r"param\s{0,4}\(\s{0,8}\[",
        r"function\s{1,4}(?:global:)?[a-z]{2,12}-\w{1,40}\s{0,8}[{(]",
        r"(?:sal|nal|set-alias|new-alias)\s{1,4}\w{1,40}\s{1,4}(?:iex|iwr|irm|invoke-)",
        r"\$\w{1,40}\s{0,4}=\s{0,4}(?:new-object\s|@[({]|\(|\[|\$\w)",
        r"\$(\w{1,40})\s{0,4}=\s{0,4}(?:\"[^\"\r\n]{0,400}\"|'[^'\r\n]{0,400}')\s{0,4}[;\r\n|][\s\S]{0,1000}?\$\1(?!\w)",
        r"\$\w{1,40}\s{0,4}=\s{0,4}[\"'](?:https?://[^\s\"']{1,400}|[^\"'\r\n]{1,200})\.(?:exe|dll|ps1|bat|cmd|vbs|hta)[\"']",
        r"[&.]\s{0,4}\$\w{1,40}\s{0,4}(?:[\r\n;|]|$)", r"@[\"']\r?\n", r"\.\\[\w.-]{1,60}\.(?:exe|bat|cmd|ps1|vbs|js)(?!\w)",
        r"\[CmdletBinding\(", r"#requires\s{1,4}-(?:version|runas|module)",
        r"[\"'][^\"'\r\n]{1,200}[\"']\s{0,4}\|\s{0,4}(?:cmd|powershell|pwsh|&)"),
    r"[\r\n;|{(=]\s{0,40}" + CMDLET,
    rf"[\r\n]{DATED}[^\r\n]{{0,300}}?(?<![\w-])"
    r"(?:powershell|pwsh)(?:\.exe)?\"?\s[^\n]{0,200}-(?:e(?:nc|c|ncodedcommand|p)?|c(?:ommand)?|f(?:ile)?|nop(?:rofile)?|w(?:in(?:dowstyle)?)?\s{1,4}h)[a-z]{0,8}\s",
)
TOOLS = either(
    "rundll32", "regsvr32", "mshta", "bitsadmin", "certutil", "certreq", "wscript", "cscript", "msiexec",
    "powershell", "pwsh", "odbcconf", "cmstp", "installutil", "mavinject", "desktopimgdownldr", "nslookup",
    "forfiles", "pcalua", "schtasks", "wmic", "taskkill", "tasklist", "i?cacls", "takeown", "bcdedit",
    "vssadmin", "wbadmin", "wevtutil", "fsutil", "netsh", "attrib", "xcopy", "robocopy", "extrac32",
    "esentutl", "findstr", "conhost", "ieexec", "msbuild", "regasm", "regsvcs", "diskshadow", "diskpart",
    "subst", "mklink", "rmdir", "pushd", "wsl", "logoff", "gpupdate", "whoami", "ipconfig",
    "systeminfo", "nltest", "dsquery", "cmdkey", "tftp")
"""Programs and commands of Windows whose names are no words (Windows commands reference; LOLBAS)."""
SHORT = (
    r"net1?(?:\.exe)?[ ]{1,4}(?:user|use|localgroup|group|share|view|accounts|session|time|config|stop|start|file)[ ]"
    r"[^\r\n]{0,200}?(?:(?<=[ ])/[a-z]|\\\\\w)",
    r"net1?(?:\.exe)?[ ]{1,4}use[ ]{1,4}(?:\*|[a-z]:)(?:\s|$)",
    r"reg(?:\.exe)?[ ]{1,4}(?:add|copy|delete|export|import|load|query|restore|save|unload)[ ]{1,4}"
    r"(?:\"?(?:hk|\\\\|[a-z]:\\|%)|\S{1,80}\.(?:reg|hiv))",
    r"ftp(?:\.exe)?[ ]{1,4}-[a-z]",
    r"rd[ ]{1,4}/[sq](?:\s|$)",
    r"md[ ]{1,4}\"?(?:[%.\\]|[a-z]:\\)",
    r"sc(?:\.exe)?[ ]{1,4}\\\\\w",
    r"(?:(?-i:hh)|hh\.exe)[ ]{1,4}(?:https?:|[a-z]:\\|[%\\])",
    r"(?:copy|move)[ ]{1,4}/[-yzbv](?:[ ]|$)",
    r"(?:del|erase)[ ]{1,4}/[fqsa](?:[ :]|$)",
    r"start[ ]{1,4}/(?:[bdi]|wait|min|max|low|high)(?:[ ]|$)",
    r"(?:timeout[ ]{1,4}[/-]t|cipher[ ]{1,4}/[wed]|expand[ ]{1,4}-[fr])(?:[ :]|$)",
    r"shutdown[ ]{1,4}[/-][srlfpahi](?:\s|$)",
    r"explorer(?:\.exe)?[ ]{1,4}/(?:root|select|e),",
    r"msg(?:\.exe)?[ ]{1,4}(?:\*|%\w)",
    r"(?:ren|del|erase|copy|move)[ ]{1,4}\"?\*\.[\w*]{1,8}(?:[\s\"]|$)",
)
"""Codes of tables and words of any language, but with what only the commands are given."""
GIVEN = either(r"(?<=[\s,;=\"])/[a-z?]{1,12}(?:[\s:,;=\"+-]|$)", r"(?<=\s)-{1,2}[a-z]", r"\\\\\w", r"(?<![a-z])[a-z]:\\",
               r"%\w{1,30}%", r"%~?\d", r"%~?%?[a-z](?:\s|$)", r"\.(?:exe|dll|bat|cmd|vbs|js|ps1)(?!\w)")
"""What they are given: options, paths, variables, programs."""
FETCHING = either(
    "bitsadmin", "certutil", "certreq", "cmstp", "cscript", "desktopimgdownldr", "ieexec", "installutil", "msbuild", "mshta",
    "msiexec", "odbcconf", "powershell", "pwsh", "regsvr32", "rundll32", "wscript")
"""Those that take addresses; a table of anything else has addresses beside its short names."""
WORDS = either(
    "start", "copy", "move", "type", "format", "ren", "del", "erase", "expand", "explorer", "timeout", "cipher",
    "shutdown")
PROSE = r"(?-i:(?![A-Z][a-z]{1,20}\s[^\r\n]{0,200}\s(?:to|into|from|and|for|if)\s))"
"""Where no sentence begins that tells people the same: `Copy //server/share/a.xlsx to your desk`."""
BATCH = (
    *each(r"[\r\n&|][\s,;=(]{0,8}@?",
        rf"\"?(?:%\w{{1,20}}%\\(?:\w{{1,20}}\\){{0,3}})?{TOOLS}(?:\.exe)?\"?[ \t,;][^\r\n]{{0,200}}?{GIVEN}",
        rf"{FETCHING}(?:\.exe)?\"?\s[^\r\n]{{0,300}}https?:", *SHORT,
        rf"{PROSE}{WORDS}(?:\.exe)?[ \t]{{1,4}}(?:\"\"|\"?(?:%\w|\\\\|[a-z]:\\)|[a-z]:\s{{1,4}}/|[^\s/]{{1,80}}\.exe)",
        r"(?:cmd(?:\.exe)?|%comspec%)[\s,;=]{1,4}(?:/\w(?::\w{1,6})?[\s,;=]{1,4}){0,3}/[ck][\s,;=\"]",
        r"(?:net1?\s{1,4}(?:stop|start)\s{1,4}(?:\"[^\"\r\n]{1,60}\"|[a-z]\w{1,40})(?:\s{1,4}/y)?|"
        r"(?:calc|notepad)\.exe)\s{0,4}(?:[\r\n&]|$)",
        r"(?:sc|wevtutil|fsutil|wbadmin|vssadmin|netsh|schtasks|wmic)(?:\.exe)?\s{1,4}(?:\w{1,20}\s{1,4}){0,2}"
        r"(?:add|delete|create|config|start|stop|cl|set|show|export|call|firewall|advfirewall|deletejournal)(?:\s|$)",
        r"for\s{1,4}/f\s", r"for\s{1,4}(?:/[dlr]\s{1,4})?[^\r\n%]{0,80}%{1,2}[a-z]\s{1,4}in\s{0,4}\(",
        r"exit\s{1,4}/b", r"echo\s{1,4}off\s{0,8}(?:[\r\n&]|$)", r"cd\s{1,4}/d\s", r"curl(?:\.exe)?\s[^\r\n]{0,300}\s-[oO]\s",
        r"goto\s{1,4}:?\w{1,40}\s{0,8}(?:[\r\n]|$)", r"call\s{1,4}(?::\w|\S{1,80}\.(?:exe|bat|cmd))",
        r"if\s{1,4}(?:/i\s{1,4})?(?:not\s{1,4})?(?:exist\s{1,4}\"?[^\s\"]{0,200}[\\%.:]|defined\s{1,4}\w|errorlevel\s{1,4}\d|\"?%)",
        r"\"?%\w{1,40}%\\[^\r\n\"]{1,200}\.(?:exe|bat|cmd|dll|js|vbs)",
        r"echo\s[^\r\n]{1,200}>{1,2}\s{0,4}[\"%\w.\\]{1,80}\.(?:bat|cmd|vbs|js|ps1|txt)"),
    r"[^\s|][ \t]{1,4}[^\s|]{1,60}[ \t]{0,4}\|\s{0,4}(?:cmd|powershell|pwsh)(?:\.exe)?\s{0,4}(?:[-/\r\n]|$)",
    r"\A\s{0,8}(?:(?:calc|notepad|logoff)\s{0,8}){1,8}\Z",
    r"%~[dpnxfs]{1,5}\d", r">\s{0,2}nul\s{0,4}(?:2>&1\s{0,4})?(?:[\r\n&|]|$)", r"%[\w()]{1,30}:~-?\d{1,4}(?:,-?\d{1,4})?%",
    r"\n@?set\s[^\r\n]{1,80}=[\s\S]{0,4000}%\w{1,20}%%\w{1,20}%",
)
MODULES = either(
    "os", "subprocess", "socket", "base64", "ctypes", "sys", "urllib", "requests", "marshal", "shutil", "pty", "pickle", "winreg",
    "threading", "http", "asyncio", "pathlib", "tempfile", "zipfile", "getpass", "ssl", "webbrowser", "multiprocessing", "pip",
    "importlib", "codecs", "zlib")
PYTHON = (
    START + rf"import\s{{1,4}}{MODULES}(?:\.\w{{1,40}})*+\s{{0,4}}(?:[,;#\r\n]|$|\sas\s)",
    START + r"from\s[a-z_][\w.]{0,60}\s{1,4}import\s{1,4}[\w*]{1,60}"
    r"(?:(?:\s{0,2},\s{0,2}|\sas\s)\w{1,60}){0,20}\s{0,4}[\r\n]\s{0,40}"
    r"(?:[\w.]{1,80}(?:\(|\s?=)|(?:class|def|@)\s?\w)",
    START + rf"from\s{{1,4}}{MODULES}(?:\.\w{{1,40}})*+\s{{1,4}}import\s",
    START + r"(?:async\s)?def\s\w{1,60}\s{0,2}\([^()\r\n]{0,200}\)\s{0,2}(?:->[^:\r\n]{1,60})?:\s{0,4}(?:[#\r\n]|$)",
    r"(?:getattr|vars)\s{0,4}\(\s{0,4}__builtins__", r"__import__\s{0,4}\(\s{0,4}[\"']", r"if\s{1,4}__name__\s{0,4}==",
    r"[\r\n=(,\[]\s{0,8}\[[^\[\]\r\n]{1,60}\sfor\s\w{1,20}\sin\s[^\r\n\[\]]{1,80}\]",
    r"\[[\"']__builtins__[\"']\]",
    START + r"(?:with\s{1,4}open\s{0,4}\(|raw_input\s{0,4}\(\s{0,4}\)|"
    r"print\s{1,4}[\"'][^\"'\r\n]{0,200}[\"']\s{0,4}(?:%|[\r\n]|$))",
    START + r"(?-i:for\s{1,4}\w{1,40}\s{1,4}in\s{1,4}[^\s:]{1,100}|"
    r"class\s{1,4}\w{1,60}(?:\([^()\r\n]{0,100}\))?|try|while\s(?:True|1))"
    r"\s{0,4}:\s{0,4}[\r\n]\s{0,16}[\w@\"]",
    r"\A\s{0,40}(?-i:import)\s{1,4}\w{1,40}(?:\.\w{1,40}){0,4}(?:\s{1,4}as\s{1,4}\w{1,40})?\s{0,4}[\r\n]{1,8}"
    r"(?:\w{1,40}[.=(]|\w{1,40}\s=|(?-i:import|from|def|class)\s)",
    r"(?:exec|eval)\s{0,4}\(\s{0,4}(?:marshal|zlib|base64|bytes|__import__|compile|open|codecs)(?:[.(])",
)
SHELL_TOOLS = either(
    "(?:ba|z|da|k)?sh", "curl", "wget", "cp", "mv", "rm", "chmod", "chown", "dd", "tee", "tar", "nc(?:at)?",
    "socat", "ssh", "scp", "rsync", "useradd", "usermod", "chpasswd", "crontab", "systemctl", "launchctl",
    "xattr", "spctl", "osascript", "pkill", "killall", "iptables", "insmod", "modprobe",
    "mkdir", "ln", "python[23]?", "perl", "ruby", "php", "base64", "openssl", "ls",
    "uname", "sed", "nohup", "mkfifo", "dscl", "tftp", "sqlite3", "unset")
"""Programs and commands of Unix."""
SHELL_WORDS = either("cat", "defaults", "echo", "eval", "export", "find", "node", "open", "security", "service", "touch")
"""Those that are words as well: only values, paths and files stand between them and what they are given."""

SHELL_GIVEN = either(
    r"-{1,2}[a-z]", r"\"?/(?:tmp|etc|usr|bin|var|dev|home|opt|root|proc|sys|users|library|applications)(?:/|\s|$)", r"~/",
    r"\"?\$[\w({]", r"<<")
"""What they are given: options, paths, variables."""
UNIX = (
    *each(rf"(?:{START}|[;&|]\s{{1,4}})(?:sudo\s{{1,4}}|[A-Z_]{{2,20}}=\S{{1,80}}\s)?",
        rf"(?-i:{SHELL_TOOLS})[ \t]{{1,4}}(?!=)(?:[^\s(),]{{1,80}}[ \t]{{1,4}}){{0,3}}{SHELL_GIVEN}",
        r"(?-i:curl|wget)[ \t]{1,4}\"?https?://",
        r"(?-i:defaults)[ \t]{1,4}(?:write|delete)[ \t]{1,4}\S{1,80}\.",
        r"(?-i:export)[ \t]{1,4}(?:PATH|LD_PRELOAD|LD_LIBRARY_PATH|DYLD_INSERT_LIBRARIES|PROMPT_COMMAND|BASH_ENV|PYTHONPATH)=\S",
        r":\(\)\s{0,2}\{\s{0,2}:\|:&\s{0,2}\}",
        rf"(?-i:{SHELL_WORDS})[ \t]{{1,4}}(?!=)(?:[^\s(),]{{0,80}}[./*~$=>\"'][^\s(),]{{0,80}}[ \t]{{1,4}}){{0,4}}{SHELL_GIVEN}",
        r"(?-i:open)[ \t]{1,4}https?://[^\s\"']{1,400}\.(?:dmg|pkg|zip|sh|app|command|terminal)(?:\s|$)"),
    r"(?:curl|wget)\s[^\r\n|]{1,300}\|\s{0,4}(?:(?:sudo\s)?(?:ba|z|da)?sh|source)",
    r"\|\s{0,4}(?:sudo\s[^\r\n|]{0,40})?(?:ba|z|da|a|k)?sh\s{0,4}(?:-\w\s{0,4})?(?:[\r\n;&]|$)",
    r"[\r\n]use\s{1,4}(?:strict|warnings|(?:Socket|POSIX|(?:IO|LWP|MIME|File)::\w{2,20})[^;\r\n]{0,80});",
    r"eval\s{1,4}unpack\W", r"do shell script",
    r"display\s{1,4}(?:dialog|alert|notification)\s{1,4}\"", r"\|\s{0,4}crontab\s{1,4}-", r"\|\s{0,4}sudo\s{1,4}-S\s",
    START + r"(?:while|until)\s{1,4}(?::|true|\[|!\s|read\s|\(\(|\w{1,20}\s-)[^\r\n;]{0,80};\s{0,4}do\s",
    START + rf"alias\s{{1,4}}\w{{1,20}}=[\"'](?:(?-i:{SHELL_TOOLS}|sudo|cd)\s|[^\"'\r\n]{{0,200}}[;|&$/~`])",
    START + r"for\s{1,4}\w{1,40}\s{1,4}in\s[^\r\n;]{1,200};\s{0,4}do\s",
    START + r"if\s{1,4}\[{1,2}\s[^\r\n]{1,200}\]\s{0,4};\s{0,4}then", START + r"case\s{1,4}\S{1,60}\s{1,4}in\s[^\r\n]{0,80}\)",
    START + r"trap\s{1,4}(?:'[^'\r\n]{0,200}'|\"[^\"\r\n]{0,200}\")\s{1,4}[A-Z0-9]",
    START + r"(?-i:def)\s{1,4}[a-z_]\w{0,60}(?:\([^()\r\n]{0,80}\))?[ \t]{0,4}"
    r"(?:[\r\n]\s{0,16}[^\r\n]{1,200}){1,2}[\r\n]\s{0,16}end(?:\s|$)",
    r"&&\s{0,4}(?:curl|wget|chmod|sudo)\s{1,4}[-\w/.+]", r"\|\s{0,4}nc(?:at)?\s{1,4}[\w.-]{3,80}\s{1,4}\d",
    START + r"my\s{1,4}\(?[$@%][a-z_]", START + r"puts\s{1,4}[\"'#`]",
    r"security\s{1,4}find-(?:generic|internet)-password\s", r"(?:scp|rsync|tar|zip|cat|cp)\s[^\r\n]{0,80}~/\.ssh/",
    r">{1,2}\s{0,4}~/\.(?:ssh|bash|zsh|profile|config)", r"/dev/tcp/[\w.-]{1,80}/\d",
    r"tell application\s{1,4}\"",
    START + r"require(?:_relative)?\s{1,4}[\"'](?:socket|open-uri|open3|net/\w{1,20}|fileutils|base64|fiddle)[\"']",
    *each(r"[\r\n;&|]\s{0,8}(?:sudo\s{1,4})?",
        r"(?:python[23]?|perl|ruby|php|node|osascript)\s{1,4}-[ecr]\s{1,4}[\"']",
        r"chmod\s{1,4}(?:[augo]{0,4}\+x|[0-7]{3,4})\s{1,4}\S{1,200}(?:\s{0,4}(?:&&|[;\r\n])|$)",
        r"(?:source|\.|bash|sh|eval)\s{1,4}(?:<\(|\"?\$\()", r"launchctl\s{1,4}(?:load|bootstrap)\s",
        r"exec\s{1,4}(?:perl|python[23]?|ruby|node|(?:/\w{1,20}){0,4}/?(?:ba|z)?sh)\s{1,4}-",
        r"rm\s{1,4}-[rf]{1,2}\s{1,4}(?:--no-preserve-root|/(?:\s|\*|$)|~|\$home)",
        r"nohup\s{1,4}\S", r"set\s{1,4}-[eux]{1,3}o?(?:\s{1,4}pipefail)?\s{0,4}[\r\n]"),
)
AUTOMATION = (
    START + r"(?:Run|RunWait|URLDownloadToFile|FileInstall|SetTimer|SendMode)\s{0,2},\s{0,2}\S",
    START + r"#(?:Persistent|NoEnv|NoTrayIcon)\s",
    START + r"Run(?:Wait)?\s{0,2}\(\s{0,2}[\"'@]",
    START + r"Run(?:Wait)?\s{1,4}\S{1,200}\.(?:exe|bat|cmd|vbs|ps1)(?:[\s,]|$)",
    START + r"(?:[\^!#+]{1,3}\w{1,12}::|\w{1,12}::\s{0,4}(?:Run|Send|MsgBox)\W)",
    r"%A_(?:Temp|AppData|ScriptDir|Desktop|WinDir|ComSpec|Startup)\w{0,10}%",
    r"@(?:TempDir|ScriptDir|AppDataDir|ComSpec|StartupDir|SystemDir|WindowsDir)(?!\w)",
    r"(?<!\w)(?:DllCall|DllStructCreate|FileInstall|InetGet|InetRead)\s{0,2}\(\s{0,2}[\"'@]",
)
LUA = (START + r"for\s{1,4}\w{1,20}\s{0,4}=\s{0,4}[^\r\n]{1,40}\sdo\s",
       r"(?:os\.execute|io\.popen|package\.loadlib|load\s{0,4}\(\s{0,4}string\.char)\s{0,4}\(", r"ffi\.cdef\s{0,4}[\[(\"']")
CALLS = (
    r"(?<![\w.])(?:system|shell_exec|passthru|proc_open|popen|WinExec|ShellExecute[AW]?)(?:\s{0,4}\(\s{0,4}[\"'$`@]|\(\w)",
    r"(?:os|nt|posix)\.(?:system|popen|exec\w{1,3}|spawn\w{1,3}|startfile)\s{0,4}\(", r"subprocess\.\w{2,20}\s{0,4}\(",
    r"Process\.Start\s{0,4}\(", r"Kernel\.(?:exec|system|spawn)\W", r"IO\.popen\W", r"Open3\.\w", r"[\"']\.execute\(\)",
    r"\(\s{0,4}(?:startapp|shell-command|start-process)\s{1,4}\"", r"(?<!\w)xp_cmdshell\W",
    r"CommandLineTemplate\s{0,4}=", START + r"exec [a-z][\w./-]{0,80}\s{0,4}[\r\n&]",
    START + r"ExecStart(?:Pre|Post)?=\S",
)
"""Calls by which interpreted languages start another program."""
BLOCKS = (
    START + r"(?:while|if|for|foreach|switch)\s{0,4}(?:my\s{1,4}\$\w{1,40}\s{0,4})?\([^\r\n]{1,200}\)\s{0,4}\{\s",
    START + r"(?:async\s|private\s|static\s){0,3}function\s{1,4}[\w$:-]{1,60}\s{0,4}(?:\([^()\r\n]{0,200}\))?\s{0,8}\{",
    START + r"try\s{0,4}\{\s", START + r"\w{1,40}\s{0,2}\(\)\s{0,4}\{\s",
)
"""Statements with a body in braces, as most languages have them."""

FIRST = (r"\A\s{0,40}(?:(?:'|//|#|rem\s)[^\r\n]{0,200}[\r\n]{1,4}[ \t]{0,8}){0,9}"
         r"(?:MsgBox[ (][ \t]{0,4}[\"\w]|Option[ \t]{1,4}Explicit\s|"
         r"(?:Dim[ \t]{1,4}\w{1,40}(?:[ \t]{0,4},[ \t]{0,4}\w{1,40}){0,40}[ \t]{0,4}[\r\n:]{1,8}[ \t]{0,8}){1,20}"
         r"(?:(?:Set|Const)[ \t]{1,4})?\w{1,40}[ \t]{0,4}=|"
         r"(?:console\.log|alert|print)\s{0,4}\(\s{0,4}f?[\"'`])")
"""What next to nothing but a script begins with, behind remarks."""
CODE: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    # code, what it is, what stands in it
    ("SCRIPT-HOST", "Windows script code", WINDOWS_SCRIPT),
    ("SCRIPT-HOST", "PowerShell code", POWERSHELL),
    ("SCRIPT-BATCH", "Windows commands", BATCH),
    ("SCRIPT-SHELL", "Python code", PYTHON),
    ("SCRIPT-HOST", "JavaScript code", JAVASCRIPT),
    ("SCRIPT-SHELL", "Unix code", UNIX),
    ("SCRIPT-HOST", "first statement of a script", (FIRST,)),
    ("SCRIPT-SHELL", "server page", (
        r"<%@\s{0,8}(?:page|language|import|control|webhandler)[\s=]", r"<%\s{0,8}(?:eval|execute(?:global)?)\W",
        r"<%[^%]{0,400}Runtime\.getRuntime\W", r"<script[^>]{0,80}runat\s{0,4}=\s{0,4}[\"']?server")),
    ("SCRIPT-SHELL", "PHP code", (
        r"<\?(?:php\s|=\s{0,8}(?:\$\w|`|\w{2,40}\s?\()|\s{1,8}(?:\$\w|(?:echo|eval|system|exec)\W))",
        r"<script[^>]{0,80}language\s{0,4}=\s{0,4}[\"']?php")),
    ("SCRIPT-SHELL", "Lua code", LUA),
    ("SCRIPT-HOST", "AutoIt or AutoHotkey script", AUTOMATION),
    ("SCRIPT-HOST", "code that starts a program", CALLS),
    ("SCRIPT-HOST", "code in blocks", BLOCKS),
    ("SCRIPT-BUILD", "build file that runs a command", (r"<Project[\s>][\s\S]{0,1000}<(?:Exec|UsingTask)[\s>]",)),
)
HIDING = re.compile(either(
    r"[&.]\s{0,2}\(\s{0,2}[\"'](?:\{\d{1,2}\}){2,20}[\"']\s{0,2}-f",                           # & ("{1}{0}" -f 'EX', 'I')
    r"(?:^|[\s;|&({])(?:iex|invoke-expression)\s{0,4}\(?\s{0,4}(?:-join|\(?\[(?:text|system|string|char)[\w.]{0,30}\])",
    r"(?:-bxor|frombase64string)[^\r\n]{1,400}(?:\|\s{0,4}|;\s{0,4}|\s)(?:iex|invoke-expression)(?:[\s;(]|$)",
    r"(?:exec|eval)\s{0,4}\([^\r\n]{0,160}?"
    r"(?:b64decode|decompress|\.decrypt|marshal\.loads|fromhex|unescape|atob|fromcharcode)\s{0,4}\(",
    r"(?:iex|invoke-expression)[\s(][^\r\n]{0,300}(?:gzip|deflate)stream",
    r"(?:gzip|deflate)stream[^\r\n]{0,300}\|\s{0,4}(?:iex|invoke-expression)", r"\$executioncontext\.[\"']inv",
    r"(?:var|let|const)\s{1,4}_0x[0-9a-f]{2,8}\s{0,4}=\s{0,4}\[", r"(?:\^[a-z]){4}", r"\$\(\s{0,4}rev\s{0,4}<<<",
    r"[&+]\s{0,4}chrw?\s{0,4}\(\s{0,4}(?:cint|clng|mid|\"&h\"|\w{1,20}\s{1,4}xor\s)",
    r"WScript\s{0,4}\[", r"new\s{1,4}(?:this|window)\s{0,4}\[",
    r"new\s{1,4}ActiveXObject\s{0,4}\(\s{0,4}[\w$]{1,20}\s{0,2}[\[(]",
    r"execute(?:global)?\s{0,4}[\s(]\s{0,4}(?:chrw?|strreverse|replace|join|\"[^\"\r\n]{0,8}\"\s{0,4}[&+])",
    r"base64\s{1,4}(?:-d|-D|--decode)[^\r\n|]{0,60}\|\s{0,4}(?:ba|z|da)?sh(?:\s|$)",
    r"(?:%[\w()]{1,30}:~-?\d{1,4}(?:,-?\d{1,4})?%[^%\r\n]{0,20}){2}"), re.I)
"""Code that is put together or deciphered where it runs: no instruction to a reader is written so."""
KINDS = tuple((code, what) for code, what, forms in CODE for _ in forms)
SIEVE = Sieve([form for _, _, forms in CODE for form in forms])
NOT_TEXT = frozenset({
    "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "ods", "jpg", "jpeg", "png", "gif", "bmp", "tif", "tiff", "webp",
    "mp3", "mp4", "m4a", "wav", "avi", "mov", "ico", "heic", "zip", "rar", "7z", "dat", "bin", "tmp",
})
"""Names under which nobody writes text. A file without an extension is looked at as well."""
NEVER_TEXT = NOT_TEXT - {"doc", "xls", "ppt", "dat", "bin", "tmp"}
"""Names of formats whose programs open no text: what is text there waits for another name."""
SIGNS = "(){}[];=$%&|\\<>\"'@^`"
DENSE_SHARE = 8
"""A sign of code in so many characters: prose has one in fifty."""
HIDING_SHARE = 14
"""The same where the statement itself tells code from prose."""
DENSE_READ, LEAST_SIGNS, LEAST_KINDS = 4096, 6, 3
DATA = ("{", "[", "<", "%", "-----")
"""How data and markup begin, which systems write under whatever name they were asked for."""
CODE_READ = 64 << 10
"""Characters in which code is looked for, comments in front of it apart."""
COMMENTED = 4 << 20
"""Octets in which code is looked for behind comments."""
LONG_LINE = 16 << 10
"""Characters of a line beyond which its middle is not looked at, where a file has more than is looked for code."""
COMMENT = re.compile(r"(?:\s++|/\*(?:[^*]++|\*(?!/))*+\*/|<#(?:[^#]++|#(?!>))*+#>|\"\"\"(?:[^\"]++|\"(?!\"\"))*+\"\"\"|"
                     r"(?:'|//|\#(?!!)|;|--|::|(?i:rem)(?=\s))[^\r\n]*+)++")
"""Blanks and remarks of any of the languages at the beginning of a file."""


LINE_BEGINS = re.compile(r"[\r\n]\s++")


def dense(text: str, share: int = DENSE_SHARE) -> bool:
    """Whether text is as full of signs as code in whatever language: more than one of `share` characters."""
    said = "".join(text[:DENSE_READ].split())
    if said.startswith(DATA):
        return False
    counts = [said.count(sign) for sign in SIGNS]
    return sum(counts) * share > len(said) and sum(counts) >= LEAST_SIGNS and sum(map(bool, counts)) >= LEAST_KINDS


def hides(text: str) -> bool:
    """Whether a file of text is code that hides what it does: full of signs from its first lines on."""
    return dense(text, HIDING_SHARE) and HIDING.search(text) is not None


def closed_up(text: str) -> str:
    """Text without blank lines, of which there may be tens of thousands: each could be the beginning of a command. An end of
    line stands before the first."""
    return LINE_BEGINS.sub("\n", "\n" + text)


def statements(text: str, asked: Callable[[str], bool] = bool) -> Iterator[tuple[str, str]]:
    """Codes and kinds of all code in a text, of those that are asked for. As many stand in it as forms are found."""
    closed = closed_up(text)
    return (KINDS[number] for number in SIEVE.passed(closed) if asked(KINDS[number][1]) and SIEVE.forms[number].search(closed))


def shortened(text: str) -> str:
    """Text with the beginnings and ends of its long lines only: what lies between is a literal, or mere mass."""
    half = LONG_LINE // 2
    return "\n".join(line if len(line) <= LONG_LINE else f"{line[:half]}\n{line[-half:]}" for line in text.split("\n"))


def uncommented(text: str) -> str:
    """Text without the remarks that it begins with, which may be megabytes."""
    found = COMMENT.match(text)
    return text[found.end():] if found else text
