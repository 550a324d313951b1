rule html_refresh_to_data
{
    strings:
        $a = /http-equiv ?= ?["']?refresh["']?[^>]{1,80}url ?= ?["']?data:/ nocase
    condition:
        $a
}
