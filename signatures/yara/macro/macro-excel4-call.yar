rule macro_excel4_call
{
    strings:
        // Where a cell or a line begins: in a sentence about it a blank stands in front.
        $a = /(^|[^ ])=EXEC\(/ nocase
        $b = /(^|[^ ])=(CALL|REGISTER)\("(kernel32|urlmon|shell32|ntdll)/ nocase
        $c = /=FORMULA(\.FILL)?\([^\r\n]{0,200}=EXEC/ nocase
    condition:
        any of them
}
