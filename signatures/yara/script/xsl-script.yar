rule xsl_script
{
    strings:
        $x = "www.w3.org/1999/XSL/Transform" ascii wide
        $s = /<((ms|msxsl|user):script|[a-z0-9._-]{1,40}:script[ \t\r\n])/ nocase
        $j = /["'](xalan:\/\/|http:\/\/xml\.apache\.org\/xalan\/java|http:\/\/php\.net\/xsl)/
    condition:
        $x and ($s or $j)
}
