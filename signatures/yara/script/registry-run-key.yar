rule registry_run_key
{
    strings:
        $k = "\\CurrentVersion\\Run" nocase ascii wide
        $r = "Windows Registry Editor" nocase ascii wide
        $w = /RegWrite|reg(\.exe)? add|Set-ItemProperty|New-ItemProperty|RegSetValue/ nocase ascii wide
    condition:
        $k and ($r or $w)
}
