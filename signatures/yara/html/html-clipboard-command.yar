rule html_clipboard_command
{
    strings:
        $copy1 = "clipboard.writeText" nocase
        $copy2 = /execCommand[ ]{0,4}\([ ]{0,4}["']copy["']/ nocase
        $copy3 = /clipboardData\.setData[ ]{0,4}\(/ nocase
        $coded = /clipboard\.writeText[ ]{0,4}\([ ]{0,4}(window\.|self\.)?(atob|unescape|String\.fromCharCode)[ ]{0,4}\(/ nocase
        $lure1 = /win(dows)?([ ]key)?[ ]?\+[ ]?R[^a-z]/ nocase
        $lure2 = /ctrl[ ]?\+[ ]?V[^a-z]/ nocase
        $command = /(powershell(\.exe)?[ \t]{1,8}([-\/"$&(]|iex|irm|iwr)|pwsh[ \t]{1,8}-|mshta(\.exe)?[ \t]{1,8}["']?https?:|cmd(\.exe)?[ \t]{1,8}\/[ck][ \t]|curl(\.exe)?[ \t][^\n]{1,100}\|[ ]?(ba)?sh|msiexec(\.exe)?[ \t]{1,8}\/[iq])/ nocase
    condition:
        $coded or (filesize < 32KB and 1 of ($copy*) and all of ($lure*)) or (1 of ($copy*) and $command)
}
