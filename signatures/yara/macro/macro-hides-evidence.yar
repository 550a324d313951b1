rule macro_hides_evidence
{
    strings:
        $a = /DisplayAlerts *= *False/ nocase
        $b = /VBAWarnings|AccessVBOM/ nocase
        $c = "RegWrite" nocase
        $d = /Options\.VirusProtection *= */ nocase
        $e = ".VBProject" nocase
    condition:
        ($b and $c) or $d or ($a and $e)
}
