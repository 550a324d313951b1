rule pe_autoit
{
    strings:
        $a = "AU3!EA06" ascii
        $b = {a3 48 4b be 98 6c 4a a9 99 4c 53 0a 86 d6 48 7d}
    condition:
        any of them
}
