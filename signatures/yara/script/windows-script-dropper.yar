rule windows_script_dropper
{
    strings:
        $s = "WScript.Shell" nocase ascii wide
        $t = "Shell.Application" nocase ascii wide
        $f1 = "ADODB.Stream" nocase ascii wide
        $f2 = "Scripting.FileSystemObject" nocase ascii wide
        $f3 = "XMLHTTP" nocase ascii wide
        $f4 = "WinHttpRequest" nocase ascii wide
        $r1 = ".Run" nocase ascii wide
        $r2 = ".Exec" nocase ascii wide
        $r3 = "ShellExecute" nocase ascii wide
    condition:
        ($s or $t) and 1 of ($f*) and 1 of ($r*)
}
