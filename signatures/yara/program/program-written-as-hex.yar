rule program_written_as_hex
{
    strings:
        $a = /4d5a90000300000004000000ffff/ nocase
        $b = /4d 5a 90 00 03 00 00 00 04 00 00 00 ff ff/ nocase
        $c = /0x4d, ?0x5a, ?0x90, ?0x00, ?0x03/ nocase
        $d = "77,90,144,0,3,0,0,0,4,0,0,0" ascii
        $e = "\\x4d\\x5a\\x90\\x00\\x03" nocase
    condition:
        any of them
}
