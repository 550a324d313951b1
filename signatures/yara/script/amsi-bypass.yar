rule amsi_bypass
{
    strings:
        $a = "AmsiUtils" nocase ascii wide
        $b = "amsiInitFailed" nocase ascii wide
        $c = "AmsiScanBuffer" nocase ascii wide
        $d = "VirtualProtect" nocase ascii wide
    condition:
        ($a and $b) or ($c and $d)
}
