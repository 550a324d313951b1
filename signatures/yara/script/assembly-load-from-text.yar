rule assembly_load_from_text
{
    strings:
        $a = "Assembly]::Load" nocase ascii wide
        $b = "Assembly.Load" nocase ascii wide
        $c = "FromBase64String" nocase ascii wide
    condition:
        $c and ($a or $b)
}
