rule terminal_command
{
    strings:
        $terminal1 = "terminal" nocase
        $terminal2 = "\xE7\xB5\x82\xE7\xAB\xAF"
        $terminal3 = "\xE7\xBB\x88\xE7\xAB\xAF"
        $terminal4 = "\xE3\x82\xBF\xE3\x83\xBC\xE3\x83\x9F\xE3\x83\x8A\xE3\x83\xAB"
        $terminal5 = "\xED\x84\xB0\xEB\xAF\xB8\xEB\x84\x90"
        $do1 = "paste" nocase
        $do2 = /(cmd|command|\xE2\x8C\x98)[ ]{0,3}(\+|\xEF\xBC\x8B)?[ ]{0,3}V[^a-z]/ nocase
        $do3 = "\xE8\xB2\xBC\xE4\xB8\x8A"
        $do4 = "\xE7\xB2\x98\xE8\xB4\xB4"
        $do5 = "\xE8\xB2\xBC\xE3\x82\x8A\xE4\xBB\x98\xE3\x81\x91"
        $do6 = "\xEB\xB6\x99\xEC\x97\xAC\xEB\x84\xA3"
        $lure1 = /(view|display|unlock|decrypt|read)[ ](this|the|your)[ ]([a-z]{1,20}[ ])?(document|file|page|message|content|invoice|attachment)/ nocase
        $lure2 = /not a robot|(are|you're|being)[ ](a )?human|captcha/ nocase
        $lure3 = "\xE6\x9F\xA5\xE7\x9C\x8B"
        $lure4 = "\xE6\xAA\xA2\xE8\xA6\x96"
        $lure5 = "\xE9\x96\xB2\xE8\xA6\xA7"
        $lure6 = "\xEB\xB3\xB4\xEB\xA0\xA4\xEB\xA9\xB4"
        $piped = /(curl|wget)[ ][^\n<]{1,300}\|[ ]{0,4}(sudo[ ])?(ba|z|da)?sh([^a-z0-9]|$)/
        $within = /(ba|z|da)?sh[ ]-c[ ]{1,4}["']?(\$\(|`)[ ]{0,3}(curl|wget)[ ]/
        $decoded = /base64[ ]{1,4}(-d|-D|--decode)[^\n<]{0,80}\|[ ]{0,4}(sudo[ ])?(ba|z|da)?sh([^a-z0-9]|$)/
    condition:
        any of ($terminal*) and any of ($do*) and ($decoded or (any of ($lure*) and ($piped or $within)))
}
