rule postscript_runs_program
{
    strings:
        $pipe = "%pipe%" ascii
        $head = "%!PS" ascii
        $file = /\)\s{0,8}\(\s{0,2}[rwa]\+?\s{0,2}\)\s{0,8}file/
        $named = /[A-Za-z0-9]\s{0,8}\(\s{0,2}[wa]\+?\s{0,2}\)\s{0,8}file/
        $gone = /(deletefile|renamefile)\s/
        $own = "(AGMUTIL_imagefile)deletefile"
        $kept = "{(AGMUTIL_imagefile)(w+)file}"
    condition:
        $head in (0..1024) and ($pipe or $named or #file > #kept or #gone > #own)
}
