rule encoded_script
{
    strings:
        $a = /#@~\^[A-Za-z0-9+\/]{6}==/
    condition:
        $a
}
