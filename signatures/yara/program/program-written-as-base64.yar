rule program_written_as_base64
{
    strings:
        $a = "TVqQAAMAAAAEAAAA" ascii wide
        $b = "TVpQAAIAAAAEAA8A" ascii wide
        $c = "TVoAAAAAAAAAAAAA" ascii wide
        $d = "AAAAEAAAAMAAQqVT" ascii wide
    condition:
        any of them
}
