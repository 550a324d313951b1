rule pe_reflective_loader
{
    strings:
        $a = "ReflectiveLoader" ascii
        $b = "_ReflectiveLoader@" ascii
    condition:
        uint16(0) == 0x5a4d and any of them
}
