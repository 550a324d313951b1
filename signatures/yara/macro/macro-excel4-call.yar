rule macro_excel4_call
{
    strings:
        $a = /=EXEC\(/ nocase
        $b = /=(CALL|REGISTER)\("(kernel32|urlmon|shell32|ntdll)/ nocase
        $c = /=FORMULA(\.FILL)?\([^\r\n]{0,200}=EXEC/ nocase
    condition:
        any of them
}
