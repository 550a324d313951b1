rule macro_download
{
    strings:
        $a = "URLDownloadToFile" nocase
        $b = "XMLHTTP" nocase
        $c = "WinHttpRequest" nocase
        $d = "InternetOpenUrl" nocase
        $e = "SaveToFile" nocase
        $f = "ResponseBody" nocase
    condition:
        $a or $d or (($b or $c) and ($e or $f))
}
