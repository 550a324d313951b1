rule program_written_as_hex
{
    strings:
        $a = /4d5a90000300000004000000ffff/ nocase
        $b = /4d 5a 90 00 03 00 00 00 04 00 00 00 ff ff/ nocase
        $c = /0x4d[ ,;]{1,3}0x5a[ ,;]{1,3}0x90[ ,;]{1,3}0x00([ ,;]{1,3}0x[0-9a-f]{2}){12}/ nocase
        $d = /77[ ,;]{1,3}90[ ,;]{1,3}144[ ,;]{1,3}0([ ,;]{1,3}[0-9]{1,3}){24}/
        $e = /\\x4d\\x5a\\x90\\x00(\\x[0-9a-f]{2}){12}/ nocase
        $f = /4d[ ,;:]5a[ ,;:]90[ ,;:]00([ ,;:][0-9a-f]{2}){12}/ nocase
        $g = /: 4d5a 9000( [0-9a-f]{4}){6}  / nocase
    condition:
        any of them
}
