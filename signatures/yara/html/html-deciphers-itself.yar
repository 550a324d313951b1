rule html_deciphers_itself
{
    strings:
        $salted = /["'`]U2FsdGVkX1[A-Za-z0-9+\/]{60}/
        $named = /\.decrypt[ ]{0,4}\([ ]{0,4}[A-Za-z_$][A-Za-z0-9_$.]{0,60}[ ]{0,4},[ ]{0,4}["'`][^"'`\r\n]{1,100}["'`][ ]{0,4}[),]/
        $call = /\.decrypt[ ]{0,4}\([ ]{0,4}["'`]U2FsdGVkX1/
        $key = /[A-Za-z0-9+\/=]["'`][ ]{0,4},[ ]{0,4}["'`][^"'`\r\n]{1,100}["'`][ ]{0,4}[),]/
        $write = /document\.write|innerHTML|outerHTML|srcdoc|createObjectURL|eval[ ]{0,4}\(/
    condition:
        $salted and $write and ($named or ($call and $key))
}
