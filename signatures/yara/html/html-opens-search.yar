rule html_opens_search
{
    strings:
        $a = /search(-ms)?:[^"'<>\r\n]{0,200}(location|crumb)[:=%]/ nocase
    condition:
        $a
}
