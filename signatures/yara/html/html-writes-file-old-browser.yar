rule html_writes_file_old_browser
{
    strings:
        $a = /msSave(OrOpen)?Blob ?\(/
        $b = "atob" ascii
        $c = "Uint8Array" ascii
    condition:
        $a and ($b or $c)
}
