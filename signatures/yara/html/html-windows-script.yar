rule html_windows_script
{
    strings:
        $script = "<script" nocase
        $make = /(ActiveXObject|CreateObject|GetObject)[ \t]{0,8}\([ \t]{0,8}["'](WScript\.|Shell\.Application|Scripting\.FileSystem|ADODB\.Stream|winmgmts:)/ nocase
        $object = /classid[ ]{0,4}=[ ]{0,4}["']?clsid:(F935DC22-1CF0-11D0-ADB9-00C04FD58A0B|13709620-C279-11CE-A49E-444553540000|72C24DD5-D70A-438B-8A42-98424B88AFB8|ADB880A6-D8FF-11CF-9377-00AA003B7A11)/ nocase
        $handler = /[ \t"']on[a-z]{3,20}[ ]{0,4}=[ ]{0,4}["']?vbscript:/ nocase
        $behaviour = /behaviou?r[ ]{0,4}:[ ]{0,4}url[ ]{0,4}\([ ]{0,4}["']?[^"')<>]{1,200}\.(sct|wsc)["'?) ]/ nocase
        /* no browser of today runs it; the two that asked for Flash's version in it were written by scripts and tools */
        $basic = /(^|[^"'\\(+ ] {0,40})<script[ \t\r\n][^<>]{0,120}(language|type)[ ]{0,4}=[ ]{0,4}["']?(text\/)?vb(s|script)(\.encode)?["' \t\r\n>]/ nocase
        $flash1 = "ShockwaveFlash" nocase
        $flash2 = "FSCommand" nocase
    condition:
        ($basic and not any of ($flash*)) or $behaviour or $object or $handler or ($script and $make)
}
