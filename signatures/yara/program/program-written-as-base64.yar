rule program_written_as_base64
{
    strings:
        $a = "TVqQAAMAAAAEAAAA" ascii wide
        $b = "TVpQAAIAAAAEAA8A" ascii wide
        $c = "TVoAAAAAAAAAAAAA" ascii wide
        $d = "AAAAEAAAAMAAQqVT" ascii wide
        $stub1 = "VGhpcyBwcm9ncmFtIGNhbm5vdCBiZSBydW4" ascii wide
        $stub2 = "RoaXMgcHJvZ3JhbSBjYW5ub3QgYmUgcnVu" ascii wide
        $stub3 = "UaGlzIHByb2dyYW0gY2Fubm90IGJlIHJ1b" ascii wide
    condition:
        any of them
}
