rule pe_pyinstaller
{
    strings:
        $a = {4d 45 49 0c 0b 0a 0b 0e}
    condition:
        $a
}
