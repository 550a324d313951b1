rule power_query_script
{
    strings:
        $query = /(^|[^\w.])(R|Python)\.Execute[ ]{0,4}\(/
        $model = /[^\w.](R|Python)\.Execute[ ]{0,4}\(/ wide
        $parts = "\"partitions\"" wide
    condition:
        ($query and uint32(0) == 0x74636573 and uint32(4) == 0x206e6f69) or ($model and $parts)
}
