rule powershell_hidden_bypass
{
    strings:
        $p = "powershell" nocase ascii wide
        $w = /-w[indowstyle]{0,10}["' ]{1,3}(h|1["' ])/ nocase ascii wide
        $b = /-(ep|ex[ecutionpolicy]{0,14})["' ]{1,3}(bypass|unrestricted)/ nocase ascii wide
        $n = /-nop[rofile]{0,6}[ "']/ nocase ascii wide
    condition:
        $p and $w and ($b or $n)
}
