rule pdf_launch
{
    strings:
        $l = /\/S ?\/Launch/
        $f = /\/(F|Win|P) ?[(<]/
    condition:
        uint32be(0) == 0x25504446 and $l and $f
}
