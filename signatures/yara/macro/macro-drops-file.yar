rule macro_drops_file
{
    strings:
        $e = /Environ\$?\("?(temp|tmp|appdata|localappdata|userprofile|public|programdata)/ nocase
        $w1 = /for binary/ nocase
        $w2 = "SaveToFile" nocase
        $w3 = "CreateTextFile" nocase
        $x = /\.(exe|dll|js|vbs|hta|ps1|bat|scr|lnk)"/ nocase
    condition:
        $e and 1 of ($w*) and $x
}
