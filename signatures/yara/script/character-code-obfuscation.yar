rule character_code_obfuscation
{
    strings:
        $a = /(chrw?\([0-9&+ ]{1,12}\) ?[&+] ?){12}/ nocase
        $b = /fromCharCode\((0x[0-9a-f]{1,2}|[0-9]{1,3})( ?, ?(0x[0-9a-f]{1,2}|[0-9]{1,3})){25}/ nocase
        $c = /eval\( ?(unescape|atob|String\.fromCharCode)\(/ nocase
    condition:
        any of them
}
