rule program_enciphered_by_octet
{
    /* Strings that begin with any octet: without them the engine (4.5) follows its failure links at the root, and text costs half more. */
    strings:
        $stub = "This program cannot be run in DOS mode" xor(0x01-0xff)
        $old = "This program must be run under Win" xor(0x01-0xff)
        $reversed = "nur eb tonnac margorp sihT"
        $reversed_old = "niW rednu nur eb tsum margorp sihT"
    condition:
        any of them
}
