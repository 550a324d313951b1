rule terminal_bare_address
{
    strings:
        /* instructions of projects write https: before the address that they have fetched and run */
        $piped = /(curl|wget)[ ](-[A-Za-z0-9-]{0,20}[ ]){0,6}["']?([a-z0-9-]{1,60}\.){1,4}[a-z0-9]{1,12}(:[0-9]{2,5})?(\/[^ \n<|]{0,100})?["']?[ ]{0,4}\|[ ]{0,4}(sudo[ ])?(ba|z|da)?sh([^a-z0-9-]|$)/
        $within = /((ba|z|da)?sh[ ](-c[ ])?|eval[ ]|source[ ])[ ]{0,3}["']?(\$\(|`|<\(|&lt;\()[ ]{0,3}(curl|wget)[ ](-[A-Za-z0-9-]{0,20}[ ]){0,6}["']?([a-z0-9-]{1,60}\.){1,4}[a-z0-9]{1,12}[:\/)`]/
        $kept = /(curl|wget)[ ](-[A-Za-z0-9-]{0,20}[ ]){0,6}["']?([a-z0-9-]{1,60}\.){1,4}[a-z0-9]{1,12}(:[0-9]{2,5})?\/[^ \n<|]{0,100}[ ]-[a-zA-Z]{0,4}[oO][ ][^ \n<]{1,80}[ ]{0,3}(&&|;|&amp;&amp;)[ ]{0,3}(chmod[ ][^\n<]{1,80}(&&|;|&amp;&amp;)[ ]{0,3})?(sudo[ ])?((ba|z|da)?sh[ ]|\.?\/)/
        $terminal1 = "terminal" nocase
        $terminal2 = "終端"
        $terminal3 = "终端"
        $terminal4 = "ターミナル"
        $terminal5 = "터미널"
        $asked1 = /run (this|the|the following) (command|line)/ nocase
        $asked2 = "以下指令"
        $asked3 = "以下命令"
        $asked4 = "下列指令"
        $asked5 = "下列命令"
        $asked6 = "のコマンドを実行"
        $asked7 = "다음 명령"
        $asked8 = "아래 명령"
        /* reports quote commands and say who used them */
        $report1 = "attacker" nocase
        $report2 = "malware" nocase
        $report3 = "victim" nocase
        $report4 = "malicious" nocase
        $report5 = "threat actor" nocase
        $report6 = "攻擊"
        $report7 = "攻击"
        $report8 = "攻撃"
        $report9 = "공격"
        $report10 = "惡意"
        $report11 = "恶意"
    condition:
        any of ($piped, $within, $kept) and (any of ($terminal*) or any of ($asked*)) and not any of ($report*)
}
