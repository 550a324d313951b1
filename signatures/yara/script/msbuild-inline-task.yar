rule msbuild_inline_task
{
    strings:
        $p = "<Project" nocase
        $t = "<UsingTask" nocase
        $c = "CodeTaskFactory" nocase
        $r = "RoslynCodeTaskFactory" nocase
    condition:
        $p and $t and ($c or $r)
}
