rule equation_editor_object
{
    strings:
        $clsid = {02 CE 02 00 00 00 00 00 C0 00 00 00 00 00 00 46}
        $hex = /02CE020000000000C000000000000046/ nocase
        $class = /\\objclass[ \t]{0,4}Equation\.[23]/ nocase
        $wide = "Equation Native" wide
    condition:
        any of them
}
