rule html_deciphers_itself
{
    strings:
        $salted = /["'`]U2FsdGVkX1[A-Za-z0-9+\/]{60,}/
        $decrypt = /\.decrypt[ ]{0,4}\(/
        $write = /document\.write|innerHTML|outerHTML|srcdoc|createObjectURL|eval[ ]{0,4}\(/
        $ask = /type ?= ?["']?password|prompt[ ]{0,4}\(/ nocase
    condition:
        $salted and $decrypt and $write and not $ask
}
