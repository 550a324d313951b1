rule html_asks_for_password
{
    strings:
        $a = /type ?= ?["']?password/ nocase
        $i = "<input" nocase
        $s = "<script" nocase
        $f = /<form[^>]{1,200}action ?= ?["']?https?:/ nocase
    condition:
        $a and $i and ($s or $f)
}
