rule shortcut_interpreter
{
    strings:
        $h = {4C 00 00 00 01 14 02 00}
        $i1 = "powershell" nocase ascii wide
        $i2 = "mshta" nocase ascii wide
        $i3 = "cmd.exe" nocase ascii wide
        $i4 = "wscript" nocase ascii wide
        $i5 = "rundll32" nocase ascii wide
        $i6 = "regsvr32" nocase ascii wide
        $i7 = "conhost" nocase ascii wide
        $i8 = "forfiles" nocase ascii wide
    condition:
        $h at 0 and 1 of ($i*)
}
