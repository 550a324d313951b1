rule html_refresh_to_share
{
    strings:
        $a = /http-equiv ?= ?["']?refresh["']?[^>]{1,80}url ?= ?["']?(file:|\\\\|ms-[a-z-]{1,30}:|search-ms:|javascript:)/ nocase
    condition:
        $a
}
