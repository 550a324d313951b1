rule onenote_program
{
    strings:
        $f = {E7 16 E3 BD 65 26 11 45 A4 C4 8D 4D 0B 7A 9E AC}
        $p = {4D 5A 90 00 03 00 00 00}
        $s1 = "WScript.Shell" nocase ascii wide
        $s2 = "<script" nocase
        $s3 = "powershell" nocase ascii wide
        $s4 = "@echo off" nocase
        $s5 = "mshta" nocase ascii wide
    condition:
        $f and ($p or 1 of ($s*))
}
