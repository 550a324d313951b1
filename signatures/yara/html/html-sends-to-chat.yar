rule html_sends_to_chat
{
    strings:
        $a = "api.telegram.org/bot" nocase
        $b = "discord.com/api/webhooks/" nocase
        $c = /type ?= ?["']?password/ nocase
        $d = /fetch\(|XMLHttpRequest|\$\.ajax/
    condition:
        ($a or $b) and ($c or $d)
}
