rule media_list_share
{
    strings:
        $list = /#EXTM3U|<\?wpl|<asx|\[playlist\]|<playlist[ >]|<smil[ >]/ nocase
        $far = /(\\\\|file:\/\/|file:\/{4,6})([0-9]{1,3}\.){3}[0-9]{1,3}[\\\/@:]|(\\\\|file:\/\/|file:\/{4,6})[A-Za-z0-9-]{1,63}\.[A-Za-z0-9.-]{2,250}[\\\/@]/ nocase
    condition:
        $list in (0..1024) and $far
}
