rule certutil_abuse
{
    strings:
        $a = /certutil(\.exe)?["' ]{1,3}[^\r\n]{0,80}[-\/](decode|decodehex|urlcache|verifyctl)/ nocase ascii wide
    condition:
        $a
}
