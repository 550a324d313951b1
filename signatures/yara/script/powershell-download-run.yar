rule powershell_download_run
{
    strings:
        $d1 = "DownloadString" nocase ascii wide
        $d2 = "DownloadFile" nocase ascii wide
        $d3 = "DownloadData" nocase ascii wide
        $d4 = "Invoke-WebRequest" nocase ascii wide
        $d5 = "Start-BitsTransfer" nocase ascii wide
        $d6 = "Invoke-RestMethod" nocase ascii wide
        $d7 = " iwr " nocase ascii wide
        $d8 = "(iwr " nocase ascii wide
        $d9 = " irm " nocase ascii wide
        $r1 = /iex[ (|;]/ nocase ascii wide
        $r2 = "Invoke-Expression" nocase ascii wide
        $r3 = "Start-Process" nocase ascii wide
        $r4 = "Invoke-Item" nocase ascii wide
    condition:
        1 of ($d*) and 1 of ($r*)
}
