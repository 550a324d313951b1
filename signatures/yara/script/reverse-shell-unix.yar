rule reverse_shell_unix
{
    strings:
        $a = /bash -i >& ?\/dev\/tcp\//
        $b = /\/dev\/tcp\/[0-9A-Za-z.-]{1,80}\/[0-9]{1,5}/
        $c = /nc(at)? (-[a-z]+ )*-e ?\/bin\//
        $d = "pty.spawn(" ascii
        $e = "socket.socket(" ascii
        $s = /^#!|\n#!/
    condition:
        $a or $c or ($b and $s) or ($d and $e)
}
