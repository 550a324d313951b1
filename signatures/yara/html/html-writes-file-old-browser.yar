rule html_writes_file_old_browser
{
    strings:
        $a = /msSave(OrOpen)?Blob ?\(/
        $b = "atob" ascii
        $c = "Uint8Array" ascii
    condition:
        for any i in (1..#a) : ($b in (@a[i] - 2000..@a[i] + 2000) or $c in (@a[i] - 2000..@a[i] + 2000))
}
