rule html_saved_as_program
{
    strings:
        $title = /<title>[^<]{1,200}\.(hta|wsf|vbs|vbe|jse|bat|cmd|scr|exe|ps1)[ \r\n]{0,8}<\/title/ nocase
        $keys = /ctrl(<[^>]{1,40}>|&nbsp;|[ ]){0,6}\+(<[^>]{1,40}>|&nbsp;|[ ]){0,6}S[^a-z]/ nocase
        $save = /(save|speicher|enregistre)[a-z]{0,4}[^.<]{0,40}(<[^>]{1,40}>[^.<]{0,40}){0,4}\.hta[^a-z]/ nocase
        $cjk = /(\xE5\x84\xB2\xE5\xAD\x98|\xE4\xBF\x9D\xE5\xAD\x98|\xE5\x8F\xA6\xE5\xAD\x98)[^.]{0,60}\.hta/ nocase
    condition:
        ($title and $keys) or ($keys and ($save or $cjk))
}
