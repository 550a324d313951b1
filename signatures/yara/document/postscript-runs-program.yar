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
        /* memory of Windows, and code that a drawing deciphers and executes (CVE-2015-2545, CVE-2017-0261, CVE-2017-8291) */
        $memory = /(kernel32|msvcrt|ntdll|user32|VirtualProtect|VirtualAlloc|LoadLibrary|GetProcAddress|WinExec|CreateProcess|pop_e[a-d]x|xchg_e[a-d]x|stack_pivot)/ nocase
        $unlock = /(\.forceput|\/\.unlock)/
        $deciphered = /xor[ \t\r\n]{1,8}put[^A-Za-z]/
        $executed = /(cvx|token[ \t\r\n]{1,8}pop[ \t\r\n]{1,8}pop)[ \t\r\n]{1,8}exec[^A-Za-z]/
        /* prologues of Adobe turn the samples of pictures round, and execute what stands in the drawing itself */
        $inverted = /[ \t\r\n]255[ \t\r\n]{1,8}xor[ \t\r\n]{1,8}put[^A-Za-z]/
        $filtered = /\)[ \t\r\n]{0,8}0?[ \t\r\n]{0,8}\(\)[ \t\r\n]{0,8}\/SubFileDecode[ \t\r\n]{1,8}filter[ \t\r\n]{1,8}cvx[ \t\r\n]{1,8}exec[^A-Za-z]/
    condition:
        $head in (0..1024) and ($memory or $unlock or ($deciphered and $executed and (#deciphered > #inverted or #executed > #filtered)) or $pipe or $named or #file > #kept or #gone > #own)
}
