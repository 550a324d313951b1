rule mail_moniker_link
{
    strings:
        $a = /file:\/{2,3}(\\\\|[A-Za-z0-9.-]{1,80}\/)[^"'<>\r\n!]{1,200}![A-Za-z0-9]/ nocase
    condition:
        $a
}
