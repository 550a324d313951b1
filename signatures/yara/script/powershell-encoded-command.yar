rule powershell_encoded_command
{
    strings:
        $p1 = "powershell" nocase ascii wide
        $p2 = "pwsh" nocase ascii wide
        $p3 = /p\^o\^?w\^?e/ nocase ascii wide
        $p4 = /po\^w\^?e/ nocase ascii wide
        $e1 = /[-\/]enc["' \t]{1,8}[A-Za-z0-9+\/=]{40}/ nocase ascii wide
        $e2 = /[-\/]encod[a-z]{0,10}["' \t]{1,8}[A-Za-z0-9+\/=]{40}/ nocase ascii wide
        $e3 = /-e ["' \t]{0,8}[A-Za-z0-9+\/=]{40}/ nocase ascii wide
        $e5 = /\/e ["' \t]{0,8}[A-Za-z0-9+\/=]{40}/ nocase ascii wide
        $e6 = /[-\/]ec ["' \t]{0,8}[A-Za-z0-9+\/=]{40}/ nocase ascii wide
        $e4 = /[-\/]en(co)? ["' \t]{0,8}[A-Za-z0-9+\/=]{40}/ nocase ascii wide
    condition:
        1 of ($p*) and 1 of ($e*)
}
