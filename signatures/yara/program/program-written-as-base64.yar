rule program_written_as_base64
{
    strings:
        // The first octets alone stand in texts about them: a long run of the program follows, one that its code
        // ends, the next line, or what is joined to it.
        $begin1 = /TVqQAAMAAAAEAAAA([A-Za-z0-9+\/]{11,44}([\r\n\"'`\\<>=&;|]|$)|[A-Za-z0-9+\/]{45}|[ \t]*\r?\n[ \t>]*[A-Za-z0-9+\/]{16}|["'`][ \t\r\n_&+,;.\\()]{1,12}["'`][A-Za-z0-9+\/]{4})/ ascii wide
        $begin2 = /TVpQAAIAAAAEAA8A([A-Za-z0-9+\/]{11,44}([\r\n\"'`\\<>=&;|]|$)|[A-Za-z0-9+\/]{45}|[ \t]*\r?\n[ \t>]*[A-Za-z0-9+\/]{16}|["'`][ \t\r\n_&+,;.\\()]{1,12}["'`][A-Za-z0-9+\/]{4})/ ascii wide
        $begin3 = /TVoAAAAAAAAAAAAA([A-Za-z0-9+\/]{11,44}([\r\n\"'`\\<>=&;|]|$)|[A-Za-z0-9+\/]{45}|[ \t]*\r?\n[ \t>]*[A-Za-z0-9+\/]{16}|["'`][ \t\r\n_&+,;.\\()]{1,12}["'`][A-Za-z0-9+\/]{4})/ ascii wide
        $reversed = /[A-Za-z0-9+\/]{3}AAAAEAAAAMAAQqVT/ ascii wide
        $stub1 = "VGhpcyBwcm9ncmFtIGNhbm5vdCBiZSBydW4" ascii wide
        $stub2 = "RoaXMgcHJvZ3JhbSBjYW5ub3QgYmUgcnVu" ascii wide
        $stub3 = "UaGlzIHByb2dyYW0gY2Fubm90IGJlIHJ1b" ascii wide
    condition:
        any of them
}
