rule mshta_remote
{
    strings:
        $a = /mshta(\.exe)?["' ]{1,3}(https?:|javascript:|vbscript:|\\\\)/ nocase ascii wide
    condition:
        $a
}
