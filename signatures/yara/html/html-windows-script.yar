rule html_windows_script
{
    strings:
        $script = "<script" nocase
        $make = /(ActiveXObject|CreateObject|GetObject)[ \t]{0,8}\([ \t]{0,8}["'](WScript\.|Shell\.Application|Scripting\.FileSystem|ADODB\.Stream|winmgmts:)/ nocase
        $object = /classid[ ]{0,4}=[ ]{0,4}["']?clsid:(F935DC22-1CF0-11D0-ADB9-00C04FD58A0B|13709620-C279-11CE-A49E-444553540000|72C24DD5-D70A-438B-8A42-98424B88AFB8|ADB880A6-D8FF-11CF-9377-00AA003B7A11)/ nocase
        $handler = /[ \t"']on[a-z]{3,20}[ ]{0,4}=[ ]{0,4}["']?vbscript:/ nocase
        $behaviour = /behaviou?r[ ]{0,4}:[ ]{0,4}url[ ]{0,4}\([ ]{0,4}["']?[^"')<>]{1,200}\.(sct|wsc)["'?) ]/ nocase
    condition:
        $behaviour or $object or $handler or ($script and $make)
}
