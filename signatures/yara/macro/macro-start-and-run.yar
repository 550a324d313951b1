rule macro_start_and_run
{
    strings:
        $s = /(auto_?(open|exec|close|exit|new)|document_(open|close|new)|workbook_(open|activate|beforeclose)|presentation_?open)/ nocase
        $r1 = /[^a-z_]shell[ (]/ nocase
        $r2 = "WScript.Shell" nocase
        $r3 = "ShellExecute" nocase
        $r4 = "Shell.Application" nocase
        $r5 = "CreateProcess" nocase
    condition:
        $s and 1 of ($r*)
}
