rule html_installs_app
{
    strings:
        $a = /itms-services:(\/\/)?\?[^"'<>\r\n]{0,200}(action|url)(=|%3d)/ nocase
    condition:
        $a
}
