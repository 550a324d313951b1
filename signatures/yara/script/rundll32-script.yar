rule rundll32_script
{
    strings:
        $a = /rundll32(\.exe)?["' ]{1,3}(javascript:|vbscript:|url\.dll,|zipfldr\.dll,|shell32\.dll,ShellExec_RunDLL|\\\\)/ nocase ascii wide
    condition:
        $a
}
