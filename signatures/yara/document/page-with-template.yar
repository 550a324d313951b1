rule page_with_template
{
    strings:
        $page = /<w:AttachedTemplate[ \t\r\n]{1,8}HRef[ \t\r\n]{0,4}=[ \t\r\n]{0,4}["'](https?:|ftp:|\\\\|\/\/|file:\/\/[A-Za-z0-9])/ nocase
        $flat = /<w:attachedTemplate[ \t\r\n]{1,8}w:val[ \t\r\n]{0,4}=[ \t\r\n]{0,4}["'](https?:|ftp:|\\\\|\/\/|file:\/\/[A-Za-z0-9])/ nocase
    condition:
        any of them
}
