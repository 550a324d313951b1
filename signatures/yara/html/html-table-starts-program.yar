rule html_table_starts_program
{
    strings:
        $a = /<t[dh](>|[ ][^>]{0,200}>)[ \r\n]{0,8}[=+@-][ ]{0,4}[A-Za-z]{2,30}(\.exe)?[ ]{0,4}\|[ ]{0,4}['"][^<]{1,400}!/
    condition:
        $a
}
