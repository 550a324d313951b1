rule elf_upx
{
    strings:
        $a = "UPX!" ascii
    condition:
        uint32(0) == 0x464c457f and $a
}
