rule bitsadmin_transfer
{
    strings:
        $a = /bitsadmin(\.exe)?["' ]{1,3}[^\r\n]{0,80}\/(transfer|addfile)/ nocase ascii wide
    condition:
        $a
}
