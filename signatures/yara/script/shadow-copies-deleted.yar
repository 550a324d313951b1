rule shadow_copies_deleted
{
    strings:
        $a = /vssadmin(\.exe)?["' ]{1,3}delete["' ]{1,3}shadows/ nocase ascii wide
        $b = /wmic(\.exe)?["' ]{1,3}shadowcopy["' ]{1,3}delete/ nocase ascii wide
        $c = /wbadmin(\.exe)?["' ]{1,3}delete["' ]{1,3}(catalog|systemstatebackup)/ nocase ascii wide
        $d = /bcdedit[^\r\n]{0,60}recoveryenabled["' ]{1,3}no/ nocase ascii wide
    condition:
        any of them
}
