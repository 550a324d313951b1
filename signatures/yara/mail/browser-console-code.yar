rule browser_console_code
{
    strings:
        /* where code of a page's own is typed in, in any browser */
        $at1 = /[^a-z0-9]F12[^a-z0-9]/ nocase
        $at2 = /(ctrl|strg|cmd|command|option)[^a-z\n]{1,8}(shift|umschalt|option|alt)?[^a-z\n]{1,8}[JIK][^a-z]/ nocase
        $at3 = "console" nocase
        $at4 = "developer tools" nocase
        $at5 = "devtools" nocase
        $at6 = "konsole" nocase
        $at7 = "主控台"
        $at8 = "控制台"
        $at9 = "コンソール"
        $at10 = "콘솔"
        $at11 = "開發人員工具"
        $at12 = "開發者工具"
        $at13 = "开发者工具"
        $at14 = "开发人员工具"
        $at15 = "開発者ツール"
        $at16 = "개발자 도구"
        $at17 = "address bar" nocase
        $at18 = "網址列"
        $at19 = "地址栏"
        $at20 = "アドレスバー"
        $at21 = "bookmark" nocase
        $at22 = "書籤"
        $at23 = "书签"
        $at24 = "ブックマーク"
        $do1 = "paste" nocase
        $do2 = "drag" nocase
        $do3 = "貼上"
        $do4 = "貼入"
        $do5 = "粘贴"
        $do6 = "粘貼"
        $do7 = "貼り付け"
        $do8 = "붙여넣"
        $do9 = "einfügen" nocase
        $do10 = "collez" nocase
        $do11 = "pegue" nocase
        $do12 = "輸入"
        $do13 = "输入"
        $do14 = "入力"
        $do15 = "拖曳"
        $do16 = "拖到"
        $do17 = "ドラッグ"
        /* what is the reader's alone, and where it goes */
        $own = /document\.cookie|localStorage|sessionStorage|indexedDB|__RequestVerificationToken|access_?token/ nocase
        $sent = /((fetch|sendBeacon|\.open|WebSocket|axios(\.post)?|\$\.(get|post))[ ]{0,2}\([^\n]{0,40}(https?|wss?):|new[ ]{1,2}Image[^\n]{0,60}https?:|(location(\.href)?|\.src)[ ]{0,2}=[ ]{0,2}["'`]https?:)/ nocase
        /* code that somebody else keeps or hides */
        $tag = /createElement\([ ]{0,2}["'`]script["'`][^\n]{0,200}src[^\n]{0,10}["'`](https?:)?\/\// nocase
        $answer = /\.then\([ ]{0,2}(eval|Function)[ ]{0,2}\)|eval\([ ]{0,2}(await|atob|unescape|decodeURI|String\.fromC|x\.response)|Function\([ ]{0,2}(atob|await)/
        $module = /(import|getScript|importScripts)\([ ]{0,2}["'`]https?:/
        $address = /javascript:[^\n]{0,120}(fetch|import|eval|createElement|atob|getScript)[ ]{0,2}\(/ nocase
        $report1 = "attacker" nocase
        $report2 = "threat actor" nocase
        $report3 = "victim" nocase
        $report5 = "penetration test" nocase
        $report6 = "xss" nocase
        $report8 = "攻擊者"
        $report9 = "攻击者"
        $report10 = "攻撃者"
        $report11 = "공격자"
        $report12 = "駭客"
        $report13 = "黑客"
        /* pages and libraries have all of these words somewhere */
        $page = "<script" nocase
        $function = /function[ (]|=>/
    condition:
        filesize < 64KB and not $page and #function < 8 and any of ($at*) and any of ($do*) and ($tag or $answer or $module or $address or ($own and $sent)) and not any of ($report*)
}
