rule pdf_script_exports
{
    strings:
        $a = "exportDataObject" ascii
        $b = /nLaunch ?: ?[12]/
    condition:
        all of them
}
