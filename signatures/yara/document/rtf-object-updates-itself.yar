rule rtf_object_updates_itself
{
    strings:
        $a = /[^\\]\\objupdate/ nocase
        $b = "\\objdata" nocase
        $c = "\\objlink" nocase
    condition:
        $a and ($b or $c)
}
