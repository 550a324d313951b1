rule setting_content_command
{
    strings:
        $a = "<PCSettings" nocase ascii wide
        $d = "<DeepLink>" nocase ascii wide
    condition:
        all of them
}
