rule html_asks_for_password
{
    strings:
        $a = /<input[^>]{1,200}type ?= ?["']?password/ nocase
        $s = "<script" nocase
        $f = /<form[^>]{1,200}action ?= ?["']?https?:/ nocase
    condition:
        $a and ($s or $f)
}
