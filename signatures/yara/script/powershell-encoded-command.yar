rule powershell_encoded_command
{
    strings:
        $p = /p\^?o\^?w\^?e\^?r\^?s\^?h\^?e\^?l\^?l|pwsh/ nocase ascii wide
        $e = /[-\/][eE][nNcCoOdDeEmMaA]{0,14}["' \t]{1,8}[A-Za-z0-9+\/=]{40}/ ascii wide
    condition:
        $p and $e
}
