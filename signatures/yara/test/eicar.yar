rule eicar
{
    strings:
        $a = "X5O!P%@AP[4\\PZX54(P^)7CC)7}"
        $b = "$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
    condition:
        $a in (0..255) and @b[1] == @a[1] + 27
}
