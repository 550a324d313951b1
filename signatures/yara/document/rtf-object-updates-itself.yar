rule rtf_object_updates_itself
{
    strings:
        $begins = "{\\rt" nocase
        $a = /[^\\]\\objupdate/ nocase
        $b = "\\objdata" nocase
        $c = "\\objlink" nocase
    condition:
        $begins in (0..1024) and $a and ($b or $c)
}
