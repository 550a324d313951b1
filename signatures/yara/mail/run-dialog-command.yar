rule run_dialog_command
{
    strings:
        $keys1 = /(win(dows)?|\xEC\x9C\x88\xEB\x8F\x84\xEC\x9A\xB0)(<[^>]{1,80}>|&nbsp;|[ -]){0,6}((logo )?(key|button|taste)|\xE9\x8D\xB5|\xE9\x94\xAE|\xE3\x82\xAD\xE3\x83\xBC|\xED\x82\xA4|\xEF\xBC\x8B)?(<[^>]{1,80}>|&nbsp;|[ ]){0,6}(\+|\xEF\xBC\x8B|and|then|-)(<[^>]{1,80}>|&nbsp;|[ ]){0,6}[RX][^a-z]/ nocase
        $keys2 = /(win(dows)?|\xEC\x9C\x88\xEB\x8F\x84\xEC\x9A\xB0)(<[^>]{1,80}>|&nbsp;|[ -]){0,3}((logo )?(key|button|taste)|\xE9\x8D\xB5|\xE9\x94\xAE|\xE3\x82\xAD\xE3\x83\xBC|\xED\x82\xA4)[^\n]{1,60}[^a-z0-9][RX][^a-z0-9]/ nocase
        $run1 = "run dialog" nocase
        $run2 = "\xE3\x80\x8C\xE5\x9F\xB7\xE8\xA1\x8C\xE3\x80\x8D"
        $run3 = "\xE6\x89\x93\xE5\xBC\x80\xE8\xBF\x90\xE8\xA1\x8C"
        $run4 = "\xE3\x83\x95\xE3\x82\xA1\xE3\x82\xA4\xE3\x83\xAB\xE5\x90\x8D\xE3\x82\x92\xE6\x8C\x87\xE5\xAE\x9A\xE3\x81\x97\xE3\x81\xA6\xE5\xAE\x9F\xE8\xA1\x8C"
        $run5 = "file explorer" nocase
        $run6 = "address bar" nocase
        $run7 = "\xEC\x8B\xA4\xED\x96\x89 \xEC\xB0\xBD"
        $run8 = /(type|enter|\xE8\xBC\xB8\xE5\x85\xA5|\xE8\xBE\x93\xE5\x85\xA5)[ :"']{1,4}(cmd|powershell)[^a-z]/ nocase
        $run9 = /right[ -]?click[^\n]{1,30}start/ nocase
        $run10 = /\xE5\x8F\xB3(\xE9\x94\xAE|\xE9\x8D\xB5)[^\n]{1,30}(\xE5\xBC\x80|\xE9\x96\x8B)\xE5\xA7\x8B/
        $run11 = /(terminal|powershell|cmd|prompt)[ ]?(\(|\xEF\xBC\x88)(run as )?(admin|\xE7\xB3\xBB\xE7\xB5\xB1\xE7\xAE\xA1\xE7\x90\x86|\xE7\xAE\xA1\xE7\x90\x86)/ nocase
        $do1 = "paste" nocase
        $do2 = /(ctrl|strg)(<[^>]{1,80}>|[ ]){0,4}(\+|-|\xEF\xBC\x8B)(<[^>]{1,80}>|[ ]){0,4}V/ nocase
        $do3 = /\xE8\xB2\xBC(\xE4\xB8\x8A|\xE5\x88\xB0|\xE5\x85\xA5)/
        $do4 = "\xE7\xB2\x98\xE8\xB4\xB4"
        $do5 = "\xE8\xB2\xBC\xE3\x82\x8A\xE4\xBB\x98\xE3\x81\x91"
        $do6 = "\xEB\xB6\x99\xEC\x97\xAC\xEB\x84\xA3"
        $get = /(iwr|irm|iex|wget|curl|Invoke-(WebRequest|RestMethod|Expression)|DownloadString|DownloadFile|Start-BitsTransfer)[^\n<]{0,40}[ ('";](https?:\/\/[a-z0-9]|([a-z0-9-]{1,60}\.){1,4}[a-z]{2,12}[\/|'" )&]|([0-9]{1,3}\.){3}[0-9]{1,3}[\/:|'" )&])/ nocase
        $shell = /(powershell|pwsh|cmd|wt)(\.exe)?[ \t]{1,8}[^\n< \t]/ nocase
        $chained = /[&;|][ ]{0,3}["']?(%te?mp%|%appdata%|%userprofile%|%public%|\$env:|start[ ]|mshta|rundll32|iex)/ nocase
        $encoded = /(powershell|pwsh)(\.exe)?[ \t]{1,8}[^\n<]{0,60}-e(nc|c|ncodedcommand)?[ \t]{1,8}[A-Za-z0-9+\/]{16}/ nocase
        $remote = /(mshta|msiexec(\.exe)?[ \t]{1,8}\/[a-z]{1,12}|regsvr32[^\n<]{1,60}\/i:|rundll32|wscript|cscript|finger|ssh)(\.exe)?[ \t]{0,8}["']?(https?:\/\/[a-z0-9]|\\\\[a-z0-9])/ nocase
        $fetched = /(bitsadmin[^\n<]{1,20}\/transfer|certutil[^\n<]{1,12}[-\/]urlcache)[^\n<]{1,80}https?:/ nocase
        $pieces = /set[ ]{1,2}[a-z]{1,3}=[^&\n<]{1,30}&[^\n<]{1,80}[!%][a-z]{1,3}[!%]/ nocase
    condition:
        (any of ($keys*) or any of ($run*)) and any of ($do*)
        and ($encoded or $remote or $fetched or $pieces or ($get and ($shell or $chained)))
}
