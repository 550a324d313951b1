rule web_query
{
    strings:
        $a = /^WEB\r?\n1\r?\nhttps?:/ nocase
    condition:
        $a at 0
}
