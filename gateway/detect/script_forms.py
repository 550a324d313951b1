"""How scripts, shell files and shortcuts look: by type, by media type, by their first characters, by what stands in them."""

from __future__ import annotations

import re

BY_TYPE = {
    "application/x-ms-shortcut": ("SCRIPT-SHORTCUT", "Windows shortcut"),
    "application/vnd.ms-htmlhelp": ("SCRIPT-HELP", "compiled HTML help"),
    "application/winhlp": ("SCRIPT-HELP", "Windows help"),
}

CONTENT: tuple[tuple[str, str, bool, str], ...] = (
    # code, what it is, whether a text file with it still has to be renamed before it runs, pattern of the beginning
    ("SCRIPT-ENCODED", "encoded VBScript or JScript", False, r"#@~\^"),
    ("SCRIPT-SHELL", "Unix script", True, r"#!\s*/[\w.+-]{1,40}/"),
    ("SCRIPT-BATCH", "Windows batch file", True, r"(?:@echo\s+off|@rem\s|:: ?\w+\s*\n@|setlocal\s)"),
    ("SCRIPT-REGISTRY", "registry file", False, r"(?:Windows Registry Editor Version 5|REGEDIT4)"),
    ("SCRIPT-SHELL-FILE", "Internet shortcut", False,
     r"(?:\[[^\]\n]{1,60}\][^\[]{0,600}){0,3}\[(?:InternetShortcut|DEFAULT)\][^\[]{0,400}?(?:^|\n)\s*(?:BASE)?URL\s*="),
    ("SCRIPT-SHELL-FILE", "shell command file", False, r"\[Shell\]\s*(?:\n|\r\n?)\s*(?:Command|IconFile)\s*="),
    ("SCRIPT-SHELL-FILE", "remote desktop file", False,
     r"(?:[a-z][a-z ]{2,40}:[isb]:[^\n]{0,400}\n\s{0,8}){0,40}(?:screen mode id|full address|use multimon|"
     r"alternate full address):[is]:"),
    ("SCRIPT-SHELL-FILE", "terminal server file", False, r"\[WFClient\]"),
    ("SCRIPT-SHELL-FILE", "data link", False, r"\[oledb\]"),
    ("SCRIPT-SHELL-FILE", "click-once reference", False, r"https?://[^\s#]{4,500}\.application#"),
    ("SCRIPT-HOST", "AutoIt or AutoHotkey script", False,
     r"#(?:NoTrayIcon|NoEnv|SingleInstance|RequireAdmin|include\s{1,4}<[\w.]{1,40}\.au3>|Requires\s{1,4}AutoHotkey)\s"),
    ("SCRIPT-HOST", "exported macro module", True, r"(?:VERSION \d\.\d{1,2}\s[\s\S]{0,2000}?)?Attribute VB_Name = \""),
    ("SCRIPT-SETUP", "management object file", False, r"#pragma\s{1,8}(?:namespace|autorecover|classflags)"),
    ("SCRIPT-SHELL-FILE", "folder setting that loads from a share", False,
     r"\[\.ShellClassInfo\][\s\S]{0,400}(?:IconResource|IconFile|CLSID2?)\s*="),
    ("SCRIPT-SHELL-FILE", "theme", False,
     r"(?:;[^\n]*\n\s*)*\[Theme\]\s*\n(?:[^\n]{0,400}\n){0,20}?\s*(?:DisplayName|BrandImage|ThemeId)\s*="),
    ("SCRIPT-SHELL-FILE", "web query", False, r"WEB\s+1\s+https?://"),
    ("SCRIPT-SETUP", "setup information file", False,
     r"(?:;[^\n]*\n\s*)*\[version\]\s+(?:[^\[]{0,200}\s)?signature\s*=\s*\"?\$(?:chicago|windows)"),
    ("SCRIPT-HOST", "script host file", False, r"\[ScriptFile\]\s"),
)
DECLARED = {
    "application/hta": "hta", "text/scriptlet": "sct", "text/vbscript": "vbs", "application/x-vbs": "vbs", "text/javascript": "js",
    "application/javascript": "js", "application/x-javascript": "js", "application/ecmascript": "js", "application/x-bat": "bat",
    "application/bat": "bat", "application/x-sh": "sh", "application/x-httpd-php": "php", "application/x-ms-shortcut": "lnk",
    "text/x-ms-iqy": "iqy", "application/x-ms-application": "application", "application/x-java-jnlp-file": "jnlp",
    "application/x-apple-aspen-config": "mobileconfig", "application/windows-library+xml": "library-ms",
    "application/windows-search-connector+xml": "searchconnector-ms", "application/x-mswebsite": "website",
    "application/rdp": "rdp", "application/x-rdp": "rdp",
    "application/x-ica": "ica", "application/internet-shortcut": "url", "application/x-ms-vsto": "vsto",
    "application/x-ms-xbap": "xbap", "application/x-shellscript": "sh", "text/x-shellscript": "sh", "application/x-csh": "csh",
    "application/java-archive": "jar", "application/x-msdownload": "exe", "application/x-msdos-program": "exe",
    "application/x-ms-dos-executable": "exe", "application/x-powershell": "ps1", "application/x-mspublisher-script": "vbs",
}
"""Media types by which Windows names a part that has no name of its own: ATT00001 with the extension that is registered."""
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
    ("SCRIPT-SHELL-FILE", "application installer file", r"<AppInstaller[\s>]"),
    ("SCRIPT-SHELL-FILE", "scheduled task", r"<Task\s[^>]{0,200}windows/2004/02/mit/task"),
    ("SCRIPT-SHELL-FILE", "contact that starts a program", r"<c:contact[\s>][\s\S]{0,4000}<c:Value>[^<]{0,200}\.(?:cpl|exe|"
     r"dll|lnk|scr|js|vbs|bat)<"),
    ("SCRIPT-SHELL-FILE", "office data connection", r"<odc:OfficeDataConnection|content=[\"']?text/x-ms-odc"),
    ("SCRIPT-SHELL-FILE", "property list that opens or sets something",
     r"<plist[\s>][\s\S]{0,2000}<key>(?:URL|CommandString|PayloadContent|Program|ProgramArguments)</key>"),
    ("SCRIPT-SHELL-FILE", "media list", r"<asx[\s>][\s\S]{0,2000}href\s*=\s*[\"'](?:file:|\\\\)"),
    ("SCRIPT-HOST", "sidebar program", r"<gadget[\s>][\s\S]{0,2000}<base\s"),
    ("SCRIPT-HOST", "markup that makes objects", r"<ObjectDataProvider[\s>]|<x:Code[\s>]|clr-namespace:System\.Diagnostics"),
    ("SCRIPT-XSL", "stylesheet with script", r"<(?:ms|msxsl):script[\s>]"),
    ("SCRIPT-BUILD", "build file with inline task", r"<Project[\s>][\s\S]{0,4000}<UsingTask[\s>]"),
)
CODE: tuple[tuple[str, str, str], ...] = (
    # code, what it is, what stands in it; looked for where the name promises no text at all
    ("SCRIPT-HOST", "Windows script code",
     r"(?:ActiveXObject|CreateObject|GetObject)\s{0,8}\(\s{0,8}[\"'](?:WScript|Shell|Scripting|MSXML2|ADODB|WinHttp|winmgmts|"
     r"new:|script:|"
     r"Microsoft\.XMLHTTP)|(?:this|window)\[[\"']ActiveXObject|WScript\.(?:Shell|Echo|Sleep|Arguments|CreateObject|Quit|"
     r"ScriptFullName)|WScript\s{0,4}\[|"
     r"Execute(?:Global)?\s{0,4}\(?\s{0,4}chrw?\s{0,4}\(|(?:^|[\r\n:])\s{0,8}ExecuteGlobal\s{1,4}\w|"
     r"new\s{1,4}ActiveXObject\s{0,4}\(|"
     r"(?:Create|Get)Object\s{0,8}\(\s{0,8}(?:StrReverse|Chrw?|Replace|Join|Mid)\s{0,4}\(|"
     r"(?:chrw?\s{0,4}\(\s{0,4}(?:&h)?[0-9a-f]{1,5}\s{0,4}\)\s{0,4}[&+]\s{0,4}){6}|"
     r"(?:^|[\r\n:])\s{0,40}Set\s{1,8}\w{1,60}\s{0,8}=\s{0,8}(?:WScript\.)?CreateObject\s{0,8}\("),
    ("SCRIPT-HOST", "PowerShell code",
     r"(?:Net\.WebClient|Invoke-Expression|Invoke-WebRequest|Start-BitsTransfer|\.DownloadString\(|\.DownloadFile\(|"
     r"FromBase64String\(|"
     r"iex[ (]{1,3}(?:iwr|irm|new-object|\()|"
     r"(?:^|[\r\n;|&])\s{0,8}(?:iwr|irm|curl|wget|Invoke-(?:WebRequest|RestMethod))\s[^\r\n]{0,300}\s-OutFile\s|\[scriptblock\]::Create|"
     r"\[(?:system\.)?reflection\.assembly\]::load|add-type\s[^\r\n]{0,200}-(?:type|member)definition|invoke-cimmethod\s|"
     r"\$executioncontext\.invokecommand|(?:^|[\r\n;])\s{0,8}(?:[&.]\s{0,4}\(\s{0,4}[\"'$]|"
     r"(?:sal|nal|set-alias|new-alias)\s{1,4}\w{1,40}\s{1,4}(?:iex|iwr|irm|invoke-))|"
     r"\s-bxor\s|\|\s{0,4}iex(?:[\s;)]|$)|\[activator\]::CreateInstance|"
     r"\[(?:system\.)?diagnostics\.process\]::start\(|-join\s{0,4}\(\s{0,4}(?:\(\s{0,4}\d{2,3}\s{0,4},|\[char)|\[char\]\s{0,2}(?:\$_|\d{2,3}\s{0,2}\+)|"
     r"(?:RootModule|ScriptsToProcess|ModuleToProcess|NestedModules)\s{0,8}=\s{0,8}(?:@\()?[\"']|"
     r"(?:^|[\r\n])(?!\s{0,8}[\[<({]?[\"']?(?:\d{1,4}[-/.:]\d{1,2}[-/.:T ]|"
     r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}[, ]|"
     r"(?:info|warn|error|debug|notice|audit|trace)))[^\r\n]{0,300}?(?<![\w-])"
     r"powershell(?:\.exe)?\"?\s[^\n]{0,200}-(?:e(?:nc|c|ncodedcommand|p)?|c(?:ommand)?|nop(?:rofile)?|w(?:in(?:dowstyle)?)?\s{1,4}h)[a-z]{0,8}\s)"),
    ("SCRIPT-BATCH", "Windows commands",
     r"(?:^|[\r\n&|])\s{0,8}@?(?:(?:rundll32|regsvr32|mshta|bitsadmin|certutil|wscript|cscript|msiexec|powershell)(?:\.exe)?\s"
     r"[^\r\n]{0,300}(?:https?:|\\\\|%\w{1,40}%|\.exe|\.dll)|"
     r"start\s{1,4}(?:/\w{1,4}\s{1,4}){0,3}(?:\"\"\s{1,4})?(?:\S{1,80}\.exe|%\w|\\\\)|"
     r"(?:cmd(?:\.exe)?|%comspec%)\s{1,4}/[ck]\s|(?:del|erase)\s{1,4}(?:/[a-z]\s{1,4}){1,4}|for\s{1,4}/f\s|exit\s{1,4}/b|"
     r"call\s{1,4}\S{1,80}\.(?:exe|bat|cmd)|wmic\s{1,4}process\s{1,4}call\s|net\s{1,4}use\s{1,4}(?:[a-z]:|\*)\s{1,4}\\\\|"
     r"forfiles\s{1,4}/|pcalua\s{1,4}-a|schtasks(?:\.exe)?\s{1,4}/create|reg(?:\.exe)?\s{1,4}add\s{1,4}\"?hk|(?<=@)goto\s{1,4}:?\w{1,40}\s{0,8}[\r\n]|"
     r"curl(?:\.exe)?\s[^\r\n]{0,300}\s-[oO]\s)|(?:%\w{1,20}:~-?\d{1,4}(?:,-?\d{1,4})?%){2}|(?:^|"
     r"\n)@?set\s[^\r\n]{1,80}=[\s\S]{0,4000}%\w{1,20}%%\w{1,20}%"),
    ("SCRIPT-SHELL", "Python code",
     r"(?:^|[\r\n])(?:import|from)\s{1,4}(?:os|subprocess|socket|base64|ctypes|sys|urllib|requests|marshal|shutil)(?:[ ,.;\r\n]|$)|"
     r"__import__\s{0,4}\(\s{0,4}[\"']|exec\s{0,4}\(\s{0,4}(?:marshal|zlib|base64|bytes|__import__|compile)(?:[.(])"),
    ("SCRIPT-SHELL", "Unix code",
     r"(?:curl|wget)\s[^\r\n|]{1,300}\|\s{0,4}(?:sudo\s)?(?:ba|z|da)?sh|(?:^|[\r\n])use strict;|do shell script|(?:^|"
     r"\n)require\s{1,4}[\"']open-uri"),
    ("SCRIPT-SHELL", "server page", r"<%@\s{0,8}(?:page|language|import|control)[\s=]|"
     r"<script[^>]{0,80}runat\s{0,4}=\s{0,4}[\"']?server"),
    ("SCRIPT-SHELL", "PHP code", r"<\?(?:php\s|=\s{0,8}(?:\$\w|\w{2,40}\s?\())"),
    ("SCRIPT-SHELL", "Lua code", r"(?:os\.execute|io\.popen)\s{0,4}\("),
    ("SCRIPT-SHELL-FILE", "desktop entry", r"\[Desktop Entry\][\s\S]{0,500}[\r\n]Exec\s{0,8}="),
    ("SCRIPT-SETUP", "automatic start file",
     r"\[autorun(?:\.\w{1,10})?\][\s\S]{0,500}[\r\n]\s{0,8}(?:open|shellexecute|shell\\[^\n=]{1,80})\s{0,8}="),
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
