rule archive_self_extracting_script
{
    strings:
        $a = /Setup=[^\r\n]{1,100}\.(exe|bat|cmd|vbs|js|ps1|hta)/ nocase
        $b = /Silent=[12]/
    condition:
        all of them
}
