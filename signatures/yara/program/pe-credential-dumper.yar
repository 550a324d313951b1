rule pe_credential_dumper
{
    strings:
        $a = "sekurlsa::" ascii wide nocase
        $b = "logonpasswords" ascii wide nocase
        $c = "lsadump::" ascii wide nocase
    condition:
        2 of them
}
