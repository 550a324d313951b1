rule html_runs_decoded_text
{
    strings:
        $a = /(eval|Function|execScript|setTimeout|document\.write(ln)?)[ ]{0,4}\([ ]{0,4}(window\.|self\.|decodeURIComponent\([ ]{0,4}|escape\([ ]{0,4}){0,3}atob[ ]{0,4}\(/ nocase
        $reversed = /(eval|Function|execScript|document\.write(ln)?)[ ]{0,4}\([ ]{0,4}["'`][^"'`]{1,4000}["'`]\.split\(["'`]{2}\)\.reverse\(/ nocase
    condition:
        any of them
}
