rule download_piped_to_shell
{
    strings:
        $a = /(curl|wget) [^\r\n|]{1,200}\| ?(sudo )?(ba|z|da)?sh/
    condition:
        $a
}
