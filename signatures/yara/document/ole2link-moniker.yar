rule ole2link_moniker
{
    strings:
        $clsid = {E0 C9 EA 79 F9 BA CE 11 8C 82 00 AA 00 4B A9 0B}
        $hex = /E0C9EA79F9BACE118C8200AA004BA90B/ nocase
        $hyperlink = {D0 C9 EA 79 F9 BA CE 11 8C 82 00 AA 00 4B A9 0B}
        $hyperlink_hex = /D0C9EA79F9BACE118C8200AA004BA90B/ nocase
        $class = "OLE2Link" nocase
        $hexclass = /4f4c45324c696e6b/ nocase
    condition:
        $class or $hexclass or #clsid > #hyperlink or #hex > #hyperlink_hex
}
