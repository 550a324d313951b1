rule html_code_from_numbers
{
    strings:
        $numbers = /(eval|Function|document\.write(ln)?|execScript)[ "'\]]{0,4}\([ ]{0,4}String\.fromCharCode[ ]{0,4}\([ ]{0,4}([0-9]{1,5}[ ,]{1,4}){80}/ nocase
        $percent = /(eval|Function|write(ln)?["']?\]?|execScript)[ ]{0,4}\([ ]{0,4}(unescape|decodeURIComponent)[ ]{0,4}\([ ]{0,4}["'](%[0-9a-f]{2}){100}/ nocase
    condition:
        any of them
}
