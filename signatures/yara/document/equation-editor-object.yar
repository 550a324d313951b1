rule equation_editor_object
{
    strings:
        $clsid = {02 CE 02 00 00 00 00 00 C0 00 00 00 00 00 00 46}
        $hex = /02CE020000000000C000000000000046/ nocase
        $class = /\\objclass[ \t]{0,4}Equation\.[23]/ nocase
        $native = "Equation Native" wide
        $other = {03 CE 02 00 00 00 00 00 C0 00 00 00 00 00 00 46}
        $other_hex = /03CE020000000000C000000000000046/ nocase
    condition:
        $clsid or $hex or $class or ($native and not $other and not $other_hex)
}
