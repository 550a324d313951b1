rule activemime_macro
{
    strings:
        $a = {41 63 74 69 76 65 4D 69 6D 65 00}
        $b = "QWN0aXZlTWltZQAA" ascii
    condition:
        $a at 0 or $b
}
