rule regsvr32_scriptlet
{
    strings:
        $a = "regsvr32" nocase ascii wide
        $b = "scrobj" nocase ascii wide
        $c = /\/i:["']?(https?:|\\\\)/ nocase ascii wide
    condition:
        $a and ($b or $c)
}
