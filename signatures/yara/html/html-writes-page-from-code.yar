rule html_writes_page_from_code
{
    strings:
        $a = /document\.write(ln)?\( ?(unescape|atob|decodeURIComponent|String\.fromCharCode)\(/ nocase
    condition:
        $a
}
