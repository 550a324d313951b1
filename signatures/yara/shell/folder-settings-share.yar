rule folder_settings_share
{
    strings:
        $section = "[.ShellClassInfo]" nocase ascii wide
        $far = /(Icon(File|Resource)|Logo|LocalizedResourceName|CLSID2?|UICLSID)[ ]{0,4}=[ ]{0,4}@?(\\\\|\/\/|file:\/\/|https?:)/ nocase ascii wide
    condition:
        $section and $far
}
