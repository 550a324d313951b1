rule pdf_launch
{
    strings:
        $l = /\/S ?\/Launch/
        $f = /\/(Win|P) ?[(<]/
        $x = /\/F ?(<|\([^)]{0,120}[^fF)]\))/
    condition:
        uint32be(0) == 0x25504446 and $l and any of ($f, $x)
}
