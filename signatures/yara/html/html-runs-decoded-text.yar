rule html_runs_decoded_text
{
    strings:
        $a = /(eval|Function|execScript|setTimeout|document\.write(ln)?)[ ]{0,4}\([ ]{0,4}(window\.|self\.|decodeURIComponent\([ ]{0,4}|escape\([ ]{0,4}){0,3}atob[ ]{0,4}\(/ nocase
    condition:
        $a
}
