rule wmi_process_created
{
    strings:
        $a = "Win32_Process" nocase ascii wide
        $b = "winmgmts:" nocase ascii wide
        $c = /wmic(\.exe)?["' ]{1,3}[^\r\n]{0,40}process["' ]{1,3}call["' ]{1,3}create/ nocase ascii wide
        $d = /Invoke-(Wmi|Cim)Method[^\r\n]{0,80}Win32_Process/ nocase ascii wide
        $e = ".Create" nocase ascii wide
    condition:
        $c or $d or ($a and $b and $e)
}
