rule pe_upx
{
    strings:
        $a = "UPX0" ascii
        $b = "UPX1" ascii
        $c = "UPX!" ascii
    condition:
        uint16(0) == 0x5a4d and 2 of them in (0..4096)
}
