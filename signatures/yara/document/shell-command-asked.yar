rule shell_command_asked
{
    strings:
        /* opening a shell: a request by its verb, or the name of a shell amid prose of another script than commands have */
        $at1 = "command prompt" nocase
        $at2 = "eingabeaufforderung" nocase
        $at3 = "invite de commandes" nocase
        $at4 = "mbolo del sistema" nocase
        $at5 = "prompt de comando" nocase
        $at6 = "prompt dei comandi" nocase
        $at7 = "opdrachtprompt" nocase
        $at8 = "wiersz polece" nocase
        $at9 = "komut istemi" nocase
        $at10 = "командн"
        $at11 = "命令提示"
        $at12 = "命令行"
        $at13 = "コマンドプロンプト"
        $at14 = "コマンド プロンプト"
        $at15 = "명령 프롬프트"
        $at16 = "run dialog" nocase
        $at17 = "run box" nocase
        $at18 = "run window" nocase
        $at19 = "「執行」"
        $at20 = "執行視窗"
        $at21 = "“运行”"
        $at22 = "运行窗口"
        $at23 = "ファイル名を指定して実行"
        $at24 = "실행 창"
        $open1 = /(^|[^a-z])(open|run|launch|start|use|in|type|abr[aei]r?|abre|ouvr(ez|ir)|lance[rz]|apri(te|re)?|ffnen|starten|uruchom|buka|jalankan|ejecut[ae]r?|execut[ae]r?|cutez|esegu(i|ite|ire)|avvia(re|te)?|inicie|execute)[^\na-z]{1,4}([a-z]{1,10}[ ]){0,3}(cmd|powershell|terminal)[^a-z.\/\\]/ nocase
        $open2 = /[\x80-\xff][^\n\/\\=]{0,12}(cmd|powershell|terminal)[^\n]{1,20}[\x80-\xff]/ nocase
        $open3 = /(^|\n)[^\n\/\\=]{0,12}(cmd|powershell|terminal)[^\n]{1,20}[\x80-\xff]/ nocase
        /* reports on attacks quote commands: they say that they do */
        $report1 = "attack" nocase
        $report2 = "malware" nocase
        $report3 = "malicious" nocase
        $report4 = "threat" nocase
        $report5 = "incident" nocase
        $report6 = "alert" nocase
        $report7 = "detect" nocase
        $report8 = "victim" nocase
        $report9 = "phish" nocase
        $report10 = "suspicious" nocase
        $report11 = "campaign" nocase
        $report12 = "indicator" nocase
        $report13 = "ransom" nocase
        $report14 = "forensic" nocase
        $report15 = "CVE-"
        $report16 = "攻擊"
        $report17 = "攻击"
        $report18 = "駭客"
        $report19 = "黑客"
        $report20 = "惡意"
        $report21 = "恶意"
        $report22 = "威脅"
        $report23 = "威胁"
        $report24 = "偵測"
        $report25 = "检测"
        $report26 = "事件"
        $report27 = "資安"
        $report28 = "安全事"
        $report29 = "可疑"
        $report30 = "釣魚"
        $report31 = "钓鱼"
        $report32 = "攻撃"
        $report33 = "悪意"
        $report34 = "マルウェア"
        $report35 = "検知"
        $report36 = "検出"
        $report37 = "インシデント"
        $report38 = "不審"
        $report39 = "공격"
        $report40 = "악성"
        $report41 = "탐지"
        $report42 = "침해"
        $report43 = "의심"
        $report44 = "angriff" nocase
        $report45 = "schad" nocase
        $report46 = "attaque" nocase
        $report47 = "malveill" nocase
        $report48 = "ataque" nocase
        $report49 = "malicios" nocase
        $report50 = "attacco" nocase
        $report51 = "aanval" nocase
        $report52 = "złośliw" nocase
        $report53 = "atak" nocase
        $report54 = "saldırı" nocase
        $report55 = "zararlı" nocase
        $report56 = "атак"
        $report57 = "вредонос"
        $report58 = "tấn công" nocase
        $report59 = "mã độc" nocase
        $report60 = "โจมตี"
        $report61 = "serangan" nocase
        $report70 = "警示"
        $report71 = "警報"
        $report72 = "告警"
        $report73 = "警报"
        $report74 = "通報"
        $report75 = "通报"
        $report76 = "端點"
        $report77 = "端点"
        $report78 = "アラート"
        $report79 = "경보"
        $report80 = "보고"
        $report81 = "scam" nocase
        $report82 = "criminal" nocase
        $report83 = "hacker" nocase
        $report84 = "詐騙"
        $report85 = "诈骗"
        $report86 = "詐欺"
        $report87 = "사기"
        /* one command that fetches and runs what somebody else keeps */
        $encoded = /(powershell|pwsh)(\.exe)?[ \t\r\n]{1,8}[^\n<]{0,60}-e(nc|c|ncodedcommand)?[ \t\r\n]{1,8}[A-Za-z0-9+\/]{16}/ nocase
        $remote = /(mshta|msiexec|wscript|cscript|finger|ssh)(\.exe)?([ \t\r\n]{1,4}[\/-]{1,2}[a-z:]{1,16}){0,5}[ \t\r\n]{0,8}["']?(https?:[\/\\]{2}[a-z0-9]|\\\\([a-z0-9-]{1,60}[.@]){1,5}|(java|vb)script:)/ nocase
        $library = /rundll32(\.exe)?[ \t\r\n]{0,8}["']?([a-z0-9_.]{1,20},[ ]?[#a-z0-9_]{1,30}[ ]{1,4}["']?https?:|https?:|\\\\([a-z0-9-]{1,60}[.@]){1,5}|(java|vb)script:)/ nocase
        $scriptlet = /regsvr32[^<]{1,60}\/i:["']?(https?:\/\/[a-z0-9]|\\\\([a-z0-9-]{1,60}[.@]){1,5})/ nocase
        $share = /(pushd|net[ ]use)[ ][^\n<]{0,20}\\\\([a-z0-9-]{1,60}[.@]){1,5}[^<]{3,80}&/ nocase
        $lookup = /((finger|ssh)[ ][^\n<|]{0,40}@[^<|]{3,60}\||nslookup[ ][^<]{3,120}\|[ ]{0,3}(cmd|powershell|pwsh)|for[ ]{1,3}\/f[ ][^<]{1,80}(nslookup|curl|finger)[ ])/ nocase
        $away = /(powershell|cmd|start|explorer|pcalua|forfiles|conhost|hh|control|installutil|regasm|msbuild|presentationhost)[ .][^\n<]{0,60}\\\\([a-z0-9-]{1,60}[.@]){1,5}[^\n<]{1,80}\.(exe|ps1|bat|cmd|vbs|jse?|lnk|hta|scr|msi|pif|dll|cpl|xbap|chm)/ nocase
        $bare = /\\\\([1-9]|1[1-9]|[2-9][0-9]|1[013-58][0-9]|12[0-689]|16[0-8]|17[013-9]|19[013-9]|2[0-5][0-9])(\.[0-9]{1,3}){3}(@[0-9a-z]{2,5})?\\[^\n<]{1,60}\.(exe|ps1|bat|cmd|vbs|jse?|lnk|hta|scr|msi|pif|url|library-ms|docm|xlsm)/ nocase
        $search = /search(-ms)?:[^<]{0,120}crumb=location:[\r\n]{0,2}(\\|%5c){2}/ nocase
        // Letters in brackets: YARA looks for the interpreter first, not for each address or call of a text.
        $interpreter = /(python3?|node|perl|ruby|php)(\.exe)?[ ]{1,3}-[cer][ ]{1,3}[^<]{1,80}([e][x][e][c]|[e][v][a][l]|[s][y][s][t]|[f][e][t][c]|[r][e][q][u]|[u][r][l][o]|[u][r][l][l]|[L][W][P]|[o][p][e][n][-]|[f][i][l][e][_])[^<]{1,120}[h][t][t][p]s?[:]/ nocase
        $headless = /(cmd|powershell|pwsh|conhost)[^\n<]{1,40}(msedge|chrome|brave|firefox)(\.exe)?[^\n<]{1,60}-headless[^\n<]{1,80}https?:/ nocase
        $fetched = /(bitsadmin[^<]{1,20}\/transfer|certutil[^<]{1,12}[-\/]urlcache)[^<]{1,80}https?:/ nocase
        $tunnel = /ssh(\.exe)?[ ][^\n<]{0,80}(Proxy|Local)Command[ =]{1,3}(["']|&quot;)?(cmd|powershell|pwsh|mshta|rundll32|wscript|start|curl|conhost|forfiles)/ nocase
        $pieces = /set[ ]{1,2}[a-z]{1,3}=[^&\n<]{1,30}&[^\n<]{1,80}[!%][a-z]{1,3}[!%]/ nocase
        $shell = /((powershell|pwsh|cmd|wt)(\.exe)?[ \t\r\n]{1,8}(["'&{$\[]|[\/-][a-z]|\(?(iwr|irm|iex|curl|wget|start|invoke|mshta|new)[- (])|for[ ]{1,3}\/f[ ])/ nocase
        $chained = /[&;|][ \r\n]{0,3}["']?(%te?mp%|%appdata%|%localappdata%|%userprofile%|%public%|\$env:|start[ ]|call[ ]|mshta|rundll32|regsvr32|msiexec|[wc]script|iex|cmd|powershell|\.[\\\/])/ nocase
        $fetch = /(^|[^a-z])(iwr|irm|iex|wget|curl|Invoke-(WebRequest|RestMethod|Expression)|DownloadString|DownloadFile|Start-BitsTransfer)[ (.]/ nocase
        $runs = /(^|[^a-z])(iex|Invoke-Expression)[ ]{0,2}[("'$&]{1,3}[ ]{0,2}(iwr|irm|curl|wget|Invoke-WebRequest|Invoke-RestMethod)[ ]/ nocase
    condition:
        filesize < 3000 and ($encoded or $remote or $library or $scriptlet or $share or $headless or $lookup or $away or $bare or $search or $interpreter or $fetched
        or $pieces or $tunnel or $runs or ($fetch and ($shell or $chained)))
        and (any of ($at*) or any of ($open*)) and not any of ($report*)
}
