rule script_moniker_object
{
    strings:
        $clsid = {C8 AF FA C6 3E AF E3 4C 95 C6 6B 62 74 4A D4 DE}
        $b = {2B 6B F2 CC 55 94 CF 11 82 5B 00 C0 4F D8 42 5A}
        $hex = /C6AFABEC197FD211978E0000F8757E2A/ nocase
    condition:
        any of them
}
