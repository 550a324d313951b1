rule scheduled_task_created
{
    strings:
        $a = /schtasks(\.exe)?["' ]{1,3}[^\r\n]{0,40}\/create/ nocase ascii wide
        $b = "Register-ScheduledTask" nocase ascii wide
        $c = "Schedule.Service" nocase ascii wide
    condition:
        any of them
}
