rule msdt_handler
{
    strings:
        $a = "ms-msdt:" nocase ascii wide
        $b = "PCWDiagnostic" nocase ascii wide
    condition:
        $a and $b
}
