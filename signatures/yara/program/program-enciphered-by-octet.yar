rule program_enciphered_by_octet
{
    strings:
        $stub = "This program cannot be run in DOS mode" xor(0x01-0xff)
        $old = "This program must be run under Win" xor(0x01-0xff)
    condition:
        any of them
}
