rule macro_memory_api
{
    strings:
        $d = "Declare" nocase
        $a1 = "VirtualAlloc" nocase
        $a2 = "RtlMoveMemory" nocase
        $a3 = "CreateThread" nocase
        $a4 = "WriteProcessMemory" nocase
        $a5 = "EnumSystemLocales" nocase
        $a6 = "HeapCreate" nocase
    condition:
        $d and 2 of ($a*)
}
