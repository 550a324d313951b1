rule mail_shares_by_header
{
    strings:
        $url = /(^|\n)x-sharing-(config-url|provider-url|browse-url|ical-url)[ \t]{0,9}:[ \t\r\n]{0,20}["'<]?(\\\\|\/\/|file:|smb:)/ nocase
    condition:
        $url
}
