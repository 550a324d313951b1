rule internet_shortcut_to_file
{
    strings:
        $h = /\[(InternetShortcut|\{000214A0)/ nocase
        $u = /URL ?= ?(file:|\\\\)/ nocase
        $i = /IconFile ?= ?(\\\\|file:|https?:)/ nocase
        $w = /WorkingDirectory ?= ?\\\\/ nocase
    condition:
        $h in (0..512) and any of ($u, $i, $w)
}
