"""How scripts, shell files and shortcuts look: by type, by media type, by their first characters. `code_forms` has code itself."""

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
    ("SCRIPT-BATCH", "Windows batch file", True,
     r"(?:@echo\s+off|@rem\s|:: ?\w+\s*\n@|@?setlocal\s|@(?:cls|chcp|pushd)\s|&\s?cls\s)"),
    ("SCRIPT-REGISTRY", "registry file", False, r"(?:Windows Registry Editor Version 5|REGEDIT4)"),
    ("SCRIPT-SHELL-FILE", "Internet shortcut", False,
     r"(?:\[[^\]\n]{1,60}\][^\[]{0,600}){0,3}\[(?:InternetShortcut|DEFAULT)\][^\[]{0,400}?(?:^|\n)\s*(?:BASE)?URL\s*="),
    ("SCRIPT-SHELL-FILE", "shell command file", False,
     r"(?:\[Taskbar\][^\[]{0,400})?\[Shell\]\s*(?:\n|\r\n?)\s*(?:Command|IconFile)\s*="),
    ("SCRIPT-SHELL-FILE", "remote desktop file", False,
     r"(?:[a-z][a-z ]{2,40}:[isb]:[^\n]{0,400}\n\s{0,8}){0,40}(?:screen mode id|full address|use multimon|alternate full address|"
     r"gatewayhostname|remoteapplicationmode|drivestoredirect):[is]:"),
    ("SCRIPT-SHELL-FILE", "terminal server file", False, r"(?:\[[^\]\n]{1,60}\][^\[]{0,600}){0,4}\[WFClient\]"),
    ("SCRIPT-SHELL-FILE", "application to be installed from a store", False, r"\[Flatpak (?:Ref|Repo)\]\s"),
    ("SCRIPT-SHELL-FILE", "desktop entry", False, r"\[Desktop Entry\][\s\S]{0,500}?[\r\n]\s{0,8}Exec\s{0,8}="),
    ("SCRIPT-SETUP", "automatic start file", False,
     r"\[autorun(?:\.\w{1,10})?\][\s\S]{0,500}?[\r\n]\s{0,8}(?:open|shellexecute|shell\\[^\n=]{1,80})\s{0,8}="),
    ("SCRIPT-SETUP", "list of scripts that run at logon", False,
     r"\[(?:Logon|Logoff|Startup|Shutdown)\]\s{1,8}\d{1,3}CmdLine\s{0,4}="),
    ("SCRIPT-SHELL", "shell archive", True, r"(?:#[^\n]{0,200}\n){0,10}#\s?This is a shell archive"),
    ("SCRIPT-SHELL-FILE", "data link", False, r"\[oledb\]"),
    ("SCRIPT-SHELL-FILE", "click-once reference", False, r"https?://[^\s#]{4,500}\.application#"),
    ("SCRIPT-HOST", "AutoIt or AutoHotkey script", False,
     r"#(?:NoTrayIcon|NoEnv|SingleInstance|RequireAdmin|include\s{1,4}<[\w.]{1,40}\.au3>|Requires\s{1,4}AutoHotkey)\s"),
    ("SCRIPT-HOST", "exported macro module", True, r"(?:VERSION \d\.\d{1,2}\s[\s\S]{0,2000}?)?Attribute VB_Name = \""),
    ("SCRIPT-SETUP", "management object file", False, r"#pragma\s{1,8}(?:namespace|autorecover|classflags)"),
    ("SCRIPT-SHELL-FILE", "folder setting that loads from a share", False,
     r"\[\.ShellClassInfo\][\s\S]{0,400}?\n\s{0,8}(?:CLSID2?\s*=|\w{2,40}\s{0,4}=\s{0,4}\"?@?(?:\\\\\w|//\w|https?:|file:))"),
    ("SCRIPT-SHELL-FILE", "theme", False,
     r"(?:;[^\n]*\n\s*)*\[Theme\]\s*\n(?:[^\n]{0,400}\n){0,20}?\s*(?:DisplayName|BrandImage|ThemeId)\s*="),
    ("SCRIPT-SHELL-FILE", "web query", False, r"WEB\s+1\s+https?://"),
    ("SCRIPT-SHELL-FILE", "database query", False, r"XLODBC\s+1\s|QueryType\s{0,4}=\s{0,4}OLEDB\s"),
    ("SCRIPT-SETUP", "setup information file", False,
     r"(?:;[^\n]*\n\s*)*(?:\[unicode\][^\[]{0,200})?\[version\]\s+(?:[^\[]{0,200}\s)?signature\s*=\s*\"?\$(?:chicago|windows)"),
    ("SCRIPT-HOST", "script host file", False, r"\[ScriptFile\]\s"),
    ("SCRIPT-HOST", "script of a drawing program", False,
     r"#target\s{1,4}[\"']?(?:photoshop|illustrator|indesign|estoolkit|aftereffects|bridge|premierepro)"),
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
    "application/x-dosexec": "exe", "application/vnd.microsoft.portable-executable": "exe", "application/x-executable": "elf",
    "application/x-msi": "msi", "application/x-ms-installer": "msi", "application/msix": "msix",
    "application/msixbundle": "msixbundle", "application/appx": "appx", "application/appxbundle": "appxbundle",
    "application/appinstaller": "appinstaller",
    "application/x-ms-wmz": "wmz", "application/vnd.ms-htmlhelp": "chm", "application/winhlp": "hlp",
    "application/x-winhelp": "hlp", "application/vnd.android.package-archive": "apk",
    "application/vnd.debian.binary-package": "deb", "application/x-debian-package": "deb",
    "application/x-rpm": "rpm", "application/x-redhat-package-manager": "rpm", "application/vnd.appimage": "appimage",
    "application/vnd.flatpak.ref": "flatpakref", "application/x-desktop": "desktop", "application/x-chrome-extension": "crx",
    "application/x-xpinstall": "xpi", "application/x-python-code": "pyc", "text/x-python": "py", "text/x-perl": "pl",
    "application/x-perl": "pl", "application/x-ruby": "rb", "application/x-php": "php", "text/x-ms-regedit": "reg",
}
"""Media types by which Windows names a part that has no name of its own: ATT00001 with the extension that is registered."""
HEADS = tuple((code, what, text_ok, re.compile(r"\s{0,64}" + pattern, re.I)) for code, what, text_ok, pattern in CONTENT)

MARKUP: tuple[tuple[str, str, str], ...] = (
    # code, what it is, root element or namespace within the first kilobytes of markup
    ("SCRIPT-HTA", "HTML application", r"<hta:application[\s/>]"),
    ("SCRIPT-HOST", "script host file",
     r"<(?:package|job)(?:\s[^>]{0,200})?>(?:[^<]{0,400}<(?!script)[^>]{0,200}>){0,16}[^<]{0,400}<script[\s>]"),
    ("SCRIPT-SCRIPTLET", "scriptlet", r"<(?:scriptlet|component)[\s>][\s\S]{0,400}<(?:script|registration|implements)[\s/>]"),
    ("SCRIPT-SHELL-FILE", "library or search file",
     r"<(?:[\w.-]{1,40}:)?(?:libraryDescription|searchConnectorDescription|persistedQuery)[\s/>]"),
    ("SCRIPT-SHELL-FILE", "settings shortcut", r"<(?:[\w.-]{1,40}:)?PCSettings[\s/>]"),
    ("SCRIPT-SHELL-FILE", "management console file", r"<(?:[\w.-]{1,40}:)?MMC_ConsoleFile[\s/>]"),
    ("SCRIPT-SHELL-FILE", "Java start file", r"<jnlp[\s/>]"),
    ("SCRIPT-SHELL-FILE", "Office add-in from the web", r"<OfficeApp\s[^>]{0,600}/office/appforoffice/"),
    ("SCRIPT-SHELL-FILE", "click-once deployment",
     r"urn:schemas-microsoft-com:asm\.v[12][\s\S]{0,2000}<(?:[\w.-]{1,40}:)?deployment[\s>]"),
    ("SCRIPT-SHELL-FILE", "Windows sandbox file", r"<Configuration>[\s\S]{0,2000}<LogonCommand>"),
    ("SCRIPT-SHELL-FILE", "application installer file", r"<(?:[\w.-]{1,40}:)?AppInstaller[\s>]"),
    ("SCRIPT-SHELL-FILE", "provisioning package", r"<WindowsCustomizations[\s>]"),
    ("SCRIPT-SHELL-FILE", "scheduled task", r"<(?:[\w.-]{1,40}:)?Task\s[^>]{0,200}windows/2004/02/mit/task"),
    ("SCRIPT-SHELL-FILE", "contact that starts a program", r"<c:contact[\s>][\s\S]{0,4000}<c:Value>[^<]{0,200}\.(?:cpl|exe|"
     r"dll|lnk|scr|js|vbs|bat)<"),
    ("SCRIPT-SHELL-FILE", "office data connection", r"<odc:OfficeDataConnection|content=[\"']?text/x-ms-odc"),
    ("SCRIPT-SHELL-FILE", "property list that opens or sets something",
     r"<plist[\s>][\s\S]{0,2000}<key>(?:URL|CommandString|PayloadContent|Program|ProgramArguments)</key>"),
    ("SCRIPT-SHELL-FILE", "media list", r"<asx[\s>][\s\S]{0,2000}href\s*=\s*[\"'](?:file:|\\\\)"),
    ("SCRIPT-HOST", "sidebar program", r"<gadget[\s>][\s\S]{0,2000}<base\s"),
    ("SCRIPT-HOST", "markup that makes objects", r"<ObjectDataProvider[\s>]|<x:Code[\s>]|clr-namespace:System\.Diagnostics"),
    ("SCRIPT-XSL", "stylesheet with script", r"<(?:ms|msxsl):script[\s>]|XSL/Transform[\s\S]{0,4000}?"
     r"(?:<[\w.-]{1,40}:script\s|xml\.apache\.org/xalan/java|[\"']xalan://|[\"']http://php\.net/xsl)"),
    ("SCRIPT-BUILD", "build file with inline task",
     r"<Project[\s>][\s\S]{0,4000}<(?:UsingTask[\s>]|Exec\s[^>]{0,400}?Command\s{0,4}=)"),
    ("SCRIPT-HOST", "PowerShell data with code",
     r"<(?:ViewDefinitions|ScriptProperty|ScriptMethod|PowerShellMetadata|PSConsoleFile|SBK)[\s>]|"
     r"Management\.Automation\.ScriptBlock<"),
    ("SCRIPT-SHELL-FILE", "program configuration that loads code",
     r"<appDomainManager(?:Assembly|Type)\s|<codeBase\s[^>]{0,300}?href\s{0,4}=\s{0,4}[\"'](?:https?:|\\\\|file:)"),
)
FETCHES = (r"[^\"\n]{0,400}?(?<![\w-])(?:curl|wget|powershell|pwsh|iwr|irm|certutil|mshta|bitsadmin|nc|base64|osascript|"
           r"(?:ba|z)?sh\s{1,4}-c|cmd\s{1,4}/c|node\s{1,4}-e|python[23]?\s{1,4}-c|perl\s{1,4}-e|ruby\s{1,4}-e)(?![\w-])")
"""A command that fetches or decodes what it runs."""
SETTINGS: tuple[tuple[str, str, str, str], ...] = (
    # code, what it is, a word of it, a line that runs something; what resolvers and packet filters are told with is left out
    ("SCRIPT-SHELL-FILE", "VPN profile that runs a command", "script-security",
     r"\n\s{0,8}(?:up|down|route-up|route-pre-down|ipchange|tls-verify|auth-user-pass-verify|client-connect|learn-address)\s{1,8}"
     r"(?![\"']?\S{0,100}(?:update-resolv-conf|update-systemd-resolved|client\.(?:up|down)))\S"),
    ("SCRIPT-SHELL-FILE", "VPN profile that runs a command", "[Interface]",
     r"\n\s{0,8}(?:Pre|Post)(?:Up|Down)\s{0,4}=\s{0,4}(?!(?:sudo\s)?(?:/\S{0,40}/)?(?:ip6?tables|ip|nft|ufw|sysctl|wg|resolvectl|resolvconf|"
     r"systemctl|echo|iptables-\w{1,10}|firewall-cmd|route|ping)\s)\S"),
    ("SCRIPT-SHELL-FILE", "theme that loads from a share", "[Theme]",
     r"\n\s{0,8}(?:Wallpaper|Path|BrandImage|ImagesRootPath|SCRNSAVE\.EXE|\w{1,40}\.cur)\s{0,4}=\s{0,4}\\\\\w"),
    ("SCRIPT-BUILD", "task that runs when its folder is opened", "folderOpen", r"\"runOn\"\s{0,8}:\s{0,8}\"folderOpen\""),
    ("SCRIPT-BUILD", "package that runs commands when it is installed", 'install"',
     r"\A(?=[\s\S]{0,8000}?\"scripts\"\s{0,8}:\s{0,8}\{)[\s\S]{0,8000}?"
     rf"\"(?:pre|post)?install\"\s{{0,8}}:\s{{0,8}}\"{FETCHES}"),
    ("SCRIPT-BUILD", "package that runs commands when it is installed", '-cmd"',
     r"\A(?=[\s\S]{0,8000}?\"scripts\"\s{0,8}:\s{0,8}\{)[\s\S]{0,8000}?"
     rf"\"(?:pre|post)-[a-z-]{{1,40}}-cmd\"\s{{0,8}}:\s{{0,8}}\[?\s{{0,8}}\"{FETCHES}"),
    ("SCRIPT-BUILD", "settings by which an editor or assistant starts a command", '"command"',
     r"\A(?=[\s\S]{0,8000}?\"(?:mcpServers|hooks|context_servers)\"\s{0,8}:)[\s\S]{0,8000}?"
     rf"\"command\"\s{{0,8}}:\s{{0,8}}\"(?:{FETCHES}|(?:/bin/)?(?:ba|z)?sh\"[\s\S]{{0,60}}?\"-\w{{0,2}}c\"|"
     r"(?:cmd|powershell|pwsh)(?:\.exe)?\"[\s\S]{0,60}?\"[-/](?:c|e|w)\w{0,16}\")"),
    ("SCRIPT-BUILD", "container that starts a command on its reader's machine", '"initializeCommand"',
     r"\"initializeCommand\"\s{0,8}:"),
    ("SCRIPT-BUILD", "repository that runs a command when it is looked at", "[core]",
     r"\n\s{0,8}(?:fsmonitor|sshCommand|gitProxy|hooksPath)\s{0,8}=\s{0,8}(?!true|false)[\"\w/.]"),
    ("SCRIPT-HOST", "objects of Python that call a program", "!!python/",
     r"(?:^|\n)[^#\n]{0,200}!!python/object/(?:apply|new):(?:os|posix|nt|subprocess|builtins|__builtin__|pty|shutil|runpy)\."),
)
"""Settings that people import or open as a folder, by any name."""
REMARK = re.compile(r"<!--(?:[^-]++|-(?!->))*+-->")
NOTES = re.compile(r"(?:\s{0,64}(?:[;']|//|::|rem\s|#(?=[\s#]))[^\n]{0,2000}\n)++", re.I)
"""Remarks in front of a script or of settings."""
MARKDOWN = frozenset({"md", "rst"})
PICKLED = re.compile(rb"(?:c(?:os|posix|nt|subprocess|builtins|__builtin__|pty|shutil|runpy|webbrowser)\r?\n"
                     rb"|\x8c.(?:os|posix|nt|subprocess|builtins|__builtin__|pty|shutil|runpy|webbrowser)\x94?[\s\S]{0,8}?\x8c.)"
                     rb"(?:system|popen|Popen|exec|eval|call|run|check_output|spawn\w{0,4}|startfile|execv\w{0,2}|compile|__import__|open)")
"""A call that unpacking makes (Python, pickletools: GLOBAL, STACK_GLOBAL)."""


def task(data: bytes) -> bool:
    """A scheduled task of Windows before Vista ([MS-TSCH] 2.4): versions, and where the name of the program stands."""
    return data[1:2] in (b"\4", b"\5", b"\6", b"\x0a") and data[2:4] == b"\1\0" and data[20:22] == b"\x46\0"


def picture_script(data: bytes) -> bool:
    """A script that begins as a picture: what follows the magic opens a remark or assigns where a width would stand."""
    return data.startswith((b"GIF87a/*", b"GIF89a/*", b"GIF87a=", b"GIF89a=", b"GIF87a =", b"GIF89a ="))


def property_list(data: bytes) -> bool:
    """A binary property list that starts a program, installs settings, or is nothing but an address."""
    return data.startswith(b"bplist00") and (data[8:].startswith(b"\xd1\1\2SURL") or any(
        key in data for key in (b"ProgramArguments", b"PayloadContent", b"CommandString")))


def pickled(data: bytes) -> bool:
    begins = data[:1] in (b"\x80", b"c", b"(") or data.startswith(b"\x93NUMPY")          # arrays of objects are pickled
    return begins and PICKLED.search(data[:1 << 20]) is not None


BINARY = (
    ("SCRIPT-SHELL-FILE", "scheduled task", task),
    ("SCRIPT-SHELL-FILE", "property list that opens or sets something", property_list),
    ("SCRIPT-HOST", "objects of Python that call a program", pickled),
    ("SCRIPT-HOST", "script that begins as a picture", picture_script),
)
MARKUPS = tuple((code, what, re.compile(pattern, re.I)) for code, what, pattern in MARKUP)
RUNNING = tuple((code, what, word, re.compile(pattern, re.I)) for code, what, word, pattern in SETTINGS)
PLAIN_NAMES = frozenset({"txt", "log", "md", "rst", "csv", "tsv", "json", "yaml", "yml", "conf", "cfg", "ini"})
TEXTUAL = ("text/", "image/svg", "application/json")
