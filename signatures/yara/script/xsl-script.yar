rule xsl_script
{
    strings:
        $x = "www.w3.org/1999/XSL/Transform" ascii wide
        $s = /<(ms|msxsl|user):script/ nocase
    condition:
        all of them
}
